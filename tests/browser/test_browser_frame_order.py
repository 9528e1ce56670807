"""The card of Frame order in a browser: frames sorted by hand, the clip that then plays, and an own video."""

import io
from collections.abc import Callable
from typing import Any

import av
import numpy as np
from playwright.sync_api import Locator, expect
from visitor import Visitor

Visit = Callable[..., Visitor]


def look(part: Locator) -> dict[str, Any]:
    """The frames as they lie, what is said of them, and what the players show now."""
    return part.locator(".root").first.evaluate(
        """root => ({
          names: [...root.querySelectorAll('.frame .mark')].map(one => one.textContent),
          shown: [...root.querySelectorAll('.frame img')].map(one => one.src),
          label: root.querySelector('.chip.target')?.textContent,
          answer: root.querySelector('.chip.answer')?.textContent,
          plays: [...root.querySelectorAll('.player img')].map(one => one.src),
          players: [...root.querySelectorAll('figcaption b')].map(one => one.textContent) })"""
    )


def video(count: int = 36) -> bytes:
    """An MP4 of three seconds: a bright square walks to the right."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for i in range(count):
            pixels = np.full((90, 160, 3), 30, np.uint8)
            pixels[25:65, 3 * i : 3 * i + 40] = (240, 200, 60)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode())
    return file.getvalue()


def test_frames_are_swapped_and_the_label_follows(visit: Visit) -> None:
    visitor = visit("frame_order")
    card = visitor.part("sample_card")
    frames = card.locator("button.frame")
    expect(frames).to_have_count(4)
    first = look(card)
    assert sorted(first["names"]) == ["1", "2", "3", "4"]
    assert " ".join(first["names"]) in first["label"]
    # The mouse: on the screen at once, and then Python says what it means.
    frames.nth(0).click()
    frames.nth(2).click()
    assert look(card)["shown"][0] == first["shown"][2]
    visitor.until(lambda: " ".join(look(card)["names"]) in look(card)["label"], "the label follows the frames")
    assert look(card)["label"] != first["label"]
    # The keyboard, until they lie in order.
    while (now := look(card))["names"] != ["1", "2", "3", "4"]:
        place = next(i for i, name in enumerate(now["names"]) if name != str(i + 1))
        for one in (place, now["names"].index(str(place + 1))):
            frames.nth(one).focus()
            visitor.page.keyboard.press("Enter")
        visitor.until(lambda: " ".join(look(card)["names"]) in look(card)["label"], "the label follows the keyboard")
    assert "1 2 3 4 or 4 3 2 1" in look(card)["label"]
    # The players: both move, and stop.
    still = look(card)["plays"]
    card.get_by_role("button", name="Play").click()
    visitor.until(lambda: look(card)["plays"] != still, "the clip plays")
    card.get_by_role("button", name="Stop").click()
    expect(card.get_by_role("button", name="Play")).to_be_visible()
    assert visitor.check() == []


def test_the_visitor_sorts_before_the_model_does(visit: Visit) -> None:
    visitor = visit("frame_order")
    part = visitor.part("guess")
    part.scroll_into_view_if_needed()
    expect(part).not_to_contain_text("Model:")
    frames = part.locator("button.frame")
    assert look(part)["names"] == ["A", "B", "C", "D"]
    frames.nth(1).click()
    frames.nth(3).click()
    visitor.until(lambda: look(part)["names"] == ["A", "D", "C", "B"], "two frames change places")
    part.get_by_role("button", name="This is my order").click()
    expect(part).to_contain_text("You: A D C B")
    expect(part).to_contain_text("Model:")
    visitor.until(lambda: look(part)["players"] == ["By the model", "True order"], "both orders play")
    assert all("=" in name for name in look(part)["names"])
    shots = [look(part)["plays"]]
    visitor.until(lambda: shots.append(look(part)["plays"]) or shots[-1] != shots[0], "by themselves")
    part.get_by_role("button", name="Next one").click()
    visitor.until(lambda: look(part)["names"] == ["A", "B", "C", "D"], "another clip")
    assert visitor.check() == []


def test_an_own_video_is_labelled_and_answered_and_text_refused(visit: Visit) -> None:
    visitor = visit("frame_order")
    card = visitor.part("sample_card")
    first = look(card)
    card.get_by_role("button", name="Your own").click()
    visitor.give("walk.mp4", "video/mp4", video())
    expect(card).to_contain_text("your clip")
    visitor.until(lambda: look(card)["shown"] != first["shown"], "the frames of the video")
    own = look(card)
    assert len(set(own["shown"])) == 4
    assert own["answer"][0] in "✓✕"
    visitor.give("notes.mp4", "video/mp4", b"No film, only words.\n" * 50)
    expect(visitor.page.get_by_text("not a video that can be read here")).to_be_visible()
    assert look(card)["shown"] == own["shown"]  # what could be read stays
    visitor.page.keyboard.press("Escape")
    card.get_by_role("button", name="Another clip").click()
    visitor.until(lambda: look(card)["shown"] not in (first["shown"], own["shown"]), "a bundled clip")
    card.get_by_role("button", name="Back to your clip").click()
    visitor.until(lambda: look(card)["shown"] == own["shown"], "the own clip again")
    assert visitor.check() == []
