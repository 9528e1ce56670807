"""What the home page says: its texts, and the cited facts as data. No streamlit and no torch here.

Beside each fact stands how its figure was checked. "Abstract" and "text" were read in a copy of the paper,
"notes" is a sentence of the paper as a public reading note quotes it. What could not be checked is not in this file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslviz.catalogue import FAMILIES, TASKS
from sslviz.data import ASSETS, Credit, titles
from sslviz.evaluation.signed import signed

TITLE = "The data labels itself"
LEAD = (
    "Take data that nobody labelled, and hide or change a part of it.",
    "What was hidden or changed is the **pseudo-label**: an answer that no person had to write.",
    "A model that learns to give that answer learns on the way how words, pictures or sounds hang together.",
)


# The corpus has this credit too, but loading 50,000 sentences for one line would hold up the first page.
SENTENCE = Credit(
    "The model that answers learned from sentences of Tatoeba",
    "its contributors",
    "CC BY 2.0 FR",
    "https://creativecommons.org/licenses/by/2.0/fr/",
    "https://tatoeba.org",
    "",
)


@dataclass(frozen=True)
class Fact:
    """One cited figure.

    Attributes:
        name: the point it makes, or the field that it comes from.
        number: the figure, short enough to be set large.
        says: one or two sentences in which the figure has its meaning.
        who, year: the authors and the year of the paper.
        link: the address of the paper.
    """

    name: str
    number: str
    says: str
    who: str
    year: int
    link: str

    @property
    def source(self) -> str:
        """The source as the text of its link.

        >>> Fact("", "", "", "Lee", 2013, "https://arxiv.org/abs/1234.56789").source
        'Lee 2013, arXiv:1234.56789'
        """
        return f"{self.who} {self.year}, arXiv:{self.link.rsplit('/', 1)[1]}"


WHY = (
    # Notes: annotation and quality control took more than 1.5 h on average for a single image.
    Fact(
        "No annotation",
        "1.5 hours",
        "Labels made by hand are slow and dear. One street picture of Cityscapes took more than 1.5 hours on average, "
        "to outline everything and to check it.",
        "Cordts et al.",
        2016,
        "https://arxiv.org/abs/1604.01685",
    ),
    # Abstract: 1% of the labels, 85.8% top-5, outperforms AlexNet with 100 times fewer labels.
    Fact(
        "Rich representations",
        "85.8%",
        "What was learned serves other tasks, so few labels go far. With 1% of ImageNet's labels SimCLR had the right "
        "class among its first five 85.8% of the time.",
        "Chen et al.",
        2020,
        "https://arxiv.org/abs/2002.05709",
    ),
    # Notes: "The entire training dataset contains roughly 1.4T tokens after tokenization"; table 2: 1.0T for the
    # two smaller models, 1.4T for the two larger ones. Abstract: public data only.
    Fact(
        "Scale",
        "1.4 trillion",
        "Every piece of raw data brings its own label, so there can be very much of it. The larger LLaMA models "
        "learned the next word from 1.4 trillion pieces of public text.",
        "Touvron et al.",
        2023,
        "https://arxiv.org/abs/2302.13971",
    ),
)

USED = (
    # Abstract: GLUE 80.5%, 7.7 points absolute improvement. Notes: BooksCorpus 800M and Wikipedia 2,500M words.
    Fact(
        "Language",
        "+7.7 points",
        "BERT filled in hidden words in 3.3 billion words of text. After fine-tuning it beat the best result so far on "
        "GLUE, a set of language tests, by 7.7 points.",
        "Devlin et al.",
        2018,
        "https://arxiv.org/abs/1810.04805",
    ),
    # Abstract: ViT-Huge 87.8%, best among methods that use only ImageNet-1K; 75% of the patches masked.
    Fact(
        "Vision",
        "87.8%",
        "MAE restored pictures of which 75% was hidden. After fine-tuning it named 87.8% of ImageNet's pictures, the "
        "best then without other data.",
        "He et al.",
        2021,
        "https://arxiv.org/abs/2111.06377",
    ),
    # Abstract: ten minutes of labelled data, 53k hours unlabelled, WER 4.8/8.2 on clean/other; table 1: with a
    # Transformer language model, which was trained on text.
    Fact(
        "Speech",
        "10 minutes",
        "wav2vec 2.0 listened to 53,000 hours of speech without text. With ten minutes of transcribed speech and "
        "a language model that had read much text, it got 4.8% of the words wrong on clear recordings, 8.2% on "
        "harder ones.",
        "Baevski et al.",
        2020,
        "https://arxiv.org/abs/2006.11477",
    ),
    # Abstract: 6.7% in top-1 accuracy for dermatology (1.1% in mean AUC for chest X-rays), against supervised
    # pretraining on ImageNet.
    Fact(
        "Medical images",
        "+6.7%",
        "Comparing views of unlabelled photos first, everyday ones and then of skin, raised the accuracy in naming "
        "skin conditions by 6.7%, against a start from labelled everyday photos.",
        "Azizi et al.",
        2021,
        "https://arxiv.org/abs/2101.05224",
    ),
    # Abstract: reduces the labelled data required for car detection on KITTI by half.
    Fact(
        "Driving",
        "half",
        "Occupancy-MAE first restored hidden parts of laser scans of the road. To find cars on KITTI it then needed "
        "half the labelled data.",
        "Min et al.",
        2022,
        "https://arxiv.org/abs/2206.09900",
    ),
)

COSTS = (
    # The authors' README (facebookresearch/moco): ResNet-50, 200 epochs, 53 hours, 8 V100, 67.5% for v2.
    Fact(
        "Compute",
        "53 hours",
        "The label is free, learning from it is not. MoCo v2 went through ImageNet 200 times: 53 hours on eight V100 "
        "GPUs.",
        "Chen et al.",
        2020,
        "https://arxiv.org/abs/2003.04297",
    ),
    # Text, on figure 3b: SimCLR with random crops only has 40.3%, 27.6 points less.
    Fact(
        "Design",
        "−27.6 points",
        "A badly made task has a shortcut. With crops alone, without changes of colour, SimCLR lost 27.6 points of "
        "accuracy on ImageNet.",
        "Grill et al.",
        2020,
        "https://arxiv.org/abs/2006.07733",
    ),
    # Text: 1.2B unique images, then deduplication and retrieval; notes: 142 million of them are kept as LVD-142M.
    Fact(
        "Clean data",
        "142 million",
        "Raw does not mean unsorted. DINOv2 kept 142 million pictures out of a pool of 1.2 billion, without copies and "
        "in balance.",
        "Oquab et al.",
        2023,
        "https://arxiv.org/abs/2304.07193",
    ),
)

WAYS = """
| Learning is | What is given | Who made the answer |
| --- | --- | --- |
| supervised | photos, each with a name | a person |
| unsupervised | photos | nobody: similar ones are put together |
| **self-supervised** | photos | the task: it hid a part, and that part is the answer |

