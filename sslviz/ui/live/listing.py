"""Lines of code, or a link, with a button that copies them.

Streamlit's own takes 1.5 MB of a script that knows the grammar of every language: until the browser has read that, it
draws nothing else of a page.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Sequence
from typing import TypedDict

from sslviz.ui.live import mount

QUIET = (tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT)  # may precede a docstring
LINE_ENDS = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


class ListingPiece(TypedDict):
    """A piece of the text. kind: "keyword", "quiet" for a comment or a docstring, or ""."""

    kind: str
    text: str


class Listing(TypedDict):
    """What the view is sent. name: what is copied, in words; pieces: the text in its order."""

    name: str
    pieces: Sequence[ListingPiece]


def python(name: str, source: str) -> Listing:
    """Source of Python, whole statements."""
    lines, at, pieces = source.splitlines(keepends=True), (1, 0), list[ListingPiece]()
    first = True  # whether a string here would be a statement of its own

    def add(kind: str, until: tuple[int, int]) -> None:
        nonlocal at
        (row, column), (last, end) = at, until
        text = "".join(lines[row - 1 : last])
        text = text[column : len(text) - len(lines[last - 1]) + end] if last <= len(lines) else text[column:]
        at = until
        if text and pieces and pieces[-1]["kind"] == kind:
            pieces[-1]["text"] += text
        elif text:
            pieces.append({"kind": kind, "text": text})

    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and first):
            kind = "quiet"
        elif token.type == tokenize.NAME and keyword.iskeyword(token.string):
            kind = "keyword"
        else:
            first = token.type in LINE_ENDS or (first and token.type in QUIET)
            continue
        add("", token.start)
        add(kind, token.end)
        first = first and token.type in QUIET
    add("", (len(lines) + 1, 0))
    return {"name": name, "pieces": pieces}


def plain(name: str, text: str) -> Listing:
    """Text of no language, such as a link."""
    return {"name": name, "pieces": [{"kind": "", "text": text}]}


def listing_view(key: str, *, data: Listing) -> None:
    """Show code or a link, and copy it at the press of a button."""
    mount("live/listing", key, data)
