"""What a visitor may bring: good pictures come out upright and small, anything else gets one clear sentence."""

import io
import itertools
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sslviz.data import ASSETS, audio, text, uploads
from sslviz.data.uploads import Refused, picture, sentence, sound

ACCEPTED = "a JPEG, PNG, WebP or GIF picture of at most 5 MB and 25 megapixels"


def _file(pixels: np.ndarray | Image.Image, kind: str, **options: object) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _halves(height: int = 60, width: int = 100) -> np.ndarray:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[:, : width // 2, 0] = pixels[:, width // 2 :, 2] = 255
    return pixels


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_bomb(width: int, height: int, rows: int = 20) -> bytes:
    """A PNG that states this size in its header, with a few rows of data behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(rows * (width * 3 + 1)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _webp_bomb(width: int, height: int) -> bytes:
    body = b"WEBPVP8L" + struct.pack("<IBI", 8, 0x2F, (width - 1) | (height - 1) << 14) + bytes(3)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif_bomb(width: int, height: int) -> bytes:
    """A small screen, and a first frame far larger than it."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x01\x00\x00;"
    return b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x80, 0, 0) + bytes(6) + frame


JPEG = _file(_halves(400, 600), "JPEG")
BAD_FILES = {
    "empty": (b"", "picture.png"),
    "over 5 MB": (bytes(uploads.MAX_BYTES + 1), "big.jpg"),
    "text named .png": (b"Dear diary, this is not a picture.\n" * 20, "diary.png"),
    "a page named .jpg": (b"<html><script>alert(1)</script></html>", "<b>x</b>.jpg"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg"),
    "a TIFF, which is not accepted": (_file(_halves(), "TIFF"), "scan.tiff"),
    "26 megapixels": (_png_bomb(6500, 4000), "wide.png"),
    "20,000 × 20,000": (_png_bomb(20_000, 20_000), "bomb.png"),
    "16,383 × 16,383 WebP": (_webp_bomb(16_383, 16_383), "bomb.webp"),
    "60,000 × 60,000 GIF frame": (_gif_bomb(60_000, 60_000), "bomb.gif"),
    "a truncated JPEG": (JPEG[: len(JPEG) // 2], "half.jpg"),
    "a truncated PNG": (_file(_halves(300, 300), "PNG")[:-200], "half.png"),
    "a truncated WebP": (_file(_halves(300, 300), "WEBP", lossless=True)[:-40], "half.webp"),
    "a truncated GIF": (_file(_halves(300, 300), "GIF")[:-400], "half.gif"),
    "a PNG of no size": (_png_bomb(0, 0, 1), "none.png"),
    "only the first bytes": (b"\x89PNG\r\n\x1a\n", "first.png"),
}
BAD_TEXTS = {
    "empty": "",
    "blank": " \n\t\u00a0",
    "only emoji": "😀🎉👩‍👩‍👧",
    "only marks": "?!...,",
    "too many words": "word " * 31,
    "10,000 words": "word " * 10_000,
    "one endless word": "a" * 2001,
}


def _is_one_sentence(message: str) -> bool:
    return message.endswith(".") and ". " not in message and "\n" not in message and len(message) < 250


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_refused_in_one_sentence(case: str) -> None:
    raw, name = BAD_FILES[case]
    with pytest.raises(Refused) as raised:
        picture(raw, name)
    message = str(raised.value)
    assert _is_one_sentence(message), message
    assert ACCEPTED in message


def test_different_faults_get_different_sentences() -> None:
    def said(case: str) -> str:
        with pytest.raises(Refused) as raised:
            picture(BAD_FILES[case][0], "one name.png")
        return str(raised.value)

    cases = ["empty", "over 5 MB", "text named .png", "26 megapixels", "20,000 × 20,000", "a truncated JPEG"]
    for one, other in itertools.combinations(cases, 2):
        assert said(one) != said(other)
    assert "6,500 × 4,000" in said("26 megapixels")
    assert "5.1 MB" in said("over 5 MB")


@pytest.mark.parametrize(
    "case", ["20,000 × 20,000", "16,383 × 16,383 WebP", "60,000 × 60,000 GIF frame", "26 megapixels"]
)
def test_bombs_are_refused_without_memory(case: str) -> None:
    pytest.importorskip("resource", reason="Windows does not tell a process's peak memory in this way")
    check = (
        "import resource, sys; from sslviz.data.uploads import picture, Refused\n"
        "raw = sys.stdin.buffer.read(); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: picture(raw, 'bomb')\n"
        "except Refused: pass\n"
        "else: sys.exit('not refused')\n"
        "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "sys.exit(f'grew by {grown}' if grown > (20e6 if sys.platform == 'darwin' else 20e3) else 0)"
    )
    subprocess.run([sys.executable, "-c", check], input=BAD_FILES[case][0], check=True, cwd=ASSETS.parent)


def test_a_name_is_not_markup() -> None:
    with pytest.raises(Refused) as raised:
        picture(b"no", "![x](https://example.com/x.png)<b>`*.png")
    assert not set("![]()<>`*/") & set(str(raised.value))


def test_refusals_name_the_file_but_not_at_length() -> None:
    with pytest.raises(Refused) as raised:
        picture(b"no", "a" * 500 + "\n\x00.png")
    assert _is_one_sentence(str(raised.value))
    assert "a" * 41 not in str(raised.value)
    with pytest.raises(Refused, match=r"^The file is not a picture"):
        picture(b"no", "\n")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *itertools.product(["PNG"], ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]),
        *itertools.product(["JPEG"], ["L", "RGB", "CMYK"]),
        *itertools.product(["WEBP"], ["RGB", "RGBA"]),
        *itertools.product(["GIF"], ["L", "P", "RGB"]),
    ],
)
def test_every_kind_of_picture_comes_out_as_rgb(kind: str, mode: str) -> None:
    grey = Image.new("L", (900, 300), 255)
    grey.paste(0, (0, 0, 450, 300))
    if mode == "I;16":
        source = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif mode == "CMYK":
        source = grey.convert("RGB").convert("CMYK")
    else:
        source = grey.convert(mode)
    pixels = picture(_file(source, kind), "fine.bin")
    assert pixels.shape == (160, 480, 3)
    assert pixels.dtype == np.uint8
    assert pixels[80, 60].max() < 20
    assert pixels[80, 420].min() > 235


