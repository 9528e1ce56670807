"""Masked words: hide a word, the hidden word is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.data import text, uploads
from sslviz.ui import current, page, settings
from sslviz.ui import words_card as words
from sslviz.ui.parts import credit_line, hidden, plain
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
        help="Static: a sentence keeps one mask for ever. Dynamic: a new one each epoch, as RoBERTa has it.",
    )  # fmt: skip
    words.epochs_table(sample(), settings.value(SLUG, "label_seed", 0), settings.value(SLUG, "share", 0.15))


def sample(warn=False):
    """The sentence in view: a held-out one, or the visitor's own."""
    number, own = settings.value(SLUG, "sample", FIRST), st.session_state.get(f"{SLUG}_own", "")
    try:
        return words.sample(number, own)
    except uploads.Refused as refused:
        if warn:
            st.warning(plain(str(refused)), icon=":material/edit_off:")
        return words.sample(number, "")


def draw_card():
    """The lattice of one sentence, with the model's answers as they are now."""
    options = {"share": settings.value(SLUG, "share", 0.15), "masking": settings.value(SLUG, "masking", "dynamic")}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    words.card(sample(warn=True), current.show(SLUG), seed, options, detailed)


def own_sentence():
    """The visitor's own sentence; it is labelled and answered, never trained on."""
    st.text_input(
        "Your own sentence", key=f"{SLUG}_own", max_chars=uploads.MAX_CHARACTERS * 50,
        placeholder="the cat is on the table",
    )  # fmt: skip


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "click a word: hide it, swap it, keep it, leave it", "sentence", HELD, FIRST,
        label_settings, draw_card, own_sentence,
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks.masked_words import MaskedWords

    return [("draw", MaskedWords.draw), ("apply", MaskedWords.apply), ("loss", MaskedWords.loss)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(text.corpus().credits)
