"""What the page Frame order asks, and the flashcards: in which order were these frames?"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue.frame_order import ENTRY, FrameOrderOptions
from sslviz.data import video
from sslviz.ui.classroom import teacher
from sslviz.ui.frame import current, guess, settings, stage
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import CHOICES, LabelQuestion, shuffled
from sslviz.ui.tasks.frame_order.card import clip_view
from sslviz.ui.tasks.frame_order.clip import (
    LETTERS,
    SLUG,
    Clip,
    Player,
    clip_of,
    label,
    lettered,
    players,
    sample,
    shown_images,
)


def question() -> Question:
    """One clip in the variant in view: its frames, lettered as they are shown, are to be sorted."""
    from sslviz.tasks.frame_order import least_change

    number, options = guess.number(SLUG), FrameOrderOptions(way=settings.value(SLUG, "way", "4 frames"))
    view, variant = current.show(SLUG), options.way
    clip = clip_of(sample(5 * number + 4), view, number + 5000, options)
    count, least = len(clip.answer.p), int(least_change(clip.labelled.inputs["frames"], variant)[0])
    learned_this = view.config.choices["way"] == variant
    asked = list(range(count))
    if stage.now() is not None and teacher.here() is None:  # at a glance twelve orders are too many; phones sort
        asked = few(asked, {clip.truth, least}, np.random.default_rng((number, ENTRY.stream, 99)))
    best = max(asked, key=lambda answer: float(clip.answer.p[answer]))
    return Question(
        text="Are they in order, forwards or backwards?"
        if variant == "in order?"
        else "Which order, forwards or backwards?",
        choices=[lettered(variant, answer) for answer in asked],
        truth=lettered(variant, clip.truth),
        model=lettered(variant, best) if learned_this else None,
        others={"pixels that change least": lettered(variant, least)},
        chance=1 / len(asked),
        show=lambda: _sort(clip),
        about=lambda: About(
            images=tuple(zip(LETTERS, clip.images, strict=False)),
            sort=variant != "in order?" and len(asked) == count,
            shares=tuple(float(clip.answer.p[answer]) for answer in asked) if learned_this else (),
        ),
    )


def few(answers: list[int], needed: set[int], rng: np.random.Generator) -> list[int]:
    """At most four of the answers, in order, the needed ones among them."""
    others = [one for one in rng.permutation(answers).tolist() if one not in needed]
    return sorted([*needed, *others][:CHOICES])


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which order of three frames is the label?"""
    this = sample(int(rng.integers(100_000)))
    made, labelled = label(this.frames, int(rng.integers(100_000)), FrameOrderOptions(way="3 frames"))
    truth = int(labelled.targets["label"][0])
    every = [lettered("3 frames", number) for number in (truth, *np.delete(np.arange(3), truth))]
    choices, right = shuffled(rng, every[0], every)
    return LabelQuestion(
        "Which order, forwards or backwards, is the label of these frames?", choices, right,
        f"The film went {choices[right]}, or the same backwards; so {choices[right].split()[1]} is the middle frame.",
        f"Three frames of a clip ({this.title}), shuffled:",
        images=tuple(zip(LETTERS, shown_images(this, made), strict=False)), credits=tuple(video.CREDITS.values()),
    )  # fmt: skip


def _sort(clip: Clip) -> None:
    """The frames, to be sorted by hand; once that is done, the clip in the order of the model and in the true one."""
    widget, done = guess.widget(SLUG), guess.given(SLUG) is not None
    sorting = clip.variant != "in order?" and not done and stage.now() is None

    def on_event(event: dict[str, Any]) -> None:
        if event["kind"] == "done" and event.get("id") == widget and sorting:
            order = [int(place) for place in event["order"]]
            play = order if order[0] < order[-1] else order[::-1]
            st.session_state[widget] = " ".join(LETTERS[place] for place in play)

    clip_view(
        f"{SLUG}_sort",
        card={
            "id": widget, "model": "", "title": "", "hint": "", "head": "", "act": sorting, "rows": [],
            "frames": [
                {
                    "image": image, "name": f"{letter} = {rank}" if done else letter,
                    "title": f"frame {letter}" + (f", in time frame {rank}" if done else ""),
                }
                for letter, image, rank in zip(LETTERS, clip.images, clip.ranks, strict=False)
            ],
            "order": list(range(len(clip.images))), "heard": 0,
            "submit": "This is my order" if sorting else "",
            "players": [] if stage.now() else _players(clip) if done else [
                {"title": "As they lie", "text": "", "kind": "", "frames": list(clip.images), "follows": True}
            ],
            "play": "The clip", "play_hint": "", "plays": widget if done else "", "bars": None, "formula": None,
            "note": "Drag a frame onto another, or click two, to swap them; or choose below." if sorting else "",
            "narrow": True, "steps": [], "size": stage.size(),
        },
        on_event=on_event,
    )  # fmt: skip


def _players(clip: Clip) -> list[Player]:
    """The clip as the model sorted it when it was asked, and as it was."""
    shown, answer = players(clip), guess.asked(SLUG).model
    if clip.variant == "in order?":
        return shown
    if answer is None:
        return shown[1:]
    places, truth = [LETTERS.index(letter) for letter in answer.split()], np.argsort(clip.order).tolist()
    right = places in (truth, truth[::-1])
    if right or sum(map(int.__eq__, places[::-1], truth)) > sum(map(int.__eq__, places, truth)):
        places = truth if right else places[::-1]
    shown[0] |= {"frames": [clip.images[place] for place in places], "text": "✓ right" if right else "✕ wrong"}
    return shown
