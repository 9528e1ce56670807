"""Lesson one, what a pseudo-label is: a word, a piece of a picture, and who else makes labels. It trains nothing."""

from __future__ import annotations

from html import escape

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.ui.flashcards.quiz import lesson_quiz
from sslviz.ui.frame import current, link, settings
from sslviz.ui.frame.lesson import lesson_page, ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene
from sslviz.ui.tasks.masked_words.page import PAGE as WORDS
from sslviz.ui.tasks.patch_order.page import PAGE as PIECES

SLUG = "pseudo_label"
MAKERS = {
    "data": ("The data", "something was hidden or moved, so the data itself has the right answer"),
    "batch": ("The batch", "what is shown together decides which samples belong together, and which do not"),
    "model": ("The model itself", "it sorts the samples, or a slower copy of it gives the answer"),
}


def pieces(_size: str) -> None:
    """A picture in pieces, and where each was."""
    PIECES.card(PIECES.in_view(), current.show(PIECES.slug), PIECES.seed, PIECES.chosen(), "Standard")


def makers(_size: str) -> None:
    """Who makes the label in each of the tasks."""
    rows = ""
    for maker, (name, how) in MAKERS.items():
        tasks = "".join(f"<span>{escape(e.title)}</span>" for e in TASKS.values() if e.label_from == maker)
        rows += f"<section><h2>{name}</h2><p>{how}</p><div>{tasks}</div></section>"
    st.html(f"<div class='makers'>{rows}</div>")


def says_who_makes() -> str:
    """How many tasks have their label from whom."""
    data, batch, model = (sum(entry.label_from == maker for entry in TASKS.values()) for maker in MAKERS)
    return (
        f"Here are the {len(TASKS)} tasks of this app. In {data} of them the data makes the label. In {batch} it is "
        f"the [[batch]]: the samples that are shown together. In {model} the [[model]] itself makes it. "
        "Learning from such labels is called [[self-supervised]] learning."
    )


SCENES = (
    Scene(
        "Take a sentence", "Take data that nobody labelled",
        "To teach a machine, people usually write a [[label]] beside each [[sample]]: “spam”, “shoe”, “happy”. That "
        "is slow and expensive. Here is a sentence without any label.",
        "Read it. If you like, take another one.",
        (On("card", rows=1, bare=True),),
        "How expensive is it?",
        "To outline everything in one street picture took people more than an hour and a half (Cordts et al. 2016).",
        "What is a label, and who writes it?",
        "The right answer that belongs to a sample. People write it.",
        another=True, done=lambda _: ticks.another(WORDS.slug),
    ),
    Scene(
        "Hide a part", "Hide a part of it",
        "Think of your thumb on one word of a page. The sentence itself still knows what is missing. A program can "
        "hide words in millions of sentences, and needs no English.",
        "Click the word that you want to hide.",
        (On("card", rows=2, bare=True),),
        "What does [MASK] mean?",
        "It stands for the hidden word. The [[model]] sees only that something is missing there.",
        "Does hiding a word need somebody who knows English?",
        "No. A program can do it, with millions of sentences.",
        done=lambda _: ticks.by_hand(WORDS.slug),
    ),
    Scene(
        "That part is the label", "The hidden part is the label",
        "You hid it, so you know the right answer. No person had to write it: here the data made it. Such an answer "
        "is a [[pseudo-label]]. Guessing it is practice, like filling gaps in an exercise book.",
        "Hide another word, and watch its label come down.",
        (On("card", rows=3),),
        "What is it good for?",
        "To guess hidden words well, one must know how words belong together. Nobody needs the guess itself. What "
        "was learned on the way is useful.",
        "Who made this label?",
        "The data.",
        "It is a wrong or a fake label. (It is right: this very word stood there.)",
        done=lambda _: ticks.by_hand(WORDS.slug),
    ),
    Scene(
        "You guess", "Now you are the model",
        "Somebody hid a word of another sentence. Which of these four stood there? A simple rule answers, too: it "
        "only counts which word often follows another.",
        "Choose a word. Then you see what a trained model says.",
        (On("guess"),),
        "Is it fair?",
        "Yes. Everybody chooses among the same four words: you, the model, and the rule.",
        "How did you know?",
        "From the words around. That is all that the model has, too.",
        done=lambda _: ticks.answered(WORDS.slug),
    ),
    Scene(
        "Pictures, too", "It works with pictures, too",
        "Cut a picture into pieces and move them. Where each piece was is the [[pseudo-label]]: places are numbered "
        "from 0, row by row. The data made this one, too. One could also cover a piece, or take its colours away.",
        "Swap two pieces, and watch the blue numbers follow.",
        (On("own", rows=0, panels=(0, 1), edge=220, draw=pieces),),
        "And sounds, and films?",
        "The same: hide a bit of sound, mix the pictures of a film, and ask for what you did.",
        "What else could you hide or change in a picture?",
        "Cover a part, take its colours away, turn it.",
        done=lambda _: ticks.by_hand(PIECES.slug),
    ),
    Scene(
        "Who makes labels", "Three makers of labels", says_who_makes(),
        "Find one that you would like to see.",
        (On("own", draw=makers),),
        "How can a model make its own labels?",
        "It sorts the samples into piles, or a slower copy of it says what it sees. Lessons six and seven show it.",
        "Which three can make a pseudo-label?",
        "The data, the batch, the model.",
        "A pseudo-label always means a hidden part. (It may be a change, a pair, or a pile.)",
    ),
    usual.check(
        "Say in your own words what a pseudo-label is.", "An answer that no person had to write: a rule made it.",
        because="In lesson two a model learns from such labels, before your eyes.",
    ),
)  # fmt: skip
LESSON = Lesson(SCENES)


def draw() -> None:
    """Draw the lesson. It has no lab of its own."""
    link.tell(settings.check_link(WORDS.slug, WORDS.own_link))
    lesson_page.play(SLUG, LESSON, WORDS, lesson_quiz)
