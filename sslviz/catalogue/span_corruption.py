"""Span corruption."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option

SINGLE = "each word by itself"  # the paper's "i.i.d."
SPANS, WHOLE = "the spans", "the whole sentence"


@dataclass(frozen=True)
class SpanCorruptionOptions(Options):
    """How many words are hidden, how long the spans are, and what the label is."""

    share: float = option(0.3, "Share of words hidden", low=0.1, high=0.5)  # section 3.3.3 tries 0.1 to 0.5
    length: str = option("2", "Mean length of a span", (SINGLE, "2", "3", "5", "10"))  # section 3.3.4
    asked: str = option(SPANS, "What is asked for", (SPANS, WHOLE))


ENTRY = Entry(
    slug="span_corruption", title="Span corruption", family="Hide and restore", modality="Words", order=14,
    systems="T5 2019", label="the hidden spans as one text", label_from="data", glyph="ohhohooob",
    module="sslviz.tasks.span_corruption:SpanCorruption", stream=69, data=("sentences",),
    steps=1500, batch=128, lr=5e-3, long_steps=12000, long_batch=256, long_lr=7e-3,
    judged_by="kind of a hidden word", options=SpanCorruptionOptions,
    ablation=(
        ("T5", {}),
        ("each word by itself", {"length": SINGLE}),
        ("longer spans", {"length": "5"}),
        ("the whole sentence", {"asked": WHOLE}),
    ),
    expects=Expects(over_random=20),
)  # fmt: skip
