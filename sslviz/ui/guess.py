"""Guess first: answer the label yourself, then see the model's answer and the truth."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from sslviz.ui.parts import part, plain


def guess(
    slug: str,
    question: str,
    choices: list[str],
    truth: str,
    model: str | None,
    others: dict[str, str],
    chance: float,
    show: Callable[[], None],
) -> None:
    """One question with its score so far.

    Args:
        slug: the page's task.
        question: what is asked.
        choices: the possible answers.
        truth: the pseudo-label.
        model: the model's answer; None while it has none.
        others: what the baselines answer, by name.
        chance: share that pure guessing gets right, 0 to 1.
        show: draws what the question is about.
    """
    number = st.session_state.setdefault(f"{slug}_guess", 0)
    score = st.session_state.setdefault(f"{slug}_score", {"asked": 0, "you": 0, "model": 0})
    part("Guess first", "then see whether the model beats you")
    widget, answered = f"{slug}_guess_{number}", f"{slug}_guess_{number}_done"

    def count() -> None:  # before the page is drawn again, so that the answer stands there at once
        picked = st.session_state[widget]
        if picked is None or st.session_state.get(answered):
            return
        st.session_state[answered] = picked
        score["asked"] += 1
        score["you"] += picked == truth
        score["model"] += model == truth
        for name, answer in others.items():
            score[name] = score.get(name, 0) + (answer == truth)

    if st.session_state.get(widget) in choices:  # perhaps picked in what `show` draws
        count()
    show()
    st.pills(question, choices, key=widget, disabled=bool(st.session_state.get(answered)), on_change=count)
    if not (given := st.session_state.get(answered)):
        st.caption(f"The model's answer is shown after yours. Pure guessing is right {chance:.0%} of the time.")
        return
    mark = {True: "✓", False: "✕"}
    st.markdown(
        f"You: **{plain(given)}** {mark[given == truth]} · "
        + (f":orange[Model: **{plain(model)}** {mark[model == truth]}] · " if model is not None else "")
        + "".join(f"{name}: **{plain(answer)}** {mark[answer == truth]} · " for name, answer in others.items())
        + f":blue[Pseudo-label: **{plain(truth)}**]"
    )
    tally = [f"you {score['you']}", f"model {score['model']}", *(f"{name} {score.get(name, 0)}" for name in others)]
    st.caption(f"Of {score['asked']}: {', '.join(tally)}, pure guessing about {score['asked'] * chance:.1f}")
    st.button("Next one", icon=":material/skip_next:", key=f"{slug}_next", on_click=_next, args=(slug,))


def _next(slug: str) -> None:
    st.session_state[f"{slug}_guess"] += 1
