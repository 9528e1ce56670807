"""A guess before a class: hands are raised, the teacher counts them with a key, and then the answer is shown.

Where the teacher has opened a room, phones vote in place of hands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import streamlit as st

from sslviz.ui.classroom import teacher
from sslviz.ui.frame.guess import Question, asked, next_one, number, remember
from sslviz.ui.frame.lesson.class_votes import class_votes, resume
from sslviz.ui.live import Handler, mount
from sslviz.ui.live.events import many, whole

MOST = 500  # hands


class Hands(TypedDict):
    """What the view is sent.

    id: of the question; text: the question; choices: the answers; hands: how many were raised for each; shown: whether
    the answer is shown; truth and model: the pseudo-label and the model's answer, None before; sums: how often the
    class, the model and chance were right, in words.
    """

    id: str
    text: str
    choices: Sequence[str]
    hands: Sequence[int]
    shown: bool
    truth: str | None
    model: str | None
    sums: str


def hands(slug: str, ask: Callable[[], Question]) -> None:
    """Draw the question in view with the hands that were counted, or with the votes of a room."""
    room = teacher.here()
    if room is not None:
        resume(slug, room)
    fresh = ask()
    remember(slug, fresh)
    question, now = asked(slug), number(slug)
    if room is not None:
        class_votes(slug, question, fresh, shown=bool(st.session_state.get(f"{slug}_hands_shown")))
        return
    kept: dict[int, list[int]] = st.session_state.setdefault(f"{slug}_hands", {})
    counted = kept.setdefault(now, [0] * len(question.choices))
    shown = bool(st.session_state.get(f"{slug}_hands_shown"))
    with st.container(key="hands_question"):
        fresh.show()
    hands_view(
        f"{slug}_hands_view",
        data={
            "id": f"{slug}-{now}", "text": question.text, "choices": list(question.choices), "hands": counted,
            "shown": shown, "truth": question.truth if shown else None, "model": question.model if shown else None,
            "sums": _sums(slug, question, counted, now) if shown else "",
        },
        on_event=lambda event: kept.__setitem__(now, event["hands"]),
    )  # fmt: skip


def another_question(slug: str) -> None:
    """The next question, of which nobody knows the answer yet."""
    st.session_state[f"{slug}_hands_shown"] = False
    next_one(slug)


def hands_view(key: str, *, data: Hands, on_event: Handler = None) -> None:
    """Show choices with a bar of hands each. It tells how many hands were counted."""
    count = len(data["choices"])
    mount(
        "frame/lesson/hands", key, data, handler=on_event,
        tells={"": {"hands": many(whole(0, MOST), count)}}, fits=lambda event: len(event["hands"]) == count,
    )  # fmt: skip


def _sums(slug: str, question: Question, counted: list[int], now: int) -> str:
    """How often each was right so far; the class is right where most hands are."""
    scores: dict[int, tuple[int, int, float]] = st.session_state.setdefault(f"{slug}_hands_score", {})
    right = list(question.choices).index(question.truth)
    of_class = int(sum(counted) > 0 and counted[right] == max(counted))
    scores[now] = (of_class, int(question.model == question.truth), question.chance)
    whole_class, model, chance = (sum(one[i] for one in scores.values()) for i in range(3))
    n = len(scores)
    return f"After {n} question{'' if n == 1 else 's'}: class {whole_class}, model {model}, chance {chance:.1f} right"
