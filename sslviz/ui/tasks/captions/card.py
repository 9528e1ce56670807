"""The sample card of Picture and caption: each picture with its caption, and the matrix of all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.captions import ENTRY, CaptionsOptions
from sslviz.data.captions import words
from sslviz.ui.frame import picture_card, stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import as_bytes
from sslviz.ui.frame.picture_view import Bars, PictureCell, PictureColumn, Tile, Tiles
from sslviz.ui.live.mathematics import digits, fraction, line
from sslviz.ui.live.shared import BarRow, Formula
from sslviz.ui.tasks.captions import pairs
from sslviz.ui.tasks.captions.pairs import Pairs

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
HEADS = [
    ["", "Picture"], ["", "Model sees"], ["label", "Pseudo-label: the caption that came with it"],
    ["guess", "Model’s choice among these captions"],
]  # fmt: skip
NEAREST = 5  # names in the list of those that fit


@dataclass(frozen=True)
class Said:
    """What the model says of n pictures and n captions.

    `cosine` (n, n), a row a picture; `share` of each caption for a picture, and `back` of each picture for a caption;
    `sharpness`: what the cosines are multiplied by.
    """

    cosine: NDArray[np.float64]
    share: NDArray[np.float64]
    back: NDArray[np.float64]
    sharpness: float


def label(this: Pairs, seed: int, options: CaptionsOptions) -> tuple[Draw, Labelled]:
    """The cut pictures, and which caption came with each."""
    return make_label(SLUG, pairs.batch(this.pixels, this.captions), seed, options)


def answer(view: RunView, labelled: Labelled, options: CaptionsOptions) -> Said:
    """What the model says of these pairs."""
    from sslviz.training.answers import ask

    said, sharpness = ask(
        view.config, view.weights,
        lambda m: (
            m.task.answer(m.net, labelled, options).data, m.net.sharpness.exp().item(),
        ),
        kept=view.kept,
    )  # fmt: skip
    cosine, share, back = (said[name].double().numpy() for name in ("cosine", "share", "back"))
    return Said(cosine, share, back, sharpness)


def card(this: Pairs, view: RunView, seed: int, options: CaptionsOptions, depth: str) -> None:
    """Draw the card; a click on a picture asks which names fit it."""
    draw, labelled = label(this, seed, options)
    said, selected = answer(view, labelled, options), picture_card.selected(SLUG, this, first=0)
    texts, names = read(this, draw), below(this)
    drawn = PictureCard(
        id=f"{this.name}·{seed}·{options}",
        heads=HEADS,
        columns=[
            column(this, texts, as_bytes(labelled.inputs["pixels"]), said, i, names[i]) for i in range(len(texts))
        ],
        selected=selected,
        panels=[
            on_a_stage(goal(this, texts)), on_a_stage(reached(this, texts, said, view.mode)),
            fitting(this, view, selected),
        ],
        note=note(options),
        formula=formula(said, selected) if depth == "Detailed" and not (this.own and selected == 0) else None,
    )  # fmt: skip
    draw_card(SLUG, this, view, drawn)


def read(this: Pairs, draw: Draw) -> list[str]:
    """The captions as the model reads them, in the order of the matrix: "…" stands for words that were left out.

    Where a caption and its words are the same but for signs, the caption stands as it was written.
    """
    found = []
    for place in (np.arange(len(this.captions)) + draw["moved"]).tolist():
        said = words(this.captions[place])
        kept = draw["kept"][place][: len(said)].tolist()
        pieces = [word if stays else "…" for word, stays in zip(said, kept, strict=True)]
        found.append(this.captions[place] if all(kept) else " ".join(pieces))
    return found


def below(this: Pairs) -> tuple[str, ...]:
    """What stands below each picture: who drew it; in a lesson its caption, until the caption is the label."""
    scene = stage.now()
    if scene is None:
        return this.teams
    return this.captions if scene.rows == 1 else ("",) * len(this.captions)


def column(this: Pairs, texts: list[str], seen: NDArray[np.uint8], said: Said, i: int, under: str) -> PictureColumn:
    """One picture from raw to the caption that the model chooses; `under`: what stands below the picture."""
    best, own = int(said.share[i].argmax()), this.own and i == 0
    right = best == i
    title = f"cosine {said.cosine[i, best]:.2f}, share {said.share[i, best]:.0%}"
    cells: list[PictureCell] = [
        {"image": png(this.pixels[i]), "text": under, "title": this.names[i]},
        {"image": png(seen[i])},
        {"text": "none: it is yours", "kind": "none"} if own else {"text": texts[i], "kind": "target"},
        {"text": texts[best] if own or not right else f"✓ {texts[best]}", "kind": "answer", "title": title,
         "wrong": not own and not right},
    ]  # fmt: skip
    return {"name": this.names[i], "cells": cells}


def on_a_stage(panel: Tiles) -> Tiles:
    """A matrix as a lesson shows it: there the scene says what it is."""
    return {**panel, "note": "", "hint": ""} if stage.now() else panel


def sides(this: Pairs) -> list[Tile]:
    """What the rows of a matrix are: the pictures."""
    return [{"image": png(pixels), "title": name} for pixels, name in zip(this.pixels, this.names, strict=True)]


def goal(this: Pairs, texts: list[str]) -> Tiles:
    """The pseudo-label of the batch: every picture with every caption; those that came together are on the diagonal."""
    n = len(texts)

    def tile(i: int, j: int) -> Tile:
        if this.own and i == 0:
            return {"share": 0.0, "title": f"your picture and “{texts[j]}”: no label"}
        came = "came together" if i == j else "did not come together"
        found: Tile = {"share": float(i == j), "title": f"{this.names[i]} and “{texts[j]}”: {came}"}
        return {**found, "kind": "target"} if i == j else found

    return {
        "kind": "tiles", "title": "Pseudo-label: the pairs", "columns": n, "act": "", "mode": "",
        "hint": "a row a picture, a column a caption",
        "sides": sides(this), "tops": texts, "tint": "target",
        "tiles": [tile(i, j) for i in range(n) for j in range(n)],
        "note": "Blue, on the diagonal: this caption came with this picture. All others are wrong answers.",
    }  # fmt: skip


def reached(this: Pairs, texts: list[str], said: Said, mode: str) -> Tiles:
    """The same matrix by the model: which share of its belief each caption has, picture by picture."""
    n = len(texts)
    tiles: list[Tile] = []
    for i in range(n):
        for j in range(n):
            title = f"{this.names[i]} and “{texts[j]}”: cosine {said.cosine[i, j]:.2f}, share {said.share[i, j]:.0%}"
            one: Tile = {"share": round(float(said.share[i, j]), 3), "title": title}
            if j == int(said.share[i].argmax()):
                one["text"] = f"{100 * said.share[i, j]:.0f}"
            tiles.append({**one, "kind": "target"} if i == j and not (this.own and i == 0) else one)
    right = sum(int(said.share[i].argmax()) == i for i in range(int(this.own), n))
    back = sum(int(said.back[:, j].argmax()) == j for j in range(int(this.own), n))
    return {
        "kind": "tiles", "title": "Model’s answer, in percent", "columns": n, "act": "", "mode": mode,
        "hint": "orange: the share of each caption, row by row", "tiles": tiles,
        "sides": sides(this), "tops": texts, "tint": "answer",
        "note": f"The number, in percent, stands at the caption that it takes; the blue frame is the label. It finds "
        f"{right} of {n - this.own} captions, and {back} of {n - this.own} pictures (column by column).",
    }  # fmt: skip


def fitting(this: Pairs, view: RunView, i: int) -> Bars:
    """The names that fit the chosen picture best, among all that there are."""
    every, new = pairs.every_name()
    cosine = pairs.names(view) @ pairs.looked_at(view, this.pixels[i : i + 1])[0]
    order = np.argsort(-cosine)
    rows: list[BarRow] = [
        {
            "name": f"{every[k]} ·new" if k < new else every[k], "value": float(max(0, cosine[k])),
            "text": f"{cosine[k]:.2f}",
            "kind": "target" if every[k] == this.captions[i] and not (this.own and i == 0) else "answer",
        }
        for k in order[:NEAREST]
    ]  # fmt: skip
    if this.own and i == 0:
        place = "Nobody captioned your picture, so there is no right answer."
    else:
        at = int(np.flatnonzero([every[k] == this.captions[i] for k in order])[0]) + 1
        place = f"“{this.captions[i]}” comes at place {at:,}."
    return {
        "kind": "bars", "title": "Which of all names fit?", "wide": True, "mode": view.mode, "rows": rows,
        "hint": f"{this.names[i]}, whole: its cosine with {len(every):,} names",
        "note": f"{place} “·new”: one of the {new} names that it never trained on, whose words it knows from others.",
    }  # fmt: skip


def note(options: CaptionsOptions) -> str:
    """Where the pairs are from, and what the label is not."""
    if options.shuffled:
        return (
            "The captions are shuffled: each stands at a picture that it did not come with, and there is nothing to "
            "learn. This is the control: a model that is trained so must stay at chance."
        )
    return (
        "None of these emoji was trained on, by whichever team. The caption is the label because it came with the "
        "picture; nobody sorted the pictures into classes. No batch holds a caption twice, or two answers would be "
        "right. “…”: a word that was left out at random, so that captions are not learned by heart."
    )


def formula(said: Said, i: int) -> Formula:
    """The loss of the chosen pair in symbols, and with the present numbers."""
    rows, columns = -np.log(said.share[i, i]), -np.log(said.back[i, i])
    symbols = line(
        r"\ell_i = \frac{1}{2} ( -\ln \frac{\exp(s \cos(I_i, T_i))}{\sum_k \exp(s \cos(I_i, T_k))}",
        r"- \ln \frac{\exp(s \cos(I_i, T_i))}{\sum_k \exp(s \cos(I_k, T_i))} )",
    )
    half = fraction("1", "2")
    return {
        "symbols": symbols,
        "numbers": line(
            rf"= {half} ({digits(rows, '.2f')} + {digits(columns, '.2f')})",
            f"= {digits((rows + columns) / 2, '.2f')},", f"s = {digits(said.sharpness, '.1f')}",
        ),
    }  # fmt: skip
