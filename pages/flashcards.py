"""Flashcards: review, quiz, progress, deck. No torch is needed for any card but those that a task draws."""

from pathlib import Path

import streamlit as st

from sslviz.ui import cards_learner, cards_links
from sslviz.ui.cards_deck import page_deck
from sslviz.ui.cards_progress import page_progress
from sslviz.ui.cards_quiz import page_quiz
from sslviz.ui.cards_review import limits, review
from sslviz.ui.parts import plain

LEAD = {
    "review": "Answer in your head, look, and say how well you knew it. What you knew comes back later and later; what "
    "you forgot comes back soon.",
    "quiz": "Up to ten questions, some about labels that a task makes on the spot. The same link asks a whole class "
    "the same.",
    "progress": "What comes back when, how much you remember, and a file to take along.",
    "deck": "All cards to read and search, to take into Anki or Logseq, and a way in for your own.",
}

st.html(Path(cards_learner.__file__).with_name("cards.css"))
for note in cards_links.check_link():
    st.warning(plain(note), icon=":material/link_off:")
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Flashcards", anchor=False, width="content")
    place = st.container(key="lead", width="stretch")
    view = st.segmented_control(
        "Part", list(cards_links.VIEWS), format_func=cards_links.VIEWS.__getitem__, required=True,
        label_visibility="collapsed", **cards_links.bound("cards_view", cards_links.value("cards_view")),
    )  # fmt: skip
place.html(f"<p class='lead'>{LEAD[view]}</p>")
with st.container(key="cards", gap="small"):
    with st.container(horizontal=True, vertical_alignment="bottom" if view == "quiz" else "center", gap="small"):
        cards_links.choose_cards()
        if view == "review":
            with st.popover("Daily limit", icon=":material/tune:"):
                limits()
        if view == "quiz":
            st.number_input(
                "Quiz number", 0, cards_links.MOST_SEED, width=140,
                help="The same number asks the same questions, and it stands in the link.",
                **cards_links.bound("cards_seed", cards_links.seed()),
            )  # fmt: skip
    {"review": st.fragment(review), "quiz": page_quiz, "progress": page_progress, "deck": page_deck}[view]()
cards_learner.meet()
