"""The sample card of Patch order: pictures, their tiles as the model sees them, the label, and a puzzle to solve."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sslviz.catalogue.patch_order import PatchOrderOptions
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.answer_bars import answer_bars
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.picture_card import PictureCard, draw_card
from sslviz.ui.frame.picture_samples import Sample
from sslviz.ui.frame.picture_view import Panel, PictureColumn
from sslviz.ui.frame.pictures import card_credits, data_address
from sslviz.ui.live.mathematics import digits, line, mean, words
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.patch_order.puzzle import (
    ARROWS,
    DIRECTIONS,
    SLUG,
    TURNS,
    Puzzle,
    by_hand,
    laid,
    numbers,
    puzzle_of,
    seen,
    tile_address,
    where,
)

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

HEADS = (("", "Picture"), ("", "What the model sees"), ("label", "Pseudo-label"), ("guess", "Model’s answer"))
SELECTED = 3  # number of the picture that is chosen at first
TITLES = {
    "places": "Each of 16 patches says where it was",
    "jigsaw 2x2": "Which of 24 orders are the four tiles in?",
    "jigsaw 3x3": "Which of 100 orders are the nine tiles in?",
    "relative position": "Where does one tile lie, seen from another?",
    "rotation": "By how many quarters was the picture turned?",
}


def card(this: Sample, view: RunView, seed: int, options: PatchOrderOptions, depth: str) -> None:
    """Draw the card; what a visitor changes is a changed Draw, and everything below follows from it."""
    name, selected = f"{this.name}·{seed}·{options}", picture_card.selected(SLUG, this, SELECTED)
    edits = {
        i: made for i, edit in picture_card.edits(SLUG, name, this).items() if (made := by_hand(edit, options.way))
    }
    puzzle = puzzle_of(this.pixels, view, seed, options, edits)

    drawn = PictureCard(
        id=name,
        title=TITLES[options.way],
        mode=puzzle.answer.mode,
        heads=HEADS,
        columns=[_column(puzzle, i, this) for i in range(len(this.pixels))],
        selected=selected,
        panels=panels(puzzle, selected, this, depth),
        note=note(puzzle),
        formula=formula(puzzle, selected) if depth == "Detailed" else None,
        edits=edits,
    )
    draw_card(SLUG, this, view, drawn)
    card_credits(this.credits)


def said(this: Sample, view: RunView, seed: int, options: PatchOrderOptions) -> Said:
    """How many pieces of the chosen picture the model puts where they were."""
    selected = picture_card.selected(SLUG, this, SELECTED)
    puzzle = puzzle_of(this.pixels, view, seed, options, {})
    if options.way != "places":
        text, _, wrong = answer_text(puzzle, selected)
        return Said(text[2:], not wrong)
    named = puzzle.named(selected)
    return Said(f"{named} of 16", None, named / 16)


def _column(puzzle: Puzzle, i: int, this: Sample) -> PictureColumn:
    """A picture from top to bottom."""
    text, title = label_text(puzzle, i)
    answer, why, wrong = answer_text(puzzle, i)
    return {
        "name": this.names[i],
        "cells": [
            {"image": data_address(this.pixels[i], "PNG"), "title": this.names[i]},
            {"image": seen(puzzle, i), "title": f"{this.names[i]}: what the model sees"},
            {"text": text, "kind": "target", "title": title},
            {"text": answer, "kind": "answer", "title": why, "wrong": wrong},
        ],
    }


def label_text(puzzle: Puzzle, i: int) -> tuple[str, str]:
    """The label in a chip, and in full."""
    truth = puzzle.truth(i)
    if puzzle.variant == "rotation":
        return TURNS[truth], f"turned by {TURNS[truth]} against the clock"
    if puzzle.variant == "relative position":
        return (
            _direction(truth),
            f"label {truth}: seen from the first tile, the second lies {DIRECTIONS[truth]}",
        )
    order = numbers(puzzle.draw["order"][i])
    if puzzle.variant == "places":
        return f"{numbers(truth[:3])} …", f"place of each patch: {order}"
    return (f"order {truth}" if truth >= 0 else "none"), f"order {order}"


def answer_text(puzzle: Puzzle, i: int) -> tuple[str, str, bool]:
    """The model's answer in a chip, in full, and whether it is wrong."""
    best, truth, p = puzzle.best(i), puzzle.truth(i), puzzle.answer.p[i]
    if puzzle.variant == "places":
        named = puzzle.named(i)
        return f"{'✓' if named == 16 else '✕'} {named} of 16", f"place of each patch: {numbers(best)}", False
    if puzzle.variant == "relative position":
        text = DIRECTIONS[best]
    else:
        text = f"{TURNS[best] if puzzle.variant == 'rotation' else best}, {p[best]:.0%}"
    return f"{'✓' if best == truth else '✕'} {text}", f"{p[best]:.0%}", best != truth


