"""The sample card of Same or different: pictures, two views of each, which pairs are the same, what the model says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.same_or_different import ENTRY, SameOrDifferentOptions
from sslviz.evaluation.signed import signed
from sslviz.ui.frame import stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_samples import Sample, alike_pairs, as_bytes, large_square, pixel_batch
from sslviz.ui.frame.pictures import card_credits, unlike
from sslviz.ui.live import Handler, mount
from sslviz.ui.live.frames import join
from sslviz.ui.live.made import heard, session, whole
from sslviz.ui.live.mathematics import digits, fraction, line
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.same_or_different import stage_card

if TYPE_CHECKING:
    from sslviz.tasks.base import Answer, Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG, LARGE = ENTRY.slug, 224
KEY = f"{SLUG}_card"


def label(pixels: NDArray[np.uint8], seed: int, options: SameOrDifferentOptions) -> tuple[Draw, Labelled]:
    """The two views of every picture (n, h, w, 3), and who belongs together."""
    return make_label(SLUG, pixel_batch(pixels), seed, options, trace=True)


def answer(view: RunView, labelled: Labelled, options: SameOrDifferentOptions) -> tuple[Answer, list[float]]:
    """What the model says of the views, and the loss of each."""
    from sslviz.training.answers import ask

    said, loss = ask(
        view.config,
        view.weights,
        lambda m: (m.task.answer(m.net, labelled, options), m.task.loss(m.net, labelled, options)),
    )
    return said, [] if loss.per_item is None else loss.per_item.tolist()


def card(this: Sample, view: RunView, seed: int, options: SameOrDifferentOptions, depth: str) -> None:
    """Draw the card; a click on a view selects it as the anchor."""
    n = len(this.pixels)
    draw, labelled = label(this.pixels, seed, options)
    said, each = answer(view, labelled, options)
    if stage.now() is not None:
        cosine = said.data["cosine"].double().numpy()
        stage_card.draw(this, view, labelled, cosine, f"{this.name}·{seed}·{options}·stage")
        return
    key = f"{SLUG}_selected"
    selected = whole(session().get(key), 2 * n, 1)
    cosine, share = (said.data[name].double().numpy() for name in ("cosine", "share"))
    partner = (selected + n) % (2 * n)
    pair_card(
        KEY,
        frame=pack_pairs(
            {
                "id": f"{this.name}·{seed}·{options}",
                "names": this.names,
                "steps": [recipe(draw, v, i) for v in range(2) for i in range(n)],
                "similar": np.round(cosine, 4).tolist(),
                "share": [[None if i == j else float(x) for j, x in enumerate(row)] for i, row in enumerate(share)],
                "confusable": [list(pair) for pair in this.alike],
                "selected": selected,
                "heard": heard(KEY),
                "tau": options.tau,
                "loss": sum(each) / len(each),
                "loss_anchor": each,
                "formula": formula(cosine[selected], partner, options.tau, each[selected])
                if depth == "Detailed"
                else None,
                "note": note(this, n) + unlike(this.credits, view, own=this.own),
                "model": view.mode,
            },
            this.pixels,
            as_bytes(labelled.inputs["views"]),
            _stages(labelled, selected % n, n),
        ),
        on_event=lambda event: st.session_state.update({key: event["made"]}),
    )
    if (square := large_square(this, selected % n, LARGE)) is not None:
        _show_large(this.names[selected % n], square, large_views(square, draw, selected % n))
    card_credits(this.credits)


def recipe(draw: Draw, v: int, i: int) -> list[RecipeStep]:
    """What was done to view `v` of picture `i`, step by step, with the numbers drawn for it."""
    from sslviz.tasks.same_or_different import JITTER

    width, height = float(draw["width"][v, i]), float(draw["height"][v, i])
    turned = ", mirrored" if draw["flip"][v, i] else ""
    cut = f"{width * height:.0%}, shape {width / height:.2f}{turned}"
    steps: list[RecipeStep] = [{"name": "crop", "text": cut, "applied": True}]
    for number in draw["order"][v, i]:
        name = JITTER[number]
        amount = float(draw[name][v, i])
        text = f"{signed(amount, 2)} of a turn" if name == "hue" else f"× {amount:.2f}"
        steps.append({"name": name, "text": text, "applied": bool(draw["jitter"][v, i])})
    steps.append({"name": "grey", "text": "to black and white", "applied": bool(draw["grey"][v, i])})
    sigma = float(draw["sigma"][v, i])
    return [*steps, {"name": "blur", "text": f"σ {sigma:.1f} px", "applied": sigma > 0}]


def formula(cosine: NDArray[np.float64], partner: int, tau: float, loss: float) -> Formula:
    """NT-Xent of one anchor in symbols, and with the present numbers."""
    top = rf"\exp({digits(cosine[partner], '.2f')}/{digits(tau, '.2f')})"
    whole = digits(math.exp(cosine[partner] / tau + loss), ".1f")
    return {
        "symbols": line(r"\ell(i) = -\ln \frac{\exp(\cos(z_i, z_j)/\tau)}{\sum_{k \ne i} \exp(\cos(z_i, z_k)/\tau)}"),
        "numbers": line(
            rf"= -\ln {fraction(top, whole)}", rf"= -\ln {digits(math.exp(-loss), '.3f')}", f"= {digits(loss, '.2f')}"
        ),
    }


def note(this: Sample, n: int) -> str:
    """What the matrix says, and where a person would disagree."""
    start = f"{2 * n} views: each has 1 partner and {2 * n - 2} that count as different. "
    if not this.alike:
        return f"{start}“Same” means two views of one picture, never two pictures of one kind."
    pairs = alike_pairs(this)
    return (
        f"{start}⚑ A person would call some of these the same ({pairs}). The label says different: “same” means two "
        "views of one picture, never two pictures of one kind. Nobody told the task what a picture shows. What a crop "
        "cut off is gone: this label cannot be undone."
    )


def _stages(labelled: Labelled, picture: int, n: int) -> NDArray[np.uint8]:
    """(2, 7, 32, 32, 3): both views of one picture after crop, four colour changes, grey and blur."""
    after = [step.after for step in labelled.steps]
    if len(after) == 6:  # no picture was blurred
        after.append(after[-1])
    return np.stack([np.concatenate([as_bytes(x[picture + v * n][None]) for x in after]) for v in range(2)])


def large_views(square: NDArray[np.uint8], draw: Draw, picture: int) -> NDArray[np.uint8]:
    """(2, h, w, 3) the two views of a picture, made by the same code and the same draw, from more pixels (h, w, 3)."""
    from sslviz.tasks.base import DataInfo

    n = draw["width"].shape[1]  # a draw is for n pictures at once, so this one takes every place, and its own is used
    large = load(SLUG).apply(pixel_batch(np.repeat(square[None], n, 0)), draw, DataInfo())
    return as_bytes(large.inputs["views"][[picture, picture + n]])


def _show_large(name: str, square: NDArray[np.uint8], views: NDArray[np.uint8]) -> None:
    with st.container(horizontal=True, gap="small"):
        for pixels, caption in ((square, "the photo"), (views[0], "view A"), (views[1], "view B")):
            st.image(pixels, caption=f"{name}: {caption}, large", width=LARGE, alt=f"{name}, {caption}")
    st.caption("The same cuts and colours by the same code; the model only sees the 32×32 pixels above.")


# the view


class RecipeStep(TypedDict):
    """One change on the way to a view, with the numbers drawn for it."""

    name: str
    text: str
    applied: bool


class PairsAbout(TypedDict):
    """What the card says of N pictures and their 2N views: the first views of all pictures, then the second views.

    steps: of each view; similar and share: 2N×2N, None on the diagonal of share; confusable: pairs of pictures that a
    person would call the same; selected: a view; heard: number of the visitor's last choice that came.
    """

    id: str
    names: Sequence[str]
    steps: Sequence[Sequence[RecipeStep]]
    similar: Sequence[Sequence[float]] | None
    share: Sequence[Sequence[float | None]] | None
    confusable: Sequence[Sequence[int]]
    selected: int
    heard: int
    tau: float
    loss: float
    loss_anchor: Sequence[float]
    formula: Formula | None
    note: str
    model: str


class PairsHeader(PairsAbout):
    """The header of the card's frame: besides, how many pictures, their size in px, and stages of the selected one."""

    n: int
    size: int
    stages: int


