"""Masked sound: codes on the card are the label, candidates are those of training, sounds are those of the codes."""

import base64
import dataclasses
import io
import re
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile

from sslviz.catalogue.masked_sound import MaskedSoundOptions
from sslviz.data import audio
from sslviz.training.config import default
from sslviz.training.results.run_view import untrained
from sslviz.ui.frame import few_labels, sound_samples, sounds
from sslviz.ui.tasks.masked_sound import card as drawn
from sslviz.ui.tasks.masked_sound import codes, guess
from sslviz.ui.tasks.masked_sound import page as page_of
from tests.same_card import same_card

SLUG = "masked_sound"
VIEW = untrained(default(SLUG))
OPTIONS = MaskedSoundOptions()


def said(number: int = 6, seed: int = 0) -> tuple[sound_samples.Sample, codes.ModelAnswer]:
    this = sound_samples.sample(number, None)
    return this, codes.answer(VIEW, codes.label(this.samples, seed, VIEW, OPTIONS))


def heard(address: str) -> np.ndarray:
    """The samples behind a data: address."""
    kind, data = address.split(",", maxsplit=1)
    assert kind == "data:audio/wav;base64"
    with wave.open(io.BytesIO(base64.b64decode(data))) as file:
        assert file.getframerate() == 8000
        return np.frombuffer(file.readframes(10**6), "<i2")


def spoken(seconds: float = 1.2, rate: int = 44_100, kind: str = "OGG") -> bytes:
    """A sound that goes up and down."""
    t = np.arange(round(seconds * rate)) / rate
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.3 * np.sin(2 * np.pi * (300 + 200 * np.sin(9 * t)) * t), rate, format=kind)
    return buffer.getvalue()


# the card


def test_the_page_opens_on_a_word_in_english(visit: Callable) -> None:
    """Whoever reads the page understands what is covered."""
    page, data = visit("masked_sound"), audio.load()
    clip = data.clips[data.held_out[page.at.number_input(key="masked_sound_sample").value]]
    assert audio.LANGUAGES[clip.language] == "English"
    assert clip.name.split()[-1] == "yesterday"
    assert len(clip.samples) >= 0.8 * audio.RATE
    assert clip.title in page.component("masked_sound_card")["name"]


def test_every_covered_step_has_a_code_and_an_answer(visit: Callable) -> None:
    card = visit(SLUG).component("masked_sound_card")
    steps = card["steps"]
    assert len(steps) * 160 + 40 <= len(heard(card["sounds"][0]["source"]))
    assert 0 < sum(step["masked"] for step in steps) < len(steps)
    for step in steps:
        assert step["masked"] == (step["answer"] is not None)
        assert len(step["code"]) == 2
        assert all(0 <= entry < 16 for entry in step["code"])
        if step["answer"]:
            assert (step["answer"]["code"] == step["code"]) == step["answer"]["right"]
    right = sum(step["answer"]["right"] for step in steps if step["answer"])
    assert card["score"].startswith(f"{right} of {sum(step['masked'] for step in steps)} right")


def test_what_is_covered_is_silent_and_the_rest_as_it_was(visit: Callable) -> None:
    card = visit(SLUG).component("masked_sound_card")
    whole, silent = (heard(one["source"]) for one in card["sounds"])
    masked = np.repeat([step["masked"] for step in card["steps"]], 160)
    assert not silent[: len(masked)][masked].any()
    assert np.array_equal(silent[: len(masked)][~masked], whole[: len(masked)][~masked])
    assert np.array_equal(whole, sound_samples.sample(page_of.PAGE.first, None).samples)


def test_another_label_changes_spans_and_another_sample_all(visit: Callable) -> None:
    page = visit(SLUG)
    first = page.component("masked_sound_card")
    second = page.press("new_label").component("masked_sound_card")
    assert first["name"] == second["name"]
    assert first["wave"] == second["wave"]
    assert [s["masked"] for s in first["steps"]] != [s["masked"] for s in second["steps"]]
    third = page.press("another_sample").component("masked_sound_card")
    assert third["name"] != second["name"] or third["wave"] != second["wave"]


