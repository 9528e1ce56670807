"""Bold and code in the texts of cards, read as CommonMark has them; every other sign stands for itself.

A text is read here and nowhere else: the quiz and Anki get HTML, the view in the browser the pieces.
"""

from __future__ import annotations

from functools import cache
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from sslviz.flashcards.card import Block

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Piece = tuple[str, str]  # (mark, text): the mark is b, code, or empty for plain text; the text is never empty


def pieces(text: str) -> tuple[Piece, ...]:
    """One line cut where bold or code begins or ends; code inside bold is code.

    >>> pieces("a **b** `c**d**`")
    (('', 'a '), ('b', 'b'), ('', ' '), ('code', 'c**d**'))
    """
    if "**" not in text and "`" not in text:  # as nearly every card: the parser need not be loaded
        return (("", text),) if text else ()
    found: list[Piece] = []
    bold = 0
    for token in _parser().parseInline(text)[0].children or ():
        if token.markup == "**":
            bold += token.nesting  # 1 where it opens, -1 where it closes
        elif token.type == "code_inline":
            found.append(("code", token.content))
        else:  # text, or a sign of emphasis that is not ours, as _ and a single *
            found.append(("b" if bold else "", token.content or token.markup))
    parts = ((mark, "".join(part for _, part in same)) for mark, same in groupby(found, key=lambda piece: piece[0]))
    return tuple((mark, part) for mark, part in parts if part)


def lines(block: Block) -> list[tuple[Piece, ...]]:
    """The lines of a piece of an answer; a line of code is one piece."""
    if block.code:
        return [(("code", line or " "),) for line in block.text.split("\n")]
    return [pieces(block.text)]


def to_html(text: str) -> str:
    """Bold as `<b>`, code as `<code>`; everything else is text."""
    return "".join(f"<{mark}>{escape(part)}</{mark}>" if mark else escape(part) for mark, part in pieces(text))


def bare(text: str) -> str:
    """Without the signs of bold and code."""
    return "".join(part for _, part in pieces(text))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["backticks", "emphasis"])