def pack_pairs(
    about: PairsAbout,
    originals: NDArray[np.uint8],
    views: NDArray[np.uint8],
    stages: NDArray[np.uint8] | None = None,
) -> bytes:
    """Pack the pair card.

    originals: (N, 32, 32, 3); views: (2N, 32, 32, 3), first view of all pictures, then second view of all;
    stages: (2, k, 32, 32, 3) the selected picture after each step of its recipe, for both views, or None.
    Raises ValueError if the pictures do not fit together.
    """
    n, size = len(originals), originals.shape[1]
    if views.shape != (2 * n, *originals.shape[1:]) or originals.shape[1:] != (size, size, 3):
        raise ValueError(f"expected ({2 * n}, {size}, {size}, 3) views for {n} pictures, got {views.shape}")
    count = 0 if stages is None else stages.shape[1]
    header: PairsHeader = {**about, "n": n, "size": size, "stages": count}
    arrays = [originals, views] + ([stages] if stages is not None else [])
    return join(header, *(np.ascontiguousarray(a, dtype=np.uint8).tobytes() for a in arrays))


def pair_card(key: str, *, frame: bytes, on_event: Handler = None) -> None:
    """Show pictures, their two views, which pairs are labelled the same, and how alike the model finds them.

    `frame` comes from `pack_pairs`. What a visitor makes is the number of a view.
    """
    mount("tasks/same_or_different/card", key, frame, "made", on_event)
