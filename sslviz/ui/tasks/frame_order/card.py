"""The sample card of Frame order: the frames as they are shown, the label, the model's answer, and clips that play."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

from sslviz.catalogue.frame_order import FrameOrderOptions
from sslviz.ui.frame import stage
from sslviz.ui.frame.answer_bars import AnswerBars, answer_bars
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.parts import credit_line
from sslviz.ui.frame.picture_samples import as_bytes
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.stage import Stage
from sslviz.ui.live import Handler, mount
from sslviz.ui.live.events import Tells, order_of
from sslviz.ui.live.made import heard, made
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import Formula
from sslviz.ui.tasks.frame_order.clip import SLUG, Clip, Player, Sample, clip_of, name_of, numbers, players

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

KEY, COLOURS = f"{SLUG}_card", ("red", "green", "blue")
SHUFFLED = 2  # rows on a stage: 1 the film, 2 the frames as they are shown, 3 the label, 4 the answer


def card(this: Sample, view: RunView, seed: int, options: FrameOrderOptions, depth: str) -> None:
    """Draw the card; what a visitor swaps is a changed Draw, and everything below follows from it."""
    name = f"{this.name}·{seed}·{options}"
    clip = clip_of(this, view, seed, options, made(KEY, name))
    if (scene := stage.now()) is not None:
        clip_view(KEY, card=on_stage(clip, name, scene), event="made")
        return
    steps = taken(clip, this)
    clip_view(
        KEY,
        card={
            "id": name, "model": clip.answer.mode, "title": this.title, "hint": "; ".join(steps), "steps": steps,
            "head": "Shown",
            "frames": lettered_frames(clip), "order": clip.order.tolist(), "heard": heard(KEY),
            "rows": rows(clip, depth), "act": True, "submit": "", "players": players(clip), "play": "The clip",
            "play_hint": f"{'as shown' if clip.variant == 'in order?' else 'as the model sorts it'}, and as it was",
            "plays": "", "bars": bars(clip),
            "note": note(clip, depth) + unlike(this, clip),
            "formula": formula(clip) if depth == "Detailed" else None, "narrow": False, "size": "",
        },
        event="made",
    )  # fmt: skip
    if this.credit is not None:
        credit_line([this.credit])


def on_stage(clip: Clip, name: str, scene: Stage) -> ClipCard:
    """What of the card stands on the stage of a lesson: the film, the frames to be swapped, the label, the answer."""
    film: Player = {**players(clip)[-1], "title": "The film", "kind": ""}
    below = [row for row in rows(clip, "Basic") if row.get("kind")][: max(0, scene.rows - SHUFFLED)]
    return {
        "id": name, "model": "", "title": "", "hint": "", "steps": [], "head": "",
        "frames": lettered_frames(clip) if scene.rows >= SHUFFLED else [],
        "order": clip.order.tolist(), "heard": heard(KEY), "rows": below, "act": scene.rows >= SHUFFLED, "submit": "",
        "players": [film] if scene.rows < SHUFFLED else [], "play": "", "play_hint": "",
        "plays": name, "bars": None, "note": "", "formula": None, "narrow": True, "size": scene.size,
    }  # fmt: skip


def lettered_frames(clip: Clip) -> list[ClipFrame]:
    """The frames as they are shown, each with its place in time."""
    return [
        {"image": image, "name": str(rank), "title": f"frame {rank} in time"}
        for image, rank in zip(clip.images, clip.ranks, strict=True)
    ]


def said(this: Sample, view: RunView, seed: int, options: FrameOrderOptions) -> Said:
    """The model's answer for the clip as it is shown."""
    clip = clip_of(this, view, seed, options, made(KEY, f"{this.name}·{seed}·{options}"))
    text = name_of(clip.variant, clip.best)
    return Said(text.split(" or ")[0], clip.best == clip.truth, float(clip.answer.p[clip.truth]))


def taken(clip: Clip, this: Sample) -> list[str]:
    """What was drawn, in a few words."""
    times = clip.draw["times"][0] + 1
    words = [f"frames {', '.join(str(times[i]) for i in sorted(clip.order))} of {len(this.frames)}"]
    if clip.draw["flip"][0]:
        words.append("mirrored for the model")
    if (clip.draw["light"] != 1).any():
        words.append("light: " + ", ".join(f"× {by:.2f}" for by in clip.draw["light"][0, :, 0][clip.order]))
    if (clip.draw["channel"] >= 0).any():
        words.append("one colour each: " + ", ".join(COLOURS[c] for c in clip.draw["channel"][0][clip.order]))
    return [*words, f"shown as {numbers(clip.ranks)}"]