def test_kind_is_taken_from_the_content() -> None:
    assert picture(JPEG, "really.png").shape == (320, 480, 3)
    assert picture(JPEG, "").shape == (320, 480, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = _halves(600, 1000)
    pixels = picture(_file(stored, "JPEG", exif=exif, quality=95), "phone.jpg")
    assert pixels.shape == ((480, 288, 3) if orientation >= 5 else (288, 480, 3))
    expected = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
    height, width, _ = pixels.shape
    places = {
        "left": (height // 2, 10), "right": (height // 2, -10), "top": (10, width // 2), "bottom": (-10, width // 2)
    }  # fmt: skip
    red, _, blue = pixels[places[expected[orientation]]]
    assert red > 200
    assert blue < 50


def test_transparency_becomes_white() -> None:
    drawing = np.zeros((10, 20, 4), dtype=np.uint8)
    drawing[:, 10:] = (200, 0, 0, 255)
    drawing[0, 15] = (0, 0, 0, 128)
    for kind in ("PNG", "WEBP"):
        pixels = picture(_file(drawing, kind, **({"lossless": True} if kind == "WEBP" else {})), "drawing")
        assert pixels[5, 3].tolist() == [255, 255, 255]
        assert pixels[5, 15].tolist() == [200, 0, 0]
        assert pixels[0, 15].tolist() == [127, 127, 127]
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([10, 20, 30, 255, 0, 0])
    palette.putpixel((0, 0), 0)
    pixels = picture(_file(palette, "GIF", transparency=1), "drawing.gif")
    assert pixels[0, 0].tolist() == [10, 20, 30]
    assert pixels[2, 2].tolist() == [255, 255, 255]


def test_an_animation_gives_its_first_frame() -> None:
    first, second = Image.new("RGB", (30, 20), "red"), Image.new("RGB", (30, 20), "blue")
    for kind in ("GIF", "WEBP", "PNG"):
        pixels = picture(_file(first, kind, save_all=True, append_images=[second]), "film")
        assert pixels.shape == (20, 30, 3)
        assert pixels[10, 15, 0] > 240
        assert pixels[10, 15, 2] < 15


def test_sizes_at_the_limits() -> None:
    assert picture(_file(Image.new("L", (5000, 5000)), "PNG"), "just.png").shape == (480, 480, 3)
    assert picture(_file(Image.new("RGB", (1, 1)), "PNG"), "dot.png").shape == (1, 1, 3)
    assert picture(_file(Image.new("RGB", (12_000, 2)), "PNG"), "line.png").shape == (1, 480, 3)
    padded = JPEG + bytes(uploads.MAX_BYTES - len(JPEG))
    assert picture(padded, "exactly 5 MB.jpg").shape == (320, 480, 3)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 2000),
)
def test_damaged_files_never_end_the_page(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    raw = bytearray(GOOD[kind])
    for place, value in changes:
        raw[place % len(raw)] = value
    raw = raw[: len(raw) - cut % len(raw)]
    try:
        pixels = picture(bytes(raw), "damaged")
    except Refused as refusal:
        assert _is_one_sentence(str(refusal))
    else:
        assert pixels.dtype == np.uint8
        assert max(pixels.shape) <= 480


GOOD = {kind: _file(_halves(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_picture_or_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        picture(raw, "anything")


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_bad_texts_are_refused_in_one_sentence(case: str) -> None:
    with pytest.raises(Refused) as raised:
        sentence(BAD_TEXTS[case])
    assert _is_one_sentence(str(raised.value))
    assert "an English sentence of 1 to 30 words and marks" in str(raised.value)


def test_different_texts_get_different_sentences() -> None:
    def said(case: str) -> str:
        with pytest.raises(Refused) as raised:
            sentence(BAD_TEXTS[case])
        return str(raised.value)

    messages = {said(case) for case in ("empty", "only emoji", "too many words", "10,000 words")}
    assert len(messages) == 4
    assert said("empty") == said("blank")
    assert "31" in said("too many words")


@pytest.mark.parametrize("typed", ["I", "The cat is on the table.", "naïve 42", "word " * 30, "hello 😀"])
def test_good_sentences(typed: str) -> None:
    assert sentence(typed) == text.tokenise(typed)


@given(st.text(max_size=300))
def test_any_text_is_a_sentence_or_refused(typed: str) -> None:
    try:
        tokens = sentence(typed)
    except Refused as refusal:
        assert _is_one_sentence(str(refusal))
    else:
        assert 1 <= len(tokens) <= text.MAX_WORDS
        assert any(token not in text.MARKS for token in tokens)


# recordings

HEARD = "a WAV, FLAC, OGG or MP3 recording of 0.24 to 30 s and at most 10 MB"


def _wave(seconds: float = 1.0, rate: int = 8000, channels: int = 1, loud: float = 0.4) -> np.ndarray:
    """A tone of 440 Hz, in every channel."""
    tone = loud * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(tone[:, None], channels, axis=1)


def _sound(wave: np.ndarray, rate: int = 8000, kind: str = "WAV", **options: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, wave, rate, format=kind, **options)
    return buffer.getvalue()


def _two_hours() -> bytes:
    """The header says 7,200 s, and one second follows."""
    raw = bytearray(_sound(_wave(rate=44100), 44100))
    at = raw.index(b"data") + 4
    raw[at : at + 4] = struct.pack("<I", 7200 * 44100 * 2)
    return bytes(raw)


BAD_SOUNDS = {
    "empty": b"",
    "silent": _sound(np.zeros((8000, 1))),
    "nearly silent": _sound(_wave(loud=0.001)),
    "silent but for a shift": _sound(np.full((8000, 1), 0.5)),
    "2 hours by its header": _two_hours(),
    "31 seconds": _sound(_wave(31)),
    "too short": _sound(_wave(0.2)),
    "renamed text": b"This is a text, not a recording. " * 200,
    "a picture": _file(_halves(), "PNG"),
    "cut off": _sound(_wave())[:30],
    "no numbers": _sound(np.full((8000, 1), np.nan), subtype="FLOAT"),
    "11 MB": b"RIFF" + bytes(11_000_000),
    "9 channels": _sound(_wave(channels=9)),
    "1 MHz": _sound(_wave(0.5, 1_000_000), 1_000_000),
    "another kind": _sound(_wave(), kind="AU"),
}


@pytest.mark.parametrize("case", BAD_SOUNDS)
def test_bad_recordings_are_refused_in_one_sentence(case: str) -> None:
    with pytest.raises(Refused) as raised:
        sound(BAD_SOUNDS[case], "speech.wav")
    assert _is_one_sentence(str(raised.value))
    assert HEARD in str(raised.value)
    assert "“speech.wav”" in str(raised.value)


def test_each_fault_of_a_recording_is_named() -> None:
    def said(case: str) -> str:
        with pytest.raises(Refused) as raised:
            sound(BAD_SOUNDS[case], "speech.wav")
        return str(raised.value)

    words = {
        "empty": "is empty", "silent": "is silent", "2 hours by its header": "2.0 hours", "31 seconds": "31 seconds",
        "too short": "lasts 0.20 s", "renamed text": "not a recording", "11 MB": "11.1 MB", "9 channels": "9 channels",
    }  # fmt: skip
    for case, word in words.items():
        assert word in said(case), case


def test_a_recording_of_two_hours_is_refused_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda *_: pytest.fail("decoded"))
    with pytest.raises(Refused, match=r"2\.0 hours"):
        sound(BAD_SOUNDS["2 hours by its header"], "speech.wav")


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_a_tone_stays_a_tone(kind: str, rate: int) -> None:
    samples = sound(_sound(_wave(1, rate), rate, kind), f"tone.{kind.lower()}")
    assert samples.dtype == np.int16
    assert len(samples) == pytest.approx(8000, abs=900)  # an MP3 is padded
    middle = samples[2000:6000].astype(float)
    assert np.abs(np.fft.rfft(middle)).argmax() * 2 == 440
    assert np.abs(samples).max() == pytest.approx(0.7 * 32767, abs=1)


def test_stereo_at_96_khz_is_mixed_and_resampled() -> None:
    wave = _wave(1.5, 96_000, 2)
    wave[:, 1] *= 0.25
    samples = sound(_sound(wave, 96_000), "stereo.wav")
    assert len(samples) == 12_000
    assert np.abs(np.fft.rfft(samples[2000:10_000].astype(float))).argmax() == 440


def test_a_tone_above_4_khz_does_not_fold_down() -> None:
    high = np.sin(2 * np.pi * 7000 * np.arange(48_000) / 48_000)[:, None]
    both = _sound(0.3 * high + 0.3 * _wave(1, 48_000), 48_000)
    heard = np.abs(np.fft.rfft(sound(both, "two.wav")[:8000].astype(float)))
    assert heard[1000] < 0.01 * heard[440]  # 8,000 − 7,000


def test_a_recorder_that_did_not_know_its_length_is_heard() -> None:
    raw = bytearray(_sound(_wave()))
    at = raw.index(b"data") + 4
    raw[at : at + 4] = b"\xff\xff\xff\xff"
    assert len(sound(bytes(raw), "stream.wav")) == 8000


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["WAV", "FLAC", "OGG", "MP3"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=20),
    st.integers(0, 3000),
)
def test_damaged_recordings_never_end_the_page(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    raw = bytearray(GOOD_SOUNDS[kind])
    for place, value in changes:
        raw[place % len(raw)] = value
    raw = raw[: len(raw) - cut % len(raw)]
    try:
        samples = sound(bytes(raw), "damaged")
    except Refused as refusal:
        assert _is_one_sentence(str(refusal))
    else:
        assert samples.dtype == np.int16
        assert audio.SHORTEST - 1 <= len(samples) <= 8000 * 30 + 1


GOOD_SOUNDS = {kind: _sound(_wave(0.5), kind=kind) for kind in ("WAV", "FLAC", "OGG", "MP3")}


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_recording_or_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        sound(raw, "anything")
