"""The words of a scene as HTML: `[[term]]` becomes a word whose meaning opens on pointing at it, or on focus."""

from __future__ import annotations

import re
from html import escape

from sslviz.ui.frame.glossary import meaning

TERM = re.compile(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]")  # [[term]] or [[term|as it stands here]]


def html(text: str) -> str:
    """A text with its terms explained in place."""
    return TERM.sub(_term, escape(text, quote=False))


def plain(text: str) -> str:
    """The same text without marks.

    >>> plain("A [[label]] for each [[sample|picture]].")
    'A label for each picture.'
    """
    return TERM.sub(lambda found: found[2] or found[1], text)


def terms(text: str) -> list[str]:
    """The terms that a text explains.

    >>> terms("A [[label]] for each [[sample|picture]].")
    ['label', 'sample']
    """
    return [found[1] for found in TERM.finditer(text)]


def _term(found: re.Match[str]) -> str:
    """A word with its meaning: a card that opens on pointing at it, and on focus."""
    return (
        f"<span class='term' tabindex='0'>{found[2] or found[1]}"
        f"<span class='meaning' role='note'>{escape(meaning(found[1]))}</span></span>"
    )
