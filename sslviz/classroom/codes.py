"""Codes of rooms, and nicknames: drawn so that a class can read them from the last row."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection

from sslviz.classroom.rude import is_rude

# Of letters and digits that look alike from afar (0 O, 1 I L, 5 S, 2 Z, 8 B, 6 G, U V) at most one is there. No vowels,
# so that no code is a word. 21 letters: 86 million codes.
LETTERS = "CDFHJKMNPQRTWXY234679"
LENGTH = 6
ANIMALS = (
    "Badger", "Bear", "Beaver", "Bison", "Camel", "Cat", "Crane", "Crow", "Deer", "Dolphin", "Duck", "Eagle", "Falcon",
    "Fox", "Frog", "Gecko", "Goat", "Goose", "Hare", "Hawk", "Hedgehog", "Heron", "Horse", "Ibex", "Jay", "Koala",
    "Lark", "Lion", "Lynx", "Magpie", "Marmot", "Mole", "Moose", "Mouse", "Newt", "Otter", "Owl", "Panda", "Pelican",
    "Penguin", "Puffin", "Rabbit", "Raven", "Robin", "Salmon", "Seal", "Sparrow", "Squirrel", "Stork", "Swan",
    "Tiger", "Toad", "Trout", "Turtle", "Whale", "Wolf", "Wren", "Yak", "Zebra",
)  # fmt: skip
LONGEST = 20  # letters of a nickname
ALLOWED = f"A name has 1 to {LONGEST} letters, numbers, spaces, hyphens or apostrophes."
TAKEN = "Somebody in this room has that name already."
RUDE = "Please choose a name that nobody minds seeing on the wall."


class BadName(ValueError):
    """This cannot be a nickname; the message says why, in a sentence."""


def new_code() -> str:
    """A code that nobody can guess by trying; see `limits`."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """The code that somebody typed; None where it is none.

    >>> read_code(" k7m-2qx "), read_code("K7M 2Q"), read_code("K7M 2Q0")
    ('K7M2QX', None, None)
    """
    found = re.sub(r"[\s\-·.]", "", typed[:40]).upper()
    return found if len(found) == LENGTH and set(found) <= set(LETTERS) else None


def spaced(code: str) -> str:
    """A code as it is shown.

    >>> spaced("K7M2QX")
    'K7M 2QX'
    """
    return f"{code[:3]} {code[3:]}"


def drawn_name(taken: Collection[str]) -> str:
    """A nickname that nobody in the room has, such as Otter 12."""
    used = {same(name) for name in taken}
    highest = max(99, 2 * len(used))
    while True:
        name = f"{secrets.choice(ANIMALS)} {1 + secrets.randbelow(highest)}"
        if same(name) not in used:
            return name


def checked_name(typed: str, taken: Collection[str]) -> str:
    """The nickname that somebody typed, in one form.

    Args:
        typed: it.
        taken: names of the others in the room.

    Raises:
        BadName: it cannot be one.
    """
    name = " ".join(unicodedata.normalize("NFC", typed[: 10 * LONGEST]).split())
    marks = "-'’ "
    if not 1 <= len(name) <= LONGEST or not all(_letter(sign) or sign in marks for sign in name):
        raise BadName(ALLOWED)
    if not any(map(_letter, name)):
        raise BadName(ALLOWED)
    if is_rude(name):
        raise BadName(RUDE)
    if same(name) in {same(other) for other in taken}:
        raise BadName(TAKEN)
    return name


def same(name: str) -> str:
    """What two names have in common that a class would take for one."""
    return unicodedata.normalize("NFKC", name).casefold().replace(" ", "")


def _letter(sign: str) -> bool:
    """Letters and digits of any script, and the marks that belong to a letter."""
    return unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Mn", "Mc"}
