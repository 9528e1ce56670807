"""A visitor's own picture."""

from __future__ import annotations

import io

import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, ImageOps, UnidentifiedImageError

from sslviz.data.uploads.limits import MAX_PIXELS, PICTURE, Refused, check_weight

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
LONG_SIDE = 480  # pixels, as the bundled photographs
MAX_SCANS = 100  # of a JPEG; a camera makes one, a progressive JPEG some ten, and each goes over the whole picture
_PNG = b"\x89PNG\r\n\x1a\n"
_USED = (b"tRNS", b"eXIf")  # of the chunks of a PNG that may be missing
_EXIF = b"Raw profile type exif"  # in such a text ImageMagick writes how a photo was held

pi_heif.register_heif_opener()
pi_heif.options.DECODE_THREADS = AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # a computer of many cores has no more memory


def picture(raw: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a visitor's picture.

    A photo is turned upright as its camera noted, transparency becomes white, and an animation gives its first frame.
    A density that differs across and down is passed over, as browsers do.

    Args:
        raw: the file, at most MAX_BYTES bytes.
        name: what the visitor's computer calls it; only used to name it in a refusal.

    Returns:
        (H, W, 3) uint8, the long side at most LONG_SIDE pixels.

    Raises:
        Refused: the file is empty, too large, of another kind, or damaged.
    """
    called = check_weight("picture", raw, name)
    if (scans := _scans(raw)) > MAX_SCANS:
        raise Refused(f"{called} has {scans:,} scans, where a photo has some ten: please choose {PICTURE}, saved anew.")
    try:
        opened = Image.open(io.BytesIO(_what_is_used(raw)), formats=FORMATS)  # reads the header only
    except UnidentifiedImageError:
        raise Refused(f"{called} is not a picture that can be read here: please choose {PICTURE}.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{called} states far more than 25 megapixels in its header: please choose {PICTURE}.") from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a decoder may raise anything on a damaged header, and none may end the page
        raise Refused(f"{called} has a damaged header: please choose {PICTURE}, saved anew.") from None
    with opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            megapixels = f"{width:,} × {height:,} pixels, more than the 25 megapixels allowed"
            raise Refused(f"{called} has {megapixels}: please choose {PICTURE}.")
        try:
            return _upright_on_white(opened)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  as above
            raise Refused(
                f"{called} breaks off or is damaged, so that it cannot be shown: please choose {PICTURE}, saved anew."
            ) from None


def _scans(raw: bytes) -> int:
    """How many scans a JPEG has; 0 for another file. Within a scan no byte 0xFF is followed by 0xDA."""
    return raw.count(b"\xff\xda") if raw.startswith(b"\xff\xd8") else 0


def _what_is_used(raw: bytes) -> bytes:
    """A PNG without texts and the like, at whose length or faults Pillow gives up; any other file as it is."""
    if not raw.startswith(_PNG):
        return raw
    kept, place = [_PNG], len(_PNG)
    while place < len(raw):
        end = place + 12 + int.from_bytes(raw[place : place + 4])  # length, kind, body, checksum
        kind = raw[place + 4 : place + 8]
        if kind[:1].isupper() or kind in _USED or raw.startswith(_EXIF, place + 8):
            kept.append(raw[place:end])
        place = end
    return b"".join(kept)


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
