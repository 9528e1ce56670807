"""The sample card of Patch order: pictures, their tiles as the model sees them, the label, and a puzzle to solve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.ui import live
from sslviz.ui.patch_order_puzzle import (
    ARROWS,
    LIES,
    SLUG,
    SWITCHES,
    TITLES,
    TURNS,
    Puzzle,
    Sample,
    answer,
    changed,
    label,
    laid,
    seen,
    tile_address,
    tiles_of,
)
from sslviz.ui.pictures import card_credits, data_address, unlike

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

FIRST = 3  # the picture that is chosen at first
LIKELY = 4  # orders of a jigsaw that are listed


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], depth: str) -> None:
    """Draw the card; what a visitor changes is a changed Draw, and everything below follows from it."""
    way, n = options["way"], len(this.pixels)
    name = f"{this.name}·{seed}·{sorted(options.items())}"
    selected = min(int(st.session_state.get(f"{SLUG}_selected", FIRST)), n - 1)
    edits = st.session_state.get(f"{SLUG}_edits", {})
    edits = edits["of"] if edits.get("id") == name else {}
    draw, labelled = label(this.pixels, seed, options, edits)
    puzzle = Puzzle(way, draw, labelled, answer(view, labelled, way, n), tiles_of(labelled, way))

    def on_event(event: dict[str, Any]) -> None:
        if event["kind"] == "select":
            st.session_state[f"{SLUG}_selected"] = event["index"]
        elif event.get("id") == name:
            made = {**edits, selected: changed(puzzle, selected, event)}
            st.session_state[f"{SLUG}_edits"] = {"id": name, "of": made}

    live.picture_card(
        "patch_card",
        card={
            "id": name,
            "title": TITLES[way],
            "model": puzzle.said.mode,
            "heads": [
                ["", "Picture"], ["", "What the model sees"], ["label", "Pseudo-label"], ["guess", "Model’s answer"],
            ],
            "columns": [_column(puzzle, i, this) for i in range(n)],
            "selected": selected,
            "panels": panels(puzzle, selected, this, depth),
            "note": f"{note(puzzle, view, options)}{unlike(this.credits, view)}",
            "formula": formula(puzzle, selected) if depth == "Detailed" else None,
        },
        on_event=on_event,
    )  # fmt: skip
    card_credits(this.credits)


def _column(puzzle: Puzzle, i: int, this: Sample) -> dict[str, Any]:
    """A picture from top to bottom."""
    text, title = label_text(puzzle, i)
    said, why, wrong = answer_text(puzzle, i)
    return {
        "name": this.names[i],
        "cells": [
            {"image": data_address(this.pixels[i], "PNG"), "text": "", "title": this.names[i]},
            {"image": seen(puzzle, i), "title": f"{this.names[i]}: what the model sees"},
            {"text": text, "kind": "target", "title": title},
            {"text": said, "kind": "answer", "title": why, "wrong": wrong},
        ],
    }


def label_text(puzzle: Puzzle, i: int) -> tuple[str, str]:
    """The label in a chip, and in full."""
    truth = puzzle.truth(i)
    if puzzle.way == "rotation":
        return TURNS[truth], f"turned by {TURNS[truth]} against the clock"
    if puzzle.way == "relative position":
        return (
            f"{ARROWS[truth]} {LIES[truth]}",
            f"label {truth}: seen from the first tile, the second lies {LIES[truth]}",
        )
    order = numbers(puzzle.draw["order"][i])
    if puzzle.way == "places":
        return f"{numbers(truth[:3])} …", f"place of each patch: {order}"
    return (f"order {truth}" if truth >= 0 else "none"), f"order {order}"


def answer_text(puzzle: Puzzle, i: int) -> tuple[str, str, bool]:
    """The model's answer in a chip, in full, and whether it is wrong."""
    best, truth, p = puzzle.best(i), puzzle.truth(i), puzzle.said.p[i]
    if puzzle.way == "places":
        named = puzzle.named(i)
        return f"{'✓' if named == 16 else '✕'} {named} of 16", f"place of each patch: {numbers(best)}", False
    if puzzle.way == "relative position":
        text = LIES[best]
    else:
        text = f"{TURNS[best] if puzzle.way == 'rotation' else best}, {p[best]:.0%}"
    return f"{'✓' if best == truth else '✕'} {text}", f"{p[best]:.0%}", best != truth


def numbers(order: Any) -> str:
    """An order as people read it."""
    return " ".join(str(int(tile)) for tile in order)


# the panels about one picture


