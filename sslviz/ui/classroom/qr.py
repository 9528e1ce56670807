"""The QR code of an address, as a picture."""

from __future__ import annotations

from functools import lru_cache

import segno


@lru_cache(maxsize=64)
def qr(address: str) -> str:
    """An SVG as a data address: dark on white in both themes, with the border that cameras need."""
    return str(
        segno.make(address, error="m", micro=False).svg_data_uri(border=4, dark="#1b2129", light="#fff", scale=8)
    )
