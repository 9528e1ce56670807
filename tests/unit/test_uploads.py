"""What a visitor may bring: good pictures come out upright and small, anything else gets one clear sentence."""

import io
import itertools
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sslviz.data import ASSETS, audio, text, uploads
from sslviz.data.uploads import Refused, apart, sentence
from sslviz.data.uploads.clips import clip
from sslviz.data.uploads.pictures import picture
from sslviz.data.uploads.sounds import sound

DATA = Path(__file__).parents[1] / "data"
ACCEPTED = "a JPEG, PNG, WebP, GIF, HEIC or AVIF picture of at most 5 MB and 25 megapixels"


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
        "import resource, sys; from sslviz.data.uploads.pictures import Refused, picture\n"
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


@pytest.mark.parametrize(("read", "megabytes"), [(picture, 5), (sound, 10), (clip, 20)])
def test_files_of_every_kind_have_their_own_limit(read: Callable[[bytes, str], np.ndarray], megabytes: int) -> None:
    rubbish = bytes(megabytes * uploads.MEGABYTE)
    with pytest.raises(Refused, match=rf"^“a” has {megabytes}\.1 MB, more than the {megabytes} MB allowed: please"):
        read(rubbish + b"0", "a")
    with pytest.raises(
        Refused, match=r"^“a” is (damaged, or )?not a (picture|recording|video) that can be read here: p"
    ):
        read(rubbish, "a")
    with pytest.raises(Refused, match=r"^“a” is empty: please choose an? "):
        read(b"", "a")


def test_photos_of_phones_are_read() -> None:
    heic = (DATA / "red-left-blue-right.heic").read_bytes()
    for raw in (heic, _file(_halves(), "AVIF")):
        pixels = picture(raw, "photo").astype(int)
        assert pixels.shape == (60, 100, 3)
        assert np.abs(pixels - _halves()).mean() < 3


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"iCCP"])
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_png_with_a_long_text_is_a_picture_like_any_other(kind: bytes, place: str) -> None:
    long = b"A" * 3_000_000
    body = {
        b"tEXt": b"Comment\0" + long,
        b"zTXt": b"Comment\0\0" + zlib.compress(long),
        b"iTXt": b"Comment\0\1\0\0\0" + zlib.compress(long),
        b"iCCP": b"profile\0\0" + zlib.compress(long),
    }[kind]
    plain = _file(_halves(), "PNG")
    at = plain.index(b"IDAT") - 4 if place == "before" else plain.index(b"IEND") - 4
    assert np.array_equal(picture(plain[:at] + _chunk(kind, body) + plain[at:], "noted.png"), _halves())


def test_a_fault_in_what_is_not_used_of_a_png_does_no_harm() -> None:
    plain = _file(_halves(), "PNG")
    faulty = struct.pack(">I", 4) + b"tIMEabcd" + b"0000"
    assert np.array_equal(picture(plain[:33] + faulty + plain[33:], "old.png"), _halves())


def test_a_png_is_turned_upright_as_imagemagick_notes_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = exif.tobytes()
    note = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n%8d\n" % len(raw) + raw.hex().encode() + b"\n")
    plain = _file(_halves(), "PNG")
    at = plain.index(b"IDAT") - 4
    assert picture(plain[:at] + _chunk(b"zTXt", note) + plain[at:], "photo.png").shape == (100, 60, 3)


def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = _file(_halves(), "JPEG", progressive=True)
    assert picture(raw, "photo.jpg").shape == (60, 100, 3)
    at = raw.rindex(b"\xff\xda")
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("decoded"))
    with pytest.raises(Refused, match=r"has 2,0\d\d scans, where a photo has some ten"):
        picture(raw[:at] + raw[at:-2] * 2000 + raw[-2:], "photo.jpg")


# in a process of its own


def test_a_file_is_decoded_elsewhere_with_the_same_result() -> None:
    assert np.array_equal(uploads.decode("picture", JPEG, "photo.jpg"), picture(JPEG, "photo.jpg"))
    said = []
    for decode in (uploads.decode, lambda _, raw, name: picture(raw, name)):
        with pytest.raises(Refused) as raised:
            decode("picture", b"no", NAMES)
        said.append(str(raised.value))
    assert said[0] == said[1]


