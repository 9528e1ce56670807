"""The sample card of Same or different: pictures, two views of each, which pairs are the same, what the model says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from sslviz.data import images
from sslviz.ui import live
from sslviz.ui.pictures import card_credits

if TYPE_CHECKING:
    from sslviz.tasks.base import Answer, Draw, Labelled
    from sslviz.training.shown import Shown

SLUG, PAGE, COUNT, LARGE = "same_or_different", 21, 6, 224
SOURCES = ("mixed", "photos")


@dataclass(frozen=True)
class Sample:
    """A few pictures: `pixels` (n, 32, 32, 3); `alike`, pairs that a person would call the same; `large` or None."""

    name: str
    names: list[str]
    pixels: NDArray[np.uint8]
    alike: list[tuple[int, int]]
    large: list[NDArray[np.uint8] | None] | None
    credits: tuple[Any, ...]


def sample(number: int, source: str, own: NDArray[np.uint8] | None) -> Sample:
    """Pictures by number. An own picture (h, w, 3) takes the first place."""
    this = _photos(number) if source == "photos" else _mixed(number)
    if own is None:
        return this
    large: list[NDArray[np.uint8] | None] = [own, *(this.large or [None] * len(this.pixels))[1:]]
    alike = [pair for pair in this.alike if 0 not in pair]
    pixels = np.concatenate([images.square32(own)[None], this.pixels[1:]])
    return Sample(
        f"{this.name}·own{hash(own.tobytes())}", ["your picture", *this.names[1:]], pixels, alike, large, this.credits
    )


def _mixed(number: int) -> Sample:
    """Two drawings of one emoji, another emoji, two pieces of clothing of one kind, another piece."""
    rng = np.random.default_rng((number, PAGE, 1))
    emoji, clothes = images.load("emoji"), images.load("fashion_mnist")
    groups, sizes = np.unique(emoji.held_groups, return_counts=True)
    pair = np.flatnonzero(emoji.held_groups == rng.choice(groups[sizes > 1]))[:2]
    other = rng.choice(np.flatnonzero(~np.isin(emoji.held_groups, emoji.held_groups[pair])))
    kind = int(rng.integers(len(clothes.class_names)))
    two = rng.choice(np.flatnonzero(clothes.held_labels == kind), 2, replace=False)
    third = rng.choice(np.flatnonzero(clothes.held_labels != kind))
    rows = [(emoji, pair[0]), (clothes, two[0]), (emoji, other), (clothes, two[1]), (emoji, pair[1]), (clothes, third)]
    return Sample(
        f"mixed-{number}",
        [s.held_names[row].lower() if s is clothes else s.held_names[row] for s, row in rows],
        np.stack([s.held_images[row] for s, row in rows]),
        [(0, 4), (1, 3)],
        None,
        (*clothes.credits, *emoji.credits),
    )


def _photos(number: int) -> Sample:
    photos = images.photos()
    first = number % len(photos)
    chosen = [photos[(first + i) % len(photos)] for i in range(min(COUNT, len(photos)))]
    return Sample(
        f"photos-{first}",
        [p.title for p in chosen],
        np.stack([images.square32(p.pixels) for p in chosen]),
        [],
        [p.pixels for p in chosen],
        tuple(p.credit for p in chosen),
    )


def label(pixels: NDArray[np.uint8], seed: int, options: dict[str, Any]) -> tuple[Draw, Labelled]:
    """The two views of every picture (n, h, w, 3), and who belongs together."""
    import torch

    from sslviz.catalogue import load
    from sslviz.tasks.base import Batch

    task = load(SLUG)
    batch = Batch(np.arange(len(pixels)), {"pixels": torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())})
    draw = task.draw(batch, np.random.default_rng((seed, PAGE, 0)), task.pool(""), **options)
    return draw, task.apply(batch, draw, task.pool(""), trace=True)


def answer(view: Shown, labelled: Labelled, tau: float) -> tuple[Answer, list[float]]:
    """What the model says of the views, and the loss of each."""
    from sslviz.training.answers import ask

    said, loss = ask(
        view.config,
        view.weights,
        lambda m: (m.task.answer(m.net, labelled, tau=tau), m.task.loss(m.net, labelled, tau=tau)),
    )
    return said, [] if loss.per_item is None else loss.per_item.tolist()


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card; a click on a view selects it as the anchor."""
    n = len(this.pixels)
    draw, labelled = label(this.pixels, seed, options)
    said, each = answer(view, labelled, options["tau"])
    key = f"{SLUG}_selected"
    selected = min(st.session_state.get(key, 1), 2 * n - 1)
    cosine, share = (said.data[name].double().numpy() for name in ("cosine", "share"))
    partner = (selected + n) % (2 * n)
    live.pair_card(
        "pairs_card",
        frame=live.pack_pairs(
            {
                "id": f"{this.name}·{seed}·{options}",
                "names": this.names,
                "steps": [recipe(draw, v, i) for v in range(2) for i in range(n)],
                "similar": np.round(cosine, 4).tolist(),
                "share": [[None if i == j else float(x) for j, x in enumerate(row)] for i, row in enumerate(share)],
                "confusable": [list(pair) for pair in this.alike],
                "selected": selected,
                "tau": options["tau"],
                "loss": sum(each) / len(each),
                "loss_anchor": each,
                "formula": formula(cosine[selected], partner, options["tau"], each[selected]) if detailed else None,
                "note": note(this, n),
                "model": view.mode,
            },
            this.pixels,
            _bytes(labelled.inputs["views"]),
            _stages(labelled, selected % n, n),
        ),
        on_event=lambda event: st.session_state.update({key: event["index"]}),
    )
    if this.large and this.large[selected % n] is not None:
        _show_large(this, selected % n, seed, options)
    card_credits(this.credits)


