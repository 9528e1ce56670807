"""Why the loss of the queue goes up before it comes down, and what a queue is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from sslviz.catalogue.queue import ENTRY
from sslviz.ui.frame import current
from sslviz.ui.frame.parts import part

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView


def first_rises(hide: set[str]) -> None:
    """Why the loss goes up before it comes down, with the numbers of the run in view."""
    if "text" in hide:
        return
    with st.container(key="first_rises", border=True, gap="small"):
        part("Why the loss rises first", "and what a queue is good for")
        left, right = st.columns(2, gap="medium")
        left.markdown(rises(current.show(ENTRY.slug)))
        right.markdown(USE)


def rises(view: RunView) -> str:
    """What the beginning of this very curve says."""
    keys, batch = view.config.choices["keys"], view.config.batch
    steps = -(-keys // batch)
    text = (
        f"At step 0 the queue holds {keys:,} random vectors. Noise is unlike any query, so the own key is easy to "
        f"find: the loss is low, and nothing is learned. Each step puts {batch} real keys in. After {steps} steps "
        "the last noise is gone, and an untrained model can hardly tell real keys apart. Only from there on does a "
        "falling loss mean that something is learned. "
    )
    if len(view.held_out) < 2:
        return text
    losses = [value for _, value in view.held_out]
    top = int(np.argmax(losses))
    return (
        f"{text}Here, on held-out pictures: **{losses[0]:.2f}** at step 0, **{losses[top]:.2f}** at step "
        f"{view.held_out[top][0]:,}, **{losses[-1]:.2f}** at step {view.held_out[-1][0]:,}."
    )


USE = (
    "**When it is useful:** where many wrong answers are wanted and the batch must be small, since a batch costs "
    "memory and keys cost next to none. **What it costs:** old keys come from an older copy. If that copy moved as "
    "fast as the model, keys of different ages could not be compared; hence the momentum. Try 0 and 1: with 0 the "
    "copy is always the newest model, with 1 it never changes. **When not:** a queue nearly as long as the data set "
    "would hold other views of the same picture, which would count as wrong."
)
