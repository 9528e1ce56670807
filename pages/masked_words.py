"""Masked words: hide a word, the hidden word is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.data import text, uploads
from sslviz.ui import current, page, settings
from sslviz.ui import words_card as words
from sslviz.ui.guess import guess
from sslviz.ui.learned import learned
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.transport import run_panel
from sslviz.ui.words_page import LEAD, baseline_lines, question

SLUG, FIRST = "masked_words", 168
HELD = text.HELD - 1
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Sentence number", low=0, high=HELD),
    "recording": Option("short", "Recorded run", ("short", "long")),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label itself."""
    share, masking = READY[SLUG].options["share"], READY[SLUG].options["masking"]
    st.slider(share.title, share.low, share.high, share.default, 0.05, key=f"{SLUG}_share", **settings.SESSION)
    st.segmented_control(
        "Masks", masking.choices, default="dynamic", required=True, key=f"{SLUG}_masking", **settings.SESSION,
        help="Static: a sentence keeps one mask for ever (BERT). Dynamic: a new one each epoch (RoBERTa).",
    )  # fmt: skip


def sample():
    """The sentence in view: a held-out one, or the visitor's own."""
    number, own = settings.value(SLUG, "sample", FIRST), st.session_state.get(f"{SLUG}_own", "").strip()
    try:
        return words.sample(number, own)
    except uploads.Refused as refused:
        st.warning(str(refused), icon=":material/edit_off:")
        return words.sample(number, "")


def draw_card():
    """The lattice of one sentence, with the model's answers as they are now."""
    options = {"share": settings.value(SLUG, "share", 0.15), "masking": settings.value(SLUG, "masking", "dynamic")}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    words.card(sample(), current.show(SLUG), seed, options, detailed)


def own_sentence():
    """The visitor's own sentence; it is labelled and answered, never trained on."""
    st.text_input(
        "Your own sentence", key=f"{SLUG}_own", max_chars=uploads.MAX_CHARACTERS * 50,
        placeholder="the cat is on the table",
    )  # fmt: skip


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    card = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)  # first, since a recorded run needs no torch
    below = st.columns(2, gap="medium") if {"guess", "code", "learned"} - hide else None

if below:
    left, right = below
    if "learned" not in hide:
        with left.container(key="learned", border=True, gap="small"):
            learned(SLUG, current.show(SLUG))

with card:
    page.card(
        SLUG, "click a word: hide it, swap it, keep it, leave it", "sentence", HELD, FIRST, label_settings, draw_card
    )

if below:
    left, right = below
    if "guess" not in hide:
        with right.container(key="guess", border=True, gap="small"):
            st.fragment(lambda: guess(SLUG, **question(SLUG)))()
    if "code" not in hide:
        from sslviz.tasks.masked_words import MaskedWords

        with right.container(key="code", border=True, gap="small"):
            page.code([("draw", MaskedWords.draw), ("apply", MaskedWords.apply), ("loss", MaskedWords.loss)])
    with left.expander("The same mask in every epoch? BERT’s static masks and RoBERTa’s dynamic ones"):
        words.epochs_table(sample(), settings.value(SLUG, "label_seed", 0), settings.value(SLUG, "share", 0.15))
credit_line(text.corpus().credits)
