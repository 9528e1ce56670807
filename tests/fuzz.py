"""Broken input by the million: `make fuzz`, or `python -m tests.fuzz links cards --count 1000`.

Each target is a place where something comes in from outside: files, links, texts that are typed, events of views, what
phones send. It is handed inputs that were spoilt by chance, from good ones and bad ones, and may do one of two things:
take it, or refuse it in the one way that it promises. Whatever else it does is a find, and is printed with the input.

The inputs are drawn from a seed, so that a find comes again. Each target runs in a process of its own: a decoder in C
that falls over ends that process, and this is counted. The app decodes files in such processes, too; where one finds
no memory for what a file states, it ends, and the page says so: that is a refusal.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import time
import warnings
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
NASTY = (
    "\0", "\ufeff", "\u202e", "\ud800", "e\u0301" * 9, "🎉", "ﬀ", "İ", "�", "﷽", "\r", "\n", "\x1b[31m", "\u2028", "'",
    '"', "`" * 3, "<b>", "</script>", "{{c1::", "}}", "[[", "]]", "((", "::", "#card", "\t", ";", ",", "=1+1", "@",
    "%00", "%", "../", "\\", "nan", "inf", "-1", "1e400", "9" * 400, "٣", "²", "true", "null", "[" * 999, "{" * 999,
    "$$", "\\frac{", "#separator:", "id:: ", ":LOGBOOK:", "sep=", "javascript:", "http://", "::1", "[", "]",
)  # fmt: skip
BARE = (None, True, False, 0, -1, 1, 2**31, 2**53, 2**64, -0.0, 0.5, 1e308, float("inf"), float("nan"), "", "a", [], {})
Target = Callable[[random.Random], Any]  # makes an input, hands it on, and gives it back; raises what it finds


class Find(Exception):
    """Something else than an expected refusal."""


# how inputs are spoilt


def spoilt(rng: random.Random, good: bytes, other: bytes = b"") -> bytes:
    """A file with one to eight things wrong."""
    found = bytearray(good)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        at, far = rng.randrange(len(found) + 1), rng.randrange(1, 64)
        match rng.randrange(8):
            case 0 if at < len(found):
                found[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(found):
                found[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
            case 2:
                del found[at : at + far]
            case 3:
                found[at:at] = found[at : at + far]
            case 4:
                found[at:at] = rng.randbytes(far)
            case 5:
                del found[at:]
            case 6:
                found[at : at + 4] = rng.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1)).to_bytes(
                    4, rng.choice(("big", "little"))
                )
            case 7 if other:
                found[at:] = other[rng.randrange(len(other)) :]
    return bytes(found)


def misspelt(rng: random.Random, good: str, other: str = "") -> str:
    """A text with one to eight things wrong."""
    found = good
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        at, far = rng.randrange(len(found) + 1), rng.randrange(1, 40)
        match rng.randrange(6):
            case 0:
                found = found[:at] + rng.choice(NASTY) + found[at:]
            case 1:
                found = found[:at] + found[at + far :]
            case 2:
                found = found[:at] + found[at : at + far] * rng.randrange(2, 5) + found[at + far :]
            case 3:
                found = found[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0xD800), 0x1F600))) + found[at:]
            case 4:
                found = found[:at]
            case 5:
                found = found[:at] + other[rng.randrange(len(other) + 1) :]
    return found


def anything(rng: random.Random, depth: int = 0) -> Any:
    """A value such as JSON can bring."""
    kind = rng.randrange(10 if depth < 4 else 6)
    if kind < 4:
        return rng.choice(BARE)
    if kind == 4:
        return rng.choice(NASTY)
    if kind == 5:
        return rng.randrange(-5, 50)
    if kind < 8:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {rng.choice(("id", "nth", "kind", "made", "index", "a", "0")): anything(rng, depth + 1) for _ in range(4)}


def bent(rng: random.Random, good: Any) -> Any:
    """A value with something else in one place."""
    if rng.random() < 0.25 or not isinstance(good, dict | list) or not good:
        return anything(rng)
    if isinstance(good, dict):
        key = rng.choice(list(good))
        return (
            {**good, key: bent(rng, good[key])} if rng.random() < 0.8 else {k: v for k, v in good.items() if k != key}
        )
    at = rng.randrange(len(good))
    return [*good[:at], bent(rng, good[at]), *good[at + 1 :]]


# what comes in: each target is made once in its process, and then called with every input


def links() -> Target:
    """Settings of a page in its address."""
    from sslviz.catalogue import TASKS
    from sslviz.training.config import from_query

    slugs = list(TASKS)

    def one(rng: random.Random) -> Any:
        slug = rng.choice(slugs)
        names = ["data", "seed", "steps", "batch", "lr", "device", *TASKS[slug].fields]
        given = {
            f"{slug}_{rng.choice(names)}": misspelt(rng, rng.choice(("0", "1e-3", "true", "auto", "300")))
            for _ in range(3)
        }
        _config, notes = from_query(slug, given)
        if any(len(note) > 400 for note in notes):
            raise Find(f"a long sentence: {notes}")
        return given

    return one


def events() -> Target:
    """What a view tells: its shape is checked before anybody reads it."""
    from sslviz.ui.live import events as shapes

    tells = {
        "go": {"index": shapes.whole(0, 6)}, "": {"id": shapes.text(), "hands": shapes.many(shapes.whole(0, 40), 5)},
        "order": {"order": shapes.order_of(4), "say": shapes.maybe(shapes.one_of("a", "b"))},
    }  # fmt: skip
    good = [
        {"kind": "go", "index": 3},
        {"id": "x", "hands": [1, 2]},
        {"kind": "order", "order": [3, 1, 0, 2], "say": "a"},
    ]

    def one(rng: random.Random) -> Any:
        given = bent(rng, rng.choice(good))
        found = shapes.heard(given, tells)
        if found is not None and any(
            not check(found.get(name)) for name, check in tells[found.get("kind", "")].items()
        ):
            raise Find("it has not its shape")
        return given

    return one


def made() -> Target:
    """What a visitor has made by hand, as a browser tells it."""
    from sslviz.ui.frame.ahead import Pressed, pressed
    from sslviz.ui.live import made as checks

    def one(rng: random.Random) -> Any:
        given = bent(rng, rng.choice(([3, 1, 0, 2], {"others": 2, "labels": 1}, [0, 1])))
        found = checks.order(given, [0, 1, 2, 3])
        if found is not None and sorted(found) != [0, 1, 2, 3]:
            raise Find("it is no order")
        places = checks.places(given, 4)
        if places is not None and (len(set(places)) != len(places) or any(not 0 <= at < 4 for at in places)):
            raise Find("these are no places")
        now = pressed(given, Pressed(1, 1))
        if now is not None and min(now) < 1:
            raise Find("presses were taken back")
        return given

    return one


def typed() -> Target:
    """What is typed: codes of rooms, nicknames, addresses, answers of the quiz, sentences."""
    from sslviz.classroom import addresses, codes
    from sslviz.data.uploads import Refused, sentences
    from sslviz.flashcards import quiz
    from sslviz.flashcards.deck import deck

    asked = quiz.questions(deck().cards, 1, count=60)
    open_ones = [question for question in asked if not question.options]

    def one(rng: random.Random) -> Any:
        given = misspelt(
            rng, rng.choice(("K7M2QX", "Otter 12", "192.168.1.7:8501", "masked", "The cat sat on it.")), "ß e\u0301"
        )
        codes.read_code(given)
        addresses.read_address(given)
        try:
            name = codes.checked_name(given, ["Otter 12"])
            if not 1 <= len(name) <= codes.LONGEST:
                raise Find(f"a name of {len(name)} letters")
        except codes.BadName:
            pass
        with contextlib.suppress(Refused):
            sentences.sentence(given)
        quiz.mark(rng.choice(open_ones), given)
        return given

    return one


def cards() -> Target:
    """Files of cards, as thirty programs write them."""
    from sslviz.flashcards import incoming
    from sslviz.flashcards.imported import Refused

    seeds = [(path.read_bytes(), path.name) for path in sorted((DATA / "cards").iterdir())]

    def one(rng: random.Random) -> Any:
        (good, name), (other, _) = rng.choice(seeds), rng.choice(seeds)
        given = (
            spoilt(rng, good, other)
            if rng.random() < 0.5
            else misspelt(rng, good.decode("utf-8", "replace")).encode("utf-8", "surrogatepass")
        )
        with contextlib.suppress(Refused):
            incoming.from_file(given, name)
        return (given, name)

    return one


def progress() -> Target:
    """Progress that was saved before."""
    from sslviz.flashcards import progress_file
    from sslviz.flashcards.imported import Refused

    now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    review = {
        "card": "a-card",
        "at": "2026-05-03T10:00:00+00:00",
        "rating": 3,
        "state": 2,
        "due": "2026-05-09T10:00:00+00:00",
    }
    good = {
        "format": progress_file.FORMAT, "version": progress_file.VERSION,
        "settings": {"retention": 0.9, "zone": "Europe/Paris"},
        "reviews": [review, dict(review, at="2026-05-01T10:00:00Z")],
        "cards": [{"id": "own-1", "question": "Q?", "answer": "A"}],
        "lessons": {"masked_words": [0, 1]},
    }  # fmt: skip

    def one(rng: random.Random) -> Any:
        given = json.dumps(bent(rng, bent(rng, good)))
        if rng.random() < 0.2:
            given = misspelt(rng, given)
        with contextlib.suppress(Refused):
            progress_file.read(given, now)
        return given

    return one


def pictures() -> Target:
    """Pictures of six kinds."""
    from PIL import Image

    from sslviz.data.uploads import Refused
    from sslviz.data.uploads.pictures import picture

    image, seeds = Image.effect_mandelbrot((40, 30), (-3, -2.5, 2, 2.5), 20), []
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"):
        file = io.BytesIO()
        image.convert("P" if kind == "GIF" else "RGB").save(file, kind)
        seeds.append(file.getvalue())
    seeds.append((DATA / "red-left-blue-right.heic").read_bytes())

    def one(rng: random.Random) -> Any:
        given = spoilt(rng, rng.choice(seeds), rng.choice(seeds))
        try:
            found = picture(given, "photo.png")
            if found.ndim != 3 or found.shape[2] != 3:
                raise Find(f"a picture of shape {found.shape}")
        except (Refused, MemoryError):
            pass
        return given

    return one


def sounds() -> Target:
    """Sounds of three kinds."""
    import numpy as np
    import soundfile

    from sslviz.data.uploads import Refused
    from sslviz.data.uploads.sounds import sound

    t = np.arange(8000) / 8000
    tone, seeds = 0.3 * np.sin(2 * np.pi * 440 * t), []
    for kind in ("WAV", "FLAC", "OGG"):
        file = io.BytesIO()
        soundfile.write(file, tone, 8000, format=kind)
        seeds.append(file.getvalue())
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(1)
        writer.setframerate(11025)
        writer.writeframes(bytes(range(256)) * 40)
    seeds.append(file.getvalue())

    def one(rng: random.Random) -> Any:
        given = spoilt(rng, rng.choice(seeds), rng.choice(seeds))
        try:
            found = sound(given, "word.wav")
            if found.ndim != 1:
                raise Find(f"a sound of shape {found.shape}")
        except (Refused, MemoryError):
            pass
        return given

    return one


def clips() -> Target:
    """Clips, and animated pictures."""
    import av
    import numpy as np

    from sslviz.data.uploads import Refused
    from sslviz.data.uploads.clips import clip

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(12):
            frame = np.full((48, 64, 3), 20 * i, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(stream.encode())
    seeds = [file.getvalue(), (DATA / "cover-before-film.mp4").read_bytes()[:60_000]]

    def one(rng: random.Random) -> Any:
        given = spoilt(rng, rng.choice(seeds), rng.choice(seeds))
        try:
            found = clip(given, "walk.mp4")
            if found.ndim != 4:
                raise Find(f"a clip of shape {found.shape}")
        except (Refused, MemoryError):
            pass
        return given

    return one


def phones() -> Target:
    """What phones send to a room."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from sslviz.classroom.routes import Phones
    from sslviz.classroom.store import RoomStore
    from sslviz.flashcards.tokens import new_token

    folder = tempfile.mkdtemp()
    store = RoomStore(str(Path(folder) / "rooms.db"))
    code = store.open(new_token(), datetime.now(UTC))
    app = Starlette(routes=Phones(store).routes())
    client = TestClient(app, client=("10.0.0.7", 50_000), follow_redirects=False)
    client.post(f"/class/{code}/join", json={})

    def one(rng: random.Random) -> Any:
        what = rng.choice(("join", "vote", "name", "now", "question/1", "sound/1/0", "_/phone.js", "events"))
        path = f"/class/{rng.choice((code, 'AAAAAA'))}/{what}"
        if rng.random() < 0.4:
            path = "/class/" + "".join(c for c in misspelt(rng, path[7:]) if c.isprintable() and c not in "#?\\")[:300]
        body = json.dumps(bent(rng, rng.choice(({"question": 1, "choice": 0}, {"name": "Otter 12"}, {}))))
        kind = rng.choice(("application/json", "application/json", "text/plain"))
        method = "POST" if rng.random() < 0.6 else "GET"
        if what == "events" and method == "GET" and code in path:
            return path  # a stream, which has no end while its room is open
        answer = client.request(
            method, path, content=body.encode("utf-8", "surrogatepass"), headers={"content-type": kind}
        )
        if answer.status_code >= 500:
            raise Find(f"{answer.status_code} for {method} {path} {body}")
        return (method, path, body)

    return one


