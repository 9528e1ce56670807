"""Words and questions of the page Same or different, with a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.ui import current, page, pairs_card, queue_card
from sslviz.ui.parts import part
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

LEAD = {
    "Basic": "Coat check: you hold a ticket, and somewhere on the rail hangs the coat it belongs to, among a thousand "
    "others. Which one is yours? Whoever handed out the tickets knows, and nobody had to say what a coat is.",
    "Standard": "Every picture is changed at random, twice. One view becomes a query, the other, read by a slower copy "
    "of the model, a key. The query must find its own key among those of earlier batches, which wait in a queue: the "
    "oldest drop out as new ones come in. So there are many wrong answers without a large batch.",
    "Detailed": "InfoNCE: ℓ = −ln [ exp(q·k₊/τ) / (exp(q·k₊/τ) + Σ exp(q·k/τ)) ], the sum over the K keys of the "
    "queue; q and k of length 1. No gradient reaches a key: the key encoder follows, θₖ ← m θₖ + (1 − m) θ_q after "
    "each step, slowly, so that old and new keys can be compared. In code the own key stands first, so the label reads "
    "0: bookkeeping; the label is which key is one’s own. The paper shuffles batches between devices, since batch "
    "normalisation would give the own key away; our trunk normalises picture by picture, so there is nothing to "
    "shuffle. MoCo: arXiv 1911.05722, section 3; v2: 2003.04297.",
}
LETTERS = "ABCD"


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; in another setting only that of a collapsed model, which is always known."""
    keys = view.config.choices["keys"] + 1
    alike = {"name": f"all alike: ln {keys:,}", "value": float(np.log(keys)), "kind": "chance"}
    return page.loss_lines(view) or [alike]


def first_rises(hide: set[str]) -> None:
    """Why the loss goes up before it comes down, with the numbers of the run in view."""
    if "text" in hide:
        return
    with st.container(key="first_rises", border=True, gap="small"):
        part("Why the loss rises first", "and what a queue is good for")
        left, right = st.columns(2, gap="medium")
        left.markdown(rises(current.show(queue_card.SLUG)))
        right.markdown(USE)


def rises(view: Shown) -> str:
    """What the beginning of this very curve says."""
    keys, batch = view.config.choices["keys"], view.config.batch
    steps = -(-keys // batch)
    text = (
        f"At step 0 the queue holds {keys:,} random vectors. No query resembles noise, so the own key mostly stands "
        f"out: low loss, nothing learned. Each step puts {batch} real keys in front; after {steps} steps the last "
        "noise has dropped out, and among real keys an untrained model is nearly lost. Only from there on does a "
        "falling loss mean learning. "
    )
    if len(view.held) < 2:
        return text
    losses = [value for _, value in view.held]
    top = int(np.argmax(losses))
    return (
        f"{text}Here, on held-out pictures: **{losses[0]:.2f}** at step 0, **{losses[top]:.2f}** at step "
        f"{view.held[top][0]:,}, **{losses[-1]:.2f}** at step {view.held[-1][0]:,}."
    )


USE = (
    "**When it is useful:** where many wrong answers are wanted and the batch must be small, since a batch costs "
    "memory and keys cost next to none. **What it costs:** old keys come from an older copy. If that copy moved as "
    "fast as the model, keys of different ages could not be compared; hence the momentum. Try 0 and 1 for it: 0 lets "
    "the copy jump, 1 never lets it learn. **When not:** a queue nearly as long as the data set would hold other views "
    "of one’s own picture, counted as wrong."
)


def question(slug: str) -> dict[str, Any]:
    """A query, and four keys of which one is its own."""
    from sslviz.catalogue import READY

    number = st.session_state.get(f"{slug}_guess", 0)
    this = pairs_card.sample(number + 1000, "mixed", None)
    options = {k: o.default for k, o in READY[slug].options.items()}
    rng = np.random.default_rng((number, queue_card.PAGE, 99))
    labelled = queue_card.label(this.pixels, number + 5000, options)
    n, views = len(this.pixels), labelled.inputs["views"]
    cosine = queue_card.among(current.show(slug), labelled)
    query = int(rng.integers(n))
    shown = [int(i) for i in rng.permutation([query, *[i for i in rng.permutation(n) if i != query][:3]])]
    letter = dict(zip(shown, LETTERS, strict=True))
    pixels = views.flatten(1) - views.flatten(1).mean(0)
    pixels = pixels / pixels.norm(dim=1, keepdim=True)

    def best(row: Any) -> str:
        return letter[max(shown, key=lambda i: float(row[i]))]

    def show() -> None:
        small = pairs_card._bytes(views)
        cells = [("the query", query), *((letter[i], i + n) for i in shown)]
        st.html(
            "<div class='views'>"
            + "".join(
                f"<figure><img src='{data_address(small[i], 'PNG')}' alt='{name}' width='72' height='72'>"
                f"<figcaption>{name}</figcaption></figure>"
                for name, i in cells
            )
            + "</div>"
        )

    return {
        "question": "Whose key is its own?",
        "choices": list(LETTERS),
        "truth": letter[query],
        "model": best(cosine[query]),
        "others": {"raw pixels": best(pixels[n:] @ pixels[query])},
        "chance": 1 / len(shown),
        "show": show,
    }
