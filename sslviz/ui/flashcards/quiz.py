"""The quiz: questions made from the cards and from live samples, one at a time, marked and explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.flashcards import quiz
from sslviz.flashcards.card import GENERAL, Block, Flashcard, blocks_of
from sslviz.flashcards.deck import deck
from sslviz.flashcards.markup import bare, to_html
from sslviz.flashcards.quiz import Marked, Question
from sslviz.ui.flashcards import links as cards_links
from sslviz.ui.flashcards import samples
from sslviz.ui.frame.label_question import LabelQuestion
from sslviz.ui.frame.parts import note, part, plain
from sslviz.ui.frame.routes import page_file

State = dict[str, Any]
SAID = {"hidden": "hidden word", "dropped": " (dropped)", "centre": " (the centre)"}  # what is only seen otherwise
ASKED = {
    "choice": "Choose one", "statement": "Is this right?", "typed": "What belongs in the gap?",
    "live": "A label that a task has just made",
}  # fmt: skip
EASY = 2  # the highest level of a card that a lesson asks
LESSON = "lesson"  # the tag of a card that needs no name which the scenes of its lesson have not told
ABOUT = {  # tags of the general cards that the lessons on no single task ask
    "pseudo_label": frozenset({"basics", "three-ways", "pseudo-label"}),
    "transfer": frozenset({"evaluation", "costs", "benefits"}),
}
COUNT, LIVE, SHORT = 10, 3, 3  # questions of a quiz, live ones among them, questions at the end of a page


@dataclass(frozen=True)
class Item:
    """A question of the deck, or a sample that a task draws when its turn comes."""

    question: Question | None = None
    draw: str = ""
    seed: int = 0


def items(seed: int, task: str | None, level: int | None, cards: Sequence[Flashcard] | None = None) -> tuple[Item, ...]:
    """Ten questions, up to three of them live; the same seed asks the same. Needs no torch yet."""
    cards = deck().cards if cards is None else cards
    rng = np.random.default_rng((seed, 8))
    able = [c.draw for c in cards if c.kind == "picture" and samples.can(c.draw)
            and task in (None, c.task) and level in (None, c.level)]  # fmt: skip
    order = rng.permutation(len(able)).tolist()
    live = [Item(draw=able[order[n % len(able)]], seed=10 * seed + n) for n in range(LIVE if able else 0)]
    asked = [Item(question) for question in quiz.questions(cards, seed, COUNT - len(live), task, level)]
    for place, item in enumerate(live):
        asked.insert(min(len(asked), 2 + 3 * place), item)  # the third, the sixth and the ninth
    return tuple(asked)


def ready(item: Item) -> tuple[Question, LabelQuestion | None]:
    """The question, and what it is about. A live one imports torch."""
    if item.question is not None:
        return item.question, None
    shown = samples.draw(item.draw, item.seed)
    return Question(
        f"live-{item.draw}", "choice", shown.ask, shown.choices, shown.right, page=item.draw, explanation=shown.because
    ), shown


# drawing


def page_quiz() -> None:
    """The part Quiz of the page."""
    seed, task, level = cards_links.seed(), cards_links.task(), cards_links.level()
    st.fragment(lambda: _rounds(f"cards_quiz_{seed}_{task}_{level}", items(seed, task, level), whole=True))()


def end_quiz(slug: str) -> None:
    """A page's own quiz at its end."""
    _short(f"{slug}_quiz", slug, None)


def lesson_quiz(slug: str) -> None:
    """The quiz at the end of a lesson: from the cards of its own task, or of what it is about."""
    part("Quiz", "three questions about what the scenes have told")
    _short(
        f"{slug}_quiz_lesson", slug if slug in TASKS else GENERAL, lambda card: fits(card, slug),
        first=lambda card: told(card, slug),
    )  # fmt: skip


def fits(card: Flashcard, slug: str) -> bool:
    """Whether a lesson has prepared for a card: it is of the lesson's task, or of its tags, and not for experts."""
    about = card.task == slug if slug in TASKS else not ABOUT[slug].isdisjoint(card.tags)
    return about and card.level <= EASY