def rows(clip: Clip, depth: str) -> list[ClipRow]:
    """What stands below the frames: what the model sees, the order shown, the order solved, label and answer."""
    seen = as_bytes(clip.labelled.inputs["frames"][0])
    k = len(seen)
    shown: list[ClipRow] = [
        {"head": "What the model sees", "cells": [
            {"image": data_address(pixels, "PNG"), "title": f"place {i + 1}: 32 × 32 pixels"}
            for i, pixels in enumerate(seen)
        ]},
        {"head": "Order shown", "cells": [
            {"text": str(rank), "title": f"at place {place + 1} stands frame {rank}"}
            for place, rank in enumerate(clip.ranks)
        ]},
        {"head": "Order solved", "cells": [
            {"text": f"{numbers(range(1, k + 1))}: the same for every clip, so it is no label", "span": k}
        ]},
        {"head": "Pseudo-label", "kind": "label", "cells": [
            {"text": label_text(clip, depth), "kind": "target", "span": k, "title": label_title(clip)}
        ]},
    ]  # fmt: skip
    right = clip.best == clip.truth
    text = f"{'✓' if right else '✕'} {told(clip.variant, clip.best)}, {clip.answer.p[clip.best]:.0%}"
    shown.append(
        {"head": "Model’s answer", "kind": "guess", "cells": [
            {"text": text, "kind": "answer", "span": k, "wrong": not right, "title": "its most probable answer"}
        ]}
    )  # fmt: skip
    return shown


def told(variant: str, number: int) -> str:
    """A label in words; a lesson says what the second order is, the lab says it below the card."""
    text = name_of(variant, number)
    return text.replace(" or ", ", or counted from the end ") if stage.now() else text


def label_text(clip: Clip, depth: str) -> str:
    """The label in its chip."""
    if depth == "Basic" or clip.variant == "in order?":
        return told(clip.variant, clip.truth)
    return f"class {clip.truth} of {len(clip.answer.p)}: {name_of(clip.variant, clip.truth)}"


def label_title(clip: Clip) -> str:
    """The label in full."""
    if clip.variant == "in order?":
        return "1: the middle frame was between the other two; 0: it was before or after both"
    return f"class {clip.truth} of {len(clip.answer.p)}, counted from 0; the clip forwards and backwards are one class"


def bars(clip: Clip) -> AnswerBars:
    """The likeliest answers, and the label."""
    title = "Is it in order?" if clip.variant == "in order?" else "Which order is shown?"
    return answer_bars(
        title, clip.answer.p, clip.truth, clip.answer.mode, lambda number: name_of(clip.variant, number)
    )  # fmt: skip


def formula(clip: Clip) -> Formula:
    """The loss of this clip in symbols, and with the present numbers."""
    which = "in order or not" if clip.variant == "in order?" else "class of the order shown"
    loss = clip.answer.loss
    return {
        "symbols": line(rf"\ell = -\ln p(\text{{{which}}}", r"\mid \text{frames as shown})"),
        "numbers": line(rf"= -\ln {digits(math.exp(-loss), '.3f')}", f"= {digits(loss, '.2f')}"),
    }


def note(clip: Clip, depth: str) -> str:
    """What is particular to this variant."""
    text = "Numbers on the frames count in time. Drag one onto another, or click two: the label follows. "
    if clip.variant == "in order?":
        text += "First and last frame are the same in right and wrong triples, so only the middle one decides."
    elif depth == "Basic":
        text += "The reverse order would be right, too: nobody can see whether a door opens or closes."
    else:
        text += (
            f"{name_of(clip.variant, clip.truth)}: the second counts from the end, as if the clip ran backwards. Both "
            "are one label: from a few frames both often look equally natural, so the direction is not asked for."
        )
    return text


def unlike(this: Sample, clip: Clip) -> str:
    """What to say where the visitor's own clip stands before a model that was trained."""
    if this.credit is not None or clip.answer.mode == "untrained":
        return ""
    return " Clips like yours may be new to this model: it was trained on a cartoon."


# the view


class ClipFrame(TypedDict):
    """A frame as it is shown."""

    image: str
    name: str
    title: str


class ClipCell(TypedDict):
    """What is said below a frame, or below `span` of them; `kind` is "", "target" or "answer"."""

    text: NotRequired[str]
    image: NotRequired[str]
    kind: NotRequired[str]
    title: NotRequired[str]
    wrong: NotRequired[bool]
    span: NotRequired[int]


class ClipRow(TypedDict):
    """A row below the frames."""

    head: str
    kind: NotRequired[str]
    cells: Sequence[ClipCell]


class ClipCard(TypedDict):
    """What the view is sent.

    id: changes with sample, seed and settings; model: "" where there is none; steps: what was drawn, in words; frames:
    in the order shown; order: which of the frames each is; heard: number of the visitor's last change that came; act:
    whether they can be swapped; submit: what the button says that hands the order in, or "";
    plays: the clips play by themselves when it changes; narrow: one column; size: "", or of a stage.
    """

    id: str
    model: str
    title: str
    hint: str
    steps: Sequence[str]
    head: str
    frames: Sequence[ClipFrame]
    order: Sequence[int]
    heard: int
    rows: Sequence[ClipRow]
    act: bool
    submit: str
    players: Sequence[Player]
    play: str
    play_hint: str
    plays: str
    bars: AnswerBars | None
    note: str
    formula: Formula | None
    narrow: bool
    size: str


def clip_view(key: str, *, card: ClipCard, event: Literal["event", "made"] = "event", on_event: Handler = None) -> None:
    """Show a few frames of a clip, to be sorted, what is said of each below it, and clips that play beside it.

    What a visitor makes is an order; `event` is "made" where each change of it counts, "event" where only what is
    handed in does: {"kind": "done", "order"}, with the card's id.
    """
    tells: Tells | None = {"done": {"order": order_of(len(card["frames"]))}} if event == "event" else None
    mount("tasks/frame_order/card", key, card, event, on_event, tells=tells)