def test_candidates_are_the_covered_steps_that_training_would_take() -> None:
    _, one = said()
    step = int(one.asked[3])
    panel = drawn.asked(one, step)
    rows = panel["rows"]
    assert sum(row["kind"] == "target" for row in rows) == 1
    assert sum(row["picked"] for row in rows) == 1
    numbers = [int(row["from"].split()[1]) - 1 for row in rows if row["from"] != "here"]
    assert step not in numbers
    assert one.masked[numbers].all()
    assert sum(row["p"] for row in rows) == pytest.approx(1, abs=1e-5)
    for row in rows:
        if row["gone"]:
            assert row["code"] == one.codes[step].tolist()
            assert row["p"] == 0
    count = sum(not row["gone"] for row in rows)
    assert panel["hint"] == f"guessing: 1 of {count}"


def test_a_step_that_is_heard_has_no_question() -> None:
    _, one = said()
    step = int(np.flatnonzero(~one.masked)[0])
    panel = drawn.asked(one, step)
    assert panel["rows"] == []
    assert "nothing is asked" in panel["hint"]


def test_what_sounds_like_a_code_has_that_code() -> None:
    _, one = said()
    step = int(one.asked[0])
    book = codes.book(VIEW)
    found = book.where(one.plain[step])
    assert len(found)
    places = sound_samples.examples(found)
    assert len({clip for clip, _ in places}) == len(places) <= sound_samples.EXAMPLES
    for clip, at in places:
        assert (book.codes[clip, at] == one.plain[step]).all()
    panel = drawn.behind(VIEW, one, step)
    assert panel["code"] == one.codes[step].tolist()
    for sound in panel["sounds"]:
        assert 1000 < len(heard(sound["source"])) <= 20_000


def test_the_book_has_the_codes_of_the_card() -> None:
    this, one = said(17)
    clip = int(audio.load().held_out[17])
    assert np.array_equal(codes.book(VIEW).codes[clip, : len(one.plain)], one.plain)
    assert (codes.book(VIEW).codes[clip, len(one.plain) :] == -1).all()
    assert this.title == audio.load().clips[clip].title


def test_the_book_of_a_run_that_rests_is_of_the_weights_in_view() -> None:
    """While it goes on, a book is kept from evaluation to evaluation; a copy elsewhere must then show the same."""
    other = dataclasses.replace(default(SLUG), seed=1)
    early = dataclasses.replace(VIEW, id="one that goes on", config=other, status="playing", step=50, frames=[40])
    kept = codes.book(early)
    late = dataclasses.replace(early, step=70, config=VIEW.config)
    assert codes.book(late) is kept
    rests = codes.book(dataclasses.replace(late, status="paused"))
    assert np.array_equal(rests.codes, codes.book(VIEW).codes)
    assert not np.array_equal(rests.codes, kept.codes)


def test_usage_is_counted_over_held_out_recordings() -> None:
    book = codes.book(VIEW)
    usage = book.usage()
    assert usage.shape == (2, 16)
    assert usage.sum(1) == pytest.approx([1, 1])
    assert 2 <= book.in_use() <= 32
    alike = sound_samples.Book(np.zeros_like(book.codes), 16)
    assert alike.in_use() == pytest.approx(2)  # collapsed: one entry of each group


def test_the_formulas_add_up(visit: Callable) -> None:
    formulas = visit(SLUG, __depth="Detailed").component("masked_sound_card")["formula"]
    ((p, loss),) = re.findall(r"−ln ([\d.e-]+) = ([\d.]+)", formulas[0]["numbers"]["said"])
    assert -np.log(float(p)) == pytest.approx(float(loss), abs=0.02)
    ((size, used, unused),) = re.findall(r"\((\d+) − ([\d.]+)\) / \d+ = ([\d.]+)", formulas[1]["numbers"]["said"])
    assert (float(size) - float(used)) / float(size) == pytest.approx(float(unused), abs=0.01)


# own sound


def test_an_own_recording_is_labelled_and_answered(visit: Callable) -> None:
    page = visit(SLUG).upload("mine.ogg", spoken())
    card = page.component("masked_sound_card")
    assert not page.notes
    assert card["name"] == "Your recording"
    assert card["seconds"] == pytest.approx(1.2, abs=0.03)  # OGG comes in whole blocks
    assert any(step["answer"] for step in card["steps"])
    assert "own" not in str(page.param)