def told(card: Flashcard, slug: str) -> bool:
    """Whether the scenes of a lesson have told all that a card asks for."""
    return fits(card, slug) and LESSON in card.tags


def _short(
    key: str, task: str, only: Callable[[Flashcard], bool] | None, first: Callable[[Flashcard], bool] | None = None
) -> None:
    """Three questions about a task, and the way to its cards. The first three are from cards of which `first` holds.

    Where there are too few of those, they are from any.
    """
    st.html(Path(__file__).with_name("cards.css"))
    seed = st.session_state.setdefault(f"{key}_seed", 0)
    found = quiz.questions(deck().cards, seed, SHORT, task, only=first) if first and not seed else ()
    if len(found) < SHORT:
        found = quiz.questions(deck().cards, seed, SHORT, task, only=only)
    asked = tuple(map(Item, found))
    _rounds(f"{key}_{seed}", asked, whole=False, again=f"{key}_seed")
    st.page_link(
        page_file("flashcards"), label="Flashcards" if task == GENERAL else "Flashcards of this task",
        icon=":material/style:",
        query_params={"cards_task": task},
    )  # fmt: skip


def _rounds(key: str, asked: tuple[Item, ...], *, whole: bool, again: str = "") -> None:
    state = st.session_state.setdefault(key, {"order": list(range(len(asked))), "at": 0, "round": 0, "answers": {}})
    if not asked:
        st.info("No question belongs to this choice: please choose another.", icon=":material/quiz:")
    elif state["at"] < len(state["order"]):
        _ask(key, asked, state)
    else:
        _result(asked, state, whole=whole, again=again)


def _ask(key: str, asked: tuple[Item, ...], state: State) -> None:
    at = state["at"]
    number = state["order"][at]
    item = asked[number]
    if item.question is None:
        with st.spinner("The task draws a sample …"):
            question, shown = ready(item)
    else:
        question, shown = ready(item)
    right = sum(marked.correct for _, marked in state["answers"].values())
    st.html(
        f"<p class='nth'>Question <b>{at + 1}</b> of {len(state['order'])} · {right} right so far · "
        f"<b>{ASKED['live' if shown else question.kind]}</b></p>"
    )
    if shown is not None:
        st.html(picture(shown))
    st.html(f"<p class='asked' dir='auto'>{gapped(question.prompt)}</p>")
    widget = f"{key}_{state['round']}_{number}"
    if number not in state["answers"]:
        with st.form(f"{widget}_form", border=False):
            _fields(question, widget)
            st.form_submit_button(
                "Check", icon=":material/check:", on_click=_check, args=(state, number, question, widget)
            )
        if state.pop("empty", False):
            note("Please answer first.")
        return
    given, marked = state["answers"][number]
    verdict(question, given, marked)
    last = at + 1 == len(state["order"])
    st.button(
        "See the score" if last else "Next question", icon=":material/skip_next:", key=f"{widget}_next", on_click=_next,
        args=(state,), type="primary",
    )  # fmt: skip


def _fields(question: Question, widget: str) -> None:
    if question.kind == "typed":
        for n, gap in enumerate(question.gaps):
            title = "What belongs in the gap" + (f" {n + 1}" if len(question.gaps) > 1 else "")
            st.text_input(
                f"{title}{f' ({plain(gap.hint)})' if gap.hint else ''}", key=f"{widget}_{n}", max_chars=quiz.MAX_TYPED
            )
    else:
        st.radio(
            "Your answer", range(len(question.options)), index=None, key=widget,
            format_func=lambda n: plain(bare(question.options[n])),
        )  # fmt: skip


def _check(state: State, number: int, question: Question, widget: str) -> None:
    given: Any
    if question.kind == "typed":
        typed = [str(st.session_state.get(f"{widget}_{n}") or "") for n in range(len(question.gaps))]
        given, empty = typed, not any(map(str.strip, typed))
    else:
        given = st.session_state.get(widget)
        empty = given is None
    if empty:
        state["empty"] = True
    elif number not in state["answers"]:
        state["answers"][number] = (given, quiz.mark(question, given))


def _next(state: State) -> None:
    state["at"] += 1


