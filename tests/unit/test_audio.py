"""The bundled recordings: seven voices, split by recording, no recording twice."""

import io
import wave

import numpy as np
import pytest

from sslviz.data import audio

CLIPS = audio.load()


def test_there_are_seven_voices_in_five_languages() -> None:
    assert len(CLIPS.clips) == 1078
    assert {clip.voice for clip in CLIPS.clips} == set(range(7))
    assert {clip.language for clip in CLIPS.clips} == set(range(5))
    both = {(audio.VOICES[clip.voice].file[:2], audio.LANGUAGES[clip.language]) for clip in CLIPS.clips}
    assert both == {
        ("en", "English"), ("es", "Spanish"), ("fr", "French"), ("it", "Italian"), ("ru", "Russian"),
    }  # fmt: skip


def test_every_clip_has_at_least_twelve_steps_and_at_most_79() -> None:
    steps = [(len(clip.samples) - 200) // 160 + 1 for clip in CLIPS.clips]
    assert min(steps) >= 12
    assert max(steps) <= 79
    assert all(not clip.samples.flags.writeable and clip.samples.dtype == np.int16 for clip in CLIPS.clips)


def test_no_recording_is_in_both_parts_nor_there_twice() -> None:
    assert sorted([*CLIPS.train, *CLIPS.held_out]) == list(range(len(CLIPS.clips)))
    assert len({clip.samples.tobytes() for clip in CLIPS.clips}) == len(CLIPS.clips)
    held_out = np.bincount([CLIPS.clips[i].voice for i in CLIPS.held_out])
    assert held_out.tolist() == [audio.HELD_OUT] * 7


def test_the_same_kind_of_word_is_in_both_parts() -> None:
    def digits(rows: np.ndarray) -> set[str]:
        return {CLIPS.clips[i].name for i in rows if CLIPS.clips[i].name.startswith("digits")}

    assert len(digits(CLIPS.train) & digits(CLIPS.held_out)) > 20


def test_an_unknown_set_is_named() -> None:
    with pytest.raises(ValueError, match="The sets are: voices"):
        audio.load("songs")


def test_a_sound_file_holds_what_went_in() -> None:
    samples = CLIPS.clips[0].samples
    with wave.open(io.BytesIO(audio.wav(samples))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert np.array_equal(np.frombuffer(file.readframes(99_999), "<i2"), samples)


def test_of_a_long_recording_the_loudest_part_is_taken() -> None:
    samples = np.ones(40_000, np.int16)
    samples[20_000:25_000] = 500
    part = audio.excerpt(samples)
    assert len(part) == audio.LONGEST
    assert (part == 500).sum() == 5000
    assert audio.excerpt(part) is part


def test_who_must_be_named_is_named() -> None:
    lines = " ".join(credit.line() for credit in audio.credits())
    for who in (
        "Allison Smith",
        "June Wallack",
        "Armelle Desjardins",
        "Michel Gutierrez",
        "Carlo Flora",
        "Maxim Topal",
    ):
        assert who in lines
    assert "made by Marco Menardi and his wife Paola Dal Zot, http://www.voip.ammdomus.it" in lines