def test_of_a_long_recording_the_loudest_part_is_used(visit: Callable) -> None:
    card = visit(SLUG).upload("long.wav", spoken(5, 16_000, "WAV")).component("masked_sound_card")
    assert card["seconds"] == pytest.approx(1.6)
    assert len(card["steps"]) == 79


def silence() -> bytes:
    return audio.wav(np.zeros(8000, np.int16))


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("silence.wav", silence(), "is silent"),
        ("talk.wav", audio.wav(np.ones(40 * 8000, np.int16)), "more than 30 seconds"),
        ("notes.mp3", b"only text, whatever the name says " * 10, "not a recording"),
        ("empty.wav", b"", "is empty"),
        ("click.wav", audio.wav(np.full(900, 9000, np.int16)), "lasts 0.11 s"),
        ("**<b>_x_</b>**.wav", b"no", "not a recording"),
    ],
    ids=["silent", "long", "text", "empty", "short", "markup"],
)
def test_a_recording_that_cannot_be_used_gets_one_clear_sentence(
    visit: Callable, name: str, raw: bytes, words: str
) -> None:
    page = visit(SLUG)
    before = page.component("masked_sound_card")
    page.upload(name, raw)
    (note,) = page.notes
    assert words in note
    assert "please choose a WAV, FLAC, OGG, MP3, M4A or WebM recording" in note
    assert same_card(page.component("masked_sound_card"), before)
    assert "**" not in page.at.warning[0].value


# guess, words


def test_a_question_has_four_sounds_and_one_is_right() -> None:
    for number in range(5):
        gap = guess.gap_of(VIEW, number)
        assert len(gap.steps) == 4
        i = gap.answers.asked.tolist().index(gap.steps[gap.right])
        assert gap.answers.steps[i, 0] == gap.steps[gap.right]
        assert set(gap.steps) <= set(gap.answers.steps[i].tolist())
        assert min(abs(a - b) for i, a in enumerate(gap.steps) for b in gap.steps[:i]) >= guess.APART
        of_steps = gap.answers.codes[list(gap.steps)]
        assert ((of_steps == of_steps[gap.right]).all(1)).sum() == 1
        assert gap.answers.masked[list(gap.steps)].all()


def test_who_made_the_recordings_stands_on_the_page(visit: Callable) -> None:
    page = visit(SLUG)
    shown = page.html + page.texts + " ".join(text.value for text in page.at.text)
    for who in ("Allison Smith", "June Wallack", "Armelle Desjardins", "Carlo Flora", "Maxim Topal"):
        assert who in shown
    assert sound_samples.MENARDI in [text.value for text in page.at.text]
    assert "Marco Menardi and his wife Paola Dal Zot, http://www.voip.ammdomus.it" in sound_samples.MENARDI
    assert "src='http" not in page.html


def test_what_few_labels_show_is_said_with_the_numbers_of_the_run() -> None:
    def rows(*means: float) -> list[list[float]]:
        return [[mean, mean] for mean in means]

    found = {"labels": [1, 2, 5], "chance": 0.14, "trained": rows(0.5, 0.6, 0.7), "random": rows(0.4, 0.5, 0.6)}
    figures: Any = {"raw_name": "raw log-mel means", "few_labels": {"voice": {**found, "raw": rows(0.3, 0.4, 0.5)}}}
    text = few_labels.few_meaning(figures, page_of.WHY)
    assert "with 5 labels a class **70%**, random trunk 60%, raw log-mel means 50%" in text
    assert "above raw log-mel means with 1 and 2 and 5 labels a class" in text
    assert "Why" not in text
    figures["few_labels"]["voice"]["raw"] = rows(0.3, 0.65, 0.75)
    text = few_labels.few_meaning(figures, page_of.WHY)
    assert "above raw log-mel means with 1 label a class" in text
    assert "same in all of them" in text


def test_pictures_of_a_gap_have_the_size_of_their_steps() -> None:
    mel = np.random.default_rng(0).normal(size=(20, 32)).astype(np.float32)
    masked = np.arange(20) > 9
    for step in (0, 10, 19):
        assert sounds.gap_picture(mel, masked, step).shape == (128, 180, 3)
        assert sounds.piece_picture(mel, step).shape == (128, 63, 3)
