"""One typography for tales of four books: what is printed differently must not tell who wrote it.

One book has ‘single’ quotation marks, another "straight" ones, a third “curly” ones, and each has its own dash. Whoever
guesses whether B follows A could tell strangers by these signs alone. The model never sees them: it reads words and
the marks . , ? and !
"""

from __future__ import annotations

import re
import unicodedata

ITALIC = re.compile(r"(?<!\w)[_*]+(?=\w)|(?<=[\w.,;:!?])[_*]+(?!\w)")
DASH = re.compile(r"\s*(?:-{2,}|[\u2012-\u2015])\s*|\s+-\s+")
DOTS = re.compile(r"\.(?:\s?\.){2,}|…")
QUOTES = "\"'`´«»‹›\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u02bc\u2032\u2033\uff07"
SINGLE = "'`´\u2018\u2019\u201a\u201b\u02bc\u2032\uff07"
CLIPPED = re.compile(r"(?:tis|twas|twill|twere|em|ll|gainst|tother)\b", re.IGNORECASE)  # as in 'tis
OPENING, CLOSING, APOSTROPHE = "“", "”", "’"


def even(text: str) -> str:
    """A sentence as it stands in no book: one kind of quotation mark, apostrophe, dash and dots; no sign of italics.

    >>> even("'Oh, _hush_!' said the boys' mother--'don't ...'")
    '“Oh, hush!” said the boys’ mother—“don’t…”'
    """
    clean = " ".join(ITALIC.sub("", unicodedata.normalize("NFC", text)).split())
    clean = DOTS.sub("…", DASH.sub("—", clean))
    return re.sub(r"([“”])\s?\1+", r"\1", re.sub(r"\s+…", "…", _quotes(clean)))


def _quotes(text: str) -> str:
    """Every quotation mark “ or ”, every apostrophe ’."""
    found: list[str] = []
    open_ = 0
    for at, sign in enumerate(text):
        if sign not in QUOTES:
            found.append(sign)
            continue
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        starts = after.isalnum() or (after != "" and after in QUOTES + "—…(" and not before.strip(" ("))
        inside = before.isalnum() and after.isalnum()
        clipped = not before.isalnum() and CLIPPED.match(text, at + 1)
        owner = not open_ and before.isalpha() and not after.isalnum()  # as in the boys' mother
        if sign in SINGLE and (inside or clipped or owner):
            found.append(APOSTROPHE)
        elif starts and not before.isalnum():
            open_ += 1
            found.append(OPENING)
        else:
            open_ = max(0, open_ - 1)
            found.append(CLOSING)
    return "".join(found)
