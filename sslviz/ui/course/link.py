"""The link that a teacher puts together: a page at some depth, without the parts that the lesson does not need."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

REPRODUCES = (
    "The link opens this page at this depth, without these parts. If you change sample, seed or settings there, they "
    "stand in that page's own address: send that one. The same settings give the same labels and the same training; on "
    "another kind of computer the curve may differ a little. Your own pictures and trained models do not travel."
)


def lesson_link(home: str, slug: str, depth: str, hide: Iterable[str]) -> str:
    """The address of a lesson; `home` is the address of the home page, empty where it is unknown.

    >>> lesson_link("http://localhost:8501/", "masked_words", "Basic", ["guess", "code"])
    'http://localhost:8501/masked_words?depth=Basic&hide=guess,code'
    """
    settings = {"depth": depth, "hide": ",".join(hide)}
    query = urlencode({name: value for name, value in settings.items() if value}, safe=",")
    return f"{home.rstrip('/')}/{slug}" + (f"?{query}" if query else "")
