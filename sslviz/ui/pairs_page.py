"""Words and questions of the page Same or different."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.training.shown import Shown
from sslviz.ui import current, page, pairs_card
from sslviz.ui.pictures import data_address

LEAD = {
    "Basic": "Two snapshots of one thing: a piece of it, other colours. Which two belong together? Whoever made the "
    "snapshots knows, and nobody had to say what they show.",
    "Standard": "Every picture is changed at random, twice. The two views of one picture are “same”, all other pairs "
    "in the batch are “different”. The model must give partners similar vectors, and all others unlike ones.",
    "Detailed": "NT-Xent: ℓ(i) = −ln [ exp(cos(zᵢ, zⱼ)/τ) / Σ exp(cos(zᵢ, zₖ)/τ) ] over all k ≠ i, mean over 2N "
    "anchors; j is i’s partner, τ the temperature: the smaller, the more the nearest of the others weigh. z comes from "
    "a projection head that is thrown away; what is kept is h before it. "
    "SimCLR: arXiv 2002.05709, sections 2 and 3.",
}
LETTERS = "ABCD"


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; in another setting only that of a collapsed model, which is always known."""
    others = 2 * view.config.batch - 1
    return page.loss_lines(view) or [
        {"name": f"all alike: ln {others:,}", "value": float(np.log(others)), "kind": "chance"}
    ]


def question(slug: str) -> dict[str, Any]:
    """A view, and four others of which one is its partner."""
    from sslviz.catalogue import READY
    from sslviz.tasks.same_or_different import similarities

    number = st.session_state.get(f"{slug}_guess", 0)
    this, options = (
        pairs_card.sample(number + 1000, "mixed", None),
        {k: o.default for k, o in READY[slug].options.items()},
    )
    rng = np.random.default_rng((number, pairs_card.PAGE, 99))
    _, labelled = pairs_card.label(this.pixels, number + 5000, options)
    n, view = len(this.pixels), current.show(slug)
    said, _ = pairs_card.answer(view, labelled, options["tau"])
    anchor = int(rng.integers(n))
    others = [i + n for i in rng.permutation(n) if i != anchor][:3]
    shown = [int(i) for i in rng.permutation([anchor + n, *others])]
    views = labelled.inputs["views"]
    pixels = views.flatten(1) - views.flatten(1).mean(0)
    letter = dict(zip(shown, LETTERS, strict=True))

    def best(table: Any) -> str:
        return letter[max(shown, key=lambda i: float(table[anchor, i]))]

    def show() -> None:
        small = (views.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
        cells = [("this view", anchor), *((letter[i], i) for i in shown)]
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
        "question": "Which one is of the same picture?",
        "choices": list(LETTERS),
        "truth": letter[anchor + n],
        "model": best(said.data["cosine"]),
        "others": {"raw pixels": best(similarities(pixels, 1.0).data["cosine"])},
        "chance": 1 / len(shown),
        "show": show,
    }
