"""Guess first: answer the label yourself, then see the model's answer and the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from sslviz.ui.frame.parts import part, plain


@dataclass(frozen=True)
class About:
    """What a question is about, as data: for phones of a class, which have no page.

    Attributes:
        words: lines; a GAP in them is hidden.
        images: (name, data address); one that has the name of an answer is that answer.
        sounds: the same in sounds.
        sort: whether the answer is an order: it names the images in order, or the same backwards.
        shares: how probable each answer is by the model; empty where it gives no probabilities.
    """

    words: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    sounds: tuple[tuple[str, str], ...] = ()
    sort: bool = False
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is asked about one sample.

    Attributes:
        text: the question.
        choices: the possible answers.
        truth: the pseudo-label.
        model: the model's answer; None while it has none.
        chance: share that pure guessing gets right, 0 to 1.
        show: draws what the question is about.
        others: what the baselines answer, by name.
        about: gives what the question is about as data.
        called: what the truth is called, where it is no pseudo-label.
    """

    text: str
    choices: Sequence[str]
    truth: str
    model: str | None
    chance: float
    show: Callable[[], None]
    others: Mapping[str, str] = field(default_factory=dict)
    about: Callable[[], About] = About
    called: str = "Pseudo-label"


def number(slug: str) -> int:
    """Which question the visitor is at, from 0."""
    return int(st.session_state.get(f"{slug}_guess", 0))


def widget(slug: str) -> str:
    """Key of the widget that takes the visitor's answer."""
    return f"{slug}_guess_{number(slug)}"


def given(slug: str) -> str | None:
    """The visitor's answer; None before there is one."""
    answer: str | None = st.session_state.get(_answered(slug))
    return answer


def asked(slug: str) -> Question:
    """The question in view as it was first asked; only once `guess` was called for it."""
    question: Question = st.session_state[f"{slug}_asked_{number(slug)}"]
    return question


def remember(slug: str, now: Question) -> None:
    """Keep the question in view as it is first asked."""
    _as_first_asked(slug, now)


def guess(slug: str, ask: Callable[[], Question]) -> None:
    """One question with its score so far; `ask` makes the one whose `number` it is."""
    now = ask()
    before = st.session_state.get(f"{slug}_asked_{number(slug)}")
    if before is not None and before.text != now.text:  # another run is in view, which is asked something else
        start_over(slug)
        now = ask()
    question, key = _as_first_asked(slug, now), widget(slug)
    score = st.session_state.setdefault(f"{slug}_score", {"asked": 0, "you": 0, "model": 0})
    part("Guess first", "then see whether the model beats you")

    def count() -> None:  # before the page is drawn again, so that the answer stands there at once
        picked = st.session_state[key]
        if picked is None or given(slug):
            return
        st.session_state[_answered(slug)] = picked
        score["asked"] += 1
        score["you"] += picked == question.truth
        score["model"] += question.model == question.truth
        for name, other in question.others.items():
            score[name] = score.get(name, 0) + (other == question.truth)

    if st.session_state.get(key) in question.choices:  # perhaps picked in what `show` draws
        count()
    question.show()
    st.pills(question.text, list(question.choices), key=key, disabled=bool(given(slug)), on_change=count)
    if not (answer := given(slug)):
        later = "" if question.model is None else "The model's answer is shown after yours. "
        st.caption(f"{later}Pure guessing is right {question.chance:.0%} of the time.")
        return
    with st.container(key=f"{slug}_verdict"):
        st.markdown(_verdict(question, answer))
    tally = [
        f"you {score['you']}",
        *([] if question.model is None else [f"model {score['model']}"]),
        *(f"{name} {score.get(name, 0)}" for name in question.others),
    ]
    by_chance = score["asked"] * question.chance
    st.caption(f"Of {score['asked']}: {', '.join(tally)}, pure guessing about {by_chance:.3g}")
    st.button("Next one", icon=":material/skip_next:", key=f"{slug}_next", on_click=next_one, args=(slug,))


def start_over(slug: str) -> None:
    """Another question, and a score from nought: the old chances hold no longer."""
    next_one(slug)
    st.session_state.pop(f"{slug}_score", None)


def _verdict(question: Question, picked: str) -> str:
    """Everybody's answers, each with whether it is the pseudo-label."""
    answers = [f"You: **{plain(picked)}** {_mark(picked, question)}"]
    if question.model is not None:
        answers.append(f":orange[Model: **{plain(question.model)}** {_mark(question.model, question)}]")
    answers += [f"{name}: **{plain(answer)}** {_mark(answer, question)}" for name, answer in question.others.items()]
    return " · ".join([*answers, f":blue[{question.called}: **{plain(question.truth)}**]"])


def _mark(answer: str, question: Question) -> str:
    return "✓" if answer == question.truth else "✕"


def _as_first_asked(slug: str, now: Question) -> Question:
    """The question as it was first asked: a run that goes on must not change choices and answers meanwhile."""
    kept = st.session_state.setdefault(f"{slug}_asked_{number(slug)}", replace(now, show=_nothing, about=About))
    return replace(kept, show=now.show, about=now.about)


def _nothing() -> None:
    """Stands for what is drawn anew each time, and holds on to nothing."""


def _answered(slug: str) -> str:
    return f"{widget(slug)}_done"


def next_one(slug: str) -> None:
    """Go on to the next question."""
    st.session_state[f"{slug}_guess"] = number(slug) + 1