def panels(puzzle: Puzzle, i: int, this: Sample, depth: str) -> list[dict[str, Any]]:
    """What can be changed, the label in full unless the depth is Basic, and what the model makes of it."""
    if puzzle.way == "rotation":
        return [_turns(puzzle, i, this), _bars(puzzle, i, "How far was it turned?", TURNS)]
    if puzzle.way == "relative position":
        names = [f"{arrow} {lies}" for arrow, lies in zip(ARROWS, LIES, strict=True)]
        return [_pair(puzzle, i), _bars(puzzle, i, "Where does 2 lie, seen from 1?", names)]
    found = [_your_turn(puzzle, i, depth), _laid(puzzle, i)]
    if depth != "Basic" or puzzle.way != "places":  # of a jigsaw the number says nothing by itself
        found.insert(1, _label(puzzle, i))
    if depth == "Detailed" and puzzle.way != "places":
        found.append(_orders(puzzle, i))
    return found


def _your_turn(puzzle: Puzzle, i: int, depth: str) -> dict[str, Any]:
    """The puzzle: two tiles change places."""
    order, right = puzzle.draw["order"][i], puzzle.right(i)
    k, done = len(order), bool(right.all())
    text = (
        "✓ Solved: every tile is where it was."
        if done
        else f"{right.sum()} of {k} are where they belong. Click one tile, then another, or drag."
    )
    if depth == "Basic":
        text += f" The label says where each tile was; places count from 0, row by row: {numbers(order)}."
    return {
        "kind": "tiles", "title": "Your turn", "hint": "swap tiles until it is whole", "columns": math.isqrt(k),
        "act": "swap",
        "tiles": [
            {"image": tile_address(tile), "right": done, "text": "✓" if done else "",
             "title": f"place {place}, {_where(place, k)}"}
            for place, tile in enumerate(puzzle.tiles[i][order])
        ],
        "note": text,
    }  # fmt: skip


def _label(puzzle: Puzzle, i: int) -> dict[str, Any]:
    """The same tiles with their numbers; the order, and its inverse."""
    from sslviz.tasks.permutations import inverse

    order = puzzle.draw["order"][i]
    k, tiles = len(order), puzzle.tiles[i][order]
    which = "The label of each patch is its own number."
    if puzzle.way != "places":
        number, count = puzzle.truth(i), len(puzzle.said.p[i])
        which = f"Label: order {number} of {count}, counted from 0."
        if number < 0:
            which = "This order is not among the 100 in use, so it has no label: no training step ever shows it."
    return {
        "kind": "tiles", "title": "Pseudo-label", "hint": "where each tile was", "columns": math.isqrt(k),
        "tiles": [
            {"image": tile_address(tile), "text": str(int(order[place])), "kind": "target",
             "title": f"shown at place {place}, was at place {order[place]}"}
            for place, tile in enumerate(tiles)
        ],
        "note": f"{which} Order: {numbers(order)}: tile order[i] is shown at place i, counted from 0, row by row. "
        f"Inverse: {numbers(inverse(order))}: tile j is shown at place inverse[j]. It puts the picture back.",
    }  # fmt: skip


def _laid(puzzle: Puzzle, i: int) -> dict[str, Any]:
    """The picture as the model would put it together."""
    order, shown = puzzle.draw["order"][i], puzzle.tiles[i][puzzle.draw["order"][i]]
    k = len(order)
    at = laid(puzzle, i)
    good = [bool((shown[at[place]] == puzzle.tiles[i][place]).all()) for place in range(k)]
    if puzzle.way == "places":
        most = len(np.unique(puzzle.tiles[i].reshape(k, -1), axis=0))
        text = f"Each patch names a place by itself: {puzzle.named(i)} of 16 right. Here every place is given once."
        if most < k:
            text += f" Only {most} patches look different, and identical ones may stand for each other."
    else:
        text = f"It names a whole order: {puzzle.best(i)}, with {puzzle.said.p[i].max():.0%}."
    return {
        "kind": "tiles", "title": "By the model", "hint": "", "mode": puzzle.said.mode,
        "columns": math.isqrt(k),
        "tiles": [
            {"image": tile_address(shown[at[place]]), "text": "✓" if good[place] else "✕",
             "kind": "answer", "title": f"place {place}: {'right' if good[place] else 'wrong'}"}
            for place in range(k)
        ],
        "note": text,
    }  # fmt: skip


def _orders(puzzle: Puzzle, i: int) -> dict[str, Any]:
    """The likeliest orders, and the label."""
    p, truth = puzzle.said.p[i], puzzle.truth(i)
    top = np.argsort(-p, kind="stable")[:LIKELY].tolist()
    rows = [*top, *([truth] if truth >= 0 and truth not in top else [])]
    return {
        "kind": "bars", "title": "Which order?", "hint": "the likeliest", "mode": puzzle.said.mode,
        "rows": [_row(puzzle, i, number, f"order {number}") for number in rows],
        "line": {"value": 1 / len(p), "name": f"guessing: 1 in {len(p)}"},
    }  # fmt: skip


