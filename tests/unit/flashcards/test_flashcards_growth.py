"""Twice the text takes about twice the time, wherever a visitor's text is read: no paste stops the server for all.

Time is the processor's, not the clock's, and what is asked is how it grows.
"""

import contextlib
import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sslviz.catalogue import TASKS
from sslviz.catalogue.options import Option
from sslviz.data import uploads
from sslviz.data.uploads import limits
from sslviz.flashcards import incoming, outline, progress_file
from sslviz.flashcards.card import MAX_BYTES, MAX_CARDS, BadCard, from_dict, make
from sslviz.flashcards.imported import Refused
from sslviz.flashcards.markup import pieces, to_html
from sslviz.flashcards.quiz import Question, mark
from sslviz.ui.flashcards import links

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SMALL, LARGE = 10_000, 40_000  # characters; a cubic pattern needs half an hour for the smaller
NEARLY_NOTHING = 0.03  # seconds: below this nothing is said about growth
TRIES = 4


def _nested(length: int) -> str:
    """Blocks, each in the one before it: as deep as so many characters can be."""
    return "- Q #card\n" + "".join(f"{' ' * depth}- a\n" for depth in range(1, math.isqrt(2 * length)))


TYPED = Question("a", "typed", "?", gaps=make("a", "{{cloze b}}", kind="cloze").gaps)
OPTIONS = [option for task in TASKS.values() for option in task.options.described().values()]
SHAPES: dict[str, Callable[[int], str]] = {
    "spaces in a gap": lambda n: "- {{cloze" + " " * n + "x #card",
    "spaces in a gap that closes": lambda n: "- {{cloze" + " " * n + "}} #card",
    "spaces behind words": lambda n: "- {{cloze a" + " " * n + "b} #card",
    "gaps that never close": lambda n: "- " + "{{cloze a " * (n // 10) + "#card",
    "braces": lambda n: "- " + "{" * n + " #card",
    "one long word": lambda n: "- " + "x" * n + " #card\n  - " + "y" * n,
    "spaces": lambda n: "- Q #card\n" + " " * n + "\n  - a" + " " * n + "b",
    "tabs": lambda n: "- Q #card\n" + "\t" * n + "- a",
    "tags": lambda n: "- " + "#card " * (n // 6),
    "backslashes": lambda n: "- " + "\\" * n + "#card #card\n  - " + "\\" * n + "#card",
    "backticks": lambda n: "- Q #card\n  - " + "`" * n + " #card\n  - `" + "a`` " * (n // 4),
    "runs of backticks": lambda n: "- #card " + " ".join("`" * k for k in range(1, math.isqrt(2 * n))),
    "stars": lambda n: "- Q #card\n  - " + "**a" * (n // 3),
    "fences that never close": lambda n: "- Q #card\n" + "  - ```a\n" * (n // 9),
    "fences in one block": lambda n: "- Q #card\n" + "  ```a\n" * (n // 7),
    "drawers that never close": lambda n: "- Q #card\n" + "  :LOGBOOK:\n" * (n // 12),
    "colons": lambda n: "- Q #card\n  a" + ":" * n + "\n  - a",
    "properties": lambda n: "- Q #card\n" + "  a:: b\n" * (n // 8) + "  - a",
    "tags as a property": lambda n: "- Q #card\n" + "  tags:: b\n" * (n // 11) + "  - a",
    "deep": _nested,
    "many cards": lambda n: "- Q #card\n  - a\n" * (n // 16),
    "many blocks": lambda n: "- Q #card\n" + "  - a\n" * (n // 6),
    "dollars": lambda n: "- Q #card\n  - " + "$" * n + "a$ " * 9,
    "brackets": lambda n: "- Q #card\n  - " + "![" * (n // 2) + "\\(" * 9,
    "quotes": lambda n: "question,answer\n" + '"' * n,
    "open quotes": lambda n: "question,answer\n" + 'x,"\n' * (n // 4),
    "commas": lambda n: "question,answer\n" + "," * n + "\n" + '"a' + "," * n,
    "short rows": lambda n: "question,answer\n" + "a,b\n" * (n // 4),
    "a long header": lambda n: "question,answer" + ",a" * (n // 2),
    "tabs in a table": lambda n: "question\tanswer\n" + "a\t" * (n // 2),
    "wrong answers": lambda n: "question,answer,kind,wrong\nQ,a,choice," + "|" * n,
    "notes of Anki": lambda n: "#separator:tab\n#html:true\n" + "<div>a&nbsp;\tb<br>\n" * (n // 20),
    "tags of HTML that never close": lambda n: "#separator:tab\n#html:true\n" + "a\t" + "<a " * (n // 3),
    "comments that never close": lambda n: "#separator:tab\n#html:true\n" + "a\t" + "<!--" * (n // 4),
    "declarations": lambda n: "#separator:tab\n#html:true\n" + "a\t" + "<![" * (n // 3) + "<?" * 9 + "</" * 9,
    "entities": lambda n: "#separator:tab\n#html:true\n" + "a\t" + "&" * n + "&#" * 9,
    "elements, one in another": lambda n: "#separator:tab\n#html:true\n" + "a\t" + "<div><ul><b>" * (n // 12),
    "gaps of Anki": lambda n: "#separator:tab\n#html:false\n" + "{{c1::a::" * (n // 9) + "\tb",
    "colons in a gap of Anki": lambda n: "#separator:tab\n#html:false\n{{c1::a" + ":" * n + "\tb",
    "headers of Anki": lambda n: "#separator:tab\n" + "#tags:a\n" * (n // 8) + "a\tb",
    "accents": lambda n: "- " + "a\u0301\u0323" * (n // 3) + " #card",
    "controls": lambda n: "- " + "\x01\ufeff" * (n // 2) + " #card",
}
# What a visitor's text goes into, whatever its shape.
READERS: dict[str, Callable[[str], object]] = {
    "a page": outline.read,
    "a file": lambda text: incoming.from_file(text.encode(), "x.txt"),
    "a table": lambda text: incoming.from_file(text.encode("utf-16"), "x.csv"),
    "an own card of a file of progress": lambda text: from_dict({"id": "a", "question": text, "answer": text}),
    "a question": lambda text: make("a", text, text, kind="cloze"),
    "progress": lambda text: progress_file.read(text, NOW),
    "a typed answer": lambda text: mark(TYPED, text),
    "a link": lambda text: [links._fault(name, text) for name in ("cards_view", "cards_seed", "cards_find", text)],
    "a setting in a link": lambda text: [_parsed(option, text) for option in OPTIONS],
    "an own sentence": uploads.sentence,
    "the name of a file": limits.short,
}  # fmt: skip


def _parsed(option: Option, text: str) -> object:
    try:
        return option.parse(text)
    except ValueError:
        return None


def _seconds(work: Callable[[str], object], text: str) -> float:
    """Processor time of the faster of two runs."""
    found = []
    for _ in range(2):
        began = time.process_time()
        with contextlib.suppress(Refused, BadCard, uploads.Refused):
            work(text)
        found.append(time.process_time() - began)
        if found[-1] < NEARLY_NOTHING:
            break
    return min(found)


def _grows(work: Callable[[str], object], shape: Callable[[int], str], small: int, large: int) -> None:
    """Fails where four times the text takes far more than four times the time."""
    few = _seconds(work, shape(small // 16))  # so that what grows as a cube ends here, and not after hours
    assert few < 0.5, f"{few:.2f} s for {small // 16:,} characters"
    for _ in range(TRIES):  # what grows too fast does so each time; a busy computer hardly does
        few, many = _seconds(work, shape(small)), _seconds(work, shape(large))
        if many < 10 * max(few, NEARLY_NOTHING):
            return
    pytest.fail(f"{few:.3f} s for {small:,} characters, {many:.3f} s for {large:,}")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_reading_takes_as_long_as_the_text_is(reader: str, shape: str) -> None:
    _grows(READERS[reader], SHAPES[shape], SMALL, LARGE)


@pytest.mark.parametrize("shape", SHAPES)
def test_drawing_a_text_takes_as_long_as_the_text_is(shape: str) -> None:
    _grows(lambda text: (pieces(text), to_html(text)), SHAPES[shape], 1_000, 4_000)  # as many as an answer has


def test_a_pasted_gap_full_of_spaces_is_read_at_once() -> None:
    began = time.process_time()
    found = outline.read("- {{cloze" + " " * 20_000 + "x #card")
    assert time.process_time() - began < 1
    assert not found.cards


def test_a_page_may_nest_as_deep_as_it_likes() -> None:
    found = outline.read(_nested(MAX_BYTES // 2))
    assert [note.line for note in found.notes] == [1]
    assert "the answer has" in found.notes[0].reason
    found = outline.read("- Q #card\n" + "".join(f"{' ' * depth}- a\n" for depth in range(1, 40)))
    assert len(found.cards[0].blocks()) == 39


def test_progress_nested_deep_is_refused() -> None:
    for text in ("[" * 100_000, '{"a":' * 100_000, json.dumps({"format": "sslviz-progress", "version": 1})[:-1]):
        with pytest.raises(Refused):
            progress_file.read(text, NOW)


def test_as_many_cards_as_may_be_are_read() -> None:
    found = outline.read("".join(f"- {n} #card\n  - a\n" for n in range(MAX_CARDS)))
    assert len(found.cards) == MAX_CARDS