def verdict(question: Question, given: int | list[str], marked: Marked) -> None:
    """Right or not, why, and where to read on."""
    said = ", ".join(given) if isinstance(given, list) else question.options[given]
    if question.kind == "statement":
        truth = "The statement is right." if question.right == 0 else "The statement is wrong."
        line = f"<b>✓ Right.</b> {truth}" if marked.correct else f"<b>✕ Not quite.</b> {truth}"
    elif marked.correct:
        nearly = " It is not quite spelt like that, but it counts." if marked.nearly else ""
        line = f"<b>✓ Right:</b> <bdi>{to_html(marked.right)}</bdi>.{nearly}"
    else:
        line = (
            f"<b>✕ Not quite.</b> You said <s dir='auto'>{escape(bare(said))}</s>; the answer is "
            f"<b dir='auto'>{to_html(marked.right)}</b>."
        )
    st.html(f"<p class='verdict' role='status'>{line}</p>")
    if marked.explanation:
        st.html("".join(map(_why, blocks_of(marked.explanation))))
    if not marked.correct:
        cards_links.page_link(marked.page)


def _why(block: Block) -> str:
    """A piece of an explanation."""
    if block.code:
        return f"<pre class='why' dir='ltr'><code>{escape(block.text)}</code></pre>"
    return f"<p class='why' dir='auto'>{to_html(block.text)}</p>"


def _result(asked: tuple[Item, ...], state: State, *, whole: bool, again: str) -> None:
    answers = {n: state["answers"][n] for n in state["order"]}
    right = sum(marked.correct for _, marked in answers.values())
    wrong = [n for n, (_, marked) in answers.items() if not marked.correct]
    st.html(f"<p class='asked' role='status'><b>{right} of {len(answers)}</b> right.</p>")
    if wrong and whole:
        part("Not right yet", "with the page that teaches it")
        for n in wrong:
            question, _ = ready(asked[n])
            st.html(f"<p class='why'>✕ {gapped(question.prompt)} <b>{to_html(answers[n][1].right)}</b></p>")
            cards_links.page_link(answers[n][1].page)
    with st.container(horizontal=True):
        if wrong:
            st.button(
                "Once more, only the wrong ones", icon=":material/replay:", on_click=_once_more, args=(state, wrong),
                type="primary", key=f"{again}cards_quiz_once_more",
            )  # fmt: skip
        st.button(
            "Another quiz" if whole else "Other questions", icon=":material/casino:", key=f"{again}cards_quiz_another",
            on_click=_another, args=(again,),
        )  # fmt: skip


def _once_more(state: State, wrong: list[int]) -> None:
    state.update(order=wrong, at=0, round=state["round"] + 1, answers={})


def _another(again: str) -> None:
    if again:
        st.session_state[again] += 1
    else:
        cards_links.write("cards_seed", (cards_links.seed() + 1) % (cards_links.MOST_SEED + 1))


# texts as HTML


def gapped(prompt: str) -> str:
    """A question whose gaps are boxes."""
    gap = "<span class='gap'>…<span class='said-only'> gap </span></span>"
    return to_html(prompt).replace("___", gap)


def picture(shown: LabelQuestion) -> str:
    """A live sample as HTML."""
    lines = "".join(f"<p class='sample'>{' '.join(_word(*word) for word in line)}</p>" for line in shown.lines)
    images = "".join(
        f"<figure><img src='{source}' alt='{'View ' * (len(name) == 1)}{escape(name)}' width='72' height='72'>"
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name, source in shown.images
    )
    return (
        f"<p class='what'>{escape(shown.text)}</p>{lines}"
        + (f"<div class='views'>{images}</div>" if images else "")
        + f"<p class='credit'>{escape(shown.credit)}</p>"
    )


def _word(text: str, kind: str) -> str:
    """A word of a live sample; what marks it is also said."""
    if not kind:
        return escape(text)
    shown = "<span aria-hidden='true'>▨</span>" if kind == "hidden" else escape(text)
    said = f"<span class='said-only'>{SAID[kind]}</span>" if kind in SAID else ""
    return f"<span class='{kind}'>{shown}{said}</span>"
