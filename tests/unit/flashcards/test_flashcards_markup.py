"""Bold and code of a card's text; whatever else it holds stays as it is."""

import html
import re
import subprocess
import sys

import pytest
from drawn_cards import LINE
from hypothesis import given
from hypothesis import strategies as st

from sslviz.flashcards.deck import deck
from sslviz.flashcards.markup import bare, pieces, to_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Examples of the CommonMark specification 0.31.2, sections 6.1 and 6.2, and what it says of them
        ("`foo`", [("code", "foo")]),
        ("`` foo ` bar ``", [("code", "foo ` bar")]),
        (r"`foo\`bar`", [("code", "foo\\"), ("", "bar`")]),
        ("`foo", [("", "`foo")]),
        ("**foo bar**", [("b", "foo bar")]),
        ("** foo bar**", [("", "** foo bar**")]),
        ("foo**bar**", [("", "foo"), ("b", "bar")]),
        ("**foo bar **", [("", "**foo bar **")]),
        ("**a`**`**", [("b", "a"), ("code", "**")]),
        # Signs of CommonMark that cards do not have
        ("*foo* __bar__ _a_ and ___ snake_case", [("", "*foo* __bar__ _a_ and ___ snake_case")]),
        ("***foo** bar*", [("", "*"), ("b", "foo"), ("", " bar*")]),
        ("**a *b* __c__**", [("b", "a *b* __c__")]),
        (r"**b** \* &amp; <i> [a](b) ![c](d) http://e", [("b", "b"), ("", r" \* &amp; <i> [a](b) ![c](d) http://e")]),
        ("# 2 ** 3 ** 4", [("", "# 2 ** 3 ** 4")]),
        ("", []),
    ],
)
def test_bold_and_code_are_read_as_commonmark_says_and_nothing_else_is(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert list(pieces(text)) == expected


@given(st.one_of(LINE, st.text("*_`a <&\\[{", max_size=20)).filter(str.isprintable))
def test_every_letter_is_shown_once_and_none_is_taken_for_html(text: str) -> None:
    shown = bare(text)
    assert all(part for _, part in pieces(text))
    assert re.sub(r"[*` ]", "", shown) == re.sub(r"[*` ]", "", text)
    tags = re.findall(r"<(/?)(\w+)>", to_html(text))
    assert all(tag in {"b", "code"} for _, tag in tags)
    assert html.unescape(re.sub(r"</?(?:b|code)>", "", to_html(text))) == shown


def test_html_and_bare_text() -> None:
    assert to_html('**a<b** & `"`') == "<b>a&lt;b</b> &amp; <code>&quot;</code>"
    assert bare("**a<b** & `c`") == "a<b & c"


def test_our_own_deck_needs_no_parser() -> None:
    """Opening the flashcards must not wait for it: none of our cards has bold or code."""
    code = (
        "import sys\nfrom sslviz.flashcards import export, markup, quiz\nfrom sslviz.flashcards.deck import deck\n"
        "[markup.to_html(text) for card in deck().cards for text in (card.question, card.answer, *card.wrong)]\n"
        "print(*{'markdown_it', 'rapidfuzz', 'nbformat'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    assert len(deck().cards) > 100
