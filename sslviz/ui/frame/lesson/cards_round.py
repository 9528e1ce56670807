"""A round of cards for a class: ten quick questions of the quiz, each of which can be tapped."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.flashcards import quiz
from sslviz.flashcards.card import GENERAL
from sslviz.flashcards.deck import deck
from sslviz.flashcards.markup import bare
from sslviz.ui.frame.guess import Question, number
from sslviz.ui.frame.lesson.hands import hands

COUNT = 10
ALL = "flashcards"  # the page whose round takes cards of all tasks


def round_name(slug: str) -> str:
    """Under which name the questions of a page's round are counted."""
    return f"{slug}_round"


def cards_round(slug: str) -> None:
    """Draw the card of the round that a class is at: by phones, or by hands."""
    at = number(round_name(slug))
    hands(round_name(slug), lambda: card_question(slug, at))


def card_question(slug: str, at: int) -> Question:
    """The card of this number; after ten another round begins."""
    task = None if slug == ALL else slug if slug in TASKS else GENERAL
    every = _round(at // COUNT, task)
    asked = every[at % COUNT % len(every)]
    choices = [bare(option) for option in asked.options]
    return Question(bare(asked.prompt), choices, choices[asked.right], None, 1 / len(choices), lambda: _nth(at))


@lru_cache(maxsize=64)
def _round(seed: int, task: str | None) -> tuple[quiz.Question, ...]:
    """Ten questions to choose an answer to; where a task has too few, general ones follow."""
    cards = deck().cards
    found = [one for one in quiz.questions(cards, seed, 10 * COUNT, task) if _quick(one)]
    if len(found) < COUNT:
        found += [one for one in quiz.questions(cards, seed, 10 * COUNT, GENERAL) if _quick(one) and one not in found]
    return tuple(found[:COUNT])


def _quick(question: quiz.Question) -> bool:
    return question.kind in ("choice", "statement")


def _nth(at: int) -> None:
    """A card is all words, which stand in the question; so here only which card it is."""
    st.html(f"<p class='nth'>Card {at % COUNT + 1} of {COUNT}</p>")