TARGETS: dict[str, tuple[Callable[[], Target], int]] = {  # with how many inputs of a million and more
    "links": (links, 350_000), "events": (events, 250_000), "made": (made, 150_000), "typed": (typed, 120_000),
    "cards": (cards, 60_000), "progress": (progress, 60_000), "pictures": (pictures, 30_000),
    "sounds": (sounds, 20_000), "phones": (phones, 10_000), "clips": (clips, 3_000),
}  # fmt: skip


def work(name: str, first: int, count: int, at: Any, finds: Any) -> None:
    """Hand a target its inputs, from number `first` on; `at` is the one at work, `finds` gets (number, what)."""
    target = TARGETS[name][0]()
    for number in range(first, count):
        at.value = number
        given: Any = None
        try:
            given = target(random.Random(f"{name} {number}"))
        except Exception as found:  # noqa: BLE001 - that is what is looked for
            finds.put((number, f"{type(found).__name__}: {found} {given!r}"[:500]))
    at.value = count


def quietly(*arguments: Any) -> None:
    """`work` in a process of its own, where decoders may say what they like."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    work(*arguments)


def fuzz(name: str, count: int) -> Iterator[str]:
    """Hand `count` inputs to a target; yields what was found, a line each."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        at, finds = context.Value("q", -1), manager.Queue()
        first = 0
        while first < count:
            process = context.Process(target=quietly, args=(name, first, count, at, finds))
            process.start()
            process.join()
            while not finds.empty():
                yield "{}: {}".format(*finds.get())
            if at.value >= count:
                return
            if at.value < first:
                raise RuntimeError(f"{name} could not be made ready")
            yield f"{at.value}: ended its process ({process.exitcode})"
            first = at.value + 1


def main(arguments: list[str]) -> int:
    """Fuzz the targets that are named, or all; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="which; without one, all")
    parser.add_argument("--count", type=int, help="inputs of each; without it, over a million in all")
    chosen = parser.parse_args(arguments)
    total = found = 0
    print("| What comes in | Inputs | Finds | Seconds |\n| :-- | --: | --: | --: |")
    for name in chosen.targets or TARGETS:
        count, began, finds = (
            chosen.count or TARGETS[name][1],
            time.monotonic(),
            list(fuzz(name, chosen.count or TARGETS[name][1])),
        )
        print(f"| {name} | {count:,} | {len(finds)} | {time.monotonic() - began:.0f} |", flush=True)
        for line in finds[:20]:
            print(f"<!-- {name} {line} -->", flush=True)
        total, found = total + count, found + len(finds)
    print(f"| all | {total:,} | {found} | |")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
