"""Write on: the model continues a visitor's beginning, one word at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import streamlit as st

from sslviz.catalogue import Option
from sslviz.data import text, uploads
from sslviz.data.text import CLS, SEP
from sslviz.ui.frame import current, looks, settings
from sslviz.ui.frame.own_input import KEPT
from sslviz.ui.frame.parts import note, part, plain
from sslviz.ui.live import mount
from sslviz.ui.tasks.next_word.card import SLUG, coming, name

WRITE, SHOWN, BEGINS = 13, 8, "She wants to"  # WRITE: the stream of random numbers; SHOWN: candidates in the list
MOST = 10  # words at one press
OPTIONS = {
    "temperature": Option(1.0, "Temperature", low=0.1, high=2.0),
    "top_k": Option(10, "Top-k", low=1, high=50),
    "write_seed": Option(0, "Writing seed", low=0, high=9999),
}
_WRITTEN, _BEGINS = f"{SLUG}_written", f"{SLUG}_begins"


def draw_word(kept: np.ndarray, seed: int, written: int) -> int:
    """The number of a word drawn with probabilities `kept` (V,), after `written` others; repeats with its seed."""
    p = kept.astype(np.float64)
    return int(np.random.default_rng((seed, WRITE, written)).choice(len(p), p=p / p.sum()))


def begin() -> tuple[list[str], list[int]]:
    """The visitor's beginning as (pieces, word numbers with [CLS]); nothing typed means begin with nothing.

    Raises:
        uploads.Refused: for a text that cannot be used.
    """
    typed = st.session_state.get(_BEGINS, BEGINS)
    if not typed.strip():
        return [], [CLS]
    return text.pieces(uploads.shortened(typed)), text.corpus().encode(uploads.sentence(typed))[:-1].tolist()


def written() -> list[list[Any]]:
    """[number, probability as the model gave it, probability it was drawn with] of each word since the beginning."""
    typed = st.session_state.get(_BEGINS, BEGINS)
    if st.session_state.get(_WRITTEN, {}).get("begins") != typed:
        st.session_state[_WRITTEN] = {"begins": typed, "words": []}
    return st.session_state[_WRITTEN]["words"]


def over(ids: list[int]) -> str:
    """Why nothing can follow; empty where something can."""
    if ids[-1] == SEP:
        return "The model wrote ⟨end⟩, so the sentence is over. “Another ending” gives another one."
    return f"A sentence has {text.MAX_WORDS} words at most here." if len(ids) > text.MAX_WORDS else ""


def probabilities(ids: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """(V,) of the coming word as the model gives them, and (V,) after temperature and top-k."""
    import torch

    from sslviz.tasks.next_word import keep_likeliest

    p = coming(current.show(SLUG), torch.tensor(ids))
    temperature, top_k = _sharpness()
    return p.numpy(), keep_likeliest(p, temperature, top_k).numpy()


def _sharpness() -> tuple[float, int]:
    """Temperature and top-k as they stand now."""
    temperature, top_k = (settings.value(SLUG, n, OPTIONS[n].default) for n in ("temperature", "top_k"))
    return float(temperature), int(top_k)


def go_on(count: int) -> None:
    """Write `count` more words, fewer where the sentence ends before."""
    try:
        _, ids = begin()
    except uploads.Refused:
        return  # the page says why
    words, seed = written(), settings.value(SLUG, "write_seed", 0)
    ids += [number for number, _, _ in words]
    for _ in range(count):
        if over(ids):
            return
        p, kept = probabilities(ids)
        number = draw_word(kept, seed, len(words))
        words.append([number, float(p[number]), float(kept[number])])
        ids.append(number)


def start_again() -> None:
    """Back to the beginning."""
    written().clear()


def another_ending() -> None:
    """The same beginning, written on by the next seed, as far as the last time."""
    count, seed = len(written()) or MOST, settings.value(SLUG, "write_seed", 0)
    st.session_state[f"{SLUG}_write_seed"] = (seed + 1) % (int(OPTIONS["write_seed"].high) + 1)
    start_again()
    go_on(count)


def candidates(p: np.ndarray, kept: np.ndarray) -> Coming:
    """The list of candidates for the coming word.

    Returns:
        `rows`: the SHOWN likeliest as [word, before, after, whether it was cut]; `more`: how many other words stay
        in, their probability before and after; `cut`: how many others were cut, their probability before.
    """
    order = np.argsort(-p, kind="stable")
    first, rest = order[:SHOWN], order[SHOWN:]
    stay, gone = rest[kept[rest] > 0], rest[kept[rest] == 0]
    return {
        "rows": [[name(i), float(p[i]), float(kept[i]), bool(kept[i] == 0)] for i in first.tolist()],
        "more": [len(stay), float(p[stay].sum()), float(kept[stay].sum())],
        "cut": [len(gone), float(p[gone].sum())],
    }


def write_on(_hide: set[str]) -> None:
    """The part of the page."""
    with st.container(key="write_on", border=True, gap="xsmall"):
        st.fragment(_write_on)()


def _write_on() -> None:
    """Beginning and settings, then what was written and what may come."""
    part("Write on", "the model names a word, reads it as input, and names the next one: that is how GPT writes")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.text_input(
            "Your beginning",
            BEGINS,
            key=_BEGINS,
            placeholder="begin with nothing",
            **KEPT,
        )
        try:
            pieces, ids = begin()
            refused = ""
        except uploads.Refused as problem:
            pieces, ids, refused = [], [CLS], str(problem)
        so_far = [*ids, *(number for number, _, _ in written())]
        ended = over(so_far)
        with st.container(horizontal=True, gap="xsmall"):
            for count, label in ((1, "One more word"), (MOST, "Ten more words")):
                st.button(label, key=f"write_{count}", on_click=go_on, args=(count,), disabled=bool(ended or refused))
            st.button(
                "Another ending", icon=":material/casino:", key="write_otherwise", on_click=another_ending,
                disabled=bool(refused),
            )  # fmt: skip
            st.button("Start again", icon=":material/replay:", key="write_again", on_click=start_again)
        _settings()
        st.caption(_explanation(so_far, bool(ended or refused)))
        if refused:
            st.warning(plain(refused), icon=":material/edit_off:")
        elif told := uploads.told(st.session_state.get(_BEGINS, BEGINS)):
            note(told)
    with right:
        st.fragment(_show)(pieces, ids, refused)


def _settings() -> None:
    """Temperature, top-k and seed, with what they do."""
    temperature, top_k, seed = (OPTIONS[n] for n in ("temperature", "top_k", "write_seed"))
    with st.container(horizontal=True, gap="small"):
        st.slider(
            temperature.title, temperature.low, temperature.high, temperature.default, 0.1,
            key=f"{SLUG}_temperature", **settings.SESSION,
            help="Each probability to the power of 1/temperature, then scaled to sum 1. Low: nearly always the most "
            "probable word. 1: as the model says. High: more surprises.",
        )  # fmt: skip
        st.slider(
            top_k.title, int(top_k.low), int(top_k.high), top_k.default, 1, key=f"{SLUG}_top_k", **settings.SESSION,
            help="Only this many of the most probable words can be drawn. 1: always the most probable.",
        )  # fmt: skip
        st.number_input(
            seed.title, int(seed.low), int(seed.high), seed.default, key=f"{SLUG}_write_seed", width=110,
            **settings.SESSION, help="Same seed, beginning, settings and weights: the same words.",
        )  # fmt: skip


def _explanation(ids: list[int], ended: bool) -> str:
    """What temperature and top-k do to the coming word, in words; at full depth with its numbers."""
    temperature, top_k = _sharpness()
    does = "prefers the likeliest more" if temperature < 1 else "gives the others more of a chance"
    words = len(text.corpus().vocabulary)
    does = "leaves the model’s probabilities as they are" if temperature == 1 else does
    stay = f"the {top_k} likeliest" if top_k > 1 else "only the likeliest"
    rule = (
        f"Temperature {temperature:.1f} {does}. Top-k keeps {stay} of {words:,} words; what they have is scaled to "
        "100%, and one of them is drawn by the seed."
    )
    if st.session_state.get("depth") != "Detailed" or ended:
        return rule
    p, kept = probabilities(ids)
    best = int(p.argmax())
    return (
        rf"{rule} $q(w) = p(w)^{{1/T}} / \sum_v p(v)^{{1/T}}$ over the {top_k} kept words $v$: for "
        f"“{plain(name(best))}” ${p[best]:.3f}^{{1/{temperature:.1f}}} / "
        f"{p[best] ** (1 / temperature) / kept[best]:.3f} = {kept[best]:.3f}$."
    )


def _show(pieces: list[str], ids: list[int], refused: str) -> None:
    """What was written, and the candidates for the coming word, with the weights as they are now."""
    words = [] if refused else written()
    ids = [*ids, *(number for number, _, _ in words)]
    ended = over(ids)
    index = text.corpus().index
    write_view(
        "write_view",
        data={
            "begins": pieces,
            "known": [piece.lower() in index for piece in pieces],
            "written": [[name(number), before, after] for number, before, after in words],
            "coming": None if ended or refused else candidates(*probabilities(ids)),
            "over": ended,
            "model": current.show(SLUG).mode,
        },
    )
    looks.follow("write", current.show(SLUG), current.run(SLUG), "step")


# the view


class Coming(TypedDict):
    """Candidates for the coming word; shares before and after temperature and top-k.

    rows: (word, share before, after, whether it was cut); more: how many others stay in, their share before and after;
    cut: how many others were cut, their share before.
    """

    rows: Sequence[Sequence[str | float | bool]]
    more: Sequence[float]
    cut: Sequence[float]


class WriteOn(TypedDict):
    """What the view is sent.

    begins, known: the visitor's words; written: (word, share before, after); over: why nothing follows.
    """

    begins: Sequence[str]
    known: Sequence[bool]
    written: Sequence[Sequence[str | float]]
    coming: Coming | None
    over: str
    model: str


def write_view(key: str, *, data: WriteOn) -> None:
    """Show a text that a model writes, and the candidates for its next word."""
    mount("tasks/next_word/write", key, data)
