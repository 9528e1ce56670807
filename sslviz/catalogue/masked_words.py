"""Masked words."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class MaskedWordsOptions(Options):
    """How many words are chosen, and whether a sentence keeps its mask."""

    share: float = option(0.15, "Share of words chosen", low=0.05, high=0.5)
    masking: str = option("dynamic", "Masks", ("dynamic", "static"))


ENTRY = Entry(
    slug="masked_words", title="Masked words", family="Hide and restore", modality="Words", order=10,
    systems="BERT 2018, RoBERTa 2019", label="the word that was hidden", label_from="data", glyph="oohoooooo",
    module="sslviz.tasks.masked_words:MaskedWords", stream=11, data=("sentences",), perplexity=True,
    steps=2300, batch=128, lr=5e-3, long_steps=16000, long_batch=256, long_lr=7e-3,
    judged_by="kind of a hidden word", options=MaskedWordsOptions,
    expects=Expects(recordings=("short", "long")),
)  # fmt: skip
