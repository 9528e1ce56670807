"""Next word."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry
from sslviz.catalogue.options import Options


@dataclass(frozen=True)
class NextWordOptions(Options):
    """There are none: a sentence has one label, and one network is built for it."""


ENTRY = Entry(
    slug="next_word", title="Next word", family="Predict what is near", modality="Words", order=10,
    systems="GPT 2018", label="the word that follows", label_from="data", glyph="ooooob...",
    module="sslviz.tasks.next_word:NextWord", stream=12, data=("sentences",), drawn=False, perplexity=True,
    steps=1500, batch=128, lr=5e-3, long_steps=12000, long_batch=256, long_lr=7e-3,
    judged_by="kind of the word to come", options=NextWordOptions,
)  # fmt: skip
