"""Worksheets to print: the questions of a lesson with real data to work on, and the sheets with the answers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import TASKS
from sslviz.data import Credit, audio, text, video
from sslviz.data.stories import stories
from sslviz.ui.frame.lesson.course import Place
from sslviz.ui.frame.lesson.scene import Lesson
from sslviz.ui.frame.lesson.words import plain
from sslviz.ui.frame.picture_samples import DISTINCT, sample
from sslviz.ui.frame.pictures import data_address, set_credits
from sslviz.ui.frame.sound_samples import sample as recording
from sslviz.ui.frame.sounds import HOP, wave_points
from sslviz.ui.tasks.frame_order import clip

SENTENCES, RECORDING, PICTURES, STORY = (238, 1294), 208, 29, 400  # what is shown, by number
SHUFFLED = (4, 0, 6, 2)  # frames of a clip
SOUND = ("masked_sound", "hidden_units")
WORDS = ("pseudo_label", "masked_words", "next_word", "word_and_context")


def sheet(place: Place, lesson: Lesson, *, answers: bool) -> str:
    """One page to print: the questions of the scenes, with real data, and lines to write on; or the answers."""
    title = f"{place.title}: {'answers' if answers else 'worksheet'}"
    lines = "<p class='line'></p>" * 2
    items = "".join(
        f"<li><b>{escape(plain(one.ask))}</b>" + (f"<p>{escape(plain(one.expect))}</p>" if answers else lines) + "</li>"
        for one in lesson.scenes
        if one.ask
    )
    return (
        f"<div class='sheet'><h1>{escape(title)}</h1><p>Goal: {escape(place.goal)}</p>"
        f"{'' if answers else '<p>Name: ____________________  Date: __________</p>'}{_data(place.slug)}<ol>{items}</ol>"
        "<p class='noprint'>Print this page from your browser; the menu on top is left out.</p></div>"
    )


def credits(place: Place) -> Iterable[Credit]:  # noqa: A001 - it is what they are
    """Who made the data on a sheet."""
    if place.slug in WORDS:
        return text.corpus().credits
    if place.slug == "next_sentence":
        return stories().credits
    if place.slug in SOUND:
        return audio.credits()
    return video.CREDITS.values() if place.slug == "frame_order" else set_credits("pictures")


def _data(slug: str) -> str:
    """Real data to work on."""
    if slug in WORDS:
        return _lines(map(_gapped, SENTENCES))
    if slug == "next_sentence":
        told = stories().sentences
        return _lines([f"A: {told[STORY]}", f"B: {told[STORY + 1]}", f"C: {told[STORY + 2000]}"])
    if slug in SOUND:
        return _pictures([("a recording with a gap", _wave())], "100%")
    if slug == "frame_order":
        frames = clip.sample(0).frames[list(SHUFFLED)]
        return _pictures(zip("ABCD", frames, strict=True), "160", "JPEG")
    entry = TASKS.get(slug)
    clothes = entry is not None and entry.data[0] == "clothes_anywhere"
    this = sample(DISTINCT, "clothes", None) if clothes else sample(PICTURES, "mixed", None)
    return _pictures(list(zip(this.names, this.pixels, strict=True))[:4], "150")


def _gapped(number: int) -> str:
    """A held-out sentence with a gap in its middle."""
    corpus = text.corpus()
    words = corpus.sentences[int(corpus.held_out[number])].split()
    at = len(words) // 2
    return " ".join([*words[:at], "__________", *words[at + 1 :]])


def _wave() -> NDArray[np.uint8]:
    """(h, w, 3) the wave of a recording, a fifth of it left out."""
    samples = recording(RECORDING, None).samples
    points = np.array(wave_points(samples, len(samples) // HOP))
    heights = np.arange(100, -101, -2)[:, None]
    ink = (heights >= points[:, 0]) & (heights <= points[:, 1])
    gap = slice(2 * len(points) // 5, 3 * len(points) // 5)
    rows, columns = np.indices(ink.shape)
    stripes: NDArray[np.bool_] = np.asarray((rows + columns) % 9 < 2)
    ink[:, gap] = stripes[:, gap]
    return np.repeat(np.where(ink, 60, 255).astype(np.uint8)[..., None], 3, 2)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"<p class='gap_line'>{escape(line)}</p>" for line in lines)


def _pictures(named: Iterable[tuple[str, NDArray[Any]]], width: str, kind: str = "PNG") -> str:
    images = "".join(
        f"<figure><img src='{data_address(pixels, kind)}' alt='{escape(name)}' width='{width}'>"
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name, pixels in named
    )
    return f"<div class='sheet_pictures'>{images}</div>"
