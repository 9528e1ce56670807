"""Word and context."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class WordAndContextOptions(Options):
    """Who is asked for whom, how far a window reaches, and how noise words are picked."""

    way: str = option("skip-gram", "Way", ("skip-gram", "CBOW"))
    window: int = option(5, "Widest window, words", low=1, high=5)
    negatives: int = option(5, "Noise words a label", low=1, high=15)
    exponent: float = option(0.75, "Exponent of the noise", low=0.0, high=1.0)
    threshold: float = option(1e-3, "Threshold of subsampling", low=1e-5, high=1.0)


ENTRY = Entry(
    slug="word_and_context", title="Word and context", family="Predict what is near", modality="Words", order=20,
    systems="Word2Vec 2013", label="the words around", label_from="data", glyph="...bob...",
    module="sslviz.tasks.word_and_context:WordAndContext", stream=31, trunk=False,
    data=("sentences_and_stories", "sentences", "stories"),
    steps=2300, batch=128, lr=1e-2, long_steps=20000, long_batch=256, long_lr=1e-2,
    judged_by="topic of a single word", options=WordAndContextOptions,
    expects=Expects(undo=False),  # dropped words are gone
)  # fmt: skip
