"""All pretext tasks, those on a page and those to come. No torch here: home and links need this and nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sslviz.tasks.base import Task


@dataclass(frozen=True)
class Option:
    """A setting that a visitor may change: one of `choices`, a number from `low` to `high`, or a switch.

    `shapes` says that the network is built by it, so that weights of one value do not fit another.
    """

    default: Any
    title: str = ""
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    shapes: bool = False

    def accepts(self, value: Any) -> bool:
        """Whether `value` has the right type and lies in range."""
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if self.choices:
            return value in self.choices
        numbers = int if isinstance(self.default, int) else (int, float)
        return isinstance(value, numbers) and not isinstance(value, bool) and self.low <= value <= self.high

    def parse(self, text: str) -> Any:
        """The value that `text` from a link stands for. Raises ValueError where it stands for none."""
        if isinstance(self.default, bool):
            value: Any = {"true": True, "false": False}.get(text.lower())
        elif self.choices:
            value = text
        else:
            value = type(self.default)(text)
        if value is None or not self.accepts(value):
            raise ValueError(text)
        return value

    @property
    def accepted(self) -> str:
        """What is accepted, in words."""
        if isinstance(self.default, bool):
            return "true or false"
        return " or ".join(self.choices) if self.choices else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Entry:
    """A pretext task as people meet it.

    Attributes:
        slug: its name in links and files.
        title: its name on the page.
        family: what is done to get the label.
        modality: Words, Images, Video or Sound.
        systems: those that use it, with years.
        label: what the pseudo-label is, in a few words.
        label_from: data, batch or model.
        glyph: nine places, h hidden, b asked for, o given, . empty, for the map.
        module: where the task lives, as "module:Class"; empty for a task to come.
        drawn: whether chance plays a part in the label; False: it follows from the sample alone.
        trunk: whether the model is built on the shared trunk; False: word vectors are all it has.
        unit: what the loss is measured in.
        perplexity: whether e^loss reads as "as unsure as among so many words".
        data: the data sets that it can train on, the default first.
        steps, batch, lr: the default budget; about 90 s on two quiet cores.
        long_steps, long_batch, long_lr, long_data: those of the longer recording.
        options: the task's own settings.
        ablation: ways to train it that show what is missing, each a name and the options that are not the default.
    """

    slug: str
    title: str
    family: str
    modality: str
    systems: str
    label: str
    label_from: str
    glyph: str
    module: str = ""
    drawn: bool = True
    trunk: bool = True
    unit: str = "nats"
    perplexity: bool = False
    data: tuple[str, ...] = ()
    steps: int = 0
    batch: int = 0
    lr: float = 0.0
    long_steps: int = 0
    long_batch: int = 0
    long_lr: float = 0.0
    long_data: str = ""
    options: dict[str, Option] = field(default_factory=dict)
    ablation: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it has a page."""
        return bool(self.module)


FAMILIES = {
    "Hide and restore": "masking: cover a part, ask for it back",
    "Predict what is near": "the neighbour is the label",
    "Put in order": "spatial and temporal: undo what was shuffled or turned",
    "Compare two views": "contrastive: same source or not",
    "Group": "clustering: the group is the label",
}
MODALITIES = ("Words", "Images", "Video", "Sound")

_PICTURES = ("pictures", "fashion_mnist", "emoji", "cifar10", "stl10")