NAMES = "−a \n\0\udc80“ü”" + "long" * 200 + ".png"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit a process's memory in this way")
@pytest.mark.parametrize("limit", ["MEMORY = 300_000_000", "PROCESSOR = 0"])
def test_a_file_that_takes_too_much_gets_one_sentence(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run
    start = f"import sys; from sslviz.data.uploads import __main__ as it; it.{limit}; sys.exit(it.main(*sys.argv[1:]))"

    def narrow(command: list[str], **options: object) -> object:
        return run([command[0], "-c", start, *command[-2:]], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", narrow)
    with pytest.raises(Refused) as raised:
        uploads.decode("picture", _file(Image.new("RGBA", (4900, 4900)), "PNG"), "large.png")
    assert (
        str(raised.value) == f"“large.png” takes more memory or time to read than there is: please choose {ACCEPTED}."
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_decoder_that_crashes_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run, crash = subprocess.run, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(subprocess, "run", lambda command, **rest: run([command[0], "-c", crash], **rest))
    with pytest.raises(
        Refused, match=r"“a\.jpg” is damaged, or of a kind that cannot be read here: please choose a JPEG"
    ):
        uploads.decode("picture", JPEG, "a.jpg")


def test_a_file_whose_turn_or_end_does_not_come_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WALL", 0.01)
    with pytest.raises(
        Refused, match=r"“a\.jpg” takes more memory or time to read than there is: please choose a JPEG"
    ):
        uploads.decode("picture", JPEG, "a.jpg")
    monkeypatch.setattr(apart, "WAIT", 0.01)
    with apart._one, pytest.raises(Refused, match=r"^Others’ files are being read, so that “a\.jpg” could not be yet"):
        uploads.decode("picture", JPEG, "a.jpg")
    monkeypatch.undo()
    assert uploads.decode("picture", JPEG, "a.jpg").shape == (320, 480, 3)


def test_files_are_decoded_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    run, now, most = subprocess.run, [0], [0]

    def counted(command: list[str], **rest: Any) -> Any:
        now[0] += 1
        most[0] = max(now[0], most[0])
        try:
            return run(command, **rest)
        finally:
            now[0] -= 1

    monkeypatch.setattr(subprocess, "run", counted)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda _: uploads.decode("picture", JPEG, "a.jpg"), range(4)))) == 4
    assert most == [1]


def test_the_process_that_decodes_starts_without_what_is_heavy() -> None:
    check = (
        "import sys; from sslviz.data.uploads import pictures, clips, sounds, __main__; "
        "sys.exit(', '.join({'torch', 'scipy', 'streamlit', 'sklearn'} & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", check], check=True, cwd=ASSETS.parent)


