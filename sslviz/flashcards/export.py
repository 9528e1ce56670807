"""Cards out: Anki packages and Logseq text. Tables are in `sheet`, cards come in by `incoming`."""

import html
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from sslviz.flashcards import outline
from sslviz.flashcards.card import Flashcard
from sslviz.flashcards.markup import to_html

if TYPE_CHECKING:
    import genanki

KINDS_BY_TAG = ("choice", "misconception")  # that Anki's notes do not show by themselves
WRONG = "What is wrong with this?"

# Numbers that Anki knows our deck and note types by, drawn once. With others, an update would become a second deck.
_DECK, _BASIC, _CLOZE = 1_738_201_945, 1_738_201_946, 1_738_201_947


@dataclass(frozen=True)
class Anki:
    """An Anki package.

    Attributes:
        data: the .apkg file.
        notes: how many cards went in.
        left_out: cards with a picture that a task draws anew each time, which Anki cannot do.
    """

    data: bytes
    notes: int
    left_out: int


# Logseq


def to_logseq(cards: Iterable[Flashcard]) -> str:
    """A Logseq page."""
    return outline.write(cards)


# Anki


def to_anki(cards: Iterable[Flashcard], now: datetime, name: str = "Self-supervised learning") -> Anki:
    """An Anki package. Imported again, even after changes, it updates its notes and doubles none.

    Args:
        cards: any cards; pictures that a task draws are left out.
        now: when; Anki takes over the texts of a later package.
        name: of the deck in Anki.
    """
    import genanki

    every = tuple(cards)
    drawn = [card for card in every if card.kind != "picture"]
    whole = genanki.Deck(_DECK, name)
    for card in drawn:
        whole.add_note(_note(card))
    # Not write_to_file, which leaves a temporary file behind.
    connection = sqlite3.connect(":memory:")
    try:
        stamp = now.timestamp()
        genanki.Package(whole).write_to_db(connection.cursor(), stamp, count(int(stamp * 1000)))
        connection.commit()
        collection = connection.serialize()
    finally:
        connection.close()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("collection.anki2", collection)
        package.writestr("media", json.dumps({}))
    return Anki(out.getvalue(), len(drawn), len(every) - len(drawn))


def _note(card: Flashcard) -> "genanki.Note":
    import genanki

    basic, cloze = _models()
    front, back = _front(card), _lines(card)
    if card.kind == "misconception":
        front = f"<p>{WRONG}</p>{front}"
    elif card.kind == "choice":
        options = sorted((card.right, *card.wrong), key=str.casefold)  # in an order that does not give it away
        front += f"<ul>{''.join(f'<li>{_inline(option)}</li>' for option in options)}</ul>"
    kind = [f"sslviz::{card.kind}"] if card.kind in KINDS_BY_TAG else []
    return genanki.Note(
        model=cloze if card.kind == "cloze" else basic,
        fields=[front, back, html.escape(card.source)],
        guid=genanki.guid_for("sslviz", card.id),
        tags=[_tag(tag) for tag in ("sslviz", f"sslviz::{card.task}", f"sslviz::level{card.level}", *kind, *card.tags)],
    )


@cache
def _models() -> tuple[Any, Any]:
    """The two note types: question and answer; a sentence with gaps."""
    import genanki

    css = (
        ".card { font: 20px/1.5 sans-serif; max-width: 40em; margin: auto; padding: 0 1em; }\n"
        ".d1 { margin-inline-start: 1.5em; }\n.d2 { margin-inline-start: 3em; }\n.d3 { margin-inline-start: 4.5em; }\n"
        "pre { direction: ltr; text-align: left; white-space: pre-wrap; }\n"
        ".source { font-size: 14px; opacity: 0.75; }\n.cloze { font-weight: bold; }\n"
    )
    source = '{{#Source}}<p class="source">{{Source}}</p>{{/Source}}'
    basic = genanki.Model(
        _BASIC,
        "sslviz question",
        fields=[{"name": "Question"}, {"name": "Answer"}, {"name": "Source"}],
        templates=[
            {
                "name": "Card",
                "qfmt": '<div dir="auto">{{Question}}</div>',
                "afmt": '{{FrontSide}}<hr id="answer"><div dir="auto">{{Answer}}</div>' + source,
            }
        ],
        css=css,
    )
    cloze = genanki.Model(
        _CLOZE,
        "sslviz cloze",
        fields=[{"name": "Text"}, {"name": "Answer"}, {"name": "Source"}],
        templates=[
            {
                "name": "Cloze",
                "qfmt": '<div dir="auto">{{cloze:Text}}</div>',
                "afmt": '<div dir="auto">{{cloze:Text}}</div><hr><div dir="auto">{{Answer}}</div>' + source,
            }
        ],
        css=css,
        model_type=genanki.Model.CLOZE,
    )
    return basic, cloze


def _front(card: Flashcard) -> str:
    if card.kind != "cloze":
        return _inline(card.question)
    parts: list[str] = []
    number = count(1)
    for piece in card.pieces():
        if isinstance(piece, str):
            parts.append(_inline(piece))
        else:
            # Two colons would begin a hint.
            text, hint = (html.escape(half).replace("::", "&#58;&#58;") for half in (piece.text, piece.hint))
            parts.append(f"{{{{c{next(number)}::{text}{'::' + hint if hint else ''}}}}}")
    return "".join(parts)


def _lines(card: Flashcard) -> str:
    return "".join(
        f'<pre class="d{min(depth, 3)}"><code>{_braces(html.escape(text))}</code></pre>'
        if code
        else f'<div class="d{min(depth, 3)}">{_inline(text)}</div>'
        for depth, text, code, _ in card.blocks()
    )


def _inline(text: str) -> str:
    """A text as HTML."""
    return _braces(to_html(text))


def _braces(markup: str) -> str:
    """Double braces would be fields of a template."""
    return markup.replace("{{", "&#123;&#123;").replace("}}", "&#125;&#125;")


def _tag(text: str) -> str:
    """Anki's tags hold no space."""
    return "_".join(text.split())
