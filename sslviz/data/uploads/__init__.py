"""A visitor's own picture, sentence, recording or clip, checked before it is used. Nothing is written anywhere.

A file is judged by what is in it: neither its name nor the length that it states counts. What decodes it (`pictures`,
`clips`, `sounds`) runs in a process of its own with little memory and time, see `apart`.
"""

from sslviz.data.uploads.apart import decode
from sslviz.data.uploads.limits import (
    ACCEPTED,
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_CLIP_BYTES,
    MAX_SOUND_BYTES,
    MEGABYTE,
    Kind,
    Refused,
    short,
)
from sslviz.data.uploads.sentences import sentence, shortened, told

__all__ = [
    "ACCEPTED", "MAX_BYTES", "MAX_CHARACTERS", "MAX_CLIP_BYTES", "MAX_SOUND_BYTES", "MEGABYTE", "Kind", "Refused",
    "decode", "sentence", "short", "shortened", "told",
]  # fmt: skip
