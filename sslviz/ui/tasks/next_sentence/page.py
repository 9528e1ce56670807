"""The page of Next sentence: B follows A or was put there; which, is the label."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from sslviz.catalogue.next_sentence import ENTRY, NextSentenceOptions
from sslviz.data import stories, uploads
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_input import KEPT, OwnInput, bring_back
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.next_sentence.card import HELD_OUT, Pair, card, sample
from sslviz.ui.tasks.next_sentence.guess import question
from sslviz.ui.tasks.next_sentence.learned import what_became_of_it
from sslviz.ui.tasks.next_sentence.lesson import LESSON

LEAD = {
    "Basic": "Take two sentences, A and B. Does B follow A in a story, or is it from another story? The book gives "
    "the answer; nobody had to read it.",
    "Standard": "Half of the pairs stand one after the other in a tale; in the other half, B is a sentence from "
    "another tale or chapter. The model gets [CLS] A [SEP] B [SEP] as one input and must say which: IsNext or "
    "NotNext. Tossing a coin is right half of the time, and its loss is ln 2 = 0.69.",
    "Detailed": "Minimise −ln p(y | [CLS] A [SEP] B [SEP]), read off the trunk’s vector at [CLS]; y = 0 IsNext, "
    "1 NotNext, as is_random_next in BERT’s code. Token, place and segment vectors are added up. BERT adds the loss of "
    "masked words; its A and B are stretches of text, ours single sentences. The paper says 50% strangers; in its "
    "code a stretch of one sentence has no second half, so its B is always a stranger, and the share is a bit above "
    "one half. Ours is one half. BERT’s code first picks a document, then a place in it; we pick any sentence, all "
    "equally likely, since otherwise strangers would be longer by 0.6 words. arXiv 1810.04805, section 3.1.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured only the coin."""
    return loss_lines(view) or [even_chance(2, "a coin")]


def code() -> Sequence[Listing]:
    """The label maker with the input it lays out, and the loss on its labels."""
    from sslviz.tasks.next_sentence import NextSentence, lay_out

    return NextSentence.draw, NextSentence.apply, lay_out, NextSentence.loss


def ask_for_pair(slug: str) -> None:
    """The visitor's own two sentences."""
    st.caption(
        "Type both sentences. There is no book that says whether B follows A, so you say it on the card, and "
        "that is the label."
    )
    for letter, example in (("A", "The king had a daughter."), ("B", "She was very fond of the garden.")):
        st.text_input(
            f"Sentence {letter}", key=f"{slug}_own_{letter.lower()}", placeholder=example, on_change=bring_back,
            args=(slug,), **KEPT,
        )  # fmt: skip


def typed_pair(slug: str) -> tuple[str, str]:
    """What was typed, A and B."""
    return st.session_state.get(f"{slug}_own_a", ""), st.session_state.get(f"{slug}_own_b", "")


def told_of_pair(typed: tuple[str, str]) -> str:
    """What became of either sentence."""
    return " ".join(f"{letter}: {told}" for letter, raw in zip("AB", typed, strict=True) if (told := uploads.told(raw)))


PAGE = TaskPage[Pair, NextSentenceOptions](
    slug=ENTRY.slug, options=NextSentenceOptions, lead=LEAD, thing="pair", most=HELD_OUT - 1, first=116,
    sample=sample, own_input=OwnInput("pair", ask_for_pair, typed_pair, ("", ""), told_of_pair), card=card,
    hint="replace B, or put the true sentence back",
    controls=(
        Control("masks"),
        Control("marks"),
        Note(
            "The first is what BERT does. The second is our own: words that stand in both sentences get an extra "
            "vector, so the model does not have to find them. A run keeps the settings it was started with."
        ),
    ),
    lesson=LESSON, question=question, code=code, baselines=baselines, credits=lambda _: stories.stories().credits,
    parts=(Part(what_became_of_it),),
)  # fmt: skip
