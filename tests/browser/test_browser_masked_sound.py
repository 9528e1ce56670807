"""The card of Masked sound in a browser: real sounds that play, a code that is clicked, an uploaded recording."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import soundfile
from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]

LOOK = """root => ({
  codes: [...root.querySelectorAll('.codes .chip')].map(one => one.textContent),
  pressed: [...root.querySelectorAll('[data-step]')].findIndex(one => one.getAttribute('aria-pressed') === 'true'),
  asked: root.querySelector('.panels .panel').textContent,
  sounds: [...root.querySelectorAll('audio')].map(one => one.src.slice(0, 200) + one.src.length),
  name: root.querySelector('h2').textContent,
})"""
PLAYS = """async audio => {
  audio.muted = true
  await audio.play()
  const [first, seconds] = [audio.currentTime, audio.duration]
  for (let i = 0; i < 60 && audio.currentTime <= first && !audio.ended; i++) await new Promise(go => setTimeout(go, 50))
  return [audio.currentTime > first || audio.ended, seconds, audio.controls]
}"""


def look(visitor: Visitor) -> dict[str, Any]:
    """What the card shows."""
    return visitor.part("sample_card").locator(".root").first.evaluate(LOOK)


HEAD = """async ([root, audio]) => {
  const [head, line] = ['.playhead', '.line.codes'].map(one => root.querySelector(one))
  audio.currentTime = audio.duration / 2
  await new Promise(go => audio.addEventListener('seeked', () => setTimeout(go, 200), { once: true }))
  const [at, box] = [head.getBoundingClientRect(), line.getBoundingClientRect()]
  const steps = root.querySelectorAll('[data-step]').length
  return { shown: (at.left - box.left) / box.width, meant: audio.currentTime / (0.02 * steps), height: at.height }
}"""


def test_a_line_stands_where_the_sound_is_that_plays(visit: Visit) -> None:
    root = visit("masked_sound").part("sample_card").locator(".root").first
    expect(root.locator(".playhead")).to_be_hidden()  # nothing was played yet
    for i in range(2):
        audio = root.locator("audio").nth(i)
        assert audio.evaluate(PLAYS)[0]
        audio.evaluate("audio => audio.pause()")
        expect(root.locator(".playhead")).to_be_visible()
        found = root.evaluate(f"root => ({HEAD})([root, root.querySelectorAll('audio')[{i}]])")
        assert abs(found["shown"] - found["meant"]) < 0.02
        assert 0.3 < found["shown"] < 0.7
        assert found["height"] > 150  # through all rows


def test_the_sounds_play_and_a_click_shows_what_is_behind_a_code(visit: Visit) -> None:
    visitor = visit("masked_sound")
    first = look(visitor)
    assert first["asked"].startswith(f"Step {first['pressed'] + 1}: which code stood here?")
    sounds = visitor.part("sample_card").locator("audio")
    expect(sounds).to_have_count(4)
    for i in range(2):  # the recording, and the same with silent spans
        playing, seconds, controls = sounds.nth(i).evaluate(PLAYS)
        assert playing
        assert controls
        assert 0.2 < seconds < 1.7
    covered = visitor.part("sample_card").locator(".codes .target")
    assert covered.count() >= 2
    covered.last.click()
    visitor.until(lambda: look(visitor)["asked"] != first["asked"], "the candidates at another step")
    now = look(visitor)
    assert now["codes"] == first["codes"]
    assert now["asked"].startswith(f"Step {now['pressed'] + 1}: ")
    assert now["sounds"][:2] == first["sounds"][:2]


def test_an_uploaded_recording_is_heard_and_a_bad_one_refused(visit: Visit) -> None:
    visitor = visit("masked_sound")
    t = np.arange(48_000) / 48_000
    wave = 0.4 * np.sin(2 * np.pi * (300 + 150 * np.sin(8 * t)) * t)
    file = io.BytesIO()
    soundfile.write(file, np.stack([wave, wave / 2], 1), 48_000, format="FLAC")
    body = visitor.popover("sample_card", "Your own")
    visitor.give("notes.wav", "audio/wav", b"only text " * 50)
    expect(body.get_by_text("is not a recording that can be read here")).to_be_visible()
    visitor.give("mine.flac", "audio/flac", file.getvalue())
    visitor.until(lambda: look(visitor)["name"].startswith("Your recording"), "the own recording on the card")
    playing, seconds, _ = visitor.part("sample_card").locator("audio").first.evaluate(PLAYS)
    assert playing
    assert abs(seconds - 1) < 0.01
    assert "mine" not in visitor.page.url
