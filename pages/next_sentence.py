"""Next sentence: B follows A or was put there; which, is the label."""

import streamlit as st

from sslviz.catalogue import Option
from sslviz.data import stories, uploads
from sslviz.ui import current, page, settings
from sslviz.ui import next_sentence_card as pairs
from sslviz.ui.next_sentence_page import LEAD, baseline_lines, dropped, question
from sslviz.ui.parts import credit_line, hidden, plain
from sslviz.ui.transport import run_panel

SLUG, FIRST = pairs.SLUG, 116
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Pair number", low=0, high=pairs.HELD - 1),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def sample():
    """The pair in view: a held-out one, or the visitor's own if both fields are filled in."""
    own = {letter: st.session_state.get(f"{SLUG}_own_{letter.lower()}", "") for letter in "AB"}
    try:
        for letter, typed in own.items():
            if typed:
                pairs.checked(letter, typed)
        if all(own.values()):
            return pairs.own_pair(*own.values())
        if any(own.values()):
            st.caption("Type the other sentence, too; until then a pair from the tales stands here.")
    except uploads.Refused as refused:
        st.warning(plain(str(refused)), icon=":material/edit_off:")
    return pairs.held_pair(settings.value(SLUG, "sample", FIRST))


def draw_card():
    """The pair with its coin, and the model's answers as they are now."""
    options = {"masks": settings.value(SLUG, "masks", True), "marks": settings.value(SLUG, "marks", False)}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    pairs.card(sample(), current.show(SLUG), seed, options, detailed)


def own_pair():
    """The visitor's own two sentences."""
    st.caption("Type both. Whether B follows, no book can tell here: you say it on the card, and that is the label.")
    for letter, example in (("A", "The king had a daughter."), ("B", "She was very fond of the garden.")):
        st.text_input(
            f"Sentence {letter}", key=f"{SLUG}_own_{letter.lower()}", max_chars=uploads.MAX_CHARACTERS * 50,
            placeholder=example,
        )  # fmt: skip


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "replace B, or put the true one back", "pair", pairs.HELD - 1, FIRST,
        pairs.label_settings, draw_card, own_pair,
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks.next_sentence import NextSentence, lay_out

    return [
        ("draw", NextSentence.draw), ("apply", NextSentence.apply), ("lay_out", lay_out), ("loss", NextSentence.loss)
    ]  # fmt: skip


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    dropped(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(stories.stories().credits)
