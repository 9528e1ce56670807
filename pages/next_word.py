"""Next word: a sentence moved by one place is its own label (GPT)."""

import streamlit as st

from sslviz.catalogue import Option
from sslviz.data import text, uploads
from sslviz.ui import current, page, settings
from sslviz.ui import next_word_card as words
from sslviz.ui import next_word_write as write
from sslviz.ui.next_word_page import LEAD, question
from sslviz.ui.parts import credit_line, hidden, plain
from sslviz.ui.transport import run_panel
from sslviz.ui.words_page import baseline_lines

SLUG, FIRST = "next_word", 1294
HELD = text.HELD - 1
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Sentence number", low=0, high=HELD),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
    **write.OPTIONS,
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """There are none."""
    st.caption("Nothing is drawn here: a sentence has one label, and the label seed changes nothing.")


def sample():
    """The sentence in view: a held-out one, or the visitor's own."""
    number = settings.value(SLUG, "sample", FIRST)
    try:
        return words.sample(number, st.session_state.get(f"{SLUG}_own", ""))
    except uploads.Refused as refused:
        st.warning(plain(str(refused)), icon=":material/edit_off:")
        return words.sample(number, "")


def draw_card():
    """Words, labels and mask of one sentence, with the model's answers as they are now."""
    words.card(sample(), current.show(SLUG), st.session_state.get("depth") == "Detailed")


def own_sentence():
    """The visitor's own sentence; it is labelled and answered, never trained on."""
    st.text_input(
        "Your own sentence", key=f"{SLUG}_own", max_chars=uploads.MAX_CHARACTERS * 50,
        placeholder="the cat sat on the table",
    )  # fmt: skip


def draw_sample():
    """The card and the writing, in the places that were kept for them."""
    page.card(
        place, SLUG, "click a word: what its place may look at, and what it answers", "sentence", HELD, FIRST,
        label_settings, draw_card, own_sentence,
    )  # fmt: skip
    with writing:
        st.fragment(write.write_on)()


def functions():
    """The code on the page."""
    from sslviz.tasks.next_word import NextWord, keep_likeliest

    made = (NextWord.draw, NextWord.apply, NextWord.loss, keep_likeliest)
    return [(f.__name__, f) for f in made]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    writing = st.container(key="write_on", border=True, gap="xsmall")
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(text.corpus().credits)
