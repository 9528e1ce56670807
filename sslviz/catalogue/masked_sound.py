"""Masked sound."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue.entry import Entry, Expects
from sslviz.catalogue.options import Options, option


@dataclass(frozen=True)
class MaskedSoundOptions(Options):
    """What is covered, how many codes there are, and how far all of them are to be used. Symbols: arXiv 2006.11477."""

    p: float = option(0.065, "Share of steps at which a span starts, p", low=0.01, high=0.3)  # section 4.2
    span: int = option(10, "Steps in a span, M", low=1, high=20)  # of 20 ms
    groups: int = option(2, "Groups of the quantiser, G", low=1, high=4, shapes=True)
    entries: int = option(16, "Entries in each group, V", low=2, high=64, shapes=True)  # 320 in the paper
    diversity: float = option(0.1, "Weight of the diversity loss", low=0.0, high=2.0)  # α, section 4.2


ENTRY = Entry(
    slug="masked_sound", title="Masked sound", family="Hide and restore", modality="Sound", order=40,
    systems="wav2vec 2.0 2020", label="the code of the hidden sound", label_from="model", glyph="oooohhooo",
    module="sslviz.tasks.masked_sound:MaskedSound", stream=51, data=("voices",),
    steps=650, batch=32, lr=3e-3, long_steps=6000, long_batch=64, long_lr=3e-3,
    options=MaskedSoundOptions,
    # All candidates are of one voice, so the task gives no reason to recognise it; the page explains this.
    expects=Expects(beats_random=False, undo=False),
)  # fmt: skip
