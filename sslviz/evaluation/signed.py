"""How a difference is written. Apart from `lead`, since home must not wait for numpy."""

from __future__ import annotations


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign; none where it rounds to nothing.

    >>> signed(-2.26), signed(3, 0), signed(-0.04)
    ('−2.3', '+3', '0.0')
    """
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"