_ALL = (
    Entry(
        "masked_words", "Masked words", "Hide and restore", "Words", "BERT 2018, RoBERTa 2019",
        "the word that was hidden", "data", "oohoooooo",
        module="sslviz.tasks.masked_words:MaskedWords", data=("sentences",), perplexity=True,
        steps=2300, batch=128, lr=5e-3, long_steps=16000, long_batch=256, long_lr=7e-3,
        options={
            "share": Option(0.15, "Share of words chosen", low=0.05, high=0.5),
            "masking": Option("dynamic", "Masks", ("dynamic", "static")),
        },
    ),
    Entry(
        "masked_patches", "Masked patches", "Hide and restore", "Images", "MAE 2021",
        "the pixels that were hidden", "data", "hohhhohho",
        module="sslviz.tasks.masked_patches:MaskedPatches", data=_PICTURES, unit="squared error",
        steps=1400, batch=128, lr=5e-3, long_steps=8000, long_batch=256, long_lr=5e-3,
        options={
            "share": Option(0.75, "Share of patches covered", low=0.1, high=0.9),
            "normalise": Option(False, "Ask for normalised patches"),
        },
        ablation=(
            ("a quarter covered", (("share", 0.25),)),
            ("three quarters covered, as MAE", ()),
            ("nine in ten covered", (("share", 0.9),)),
            ("three quarters, asked for normalised", (("normalise", True),)),
        ),
    ),
    Entry(
        "autoencoding", "Compress and rebuild", "Hide and restore", "Images", "autoencoders 1986, denoising 2008",
        "the picture itself", "data", "bbbbobbbb",
        module="sslviz.tasks.autoencoding:Autoencoding", data=_PICTURES, drawn=False, unit="squared error",
        steps=1000, batch=128, lr=5e-3, long_steps=4000, long_batch=256, long_lr=5e-3,
        options={
            "width": Option(16, "Numbers in the code", low=1, high=64, shapes=True),
            "whole": Option(True, "One code for the whole picture, not one for each patch", shapes=True),
            "noise": Option(0.0, "Noise added to the input, of full brightness", low=0.0, high=1.0),
            "dropped": Option(0.0, "Share of the input’s pixels dropped", low=0.0, high=0.9),
        },
        ablation=(
            ("2 numbers", (("width", 2),)),
            ("16 numbers", ()),
            ("64 numbers for each patch", (("whole", False), ("width", 64))),
            ("16 numbers, noisy input", (("noise", 0.3),)),
        ),
    ),
    Entry(
        "masked_sound", "Masked sound", "Hide and restore", "Sound", "wav2vec 2.0 2020",
        "the code of the hidden sound", "model", "oooohhooo",
        module="sslviz.tasks.masked_sound:MaskedSound", data=("voices",),
        steps=650, batch=32, lr=3e-3, long_steps=6000, long_batch=64, long_lr=3e-3,
        options={
            "p": Option(0.065, "Share of steps at which a span starts, p", low=0.01, high=0.3),
            "span": Option(10, "Steps in a span, M", low=1, high=20),
            "groups": Option(2, "Groups of the quantiser, G", low=1, high=4, shapes=True),
            "entries": Option(16, "Entries in each group, V", low=2, high=64, shapes=True),
            "diversity": Option(0.1, "Weight of the diversity loss", low=0.0, high=2.0),
        },
    ),
    Entry("next_word", "Next word", "Predict what is near", "Words", "GPT 2018",
          "the word that follows", "data", "ooooob...",
          module="sslviz.tasks.next_word:NextWord", data=("sentences",), drawn=False, perplexity=True,
          steps=1500, batch=128, lr=5e-3, long_steps=12000, long_batch=256, long_lr=7e-3),
    Entry(
        "word_and_context", "Word and context", "Predict what is near", "Words", "Word2Vec 2013",
        "the words around", "data", "...bob...",
        module="sslviz.tasks.word_and_context:WordAndContext", trunk=False,
        data=("sentences_and_stories", "sentences", "stories"),
        steps=2300, batch=128, lr=1e-2, long_steps=20000, long_batch=256, long_lr=1e-2,
        options={
            "way": Option("skip-gram", "Way", ("skip-gram", "CBOW")),
            "window": Option(5, "Widest window, words", low=1, high=5),
            "negatives": Option(5, "Noise words a label", low=1, high=15),
            "exponent": Option(0.75, "Exponent of the noise", low=0.0, high=1.0),
            "threshold": Option(1e-3, "Threshold of subsampling", low=1e-5, high=1.0),
        },
    ),
    Entry(
        "next_sentence", "Next sentence", "Predict what is near", "Words", "BERT 2018",
        "IsNext or NotNext", "data", "ooo...bbb",
        module="sslviz.tasks.next_sentence:NextSentence", data=("stories",),
        steps=850, batch=64, lr=3e-3, long_steps=12000, long_batch=64, long_lr=2e-3,
        options={
            "masks": Option(True, "Hide words, too, as BERT does"),
            "marks": Option(False, "Mark words that both sentences have"),
        },
        ablation=(
            ("pairs alone", (("masks", False),)),
            ("with hidden words, as BERT", ()),
            ("with shared words marked", (("masks", True), ("marks", True))),
        ),
    ),
    Entry(
        "patch_order", "Patch order", "Put in order", "Images", "Jigsaw 2016, relative position 2015, RotNet 2018",
        "where each patch was", "data", "ooobobboo",
        module="sslviz.tasks.patch_order:PatchOrder", data=_PICTURES,
        steps=600, batch=128, lr=3e-3, long_steps=6000, long_batch=128, long_lr=3e-3, long_data="fashion_mnist",
        options={
            "way": Option(
                "places", "What is asked", ("places", "jigsaw 2x2", "jigsaw 3x3", "relative position", "rotation"),
                shapes=True,
            ),
            "gap": Option(True, "Gap between tiles"),
            "jitter": Option(True, "Jitter of tiles"),
            "normalise": Option(True, "Even out tiles", shapes=True),
            "lens": Option(False, "Look through a lens", shapes=True),
            "drop": Option(False, "Drop colours", shapes=True),
        },
        ablation=(
            ("places", ()),
            ("rotation", (("way", "rotation"),)),
            ("jigsaw 2x2", (("way", "jigsaw 2x2"),)),
            ("jigsaw 3x3", (("way", "jigsaw 3x3"),)),
            ("jigsaw 3x3, no jitter", (("jitter", False), ("way", "jigsaw 3x3"))),
            ("jigsaw 3x3, no gap", (("gap", False), ("jitter", False), ("way", "jigsaw 3x3"))),
            ("jigsaw 3x3, not evened out", (("normalise", False), ("way", "jigsaw 3x3"))),
            (
                "jigsaw 3x3, none of the three",
                (("gap", False), ("jitter", False), ("normalise", False), ("way", "jigsaw 3x3")),
            ),
            ("relative position", (("way", "relative position"),)),
            ("relative position, one colour", (("drop", True), ("way", "relative position"))),
            ("relative position, lens", (("lens", True), ("way", "relative position"))),
            ("relative position, lens, one colour", (("drop", True), ("lens", True), ("way", "relative position"))),
        ),
    ),
    Entry(
        "frame_order", "Frame order", "Put in order", "Video", "Shuffle and Learn 2016, OPN 2017",
        "how the frames were shuffled", "data", "...obo...",
        module="sslviz.tasks.frame_order:FrameOrder", data=("film",),
        steps=500, batch=32, lr=3e-3, long_steps=6000, long_batch=64, long_lr=3e-3,
        options={
            "way": Option("4 frames", "What is asked", ("4 frames", "3 frames", "in order?"), shapes=True),
            "gap": Option(2, "From frame to frame, quarters of a second", low=1, high=2),
            "motion": Option(True, "Choose parts in which much moves"),
            "split": Option(False, "Split colour channels"),
            "jitter": Option(False, "Jitter of frames"),
            "wrong": Option(0.75, "Share of triples that are not in order", low=0.1, high=0.9),
        },
        ablation=(
            ("frames as they are", ()),
            ("one colour of each", (("split", True),)),
            ("each a pixel off", (("jitter", True),)),
        ),
    ),
    Entry(
        "same_or_different", "Same or different", "Compare two views", "Images", "SimCLR 2020",
        "which two views are of one picture", "batch", "b.o...b.o",
        module="sslviz.tasks.same_or_different:SameOrDifferent", data=_PICTURES,
        steps=500, batch=256, lr=3e-3, long_steps=6000, long_batch=256, long_lr=3e-3,
        long_data="fashion_mnist",
        options={
            "tau": Option(0.2, "Temperature τ", low=0.05, high=1.0),
            "smallest": Option(0.3, "Smallest crop, share of the picture", low=0.08, high=1.0),
            "strength": Option(0.5, "Strength of the colour jitter", low=0.0, high=1.0),
            "crop": Option(True, "Crop"),
            "flip": Option(True, "Flip"),
            "jitter": Option(True, "Colour jitter"),
            "grey": Option(True, "Greyscale"),
            "blur": Option(False, "Blur"),
        },
    ),
    Entry(
        "queue", "Same or different, with a queue", "Compare two views", "Images", "MoCo 2019",
        "which key is my own picture's", "model", "b.o.o.o.b",
        module="sslviz.tasks.momentum_queue:MomentumQueue", data=_PICTURES,
        steps=1000, batch=128, lr=3e-3, long_steps=4000, long_batch=128, long_lr=3e-3, long_data="fashion_mnist",
        options={
            "tau": Option(0.2, "Temperature τ", low=0.05, high=1.0),
            "smallest": Option(0.3, "Smallest crop, share of the picture", low=0.08, high=1.0),
            "strength": Option(0.5, "Strength of the colour jitter", low=0.0, high=1.0),
            "crop": Option(True, "Crop"),
            "flip": Option(True, "Flip"),
            "jitter": Option(True, "Colour jitter"),
            "grey": Option(True, "Greyscale"),
            "blur": Option(False, "Blur"),
            "m": Option(0.99, "Momentum m of the key encoder", low=0.0, high=1.0),
            "keys": Option(1024, "Keys in the queue, K", low=64, high=4096, shapes=True),
        },
    ),
    Entry(
        "two_views", "Two views, no negatives", "Compare two views", "Images", "BYOL 2020, SimSiam 2020",
        "what a slower copy says of the other view", "model", "b.....b..", unit="2 − 2 cos",
        module="sslviz.tasks.two_views:TwoViews", data=_PICTURES,
        steps=700, batch=128, lr=3e-3, long_steps=3000, long_batch=128, long_lr=3e-3, long_data="fashion_mnist",
        options={
            "smallest": Option(0.3, "Smallest crop, share of the picture", low=0.08, high=1.0),
            "strength": Option(0.5, "Strength of the colour jitter", low=0.0, high=1.0),
            "crop": Option(True, "Crop"),
            "flip": Option(True, "Flip"),
            "jitter": Option(True, "Colour jitter"),
            "grey": Option(True, "Greyscale"),
            "blur": Option(False, "Blur"),
            "predictor": Option(True, "Predictor", shapes=True),
            "stop_gradient": Option(True, "Stop-gradient"),
            "m": Option(0.9, "Momentum m of the target", low=0.0, high=1.0),
            "norm": Option("batch", "Heads normalised over", ("batch", "picture"), shapes=True),
        },
        ablation=(
            ("as BYOL", ()),
            ("no predictor", (("predictor", False),)),
            ("no stop-gradient", (("stop_gradient", False),)),
            ("neither of them", (("predictor", False), ("stop_gradient", False))),
            ("no momentum: SimSiam", (("m", 0.0),)),
            ("heads normalised by picture", (("norm", "picture"),)),
        ),
    ),
    Entry(
        "cluster_ids", "Cluster IDs", "Group", "Images", "DeepCluster 2018",
        "the number of its cluster", "model", "bb.b..ooo",
        module="sslviz.tasks.cluster_ids:ClusterIds", data=_PICTURES,
        steps=800, batch=128, lr=4e-3, long_steps=5000, long_batch=256, long_lr=4e-3, long_data="fashion_mnist",
        options={
            "clusters": Option(100, "Clusters, K", low=10, high=300, shapes=True),
            "every": Option(200, "Steps a round", low=10, high=2000),
            "smallest": Option(0.5, "Smallest crop, share of the picture", low=0.08, high=1.0),
            "flip": Option(True, "Flip"),
            "light": Option(0.4, "Brightness and contrast, up and down by", low=0.0, high=0.9),
        },
        ablation=(
            ("10 clusters", (("clusters", 10),)),
            ("100 clusters", ()),
            ("100 clusters, never sorted again", (("every", 2000),)),
        ),
    ),
)  # fmt: skip

TASKS: dict[str, Entry] = {entry.slug: entry for entry in _ALL}
READY: dict[str, Entry] = {slug: entry for slug, entry in TASKS.items() if entry.ready}


def load(slug: str) -> Task:
    """The task behind a slug; imports torch.

    Raises:
        ValueError: for a slug that has no page, naming those that do.
    """
    if slug not in READY:
        msg = f"There is no task {slug!r}; these are ready: {', '.join(READY)}."
        raise ValueError(msg)
    module, name = READY[slug].module.split(":")
    return getattr(import_module(module), name)()
