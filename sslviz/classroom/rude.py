"""Names that should not stand on the wall of a classroom.

A short list of the strongest words of some languages, and no more than that: who wants to get around it will, and the
teacher can put a name out with a click. Where a word hides in people's real names (Ishita, Cassandra, Monique), it
counts only when it stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ANYWHERE = (
    "arschloch asshole arsehole bitch bliad bullshit caralho cazzo cocksuck dickhead fotze fuck hitler hurensohn kurwa "
    "missgeburt motherf nigger orospu pierdol puttana putain scheiss schlampe shithead siktir stronzo vaffanculo whore "
    "wichser бляд блят пизд хуй ебать"
)
ALONE = (
    "anal anus arse ass bollocks boob boobs chink cock cum cunt cunts dick dicks fag faggot fick ficken ficker foda "
    "hoe hoer hure huren kike lul merda merde mierda cabron maricon connard encule salope nazi nazis neger nigga nique "
    "paki penis pendejo porn porno porra puta puto rape rapist retard sex shit shits shitty slut sluts spic sperm tit "
    "tits tranny twat vagina verga wank wanker xxx сука"
)
AS_LETTERS = str.maketrans("0134578", "oieastb")  # as who writes sh1t means it


def is_rude(name: str) -> bool:
    """Whether a name has such a word in it, however it is spelt.

    >>> is_rude("Sh1t"), is_rude("F U C K"), is_rude("Ishita"), is_rude("Otter 12")
    (True, True, False, False)
    """
    plain = _plain(name)
    for spelt in (plain.translate(AS_LETTERS), re.sub(r"\d", " ", plain)):
        for once in (r"\1", r"\1\1"):  # of a letter that is written three times or more, one is meant, or two
            words = re.split(r"[\W_]+", re.sub(r"(.)\1{2,}", once, spelt))
            joined = "".join(words)
            if any(part in joined for part in _list(ANYWHERE)) or not {*words, joined}.isdisjoint(_list(ALONE)):
                return True
    return False


def _plain(name: str) -> str:
    """Without capitals, and without the marks on letters."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@lru_cache(maxsize=2)
def _list(words: str) -> frozenset[str]:
    return frozenset(_plain(words).split())