# the panels about one picture


def panels(puzzle: Puzzle, i: int, this: Sample, depth: str) -> list[Panel]:
    """What can be changed, the label in full unless the depth is Basic, and what the model makes of it."""
    if puzzle.variant == "rotation":
        return [_turns(puzzle, i, this), _bars(puzzle, i, "How far was it turned?", TURNS.__getitem__, every=True)]
    if puzzle.variant == "relative position":
        return [_pair(puzzle, i), _bars(puzzle, i, "Where does 2 lie, seen from 1?", _direction, every=True)]
    shown = [_your_turn(puzzle, i, depth), _laid(puzzle, i)]
    if depth != "Basic" or puzzle.variant != "places":  # of a jigsaw the number says nothing by itself
        shown.insert(1, _label(puzzle, i))
    if depth == "Detailed" and puzzle.variant != "places":
        shown.append(_bars(puzzle, i, "Which order?", "order {}".format))
    return shown


def _bars(puzzle: Puzzle, i: int, title: str, name: Callable[[int], str], *, every: bool = False) -> Panel:
    """Answers with their probabilities."""
    bars = answer_bars(title, puzzle.answer.p[i], puzzle.truth(i), puzzle.answer.mode, name, every=every)
    return {"kind": "bars", **bars}


def _direction(number: int) -> str:
    """A direction as an arrow and in words."""
    return f"{ARROWS[number]} {DIRECTIONS[number]}"


def _your_turn(puzzle: Puzzle, i: int, depth: str) -> Panel:
    """The puzzle: two tiles change places."""
    order, right = puzzle.draw["order"][i], puzzle.right(i)
    k, done = len(order), bool(right.all())
    text = (
        "✓ Solved: every piece is where it was."
        if done
        else f"{right.sum()} of {k} look right. Click one piece, then another, or drag."
    )
    if depth == "Basic":
        text += " The label says where each piece was, so every swap makes another label."
    return {
        "kind": "tiles", "title": "Your turn", "hint": "swap pieces until it is whole", "columns": math.isqrt(k),
        "act": "swap", "made": order.tolist(),
        "tiles": [
            {"image": tile_address(tile), "right": done, "text": "✓" if done else "",
             "title": f"place {place}, {where(place, k)}"}
            for place, tile in enumerate(puzzle.shown(i))
        ],
        "note": text,
    }  # fmt: skip


def _label(puzzle: Puzzle, i: int) -> Panel:
    """The same tiles with their numbers; the order, and its inverse."""
    from sslviz.tasks.permutations import inverse

    order = puzzle.draw["order"][i]
    k = len(order)
    which = "The label of each patch is its own number."
    if puzzle.variant != "places":
        number, count = puzzle.truth(i), len(puzzle.answer.p[i])
        which = f"Label: order {number} of {count}, counted from 0."
        if number < 0:
            which = "This order is not among the 100 in use, so it has no label: no training step ever shows it."
    return {
        "kind": "tiles", "title": "Pseudo-label", "hint": "where each piece was", "columns": math.isqrt(k),
        "fold": "Show it: it is the solution",
        "tiles": [
            {"image": tile_address(tile), "text": str(int(order[place])), "kind": "target",
             "title": f"shown at place {place}, was at place {order[place]}"}
            for place, tile in enumerate(puzzle.shown(i))
        ],
        "note": f"{which} Order: {numbers(order)}: tile order[i] is shown at place i, counted from 0, row by row. "
        f"Inverse: {numbers(inverse(order))}: tile j is shown at place inverse[j]. It puts the picture back.",
    }  # fmt: skip


