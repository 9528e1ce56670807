"""A visitor's own sentence."""

from __future__ import annotations

import re
import unicodedata

from sslviz.data import text as sentences
from sslviz.data.text import _CURLY, _TOKEN
from sslviz.data.uploads.limits import MAX_CHARACTERS, SENTENCE, Refused

LONGEST_WORD = 24  # letters of a word that are shown; the longest that the vocabulary knows has 14
MOST_NAMED = 40  # characters of what is left out that are named
_LONG = re.compile(rf"\w[\w'’]{{{LONGEST_WORD},}}")


def sentence(text: str) -> list[str]:
    """Cut a visitor's sentence into tokens.

    Args:
        text: what was typed.

    Returns:
        1 to MAX_WORDS tokens as tokenise gives them, at least one of them a word.

    Raises:
        Refused: there is no word in the text, or too much of it.
    """
    if not text.strip():
        raise Refused(f"Nothing was typed: please type {SENTENCE}.")
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"This text has {len(text):,} characters, more than a sentence needs: please type {SENTENCE}.")
    tokens = sentences.tokenise(text)
    if all(token in sentences.MARKS for token in tokens):
        raise Refused(f"There is no word in this, only signs: please type {SENTENCE}.")
    if len(tokens) > sentences.MAX_WORDS:
        raise Refused(f"This has {len(tokens):,} words and marks, which is too long: please type {SENTENCE}.")
    return tokens


def shortened(text: str) -> str:
    """The text with its endless words cut, each still one word.

    >>> shortened("a " + "z" * 400)
    'a zzzzzzzzzzzzzzzzzzzzzzzz…'
    """
    return _LONG.sub(lambda word: f"{word[0][:LONGEST_WORD]}…", text)


def told(text: str) -> str:
    """What becomes of a sentence that is not shown as it was typed; empty where nothing does.

    >>> told("the <b>hat</b> 😀")
    'Only words and the marks . , ? ! go in; left out: < > </ > 😀.'
    """
    left = " ".join(_TOKEN.sub(" ", unicodedata.normalize("NFC", text.translate(_CURLY))).split())
    left = left if len(left) <= MOST_NAMED else f"{left[:MOST_NAMED]} …"
    longest = max(map(len, _LONG.findall(text)), default=0)
    return " ".join(
        said
        for said in (
            f"Only words and the marks {' '.join(sentences.MARKS)} go in; left out: {left}." if left else "",
            f"A word of {longest:,} letters is shown by its first {LONGEST_WORD}." if longest else "",
        )
        if said
    )
