"""The sample card of Colourisation: colours taken away, the label, what the model paints, and what it thinks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sslviz.catalogue.colourisation import ColourisationOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.picture_card import PictureCard, draw_card, png
from sslviz.ui.frame.picture_samples import Sample
from sslviz.ui.frame.picture_view import Panel, PictureColumn, Tile
from sslviz.ui.frame.pictures import card_credits
from sslviz.ui.live.made import places
from sslviz.ui.live.mathematics import digits, line, mean
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.colourisation.colours import (
    PLACES,
    ROW,
    SLUG,
    Painted,
    chart,
    colour_name,
    painted,
    pieces,
    swatch,
    where,
)

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

HEADS = [
    ["", "Picture"], ["", "What the model sees: grey"], ["label", "Pseudo-label: the colour of each place, of 76"],
    ["guess", "Painted by the model"],
]  # fmt: skip
LIKELY = 6  # colours that are listed of a place


def card(this: Sample, view: RunView, seed: int, options: ColourisationOptions, depth: str) -> None:
    """Draw the card; a click on a place of the chosen picture asks what the model thinks of it."""
    identity, selected = f"{this.name}·{seed}·{options}", picture_card.selected(SLUG, this, 0)
    found = painted(this.pixels, view)
    edits = {
        i: made for i, edit in picture_card.edits(SLUG, identity, this).items() if (made := chosen(edit)) is not None
    }
    place = edits[selected][0] if selected in edits else undecided(found[selected])
    drawn = PictureCard(
        id=identity,
        title="Take the colours away, and paint",
        hint="click a picture to look closer",
        heads=HEADS,
        columns=[column(name, pixels, one) for name, pixels, one in zip(this.names, this.pixels, found, strict=True)],
        selected=selected,
        panels=panels(this, selected, found[selected], place, view),
        note=note(found[selected], view),
        formula=formula(found[selected]) if depth == "Detailed" else None,
        edits=edits,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def chosen(edit: Any) -> list[int] | None:
    """The place that a visitor chose; None where that is none."""
    found = places(edit, PLACES)
    return list(found) if found and len(found) == 1 else None


def undecided(one: Painted) -> int:
    """The place with a colour of which the model is least sure; of a picture without colours the first one."""
    return int(np.where(one.coloured, one.entropy, -1.0).argmax())


def said(this: Sample, view: RunView, _seed: int, _options: ColourisationOptions) -> Said:
    """Of how many coloured places of the chosen picture the model names the colour."""
    i = picture_card.selected(SLUG, this, 0)
    (one,) = painted(this.pixels[[i]], view)
    return Said(score(one), None, one.right(one.named) / one.asked if one.asked else None)


def score(one: Painted) -> str:
    """How many colours the model names, in a few letters."""
    return f"{one.right(one.named)} of {one.asked}" if one.asked else "no colour"


def column(name: str, pixels: Any, one: Painted) -> PictureColumn:
    """One picture from raw to painted."""
    by_grey, by_model = one.right(one.at_grey), one.right(one.named)
    good = by_model > by_grey
    mark = f"{'✓' if good else '✕'} " if one.asked else ""
    return {
        "name": name,
        "cells": [
            {"image": png(pixels), "title": name},
            {"image": png(one.grey), "title": "lightness L, all that the model gets"},
            {"image": png(one.label), "kind": "target", "text": f"{one.asked} of {PLACES}",
             "title": f"{one.asked} of {PLACES} places are not grey; each colour is drawn equally light"},
            {"image": png(one.annealed), "kind": "answer", "text": f"{mark}{score(one)}",
             "title": f"bin named where there is colour; by grey level alone {by_grey} of {one.asked}",
             "wrong": bool(one.asked) and not good},
        ],
    }  # fmt: skip


def panels(this: Sample, i: int, one: Painted, place: int, view: RunView) -> list[Panel]:
    """Where to click, the likeliest colours there, all colours there, and three ways to choose one."""
    p, truth, light = one.p[place], int(one.truth[place]), float(np.clip(one.light[place], 25, 90))
    best = np.argsort(-p, kind="stable")[:LIKELY].tolist()
    shown = best if truth in best else [*best[:-1], truth]
    swatched: list[Tile] = [
        {"image": swatch(n, light), "text": f"{p[n]:.0%}", "kind": "target" if n == truth else "",
         "title": f"{colour_name(n)}: {p[n]:.1%}{', the label' if n == truth else ''}"}
        for n in shown
    ]  # fmt: skip
    ways = (
        ("mean", one.mean), ("annealed mean", one.annealed), ("likeliest", one.likeliest), ("true", this.pixels[i])
    )  # fmt: skip
    names = (colour_name(truth), colour_name(best[0]))
    return [
        {"kind": "tiles", "title": "Choose a place", "hint": "press one", "columns": ROW, "act": "choose",
         "made": [place],
         "tiles": [
             {"image": image, "pressed": n == place, "title": where(n)} for n, image in enumerate(pieces(one.grey))
         ]},
        {"kind": "tiles", "title": "Which colour?", "hint": "blue frame: the label", "mode": view.mode, "columns": 3,
         "tiles": swatched,
         "note": f"Label: {names[0]}. Likeliest: {names[1]}. As unsure as among {np.exp(one.entropy[place]):.0f} "
         f"colours of {len(p)} (entropy {one.entropy[place]:.2f} nats)."},
        {"kind": "tiles", "title": "All 76 colours there", "hint": "larger: likelier; blue: the true one",
         "mode": view.mode, "columns": 1,
         "tiles": [{"image": png(chart(p, truth, light)),
                    "title": f"the likeliest colour: {names[1]}; the label: {names[0]}"}],
         "note": "Across: a, from green to red. Up: b, from blue to yellow. Grey is in the middle; the label is "
         "framed in blue."},
        {"kind": "tiles", "title": "From many colours to one", "hint": "how it is painted", "mode": view.mode,
         "columns": 2,
         "tiles": [{"image": png(picture), "text": name, "kind": "target" if name == "true" else "answer"}
                   for name, picture in ways],
         "note": "The mean of red and blue is dull. The likeliest colour alone jumps from place to place. The annealed "
         "mean, T = 0.38 as in the paper, lies between; it is what the card shows."},
    ]  # fmt: skip


def note(one: Painted, view: RunView) -> str:
    """What the marks mean, and how the model in view was trained."""
    told = (
        "The number counts the places with a colour whose bin of 76 is named. ✓: more than a table that knows only how "
        "light each place is. The lightness stays as it is; only the colour is the model’s."
    )
    if not one.asked:
        told += " This picture has no colours, so the label is grey everywhere."
    if not view.config.choices["rebalance"]:
        told += " This model was trained with every place counting alike, so it likes to paint grey."
    return told


def formula(one: Painted) -> Formula:
    """The loss of one picture in symbols, and with the present numbers."""
    return {
        "symbols": line(
            r"L = -\frac{1}{64} \sum_h v_h \sum_q z_{h,q} \ln \hat{z}_{h,q},",
            r"\quad v_h = w_{q^*},", r"\quad w_q \propto \frac{1}{(1 - \lambda) \tilde{p}_q + \lambda / 76}",
        ),
        "numbers": line(
            *mean([digits(float(each), ".2f") for each in one.loss[:4]], PLACES),
            f"= {digits(float(one.loss.mean()), '.2f')},",
            rf"\quad v_h \text{{ from }} {digits(float(one.weight.min()), '.2f')}",
            rf"\text{{ to }} {digits(float(one.weight.max()), '.2f')}",
        ),
    }  # fmt: skip