def _laid(puzzle: Puzzle, i: int) -> Panel:
    """The picture as the model would put it together."""
    shown, at = puzzle.shown(i), laid(puzzle, i)
    k = len(at)
    good = [bool((shown[at[place]] == puzzle.tiles[i][place]).all()) for place in range(k)]
    if puzzle.variant == "places":
        most = len(np.unique(puzzle.tiles[i].reshape(k, -1), axis=0))
        text = (
            f"Asked one by one, {puzzle.named(i)} of 16 patches name their place. Laid out here, every place given "
            f"once, {sum(good)} look right."
        )
        if most < k:
            text += f" Only {most} patches look different, and identical ones may stand for each other."
    else:
        text = f"It names a whole order at once: number {puzzle.best(i)}, with {puzzle.answer.p[i].max():.0%}."
    return {
        "kind": "tiles", "title": "By the model", "hint": "", "mode": puzzle.answer.mode,
        "columns": math.isqrt(k),
        "tiles": [
            {"image": tile_address(shown[at[place]]), "text": "✓" if good[place] else "✕",
             "kind": "answer", "title": f"place {place}: {'right' if good[place] else 'wrong'}"}
            for place in range(k)
        ],
        "note": text,
    }  # fmt: skip


def _pair(puzzle: Puzzle, i: int) -> Panel:
    """The nine tiles in their places, and which two are shown."""
    (first, second), truth = puzzle.draw["order"][i].tolist(), puzzle.truth(i)
    text = {first: "1", second: "2"}
    return {
        "kind": "tiles", "title": "Which two?", "hint": "press a neighbour, or the middle to swap", "columns": 3,
        "act": "choose", "made": [first, second],
        "tiles": [
            {"image": tile_address(tile), "text": text.get(place, ""), "pressed": place in text,
             "kind": "target" if place == second else "", "title": f"tile {place}, {where(place, 9)}"}
            for place, tile in enumerate(puzzle.tiles[i])
        ],
        "note": f"The model gets 1 and 2 alone. Label {truth} of 0 to 7: seen from 1, 2 lies {DIRECTIONS[truth]}. "
        f"If they change places, the label is 7 − {truth} = {7 - truth}.",
    }  # fmt: skip


def _turns(puzzle: Puzzle, i: int, this: Sample) -> Panel:
    """All four copies of a picture."""
    truth = puzzle.truth(i)
    return {
        "kind": "tiles", "title": "All four turns", "hint": "press one to show it "
        "above", "columns": 4, "act": "choose",
        "made": [truth],
        "tiles": [
            {"image": data_address(np.ascontiguousarray(np.rot90(this.pixels[i], k)), "PNG"), "text": TURNS[k],
             "pressed": k == truth, "kind": "target" if k == truth else "", "title": f"turned by {TURNS[k]}"}
            for k in range(4)
        ],
        "note": "Quarters against the clock, as numpy.rot90 counts them; no pixel is interpolated, so no blur gives "
        "the turn away. All four copies are in one training batch. If up and down look the same, nobody can know the "
        "answer.",
    }  # fmt: skip


def formula(puzzle: Puzzle, i: int) -> Formula:
    """The loss of one picture in symbols, and with the present numbers."""
    loss = puzzle.answer.loss[i]
    if puzzle.variant == "places":
        return {
            "symbols": line(
                r"\ell = -\frac{1}{16} \sum_i \ln p(\text{place } i \text{ was shown from}",
                r"= \text{order}[i]",
                r"\mid \text{patch } i, \text{ all others})",
            ),
            "numbers": line(*mean([digits(one, ".2f") for one in loss[:3]], 16), f"= {digits(loss.mean(), '.2f')}"),
        }
    if puzzle.truth(i) < 0:
        return {
            "symbols": line(r"\ell = -\ln p(\text{label} \mid \text{tiles})"),
            "numbers": line(words("no label, no loss")),
        }
    return {
        "symbols": line(r"\ell = -\ln p(\text{label} \mid \text{what the model sees})"),
        "numbers": line(rf"= -\ln {digits(math.exp(-float(loss)), '.3f')}", f"= {digits(float(loss), '.2f')}"),
    }


def note(puzzle: Puzzle) -> str:
    """What is particular to this variant."""
    return {
        "places": "The model is not told where a patch is shown; only what the patches show can tell where each one "
        "was.",
        "jigsaw 2x2": "Four tiles have 24 orders, and all of them are in use.",
        "jigsaw 3x3": "Nine tiles have 362,880 orders; 100 are in use, any two of which differ in at least 6 places.",
        "relative position": "The two tiles are all that the model sees; either may be the first.",
        "rotation": "The whole picture is shown, turned.",
    }[puzzle.variant]
