"""The sample card of the pages that show a few pictures, each from the raw one down to the model's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st
from numpy.typing import NDArray

from sslviz.ui.frame import stage
from sslviz.ui.frame.picture_samples import Sample
from sslviz.ui.frame.picture_view import Bars, Panel, PictureCardData, PictureColumn, picture_view
from sslviz.ui.frame.pictures import data_address, unlike
from sslviz.ui.frame.stage import Stage
from sslviz.ui.live import Event
from sslviz.ui.live.made import heard, made, session, whole
from sslviz.ui.live.shared import BarRow, Formula

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

LARGE = 5  # pictures of a strip on the stage


@dataclass(frozen=True)
class PictureCard:
    """What a page has for itself on such a card; the mappings are those of `picture_view`.

    Attributes:
        id: changes with sample, seed and settings.
        heads: (kind, text) of every row.
        columns: one a picture.
        selected: number of the picture that the panels are about.
        panels: what there is to say about it.
        note: a remark about the whole card.
        formula: the loss in symbols and in numbers; None at the depths that leave it out.
        title: heading of the card.
        hint: what a visitor can do with it.
        mode: of the run that answers; empty: that of the run in view.
        edits: what was made by hand of the pictures, by number; see `Tiles`.
    """

    id: str
    heads: Sequence[Sequence[str]]
    columns: Sequence[PictureColumn]
    selected: int
    panels: Sequence[Panel]
    note: str
    formula: Formula | None
    title: str = ""
    hint: str = ""
    mode: str = ""
    edits: Mapping[int, Sequence[int]] = field(default_factory=dict)


def selected(slug: str, this: Sample, first: int = 1) -> int:
    """Number of the picture that the visitor chose; `first` where none was chosen."""
    return whole(session().get(f"{slug}_selected"), len(this.pixels), min(first, len(this.pixels) - 1))


def edits(slug: str, identity: str, this: Sample) -> dict[int, Any]:
    """What the visitor made by hand on the card of this identity, by number of the picture; check it before use."""
    made_there = made(f"{slug}_card", identity)
    found = made_there.get("edits") if isinstance(made_there, dict) else None
    return dict(enumerate(found[: len(this.pixels)])) if isinstance(found, list) else {}


def draw_card(
    slug: str, this: Sample, view: RunView, card: PictureCard, on_change: Callable[[Any], None] | None = None
) -> None:
    """Draw the card; a click on a picture selects it.

    Args:
        slug: of the task.
        this: the pictures.
        view: the run whose answers are on the card.
        card: what is on it.
        on_change: takes what was made by hand of the picture that was changed last, before the page is drawn anew.
    """
    key = f"{slug}_card"

    def happened(event: Event) -> None:
        now = event.get("made")
        if not isinstance(now, dict):
            return
        st.session_state[f"{slug}_selected"] = now.get("selected")
        found, at = now.get("edits"), now.get("at")
        if on_change is not None and isinstance(found, list) and at is not None:
            on_change(found[whole(at, len(found), 0)] if found else None)

    sent: PictureCardData = {
        "id": card.id,
        "model": card.mode or view.mode,
        "title": card.title,
        "hint": card.hint,
        "heads": [list(head) for head in card.heads],
        "columns": list(card.columns),
        "selected": card.selected,
        "edits": [list(card.edits.get(i, ())) for i in range(len(card.columns))],
        "heard": heard(key),
        "panels": list(card.panels),
        "note": f"{card.note}{unlike(this.credits, view, own=this.own)}",
        "formula": card.formula,
    }
    picture_view(key, card=on_stage(sent, scene) if (scene := stage.now()) else sent, on_event=happened)


def on_stage(card: PictureCardData, scene: Stage) -> PictureCardData:
    """What of a card stands on the stage of a lesson; a picture that is not there keeps its number."""
    first, count = card["selected"], scene.pictures or len(card["columns"])
    if scene.size == "present":
        count = min(count, 1 if scene.rows > 1 else 3)  # so that each can be seen from the last row
    shown = [first, *(i for i in range(len(card["columns"])) if i != first)][:count]
    rows = slice(scene.skip, scene.rows)
    columns: list[PictureColumn] = [
        {"name": one["name"], "cells": list(one["cells"])[rows] if i in shown else []}
        for i, one in enumerate(card["columns"])
    ]
    panels: list[Any] = [_large(card["panels"][i]) for i in scene.panels if i < len(card["panels"])]
    heads = [[kind, text.split(":")[0].split(",")[0]] for kind, text in card["heads"]]  # the long ones are for the lab
    edge = scene.edge or (320 if scene.size == "present" else 230 if count == 1 else 160)
    return {
        **card, "title": "", "hint": "", "model": "", "note": "", "formula": None, "heads": heads[rows],
        "columns": columns, "panels": panels, "size": scene.size, "edge": edge,
    }  # fmt: skip


def _large(panel: Panel) -> dict[str, Any]:
    """A panel on the stage: nothing is folded away, and of strips there are as many as can be large."""
    shown = {name: value for name, value in panel.items() if name != "fold"}
    if panel["kind"] == "strips":
        shown["rows"] = [{**row, "images": list(row["images"])[:LARGE]} for row in panel["rows"][:2]]
    return shown


def png(pixels: NDArray[Any]) -> str:
    """(h, w, 3) uint8 as a data address that loses nothing."""
    return data_address(pixels, "PNG")


def far_off(errors: Mapping[str, float], hint: str) -> Bars:
    """Bars of mean squared errors by name; those of the model, whose names begin with "model", in its colour."""
    most = max(errors.values())
    rows: list[BarRow] = [
        {
            "name": name, "value": error / most if most else 0.0, "text": f"{error:.3f}",
            "kind": "answer" if name.startswith("model") else "",
        }
        for name, error in errors.items()
    ]  # fmt: skip
    return {"kind": "bars", "title": "How far off", "hint": hint, "rows": rows}
