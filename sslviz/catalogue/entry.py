"""What people meet of a pretext task: its words, its budget, and what it is expected to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sslviz.catalogue.options import Option, Options

FAMILIES = {
    "Hide and restore": "masking: cover a part, ask for it back",
    "Predict what is near": "the neighbour is the label",
    "Put in order": "spatial and temporal: undo what was shuffled or turned",
    "Compare two views": "contrastive: same source or not",
    "Group": "clustering: the group is the label",
}
MODALITIES = ("Words", "Images", "Video", "Sound")
PICTURES = ("pictures", "fashion_mnist", "clothes_anywhere", "emoji", "cifar10", "stl10")  # what tasks on pictures take
# The same for tasks that learn what stays when place and size change: first the set where that is what a class is.
ANYWHERE = ("clothes_anywhere", *(name for name in PICTURES if name != "clothes_anywhere"))


@dataclass(frozen=True)
class Expects:
    """What the recorded runs of a task must reach; tests hold them to it.

    Attributes:
        recordings: which there are, of "short", "long" and "elsewhere".
        beats_random: whether the trunk is ahead of a random one in every probe. False: it may be level or a little
            behind, and the page says why.
        over_random: points that the probe with few labels gains over a random trunk, mean of the run seeds.
        over_raw: the same over the raw input, of the default run; None: it is not expected to be ahead.
        below: name of the baseline below whose loss a run ends; empty: below every one that gives a constant answer.
        falls: whether the loss falls from its first steps to its last. False: the label moves, and may become harder.
        undo: whether `undo` restores the samples.
        guesses: answers to choose from in the guess that a page opens with.
    """

    recordings: tuple[str, ...] = ("short",)
    beats_random: bool = True
    over_random: float = 0
    over_raw: float | None = None
    below: str = ""
    falls: bool = True
    undo: bool = True
    guesses: int = 4


@dataclass(frozen=True)
class Entry:
    """A pretext task as people meet it.

    Attributes:
        slug: its name in links and files.
        title: its name on the page.
        family: what is done to get the label.
        modality: Words, Images, Video or Sound.
        order: its place within the family, on the map and in the navigation.
        systems: those that use it, with years.
        label: what the pseudo-label is, in a few words.
        label_from: data, batch or model.
        glyph: nine places, h hidden, b asked for, o given, . empty, for the map.
        module: where the task lives, as "module:Class".
        stream: of the random numbers that the task's page draws; each page has its own.
        data: the data sets that it can train on, the default first.
        steps, batch, lr: the default budget; about 90 s on two quiet cores.
        long_steps, long_batch, long_lr, long_data: those of the longer recording.
        elsewhere: the data of a third recording, with the default budget; empty where there is none.
        drawn: whether chance plays a part in the label; False: it follows from the sample alone.
        trunk: whether the model is built on the shared trunk; False: word vectors are all it has.
        unit: what the loss is measured in.
        perplexity: whether e^loss reads as "as unsure as among so many words".
        judged_by: what the true classes are that judge its trunk afterwards.
        options: the class of the task's own settings.
        ablation: its arms, each a name and the options that are not the default.
        ablation_on: what of their budget is not the default: `data`, `steps`.
        expects: what its recorded runs must reach.
    """

    slug: str
    title: str
    family: str
    modality: str
    order: int
    systems: str
    label: str
    label_from: str
    glyph: str
    module: str
    stream: int
    data: tuple[str, ...]
    steps: int
    batch: int
    lr: float
    long_steps: int
    long_batch: int
    long_lr: float
    long_data: str = ""
    elsewhere: str = ""
    drawn: bool = True
    trunk: bool = True
    unit: str = "nats"
    perplexity: bool = False
    judged_by: str = "true class"
    options: type[Options] = Options
    ablation: tuple[tuple[str, dict[str, Any]], ...] = ()
    ablation_on: tuple[tuple[str, Any], ...] = ()
    expects: Expects = Expects()

    def __post_init__(self) -> None:
        """Raises ValueError with the offending value and what is accepted."""
        for name, accepted in (
            ("family", FAMILIES), ("modality", MODALITIES), ("label_from", ("data", "batch", "model"))
        ):  # fmt: skip
            if getattr(self, name) not in accepted:
                msg = f"{name} of {self.slug} is one of {', '.join(accepted)}, not {getattr(self, name)!r}."
                raise ValueError(msg)
        if len(self.glyph) != 9 or set(self.glyph) - set("hbo."):
            msg = f"The glyph of {self.slug} has nine places of h, b, o and ., not {self.glyph!r}."
            raise ValueError(msg)

    @property
    def fields(self) -> dict[str, Option]:
        """The task's own settings by name: what each accepts, its default and its title."""
        return self.options.described()

    @property
    def pictures(self) -> bool:
        """Whether its samples are pictures: then it can be judged together with all others of that kind."""
        return self.modality == "Images"
