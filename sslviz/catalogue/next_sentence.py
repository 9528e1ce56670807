"""Next sentence."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class NextSentenceOptions(Options):
    """What goes along with the pair."""

    masks: bool = option(True, "Hide words, too, as BERT does")
    marks: bool = option(False, "Mark words that both sentences have")


ENTRY = Entry(
    slug="next_sentence", title="Next sentence", family="Predict what is near", modality="Words", order=30,
    systems="BERT 2018", label="IsNext or NotNext", label_from="data", glyph="ooo...bbb",
    module="sslviz.tasks.next_sentence:NextSentence", stream=31, data=("stories",),
    steps=850, batch=64, lr=3e-3, long_steps=12000, long_batch=64, long_lr=2e-3,
    judged_by="book of a sentence", options=NextSentenceOptions,
    ablation=(
        ("pairs alone", {"masks": False}),
        ("with hidden words, as BERT", {}),
        ("with shared words marked", {"masks": True, "marks": True}),
    ),
    # [CLS] learned to compare two sentences, and its vector of one alone is poor. A sentence that was replaced is gone.
    expects=Expects(beats_random=False, undo=False, guesses=2),
)  # fmt: skip
