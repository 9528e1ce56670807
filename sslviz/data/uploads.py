"""A visitor's own picture or sentence, checked before it is used. Nothing is kept.

A file is judged by its first bytes, not by its name, and by the size that its header states before anything is
decoded, so that a small file that claims to be huge costs nothing.
"""

import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from sslviz.data import text as sentences

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
LONG_SIDE = 480  # pixels, as the bundled photographs
MAX_CHARACTERS = 2000

_KINDS = "a JPEG, PNG, WebP or GIF picture"
_PICTURE = f"{_KINDS} of at most 5 MB and 25 megapixels"
_SENTENCE = f"an English sentence of 1 to {sentences.MAX_WORDS} words and marks"


class Refused(ValueError):
    """What a visitor gave cannot be used. The message is one sentence that says what is accepted."""


def picture(raw: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a visitor's picture.

    A photo is turned upright as its camera noted, transparency becomes white, and an animation gives its first frame.

    Args:
        raw: the file, at most MAX_BYTES bytes.
        name: what the visitor's computer calls it; only used to name it in a refusal.

    Returns:
        (H, W, 3) uint8, the long side at most LONG_SIDE pixels.

    Raises:
        Refused: the file is empty, too large, of another kind, or damaged.
    """
    called = _short(name)
    if not raw:
        raise Refused(f"{called} is empty: please choose {_PICTURE}.")
    if len(raw) > MAX_BYTES:
        raise Refused(f"{called} has {_megabytes(len(raw))} MB, more than the 5 MB allowed: please choose {_PICTURE}.")
    try:
        opened = Image.open(io.BytesIO(raw), formats=FORMATS)  # reads the header only
    except UnidentifiedImageError:
        raise Refused(f"{called} is not a picture that can be read here: please choose {_PICTURE}.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{called} states far more than 25 megapixels in its header: please choose {_PICTURE}.") from None
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged header, and none may end the page
        raise Refused(f"{called} has a damaged header: please choose {_PICTURE}, saved anew.") from None
    with opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            megapixels = f"{width:,} × {height:,} pixels, more than the 25 megapixels allowed"
            raise Refused(f"{called} has {megapixels}: please choose {_PICTURE}.")
        try:
            return _upright_on_white(opened)
        except Exception:  # noqa: BLE001  as above
            raise Refused(
                f"{called} breaks off or is damaged, so that it cannot be shown: please choose {_PICTURE}, saved anew."
            ) from None


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
        raise Refused(f"Nothing was typed: please type {_SENTENCE}.")
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"This text has {len(text):,} characters, more than a sentence needs: please type {_SENTENCE}.")
    tokens = sentences.tokenise(text)
    if all(token in sentences.MARKS for token in tokens):
        raise Refused(f"There is no word in this, only signs: please type {_SENTENCE}.")
    if len(tokens) > sentences.MAX_WORDS:
        raise Refused(f"This has {len(tokens):,} words and marks, which is too long: please type {_SENTENCE}.")
    return tokens


def _upright_on_white(opened: Image.Image) -> NDArray[np.uint8]:
    # Made small first: turning and blending 25 megapixels would take 100 MB for each copy.
    if opened.mode.startswith("I;16"):  # a PNG of 16 bits: convert() would cut it off instead of scaling it
        whole = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))
    else:
        whole = opened.convert("RGBA") if opened.mode in {"1", "P", "PA"} else opened  # colour numbers don't average
    whole.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(whole).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    return np.array(Image.alpha_composite(white, upright).convert("RGB"))


def _short(name: str) -> str:
    """The name in quotes, without signs that a page might take for markup, and not so long that it hides the rest."""
    clean = re.sub(r"[^\w .-]+", "_", "".join(filter(str.isprintable, name))).strip(" _")
    if not clean:
        return "The file"
    return f"“{clean}”" if len(clean) <= 40 else f"“{clean[:20]}…{clean[-15:]}”"


def _megabytes(size: int) -> str:
    return f"{np.ceil(size / 1e5) / 10:.1f}"  # rounded up, or 5,000,001 bytes would read as 5.0