def _bars(puzzle: Puzzle, i: int, title: str, names: Any) -> dict[str, Any]:
    """All answers with their probabilities."""
    return {
        "kind": "bars", "title": title, "hint": "", "mode": puzzle.said.mode,
        "rows": [_row(puzzle, i, number, name) for number, name in enumerate(names)],
        "line": {"value": 1 / len(names), "name": f"guessing: 1 in {len(names)}"},
    }  # fmt: skip


def _row(puzzle: Puzzle, i: int, number: int, name: str) -> dict[str, Any]:
    best, truth, p = puzzle.best(i), puzzle.truth(i), float(puzzle.said.p[i][number])
    mark = (" ◂ label" if number == truth else "") + (" ◂ model" if number == best else "")
    kind = "target" if number == truth else "answer" if number == best else ""
    return {"name": name + mark, "value": p, "text": f"{p:.0%}", "kind": kind}


def _pair(puzzle: Puzzle, i: int) -> dict[str, Any]:
    """The nine tiles in their places, and which two are shown."""
    (first, second), truth = puzzle.draw["order"][i].tolist(), puzzle.truth(i)
    text = {first: "1", second: "2"}
    return {
        "kind": "tiles", "title": "Which two?", "hint": "press a neighbour, or the middle to swap", "columns": 3,
        "act": "press",
        "tiles": [
            {"image": tile_address(tile), "text": text.get(place, ""), "pressed": place in text,
             "kind": "target" if place == second else "", "title": f"tile {place}, {_where(place, 9)}"}
            for place, tile in enumerate(puzzle.tiles[i])
        ],
        "note": f"The model gets 1 and 2 alone. Label {truth} of 0 to 7: seen from 1, 2 lies {LIES[truth]}. "
        f"If they change places, the label is 7 − {truth} = {7 - truth}.",
    }  # fmt: skip


def _turns(puzzle: Puzzle, i: int, this: Sample) -> dict[str, Any]:
    """All four copies of a picture."""
    truth = puzzle.truth(i)
    return {
        "kind": "tiles", "title": "All four turns", "hint": "press one to show it above", "columns": 4, "act": "press",
        "tiles": [
            {"image": data_address(np.ascontiguousarray(np.rot90(this.pixels[i], k)), "PNG"), "text": TURNS[k],
             "pressed": k == truth, "kind": "target" if k == truth else "", "title": f"turned by {TURNS[k]}"}
            for k in range(4)
        ],
        "note": "Quarters against the clock, as numpy.rot90 counts them; no pixel is interpolated, so none gives the "
        "turn away. All four copies stand in one training batch. Where up and down look the same, nobody can know.",
    }  # fmt: skip


def _where(place: int, k: int) -> str:
    side = math.isqrt(k)
    return f"row {place // side + 1}, column {place % side + 1}"


def formula(puzzle: Puzzle, i: int) -> dict[str, str]:
    """The loss of one picture in symbols, and with the present numbers."""
    loss = puzzle.said.loss[i]
    if puzzle.way == "places":
        first = ", ".join(f"{x:.2f}" for x in loss[:3])
        return {
            "symbols": "ℓ = −1/16 Σᵢ ln p(place i was shown from = order[i] | patch i, all others)",
            "numbers": f"= mean of {first}, … over 16 patches = {loss.mean():.2f}",
        }
    if puzzle.truth(i) < 0:
        return {"symbols": "ℓ = −ln p(label | tiles)", "numbers": "no label, no loss"}
    return {
        "symbols": "ℓ = −ln p(label | what the model sees)",
        "numbers": f"= −ln {math.exp(-float(loss)):.3f} = {float(loss):.2f}",
    }


def note(puzzle: Puzzle, view: Shown, options: dict[str, Any]) -> str:
    """What is particular to this way, and where the model in view was trained otherwise."""
    told = {
        "places": "No patch knows where it is shown; only what is in it, and in the others, can tell where it was.",
        "jigsaw 2x2": "Four tiles have 24 orders, and all of them are in use.",
        "jigsaw 3x3": "Nine tiles have 362,880 orders; 100 are in use, any two of which differ in at least 6 places.",
        "relative position": "The two tiles are all that the model sees; either may be the first.",
        "rotation": "The whole picture is shown, turned.",
    }[puzzle.way]
    trained = view.config.choices
    if trained["way"] != puzzle.way:
        return (
            f"{told} The model in view learned “{trained['way']}” and cannot answer this, so an untrained network "
            "does. Reset, then Play, trains one."
        )
    other = [name for name in SWITCHES if trained[name] != options[name]]
    if other and view.mode != "untrained":
        return f"{told} The model in view was trained with other settings of the label. Reset, then Play, trains anew."
    return told
