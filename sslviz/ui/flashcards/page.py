"""The page Flashcards: review, quiz, progress, deck. No torch is needed for any card but those that a task draws."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sslviz.ui.flashcards import learner, links
from sslviz.ui.flashcards.deck import page_deck
from sslviz.ui.flashcards.progress import page_progress
from sslviz.ui.flashcards.quiz import page_quiz
from sslviz.ui.flashcards.review import limits, review
from sslviz.ui.frame import link
from sslviz.ui.frame.lesson import lesson_page, views
from sslviz.ui.frame.lesson.cards_round import ALL
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene
from sslviz.ui.frame.parts import drawn_while_open

LEAD = {
    "review": "Answer in your head, look, and say how well you knew it. What you knew comes back later and later; what "
    "you forgot comes back soon.",
    "quiz": "Up to ten questions, some about labels that a task makes on the spot. The same link asks a whole class "
    "the same.",
    "progress": "What comes back when, how much you remember, and a file to take along.",
    "deck": "All cards to read and search, to take into Anki or Logseq, and a way in for your own.",
}


CLASS = Lesson(
    (
        Scene(
            "Ten cards", "Ten quick cards", "Choose the answer that you think is right.", "Choose an answer.",
            (On("cards"),), "Why cards?", "What one has to recall stays longer than what one reads again.",
            "Which of the ten was hardest?", "It shows what to look at again.",
        ),
    )
)  # fmt: skip


def draw() -> None:
    """Draw the page, or a round of cards for a class."""
    if st.query_params.get("view") == "present":
        lesson_page.play(ALL, CLASS, None, lambda _: None, "Flashcards")
        return
    st.html(Path(__file__).with_name("cards.css"))
    link.tell(links.check_link())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Flashcards", anchor=False, width="content")
        place = st.container(key="lead", width="stretch")
        view = st.segmented_control(
            "Part", list(links.VIEWS), format_func=links.VIEWS.__getitem__, required=True,
            label_visibility="collapsed", **links.bound("cards_view", links.value("cards_view")),
        )  # fmt: skip
    place.html(f"<p class='lead'>{LEAD[view]}</p>")
    with st.container(key="cards", gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom" if view == "quiz" else "center", gap="small"):
            links.choose_cards()
            if view == "review":
                drawn_while_open("Daily limit", ":material/tune:", "cards_limit", limits)
            if view == "quiz":
                st.number_input(
                    "Quiz number", 0, links.MOST_SEED, width=140,
                    help="The same number asks the same questions, and it stands in the link.",
                    **links.bound("cards_seed", links.seed()),
                )  # fmt: skip
        {"review": st.fragment(review), "quiz": page_quiz, "progress": page_progress, "deck": page_deck}[view]()
        if view == "quiz":
            st.button(
                "Ten cards with a class", icon=":material/groups:", key="cards_class", on_click=views.show,
                args=("present",), help="On a projector, for raised hands or for phones.",
            )  # fmt: skip
    learner.meet()