def recipe(draw: Draw, v: int, i: int) -> list[dict[str, Any]]:
    """What was done to view `v` of picture `i`, step by step, with the numbers drawn for it."""
    from sslviz.tasks.same_or_different import JITTER

    width, height = float(draw["width"][v, i]), float(draw["height"][v, i])
    turned = ", mirrored" if draw["flip"][v, i] else ""
    cut = f"{width * height:.0%}, shape {width / height:.2f}{turned}"
    steps = [{"name": "crop", "text": cut, "applied": True}]
    for number in draw["order"][v, i]:
        name = JITTER[number]
        amount = float(draw[name][v, i])
        text = f"{amount:+.2f} of a turn" if name == "hue" else f"× {amount:.2f}"
        steps.append({"name": name, "text": text, "applied": bool(draw["jitter"][v, i])})
    steps.append({"name": "grey", "text": "to black and white", "applied": bool(draw["grey"][v, i])})
    sigma = float(draw["sigma"][v, i])
    return [*steps, {"name": "blur", "text": f"σ {sigma:.1f} px", "applied": sigma > 0}]


def formula(cosine: NDArray[np.float64], partner: int, tau: float, loss: float) -> dict[str, str]:
    """NT-Xent of one anchor in symbols, and with the present numbers."""
    top = math.exp(cosine[partner] / tau)
    return {
        "symbols": "ℓ(i) = −ln [ exp(cos(zᵢ, zⱼ)/τ) / Σₖ≠ᵢ exp(cos(zᵢ, zₖ)/τ) ]",
        "numbers": f"= −ln [ exp({cosine[partner]:.2f}/{tau:.2f}) / {top * math.exp(loss):.1f} ] "
        f"= −ln {math.exp(-loss):.3f} = {loss:.2f}",
    }


def note(this: Sample, n: int) -> str:
    """What the matrix says, and where a person would disagree."""
    start = f"{2 * n} views: each has 1 partner and {2 * n - 2} that count as different. "
    if not this.alike:
        return f"{start}“Same” means two views of one picture, never two pictures of one kind."
    pairs = " and ".join(f"{this.names[a]} / {this.names[b]}" for a, b in this.alike)
    return (
        f"{start}⚑ A person would call some of these the same ({pairs}). The label says different: “same” means two "
        "views of one picture, never two pictures of one kind. Nobody told the task what a picture shows. What a crop "
        "cut off is gone: this label cannot be undone."
    )


def _bytes(x: Any) -> NDArray[np.uint8]:
    """(n, 3, h, w) in 0…1 → (n, h, w, 3) uint8."""
    return np.asarray((x.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy())


def _stages(labelled: Labelled, picture: int, n: int) -> NDArray[np.uint8]:
    """(2, 7, 32, 32, 3): both views of one picture after crop, four colour changes, grey and blur."""
    after = [step.after for step in labelled.steps]
    if len(after) == 6:  # no picture was blurred
        after.append(after[-1])
    return np.stack([np.concatenate([_bytes(x[picture + v * n][None]) for x in after]) for v in range(2)])


def _show_large(this: Sample, picture: int, seed: int, options: dict[str, Any]) -> None:
    """The same two views of the selected picture, made by the same code from more pixels."""
    large = np.asarray((this.large or [])[picture])
    side = min(large.shape[:2])
    top, left = (large.shape[0] - side) // 2, (large.shape[1] - side) // 2
    square = Image.fromarray(np.ascontiguousarray(large[top : top + side, left : left + side])).resize((LARGE, LARGE))
    # The recipe draws for n pictures at once, so the whole batch is drawn again and only this picture used.
    stack = np.repeat(np.asarray(square)[None], len(this.pixels), 0)
    _, labelled = label(stack, seed, options)
    views = _bytes(labelled.inputs["views"][[picture, picture + len(this.pixels)]])
    with st.container(horizontal=True, gap="small"):
        for pixels, caption in ((np.asarray(square), "the photo"), (views[0], "view A"), (views[1], "view B")):
            name = this.names[picture]
            st.image(pixels, caption=f"{name}: {caption}, large", width=LARGE, alt=f"{name}, {caption}")
    st.caption("The same cuts and colours by the same code; the model only sees the 32×32 pixels above.")
