"""The frame that all task pages share: title with its explanation, the card's controls, code, notes on the link."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.training import recorded
from sslviz.ui import current, settings, startup
from sslviz.ui.cards_quiz import end_quiz
from sslviz.ui.guess import guess
from sslviz.ui.home_words import PARTS
from sslviz.ui.learned import comparable, learned
from sslviz.ui.parts import HIDEABLE, part, plain
from sslviz.ui.parts import note as remark
from sslviz.ui.transport import BUSY, POLL, _map_info

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from sslviz.training.loop import Learner
    from sslviz.training.shown import Shown

WHO = {"data": "the data", "batch": "the batch", "model": "the model itself"}


def head(slug: str, lead: Mapping[str, str], hide: set[str]) -> str:
    """Title, the explanation at the chosen depth, and the depth itself, which is returned."""
    entry = READY[slug]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(entry.title, anchor=False, width="content")
        place = st.container(key="lead", width="stretch")
        depth = st.segmented_control(
            "Depth of explanation", settings.DEPTHS, default="Basic", required=True, key="depth",
            label_visibility="collapsed", **settings.SESSION,
        )  # fmt: skip
        with st.container(width="content"):
            st.fragment(lambda: _share(slug, hide))()  # opening it asks anew, so that the link is never an old one
    if "text" not in hide:
        used = f" <span class='used'>Label made by {WHO[entry.label_from]}. {escape(entry.systems)}.</span>"
        place.html(f"<p class='lead'>{lead[depth]}{used}</p>")
    return str(depth)


def _share(slug: str, hide: set[str]) -> None:
    """The link to this very page, and to this page with parts left out."""
    with st.popover("Link", icon=":material/link:", on_change="rerun", key=f"{slug}_link"):
        _link(slug, hide)


def _link(slug: str, hide: set[str]) -> None:
    left_out = st.pills(
        "Leave out for a lesson", HIDEABLE, selection_mode="multi", default=sorted(hide), key=f"{slug}_leave_out",
        format_func=lambda name: PARTS.get(name, name),
    )  # fmt: skip
    kept = {k: v for k, v in st.query_params.items() if k not in ("hide", f"{slug}_run")}
    query = urlencode({**kept, **({"hide": ",".join(left_out)} if left_out else {})}, safe=",")
    base = (st.context.url or "").split("?")[0]
    st.code(f"{base}{'?' if query else ''}{query}", language=None, wrap_lines=True)
    st.caption(
        "It brings the same sample, label and settings, and with them the same training; on another kind of computer "
        "the curve may differ a little. What you typed or uploaded never goes into a link."
    )


def link_notes(slug: str, own: Mapping[str, Option]) -> None:
    """Check the link, and name in a note what could not be used."""
    for note in settings.check_link(slug, own):
        st.warning(plain(note), icon=":material/link_off:")


def recordings(slug: str) -> tuple[str, ...]:
    """Which recorded runs a link may name."""
    return ("short", "long") if recorded.path(slug, long=True).exists() else ("short",)


def card(
    place: DeltaGenerator,
    slug: str,
    hint: str,
    thing: str,
    most: int,
    first: int,
    extra: Callable[[], None],
    draw: Callable[[], None],
    own: Callable[[], None],
    drawn: Callable[[], bool] | None = None,
) -> None:
    """The sample card: its controls, then what `draw` makes of them.

    Args:
        place: the container that was kept for it, higher up on the page.
        slug: the page's task.
        hint: what a visitor can do with the card.
        thing: what a sample is called.
        most: the largest sample number.
        first: the sample shown first.
        extra: draws the page's own settings of the label, in a popover.
        draw: draws the sample; it alone is redrawn while a run goes on.
        own: takes the visitor's own sample, in another popover.
        drawn: whether chance plays a part in the label with the present settings; None: as the catalogue says.
    """
    sample, seed = f"{slug}_sample", f"{slug}_label_seed"

    def body() -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(width="stretch"):
                part("Sample", hint)
            st.button(
                f"Another {thing}", icon=":material/skip_next:", key="another_sample", type="tertiary",
                on_click=_change, args=(sample, first, 37, most + 1),
            )  # fmt: skip
            chance = READY[slug].drawn if drawn is None else drawn()
            st.button(
                "New label", icon=":material/casino:", key="new_label", type="tertiary", disabled=not chance,
                on_click=_change, args=(seed, 0, 1, 10000),
                help="Same sample, other random choices" if chance else "Nothing is drawn: one sample has one label",
            )  # fmt: skip
            with st.popover(f"Label, seed {settings.value(slug, 'label_seed', 0)}", icon=":material/tune:"):
                st.number_input("Label seed", 0, 9999, 0, key=seed, **settings.SESSION)
                st.number_input(f"{thing.capitalize()} number", 0, most, first, key=sample, **settings.SESSION)
                extra()
            with st.popover("Your own", icon=":material/edit:"):
                st.caption("What is yours is labelled and answered, never trained on, and never kept.")
                own()
        if not startup.warm():
            remark("The first label takes a few seconds: PyTorch is being loaded.")
        busy = current.show(slug).status in BUSY
        st.fragment(draw, run_every=2 * POLL if busy else None)()

    with place:
        st.fragment(body)()


def choose_way(slug: str) -> None:
    """What is asked: the first thing to choose on this page. Another way is another question to guess, too."""
    option = READY[slug].options["way"]
    st.segmented_control(
        "What is asked", option.choices, default=option.default, required=True, key=f"{slug}_way",
        label_visibility="collapsed", on_change=_another_way, args=(slug,), help="What is asked", **settings.SESSION,
    )  # fmt: skip


def _another_way(slug: str) -> None:
    st.session_state[f"{slug}_guess"] = st.session_state.get(f"{slug}_guess", 0) + 1
    st.session_state.pop(f"{slug}_score", None)  # other chances, so the old count would mislead


def _change(key: str, first: int, by: int, count: int) -> None:
    present = st.session_state.get(key)
    st.session_state[key] = ((first if present is None else present) + by) % count


def below(
    slug: str,
    hide: set[str],
    card: Callable[[], None],
    question: Callable[[str], dict[str, Any]],
    functions: Callable[[], Sequence[tuple[str, Any]]],
) -> None:
    """Everything under the run: guess and what was learned on the left, code on the right.

    What was learned, and the quiz under it, are drawn first, since they need no torch; then `card`, higher up on the
    page; then the rest.
    """
    if {"guess", "code", "learned", "quiz"} <= hide:
        card()
        return
    left, right = st.columns(2, gap="medium")
    asked = left.container()
    if "learned" not in hide:
        with left.container(key="learned", border=True, gap="small"):
            learned(slug, current.show(slug), _map_info)
    if "quiz" not in hide:
        with left.container(key="quiz", border=True, gap="small"):
            st.fragment(lambda: end_quiz(slug))()
    card()
    if "guess" not in hide:
        with asked.container(key="guess", border=True, gap="small"):
            st.fragment(lambda: guess(slug, **_asked(slug, question)))()
    if "code" not in hide:
        with right.container(key="code", border=True, gap="small"):
            code(functions())
            st.caption(_weights(slug))


def _asked(slug: str, question: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """The question as it was first asked: a run that goes on must not change choices and answers meanwhile."""
    now = question(slug)
    number = st.session_state.get(f"{slug}_guess", 0)
    kept = st.session_state.setdefault(f"{slug}_asked_{number}", {k: v for k, v in now.items() if k != "show"})
    return {**kept, "show": now["show"]}


def _weights(slug: str) -> str:
    """How many weights the model has, and where."""
    from sslviz.models.trunk import count_weights
    from sslviz.training.answers import ask

    def parts(learner: Learner) -> tuple[int, int, int]:
        named = dict(learner.net.named_children())
        trunk = count_weights(named["trunk"]) if "trunk" in named else 0
        return count_weights(learner.net), trunk, count_weights(named["tokens"])

    whole, trunk, table = ask(current.show(slug).config, None, parts)
    if not READY[slug].trunk:
        return f"{whole:,} weights, and no trunk: {table:,} in the table that is kept + {whole - table:,} in the other."
    head = whole - trunk - table
    return f"{whole:,} weights: {trunk:,} trunk, the same on every page + {table:,} input table + {head:,} head."


def code(functions: Sequence[tuple[str, Any]]) -> None:
    """The source of the functions that just ran."""
    part("Code", "the very functions that made the label above, and that training runs")
    for tab, (_, function) in zip(st.tabs([name for name, _ in functions]), functions, strict=True):
        source = textwrap.dedent(inspect.getsource(function))
        source = re.sub(r"  # (noqa|fmt).*", "", source)  # a word to the linter only
        tab.code(source, language="python", wrap_lines=True)


def loss_lines(view: Shown) -> list[dict[str, Any]]:
    """The dashed lines of the loss plot: what pure guessing and counting cost."""
    figures = view.figures or comparable(view)
    return [
        {"name": f"{b['name']}", "value": b["loss"], "kind": "chance" if number == 0 else "baseline"}
        for number, b in enumerate(figures["baselines"] if figures else [])
        if b["loss"] is not None and b["name"] != "untrained network"
    ]
