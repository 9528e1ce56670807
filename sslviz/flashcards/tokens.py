"""Names that are drawn so that nobody can guess them: the token of a learner, and the key of a review."""

import hashlib
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadToken(ValueError):
    """This is no learner's token."""


def new_token() -> str:
    """A token for a new learner: 43 letters that nobody can guess."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    """A key for one review; the page makes it when it shows the card, so that a double click counts once."""
    return secrets.token_urlsafe(16)


def is_token(given: object) -> bool:
    """Whether this could be a learner's token."""
    return isinstance(given, str) and bool(_TOKEN.fullmatch(given))


def is_key(given: object) -> bool:
    """Whether this could be the key of a review."""
    return isinstance(given, str) and bool(_KEY.fullmatch(given))


def sha256_of(token: str) -> str:
    """All that is kept of a token.

    Raises:
        BadToken: it is none.
    """
    if not is_token(token):
        raise BadToken("this is no learner's token")
    return hashlib.sha256(token.encode()).hexdigest()