Nobody labels anything for self-supervised learning either, so many call it a kind of unsupervised learning. It needs no
label to train. To name things, and to measure how well it does, a few are still needed.
"""

# Lee's workshop paper has no lasting address. The one linked builds on it; its abstract was read.
SECOND = (
    "In **semi-supervised** learning a pseudo-label is the class that the model itself finds likeliest, used as if it "
    "were the true label (Lee 2013). It needs some labels to begin with, and a wrong guess is learned too "
    "([Arazo et al. 2019, arXiv:1908.02983](https://arxiv.org/abs/1908.02983)). This app is not about that one. Here "
    "nobody labelled anything, and the label is no guess at a class: it is what the task itself hid, paired or grouped."
)

CORRECTIONS = (
    (
        "A pseudo-label comes from the data alone.",
        (
            "Often. It may also come from the **batch** (which views belong together) or from a **model** (the number "
            "of a cluster, the answer of a slower copy). Each page says which."
        ),
    ),
    (
        "Two photos of cats count as the same.",
        (
            "Not in SimCLR. The same are two views of **one** photo. Two cats are labelled Different, and the page "
            "shows such pairs."
        ),
    ),
    (
        "The model is asked about two pictures at a time.",
        "Each view has to find its one partner among **all** views of the batch.",
    ),
    (
        "For shuffled frames 3, 1, 2 the label is 1, 2, 3.",
        (
            "The sorted order is the same for every clip, so nothing could be learned from it. The label is where each "
            "frame belongs: the **shuffle** itself."
        ),
    ),
    (
        "A model that solves the task has understood the data.",
        (
            "It may have found a shortcut. So each page **measures**: against the raw input, and against a model that "
            "was never trained and does better than chance all the same."
        ),
    ),
)


@dataclass(frozen=True)
class Recorded:
    """The sentence of the opening picture, and what a recorded model answered.

    Attributes:
        before, hidden, after: the sentence in three pieces.
        answers: (word, probability from 0 to 1), the likeliest first; empty where no model was asked.
        steps: the training steps behind the answer.
        ahead: the task on pictures that is furthest ahead of raw pixels, as `training.recorded.ahead` finds it.
    """

    before: str = "The cat is"
    hidden: str = "on"
    after: str = "the table ."
    answers: tuple[tuple[str, float], ...] = ()
    steps: int = 0
    ahead: dict[str, Any] | None = None

    @property
    def sentence(self) -> tuple[str, str, str]:
        """The three pieces as people write them: no space before a full stop."""
        return self.before, self.hidden, self.after.replace(" .", ".")

    @property
    def said(self) -> str | None:
        """The model's first answer, None where no model was asked."""
        return self.answers[0][0] if self.answers else None

    @property
    def note(self) -> str:
        """Where the answer comes from, in words."""
        if not self.answers:
            return "Nobody has asked a model yet: hence the question marks."
        best = ", ".join(f"{word} {100 * share:.0f}%" for word, share in self.answers[:3])
        return (
            f"◷ recorded: this app's own model after {self.steps:,} steps of training says {best}. "
            "For the picture no model was asked here: the page Masked patches asks one."
        )

    @property
    def measured(self) -> str:
        """Whether a task on pictures clearly beats raw pixels with few labels; empty where that was not measured."""
        if self.ahead is None:
            return ""
        one = self.ahead
        run = f"{one['title']} on {titles.short(one['data'])}, {one['steps']:,} steps"
        lead = (
            f"{signed(one['points'])} points with {one['labels']} labels (standard error {one['error']:.1f}; "
            f"{one['seeds']} run seeds)"
        )
        if one["clear"] and one["points"] > 0:
            return f"◷ Furthest ahead of raw pixels so far: {run}: {lead}."
        return f"◷ So far no task on pictures is clearly ahead of raw pixels. Nearest: {run}: {lead}."


def recorded(file: Path = ASSETS / "runs" / "home.json") -> Recorded:
    """The recorded answer; without the file the sentence alone."""
    if not file.exists():
        return Recorded()
    kept = json.loads(file.read_text("utf-8"))
    answers = tuple((str(word), float(share)) for word, share in kept["answers"])
    return Recorded(kept["before"], kept["hidden"], kept["after"], answers, int(kept["steps"]), kept.get("ahead"))


def families() -> list[dict[str, object]]:
    """All tasks by family, as the map wants them. Those without a page have None for an address."""
    return [
        {
            "name": family,
            "idea": idea,
            "tasks": [
                {
                    "slug": task.slug,
                    "name": task.title,
                    "kind": task.modality,
                    "systems": task.systems,
                    "glyph": task.glyph,
                    "page": f"/{task.slug}",
                    "label": task.label,
                }
                for task in TASKS.values()
                if task.family == family
            ],
        }
        for family, idea in FAMILIES.items()
    ]
