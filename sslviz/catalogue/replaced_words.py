"""Replaced words."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option

SIZES = {"1/3": 1, "2/3": 2, "1": 3}  # the generator's layers; the discriminator has 3
GENERATOR, FREQUENCIES = "generator", "word frequencies"
EVERY, HIDDEN = "every word", "hidden places"


@dataclass(frozen=True)
class ReplacedWordsOptions(Options):
    """How many words are hidden, who fills the places, how large the generator is, and which words are asked for."""

    share: float = option(0.15, "Share of words hidden", low=0.05, high=0.5)  # appendix A; 0.25 for the large model
    filler: str = option(GENERATOR, "Who fills the places", (GENERATOR, FREQUENCIES))
    size: str = option("1/3", "Size of the generator", tuple(SIZES), shapes=True)
    asked: str = option(EVERY, "Words with a label", (EVERY, HIDDEN))


ENTRY = Entry(
    slug="replaced_words", title="Replaced words", family="Hide and restore", modality="Words", order=12,
    systems="ELECTRA 2020", label="original or replaced, at every word", label_from="model", glyph="bbhbbbbbb",
    module="sslviz.tasks.replaced_words:ReplacedWords", stream=63, data=("sentences",),
    steps=1500, batch=32, lr=3e-3, long_steps=16000, long_batch=256, long_lr=7e-3,
    judged_by="kind of a hidden word", options=ReplacedWordsOptions, ablation_on=(("steps", 400),),
    ablation=(
        ("ELECTRA", {}),
        ("label at the hidden places only", {"asked": HIDDEN}),
        ("words drawn by frequency", {"filler": FREQUENCIES}),
    ),
    expects=Expects(over_random=4),
)  # fmt: skip
