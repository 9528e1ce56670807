"""HTML as Anki has it in its fields → lines of text with the marks that cards have: **bold**, `code`, nesting.

Cut by a pattern of our own: `html.parser` of this Python takes a time that grows with the square of some texts.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from sslviz.flashcards.card import fenced

_ELEMENT = re.compile(r"(<[/!?]?[A-Za-z\[?-][^<>]*+>)")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)")
_DEPTH = re.compile(r"class=[\"']?d([0-9])\b")
_SOURCE = re.compile(r"src=(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++))")
_BREAKS = {
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "li", "ol", "p", "section", "table", "tr", "ul",
}  # fmt: skip
_MARKS = {"b": "**", "strong": "**", "code": "`", "tt": "`", "kbd": "`"}
_SILENT = {"script", "style", "head", "title"}


@dataclass
class Line:
    """A line of text; `depth`: how far it is nested; `item`: whether it is one of a list."""

    depth: int
    text: str
    item: bool = False


@dataclass
class _Text:
    """What was read so far."""

    found: list[Line] = field(default_factory=list)
    now: list[str] = field(default_factory=list)  # pieces of the line that is being read
    marks: list[str] = field(default_factory=list)  # of bold and code, that are open in it
    depth: int = 0  # that an element names: class d0 to d9
    lists: int = 0  # that are open
    item: bool = False
    code: list[str] | None = None  # pieces of the code that is being read

    def say(self, text: str) -> None:
        (self.now if self.code is None else self.code).append(text)

    def end_line(self) -> None:
        """Whatever comes is on another line."""
        if self.code is not None:
            self.code.append("\n")
            return
        while self.marks:
            self.now.append(self.marks.pop())
        text = " ".join("".join(self.now).split())
        if text.strip("*`"):
            self.found.append(Line(self.depth + max(0, self.lists - 1), text, self.item))
        self.now, self.item = [], False

    def mark(self, sign: str, *, closes: bool) -> None:
        """Bold or code begins or ends; one that only ends, or begins within itself, is passed over."""
        if self.code is None and closes == (sign in self.marks):
            (self.marks.remove if closes else self.marks.append)(sign)
            self.now.append(sign)

    def begin_code(self) -> None:
        self.end_line()
        self.code = []

    def end_code(self) -> None:
        if self.code is not None:
            lines, self.code = "".join(self.code).strip("\n").split("\n"), None
            self.found += [Line(self.depth, line) for line in fenced(lines, "")]


def lines(markup: str) -> list[Line]:
    """The lines of a field. Pictures stay as `![](name)`, formulas as they are; what else is no text is left out."""
    text, silent = _Text(), ""
    for piece in _ELEMENT.split(_without_comments(markup)):
        found = _NAME.match(piece) if piece.startswith("<") else None
        name, closes = (found[2].lower(), bool(found[1])) if found else ("", False)
        if silent:
            silent = "" if closes and name == silent else silent
        elif found is None:
            text.say("" if piece.startswith(("<!", "<?")) else _unescaped(piece))
        elif name in _SILENT:
            silent = "" if closes else name
        else:
            _take(text, name, piece, closes=closes)
    text.end_code()
    text.end_line()
    return text.found


def _take(text: _Text, name: str, piece: str, *, closes: bool) -> None:
    """An element begins or ends."""
    if name == "pre":
        text.depth = _depth(piece, text.depth)
        if closes:
            text.end_code()
        else:
            text.begin_code()
    elif name in _MARKS:
        text.mark(_MARKS[name], closes=closes)
    elif name == "img" and (source := _SOURCE.search(piece)):
        text.say(f"![]({_unescaped(source[1] or source[2] or source[3] or '')})")
    elif name == "anki-mathjax":
        text.say("\\)" if closes else "\\(")
    elif name in _BREAKS:
        text.end_line()
        text.depth = _depth(piece, text.depth)
        if name in {"ul", "ol"}:
            text.lists = max(0, text.lists + (-1 if closes else 1))
        text.item = name == "li" and not closes
    elif name in {"td", "th"}:
        text.say(" ")


def _depth(piece: str, before: int) -> int:
    found = _DEPTH.search(piece)
    return int(found[1]) if found else 0 if piece.startswith("</") else before


def _without_comments(markup: str) -> str:
    kept, at = [], 0
    while (begin := markup.find("<!--", at)) >= 0:
        kept.append(markup[at:begin])
        end = markup.find("-->", begin)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join((*kept, markup[at:]))


def _unescaped(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a number of more digits than Python reads
        return text
