"""The time line: which systems made labels from raw data, what each added, and whose idea it took on. No torch here.

`after` names those that a system, by its own paper, builds on, takes a part from, changes, or is a kind of. To be
compared with, or named among others, is not enough. For most, the passages that say so were read in the paper's own
words, often in a copy that others made of them. Not so:

- Relative position: the idea from words was read in a review that repeats the paper's introduction.
- OPN: only in what others wrote about it.
- RotNet: in a reader's notes; its introduction names older tasks, but as examples.
- Colourisation, Shuffle and Learn, DeepCluster: their full texts were not found, so that there may be more to name.
- Autoencoder: a summary was read, not the chapter.

BERT names denoising autoencoders to say what it does otherwise. Where a paper builds on systems that are not listed
here, nothing stands: word2vec on neural language models, GPT on language models that were tuned to a task.

The year is that of the first public version, as the arXiv number has it; without one, that of the paper or the book
that the link leads to. (The chapter of 1986 had been a report in 1985.)
"""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue import TASKS
from sslviz.ui.home.views import TimeSystem


@dataclass(frozen=True)
class System:
    """One system of the time line.

    Attributes:
        name, year: as people cite it.
        kind: of data: one of KINDS.
        adds: one sentence, what was new.
        link: the paper's address.
        after: names of systems that it learned from; all are older, or of the same year.
        page: slug of the page that shows it; empty where there is none, or not yet.
    """

    name: str
    year: int
    kind: str
    adds: str
    link: str
    after: tuple[str, ...] = ()
    page: str = ""

    @property
    def shown(self) -> str | None:
        """The address of its page; None where there is none."""
        return f"/{self.page}" if self.page in TASKS else None


KINDS = ("Words", "Images", "Video", "Sound")


def _arxiv(number: str) -> str:
    return f"https://arxiv.org/abs/{number}"


SYSTEMS = (
    System("Autoencoder", 1986, "Images", "A network gives back its own input through a few numbers in the middle.",
           "https://doi.org/10.7551/mitpress/5236.003.0012", page="autoencoding"),
    System("Denoising autoencoder", 2008, "Images", "The input is spoilt first; the clean one is the label.",
           "https://doi.org/10.1145/1390156.1390294", ("Autoencoder",), "autoencoding"),
    System("word2vec", 2013, "Words", "The words around a word are its labels; each word becomes a vector.",
           _arxiv("1301.3781"), page="word_and_context"),
    System("Relative position", 2015, "Images", "Where does one piece of a photo lie beside another? "
           "The words around a word gave the idea.", _arxiv("1505.05192"), ("word2vec",), "patch_order"),
    System("Colourisation", 2016, "Images", "The colours of a photo are the label of its grey copy.",
           _arxiv("1603.08511"), page="colourisation"),
    System("Jigsaw", 2016, "Images", "Nine pieces at once, in an order out of a fixed list.",
           _arxiv("1603.09246"), ("Relative position",), "patch_order"),
    System("Shuffle and Learn", 2016, "Video", "Are three frames of a film in the right order?",
           _arxiv("1603.08561"), page="frame_order"),
    System("OPN", 2017, "Video", "Which order are the frames in? Forwards and backwards count as one.",
           _arxiv("1708.01246"), ("Shuffle and Learn",), "frame_order"),
    System("RotNet", 2018, "Images", "By which quarter turn was the picture turned?", _arxiv("1803.07728"),
           page="patch_order"),
    System("GPT", 2018, "Words", "The next word is the label, for a Transformer that is then tuned to other tasks with "
           "labels of their own.", "https://openai.com/index/language-unsupervised/", page="next_word"),
    System("CPC", 2018, "Sound", "Which of many pieces comes next? Its loss, InfoNCE, became that of many contrastive "
           "methods.", _arxiv("1807.03748"), ("word2vec",)),
    System("DeepCluster", 2018, "Images", "Group the model's own vectors, learn the groups' numbers, and group again.",
           _arxiv("1807.05520"), page="cluster_ids"),
    System("BERT", 2018, "Words", "Words are hidden, and both sides are read to restore them.", _arxiv("1810.04805"),
           ("GPT", "Denoising autoencoder"), "masked_words"),
    System("RoBERTa", 2019, "Words", "BERT with new masks each time, without the next-sentence label, and longer.",
           _arxiv("1907.11692"), ("BERT",), "masked_words"),
    System("T5", 2019, "Words", "Whole spans are hidden; the label is a text that names what was in each.",
           _arxiv("1910.10683"), ("BERT",), "span_corruption"),
    System("MoCo", 2019, "Images", "A queue of old views to tell one's own from, written by a slower copy.",
           _arxiv("1911.05722"), ("CPC",), "queue"),
    System("SimCLR", 2020, "Images", "Two views of one picture find each other in a large batch.", _arxiv("2002.05709"),
           ("CPC",), "same_or_different"),
    System("ELECTRA", 2020, "Words", "A small model puts wrong words in; which are wrong is a label at every word.",
           _arxiv("2003.10555"), ("BERT", "word2vec"), "replaced_words"),
    System("BYOL", 2020, "Images", "No wrong answers are needed: a slower copy says what to predict.",
           _arxiv("2006.07733"), ("MoCo", "SimCLR"), "two_views"),
    System("wav2vec 2.0", 2020, "Sound", "Hide a piece of sound; which of many codes was it?", _arxiv("2006.11477"),
           ("BERT", "CPC"), "masked_sound"),
    System("SimSiam", 2020, "Images", "Not even the slower copy is needed, if one side is not corrected.",
           _arxiv("2011.10566"), ("BYOL", "SimCLR"), "two_views"),
    System("CLIP", 2021, "Images", "Which caption came with which picture? Then words name what no class was made for.",
           _arxiv("2103.00020"), ("CPC",), "captions"),
    System("Barlow Twins", 2021, "Images", "Two views agree, and no two numbers may say the same.",
           _arxiv("2103.03230"), ("BYOL",), "redundancy"),
    System("DINO", 2021, "Images", "The slower copy sorts each picture into groups of its own; its attention finds the "
           "things in it.", _arxiv("2104.14294"), ("BYOL", "MoCo"), "self_distillation"),
    System("VICReg", 2021, "Images", "Barlow Twins in three plain terms, one of which keeps every number busy.",
           _arxiv("2105.04906"), ("Barlow Twins",), "redundancy"),
    System("HuBERT", 2021, "Sound", "The groups of sounds are the label of what is hidden, and are made anew.",
           _arxiv("2106.07447"), ("DeepCluster", "BERT", "wav2vec 2.0"), "hidden_units"),
    System("MAE", 2021, "Images", "Three quarters of a photo are hidden, and only the rest is read.",
           _arxiv("2111.06377"), ("BERT", "Denoising autoencoder"), "masked_patches"),
    System("I-JEPA", 2023, "Images", "Not the hidden pixels are the label, but what a slower copy makes of them.",
           _arxiv("2301.08243"), ("MAE", "BYOL", "DINO"), "masked_representations"),
)  # fmt: skip


def systems() -> list[TimeSystem]:
    """All of them as the view wants them."""
    return [
        {"name": one.name, "year": one.year, "kind": one.kind, "adds": one.adds, "after": list(one.after),
         "page": one.shown}
        for one in SYSTEMS
    ]  # fmt: skip
