"""The lesson of Picture and caption: pairs, the matrix, and a word that finds pictures."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sslviz.catalogue.captions import ENTRY
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene
from sslviz.ui.tasks.captions import search

SLUG = ENTRY.slug


def searched(_slug: str) -> bool:
    """Whether something else was looked for."""
    return st.session_state.get(search.KEY, search.FIRST) != search.FIRST


SCENES = (
    usual.begin(
        "Take some pictures",
        "A picture, and a few words beside it: web pages and newspapers have millions of such pairs. Here the pictures "
        "are emoji, and the words their names. People wrote the names, but nobody sorted the pictures into "
        "[[class|classes]].",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=4), "Who drew them?",
        "Three teams of designers. So one name has up to three pictures.",
        "Where else do pictures come with words?", "On web pages, in newspapers, in shops: hundreds of millions.",
    ),
    Scene(
        "The caption", "The caption is the label",
        "Pictures are cut at random, and a word may be left out (“…”). The batch made the [[pseudo-label]]: of all its "
        "captions, this [[caption]] came with the picture. A class stands in a fixed list; a caption puts words "
        "together anew.",
        "Press “Other cuts”: what changes, and what stays?", (On("card", rows=3, pictures=2),),
        "Did a person make this label?",
        "A person wrote the caption, but not as a label. The batch makes it one: of all captions there, this one came "
        "with the picture.",
        "How is a caption unlike a class?", "Its words come in many combinations, and no list was fixed before.",
        "The model learns a list of classes. (It learns which words go with which picture.)",
        relabel="Other cuts", done=ticks.redrawn, another=True,
    ),
    Scene(
        "The matrix", "All pairs at once",
        "A row for each picture, a column for each caption. Blue is the [[target]]: they came together; all other "
        "captions count as wrong. Orange is what the model believes, in percent.",
        "Compare the two tables, then take other pictures.", (On("card", rows=0, panels=(0, 1), edge=165),),
        "Why do no two captions of a batch agree?",
        "Several teams drew each emoji. With one caption twice, two answers would be right, and one counted wrong.",
        "How many wrong answers has a picture in a batch of 128?", "127, and so has each caption.",
        done=ticks.another, another=True,
    ),
    usual.guess(
        "A new picture, and four captions. These are new, too, but the model knows their words from other names. A "
        "simple rule answers, too: it takes the words of the training picture that looks most alike.",
        "Choose a caption.",
        "Has the model seen this picture?", "No. It saw no picture of this name at all.",
        "Then how can it know the name?", "It knows the words from other names, and looks for what goes with them.",
    ),
    usual.learn(
        "Two [[encoder|encoders]], for pictures and for words, learn to give a picture and its caption one direction. "
        "With shuffled captions the [[loss]] must stay at guessing. For new pairs (white dots) it falls little: much "
        "is learned by heart.",
        "Press Train, and watch the orange table.", On("learn", rows=0, panels=(1,), edge=150),
        "What does the loss ask?",
        "Two things: which caption goes with a picture, and which picture with a caption. With the first alone one "
        "caption could answer for all pictures.",
        "How could one test that nothing but the pairs gives the answer away?",
        "Shuffle the captions: then the loss must stay at guessing. The lab has a switch for it.",
    ),
    Scene(
        "Search by words", "A word finds pictures",
        "A word and a picture now have [[vector|vectors]] that can be compared: the number is their [[cosine]]. So a "
        "word finds pictures that the model never saw; that is called [[zero-shot]]. It read few captions, so it errs.",
        "Type another word: flag, red heart, dog. Where does it err?", (On("own", draw=search.field),),
        "Which words does it know?", "Only those in the captions that it learned from, about 1,500.",
        "Look for something that it gets wrong. Why?", "It read few captions; CLIP read 400 million.",
        done=searched,
    ),
    usual.good(
        "The picture encoder’s [[trunk]] is [[frozen]]. People sort a few emoji into nine [[class|classes]], such as "
        "flags or food. Names of one class share words, so their pictures got similar vectors. How many new emoji are "
        "then sorted correctly?",
        "Why is it ahead of raw pixels here?", "Names of one class share words, so their pictures got similar vectors.",
        "Nobody helped it. (People wrote the captions; that is help by language, though not by labels.)",
    ),
    usual.check("What is the label here?", "Which caption came with the picture, of all in the batch."),
)  # fmt: skip


def said(this: Any, view: RunView, seed: int, options: Any) -> Said:
    """The caption that it takes for the chosen picture of the sample in view."""
    from sslviz.ui.frame import picture_card
    from sslviz.ui.tasks.captions import card

    i = picture_card.selected(SLUG, this, first=0)
    _, labelled = card.label(this, seed, options)
    share = card.answer(view, labelled, options).share[i]
    best = int(share.argmax())
    return Said(this.captions[best], None if this.own and i == 0 else best == i, float(share[i]))


LESSON = Lesson(
    SCENES, said, "Its belief in the right caption, over time",
    good="searching pictures by words, and sorting them into classes that nobody taught it.",
    poor="words that no caption had: to it they mean nothing.",
    before=True,
)  # fmt: skip
