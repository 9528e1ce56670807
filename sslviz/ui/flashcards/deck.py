"""The deck: browse and search, bring cards, take cards away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

import streamlit as st

from sslviz.flashcards import export, sheet
from sslviz.flashcards.card import KINDS, LEVELS, Block, Flashcard
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.deck import deck
from sslviz.flashcards.imported import Imported, Refused, told
from sslviz.flashcards.incoming import ACCEPTED, from_file, from_text
from sslviz.flashcards.markup import to_html
from sslviz.flashcards.store import store
from sslviz.ui.flashcards import learner as cards_learner
from sslviz.ui.flashcards import links as cards_links
from sslviz.ui.flashcards.quiz import gapped
from sslviz.ui.frame.parts import note, part, plain

SHOWN, NAMED = 40, 20  # cards shown at first and added at a time; lines of a file that are named one by one
EXAMPLE = "- What hides words? #card\n  - BERT"


def page_deck() -> None:
    """The part Deck of the page."""
    who, known = cards_learner.token(), cards_learner.known()
    if known.trouble:
        st.warning(plain(known.trouble), icon=":material/cloud_off:")
    own = {card.id for card in known.own}
    find = st.text_input(
        "Search", placeholder="negative, [MASK], BYOL …", max_chars=cards_links.LONGEST, icon=":material/search:",
        **cards_links.bound("cards_find", st.query_params.get("cards_find", "")),
    )  # fmt: skip
    found = matching(known.deck.of(cards_links.task(), cards_links.level()), find)
    left, right = st.columns([5, 3], gap="medium")
    with left.container(key="cards_list", border=True, gap="small"):
        part("Cards", f"{len(found)} of {len(known.deck.cards)}; press a question for its answer")
        st.fragment(lambda: _list(found, own))()
    with right.container(key="cards_away", border=True, gap="small"):
        part("Take away", f"{'this card' if len(found) == 1 else f'these {len(found)} cards'}, for other programs")
        _take_away(found)
    with right.container(key="cards_bring", border=True, gap="small"):
        part("Bring your own", "a Logseq page with #card, a table (CSV), or Anki’s notes as text")
        _bring(who, len(own))


def matching(cards: Sequence[Flashcard], find: str) -> list[Flashcard]:
    """Cards in which every word of the search stands somewhere."""
    words = find.casefold().split()
    return [card for card in cards if all(word in _text(card) for word in words)]


def _text(card: Flashcard) -> str:
    parts = (card.id, card.filled, card.answer, *card.wrong, card.source, *card.tags)
    return "\n".join(parts).casefold()


def _list(found: Sequence[Flashcard], own: set[str]) -> None:
    most = st.session_state.get("cards_most", SHOWN)
    st.html(f"<div class='deck'>{''.join(card_html(card, card.id in own) for card in found[:most])}</div>")
    if not found:
        note("No card has all these words.")
    if len(found) > most:
        st.button(f"Show {min(SHOWN, len(found) - most)} more", key="cards_more", on_click=_more, args=(most,))


def _more(most: int) -> None:
    st.session_state["cards_most"] = most + SHOWN


def block_html(block: Block) -> str:
    """A piece of an answer."""
    style = f"style='margin-inline-start:{1.2 * min(block.depth, 4)}em'"
    if block.code:
        return f"<pre dir='ltr' {style}><code>{escape(block.text)}</code></pre>"
    return f"<p dir='auto' {style}>{to_html(block.text)}</p>"


def card_html(card: Flashcard, own: bool = False) -> str:
    """A card that opens; all its text is text."""
    answer = "".join(map(block_html, card.blocks()))
    if card.kind == "cloze":
        answer = f"<p dir='auto'><b>{to_html(card.filled)}</b></p>{answer}"
    if card.kind == "choice":
        answer += f"<p>Not: {'; '.join(f'<bdi>{to_html(option)}</bdi>' for option in card.wrong)}</p>"
    if card.kind == "misconception":
        answer = f"<p><b>This is wrong.</b></p>{answer}"
    about = [cards_links.TASK_NAMES[card.task], LEVELS[card.level], KINDS[card.kind], *(["your own"] if own else [])]
    source = f"<p class='about' dir='auto'>Source: {escape(card.source)}</p>" if card.source else ""
    prompt = "".join(p if isinstance(p, str) else "___" for p in card.pieces())
    return (
        f"<details><summary dir='auto'>{gapped(prompt)}</summary>{answer}"
        f"<p class='about'>{escape(' · '.join(about))}</p>{source}</details>"
    )


def _take_away(found: Sequence[Flashcard]) -> None:
    if not found:
        note("There is no card to take away.")
        return
    whole = tuple(found)
    # Made at once, not when it is pressed: what is made then belongs to no session, and is deleted as soon as two pages
    # have been drawn anywhere on the server, perhaps before the browser has fetched it.
    with st.container(horizontal=True):
        for title, ending, kind in (
            ("Anki", "apkg", "application/octet-stream"), ("Logseq", "md", "text/markdown"), ("CSV", "csv", "text/csv"),
        ):  # fmt: skip
            st.download_button(
                title, _made(ending, whole), f"sslviz.{ending}", kind, key=f"cards_{title.lower()}",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
    drawn = sum(card.kind == "picture" for card in whole)
    note(
        "Taken into Anki twice, no card is doubled."
        + (f" Anki gets {len(whole) - drawn}: {drawn} need a task that draws." if drawn else "")
    )


@lru_cache(maxsize=32)
def _made(ending: str, cards: tuple[Flashcard, ...]) -> bytes | str:
    """The cards as a file. Kept, so that a page that is drawn anew offers the very same file, at the same address."""
    if ending == "apkg":
        return export.to_anki(cards, cards_learner.now()).data
    return export.to_logseq(cards) if ending == "md" else sheet.to_csv(cards)


def _bring(who: str | None, own: int) -> None:
    if who is None:
        note("Your browser has not answered yet.")
        return
    turn = st.session_state.get("cards_turn", 0)
    st.file_uploader("A file", type=["md", "csv", "tsv", "txt"], key=f"cards_file_{turn}", max_upload_size=1)
    st.text_area("Or paste it here", key=f"cards_pasted_{turn}", placeholder=EXAMPLE, height=110)
    with st.container(horizontal=True):
        st.button("Bring in", key="cards_import", icon=":material/add:", on_click=_import, args=(who, turn))
        if own:
            st.button(f"Remove my {own}", key="cards_remove", icon=":material/delete:", on_click=_remove, args=(who,))
    if said := st.session_state.pop("cards_imported", None):
        kind, lines = said
        getattr(st, kind)("\n\n".join(plain(line) for line in lines))
    note("They come up in your reviews only. A line that cannot be used is named; the rest goes in.")


def _import(who: str, turn: int) -> None:
    # Read now: what was typed last comes with the press, after the button was drawn.
    file, pasted = st.session_state.get(f"cards_file_{turn}"), st.session_state.get(f"cards_pasted_{turn}") or ""
    said: tuple[str, list[str]]
    try:
        found = _read(file, pasted)
        kept, reasons = (
            cards_learner.tried(lambda: store().add_cards(who, found.cards, deck().ids)) if found.cards else (0, [])
        )
    except (Refused, Unavailable) as trouble:
        said = ("warning", [str(trouble)])
    else:
        lines = [*told(found.notes), *reasons]
        rest = [f"And {len(lines) - NAMED} more such."] if len(lines) > NAMED else []
        first = f"{kept} {'card' if kept == 1 else 'cards'} brought in." if kept else f"No card was found. {ACCEPTED}"
        said = ("success" if kept else "warning", [first, *lines[:NAMED], *rest])
        st.session_state["cards_turn"] = st.session_state.get("cards_turn", 0) + bool(kept)
    st.session_state["cards_imported"] = said


def _read(file: Any, pasted: str) -> Imported:
    """The cards of a file, or of what was pasted."""
    if file is not None:
        return from_file(file.getvalue(), file.name)
    if not pasted.strip():
        raise Refused(f"Please choose a file, or paste its text. {ACCEPTED}")
    return from_text(pasted.encode("utf-8", "replace").decode())


def _remove(who: str) -> None:
    try:
        count = cards_learner.tried(lambda: store().remove_cards(who))
        st.session_state["cards_imported"] = (
            "success",
            [f"{count} removed. What you learned of them is kept, should they come back."],
        )
    except Unavailable as trouble:
        st.session_state["cards_imported"] = ("warning", [str(trouble)])