def _damaged(good: bytes, changes: list[tuple[int, int]], cut: int) -> bytes:
    """A good file with some bytes (place, value) changed and its end cut off."""
    raw = bytearray(good)
    for place, value in changes:
        raw[place % len(raw)] = value
    return bytes(raw[: len(raw) - cut % len(raw)])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "AVIF"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 2000),
)
def test_damaged_files_never_end_the_page(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    try:
        pixels = picture(_damaged(GOOD[kind], changes, cut), "damaged")
    except Refused as refusal:
        assert _is_one_sentence(str(refusal))
    else:
        assert pixels.dtype == np.uint8
        assert max(pixels.shape) <= 480


GOOD = {kind: _file(_halves(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")}


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


@given(st.text(max_size=300))
def test_a_shortened_text_has_as_many_words_and_each_of_them_is_short(typed: str) -> None:
    assert len(text.pieces(uploads.shortened(typed))) == len(text.pieces(typed))
    long = "".join(char for char in typed if char not in "'’") * 30
    assert max(map(len, text.pieces(uploads.shortened(long))), default=0) < 100
    assert not uploads.told(" ".join(text.tokenise(typed))) or len(typed) > 24


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("don’t go", ""),
        ("a-b", "-"),
        ("“yes” he said: no", "“ ” :"),
        ("café ☕", "☕"),
        ("e\u0301te", ""),
        ("-" * 90, "-" * 40 + " …"),
    ],
)
def test_what_is_left_out_of_a_sentence_is_named(typed: str, left: str) -> None:
    assert uploads.told(typed) == (f"Only words and the marks . , ? ! go in; left out: {left}." if left else "")


# recordings

HEARD = "a WAV, FLAC, OGG, MP3, M4A or WebM recording of 0.24 to 30 s and at most 10 MB"


def _wave(seconds: float = 1.0, rate: int = 8000, channels: int = 1, loud: float = 0.4) -> np.ndarray:
    """A tone of 440 Hz, in every channel."""
    tone = loud * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(tone[:, None], channels, axis=1)


def _sound(wave: np.ndarray, rate: int = 8000, kind: str = "WAV", **options: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, wave, rate, format=kind, **options)
    return buffer.getvalue()


def _stating(size: int) -> bytes:
    """A WAV of one second whose header states this many bytes."""
    raw = bytearray(_sound(_wave()))
    at = raw.index(b"data") + 4
    raw[at : at + 4] = struct.pack("<I", size)
    return bytes(raw)


def _encoded(wave: np.ndarray, rate: int, kind: str, codec: str) -> bytes:
    """One channel (n, 1) as FFmpeg writes it."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as out:
        stream = out.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(wave.T.astype(np.float32).copy(), format="fltp", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=stream.rate)
        for part in itertools.chain(resampler.resample(frame), [None]):
            out.mux(stream.encode(part))
    return file.getvalue()


BAD_SOUNDS = {
    "empty": b"",
    "silent": _sound(np.zeros((8000, 1))),
    "nearly silent": _sound(_wave(loud=0.001)),
    "silent but for a shift": _sound(np.full((8000, 1), 0.5)),
    "ten minutes": _sound(_wave(600), kind="MP3"),
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
        "empty": "is empty", "silent": "is silent", "ten minutes": "more than 30 seconds",
        "31 seconds": "more than 30 seconds",
        "too short": "lasts 0.20 s", "renamed text": "not a recording", "11 MB": "10.5 MB", "9 channels": "9 channels",
    }  # fmt: skip
    for case, word in words.items():
        assert word in said(case), case


def test_of_a_recording_of_ten_minutes_only_the_beginning_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded, resampler = [], av.AudioResampler

    class Counting:
        def __init__(self, **options: Any) -> None:
            self.real = resampler(**options)

        def resample(self, frame: av.AudioFrame | None) -> list[av.AudioFrame]:
            decoded.append(frame.samples if frame else 0)
            return self.real.resample(frame)

    monkeypatch.setattr(av, "AudioResampler", Counting)
    with pytest.raises(Refused, match="more than 30 seconds"):
        sound(BAD_SOUNDS["ten minutes"], "speech.mp3")
    assert sum(decoded) < 31 * 8000


@pytest.mark.parametrize("size", [0, 800, 8000, 1_000_000_000, 0x7FFFF000, 0xFFFFFFFE, 0xFFFFFFFF])
def test_a_recording_is_as_long_as_it_is_whatever_its_header_states(size: int) -> None:
    assert len(sound(_stating(size), "stream.wav")) == 8000


def test_what_stands_behind_the_sound_is_not_heard() -> None:
    note = b"LIST" + struct.pack("<I", 404) + b"INFOICMT" + b"\x7f\x80" * 198
    assert np.array_equal(sound(_sound(_wave()) + note, "noted.wav"), sound(_sound(_wave()), "plain.wav"))


@pytest.mark.parametrize("channels", [2, 3, 6, 8])
def test_channels_that_cancel_are_heard(channels: int) -> None:
    wave = _wave(channels=channels)
    wave[:, 1::2] *= -1
    heard = sound(_sound(wave), "inverted.wav").astype(float)
    alone = sound(_sound(_wave()), "mono.wav").astype(float)
    assert min(np.abs(heard - alone).max(), np.abs(heard + alone).max()) < 10


def test_what_only_one_channel_has_is_heard() -> None:
    low, high = _wave(), np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)[:, None] * 0.3
    heard = np.abs(np.fft.rfft(sound(_sound(np.hstack([low, high])), "two.wav").astype(float)))
    assert set(np.argsort(heard)[-2:].tolist()) == {440, 1000}


@pytest.mark.parametrize(
    ("kind", "codec"),
    [
        ("ipod", "aac"),
        ("mp4", "aac"),
        ("webm", "libopus"),
        ("matroska", "libmp3lame"),
        ("ogg", "libopus"),
        ("adts", "aac"),
    ],
)
def test_what_phones_and_browsers_record_is_heard(kind: str, codec: str) -> None:
    samples = sound(_encoded(_wave(1, 48_000), 48_000, kind, codec), "speech")
    assert len(samples) == pytest.approx(8000, abs=900)
    assert np.abs(np.fft.rfft(samples[2000:6000].astype(float))).argmax() * 2 == 440


def test_a_recording_that_breaks_off_is_heard_up_to_there() -> None:
    whole = _sound(_wave(2, 48_000), 48_000, "FLAC")
    assert 2000 < len(sound(whole[: len(whole) // 2], "half.flac")) < 16_000


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


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["WAV", "FLAC", "OGG", "MP3"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=20),
    st.integers(0, 3000),
)
def test_damaged_recordings_never_end_the_page(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    try:
        samples = sound(_damaged(GOOD_SOUNDS[kind], changes, cut), "damaged")
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
