"""A visitor's own sample is kept for the visit: put aside, brought back, taken away; a file is read once and freed."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from sslviz.data import audio, uploads
from tests.pages.test_own_input import picture

OWN = {  # what of a page's card tells samples apart
    "masked_words": "words",
    "same_or_different": "names",
    "frame_order": "title",
    "masked_sound": "name",
    "next_sentence": "a",
}


def card(page: Any) -> dict[str, Any]:
    """What the page's card was sent."""
    (key,) = [str(one.key) for one in page.at.get("bidi_component") if str(one.key).endswith("_card")]
    return page.component(key)


def clip() -> bytes:
    file, ground = io.BytesIO(), np.zeros((12, 36, 64, 3), np.uint8)
    for i, frame in enumerate(ground):
        frame[8:24, 4 * i : 4 * i + 12] = 255
    first, *others = map(Image.fromarray, ground)
    first.save(file, "GIF", save_all=True, append_images=others, duration=100)
    return file.getvalue()


def give(page: Any, again: bool = False) -> None:
    match page.slug:
        case "masked_words":
            page.set("text_input", "own", "The cat is here." if again else "The dog is in the garden.")
        case "next_sentence":
            page.set("text_input", "own_a", "The king had a son." if again else "The king had a daughter.")
            page.set("text_input", "own_b", "She was fond of the garden.")
        case "same_or_different" | "two_views":
            page.upload("mine.png", picture())
        case "frame_order":
            page.upload("mine.gif", clip())
        case "masked_sound":
            page.upload("mine.wav", audio.wav((8000 * np.sin(np.arange(8000) / 5)).astype(np.int16)))


@pytest.mark.parametrize("slug", OWN)
def test_another_sample_puts_the_own_one_aside_and_one_press_brings_it_back(visit: Callable, slug: str) -> None:
    page, name = visit(slug), OWN[slug]

    def shown() -> Any:
        return card(page)[name]

    bundled = shown()
    assert "own_again" not in page.keys
    give(page)
    own = shown()
    assert own != bundled
    page.press("another_sample")
    assert shown() not in (own, bundled)
    page.press("own_again")
    assert (
        shown() == own if slug != "same_or_different" else shown()[0] == own[0]
    )  # of six pictures one is the visitor's
    assert "own_again" not in page.keys
    page.set("number_input", "sample", 3)  # so does choosing a number
    assert shown() != own
    give(page, again=True)  # and a new one is in view at once
    assert "own_again" not in page.keys


@pytest.mark.parametrize("slug", OWN)
def test_the_own_sample_is_kept_while_another_page_is_open(visit: Callable, slug: str) -> None:
    page, name = visit(slug), OWN[slug]
    give(page)
    own = card(page)[name]
    page.go("word_and_context").go(slug)
    assert card(page)[name] == own
    assert not page.notes


def test_an_own_beginning_is_kept_while_another_page_is_open(visit: Callable) -> None:
    page = visit("next_word").set("text_input", "begins", "The cat")
    page.go("masked_words").go("next_word")
    assert page.component("write_view")["begins"] == ["The", "cat"]


@pytest.mark.parametrize("slug", ["masked_words", "next_word", "word_and_context"])
def test_what_of_an_own_sentence_does_not_go_in_is_said(visit: Callable, slug: str) -> None:
    page = visit(slug).set("text_input", "own", "The <b>cat</b> is 😀 here")
    assert "left out: &lt; &gt; &lt;/ &gt; 😀." in page.html
    page.set("text_input", "own", f"The cat {'z' * 400} is here.")
    assert "left out" not in page.html
    assert "A word of 400 letters is shown by its first 24." in page.html
    assert "z" * 25 not in str(card(page) | {"id": ""})
    page.press("another_sample")
    assert "A word of 400" not in page.html


def test_what_of_an_own_pair_or_beginning_does_not_go_in_is_said(visit: Callable) -> None:
    page = visit("next_sentence").set("text_input", "own_a", "The “king” came.")
    page.set("text_input", "own_b", f"He was {'z' * 400}.")
    assert "A: Only words and the marks . , ? ! go in; left out: “ ”." in page.html
    assert "B: A word of 400 letters" in page.html
    assert "z" * 25 not in str(card(page) | {"id": ""})
    page = visit("next_word").set("text_input", "begins", "The <i>cat</i> " + "z" * 400)
    assert "left out: &lt; &gt; &lt;/ &gt;." in page.html
    assert page.component("write_view")["begins"] == ["The", "i", "cat", "i", "z" * 24]


def test_the_own_picture_is_taken_away(visit: Callable) -> None:
    page = visit("same_or_different")
    before = card(page)
    page.upload("mine.png", picture())
    assert "“mine.png” is in view" in page.texts.replace("\\", "")
    page.press("same_or_different_take_away")
    assert card(page)["names"] == before["names"]
    assert "mine" not in page.texts


def test_a_file_is_decoded_once_and_freed_at_once(visit: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded, freed, decode = [], [], uploads.decode
    monkeypatch.setattr(uploads, "decode", lambda *given: (decoded.append(given[2]), decode(*given))[1])
    monkeypatch.setattr(
        MemoryUploadedFileManager, "remove_file", lambda _, session_id, file_id: freed.append((session_id, file_id))
    )
    page = visit("same_or_different").upload("mine.png", picture())
    page.press("new_label").press("new_label").run()
    assert decoded == ["mine.png"]
    assert len(freed) == 1
    page.upload("notes.png", b"no picture")
    page.run().run()
    assert decoded == ["mine.png", "notes.png"]
    assert len(freed) == 2
    assert card(page)["names"][0] == "your picture"  # what was good stays


@pytest.mark.parametrize(("slug", "most"), [("same_or_different", 5), ("frame_order", 20), ("masked_sound", 10)])
def test_the_field_and_the_refusal_name_the_same_limit(visit: Callable, slug: str, most: int) -> None:
    page = visit(slug)
    (field,) = page.at.file_uploader
    assert field.proto.max_upload_size_mb == most
    assert "MB" not in field.label  # Streamlit writes it below
    (note,) = page.upload("large", bytes(most * uploads.MEGABYTE + 1)).notes
    assert f"more than the {most} MB allowed" in note


@pytest.mark.parametrize("slug", ["same_or_different", "two_views", "frame_order", "masked_sound"])
def test_that_a_model_may_not_know_the_like_of_an_own_sample_is_said(visit: Callable, slug: str) -> None:
    page = visit(slug)
    assert "new to this model" not in f"{card(page)}{page.texts}"
    give(page)
    assert "like yours may be new to this model: it was trained on" in f"{card(page)}{page.texts}"
    page.press("another_sample")
    assert "like yours" not in f"{card(page)}{page.texts}"
    page.press("own_again").untrained()  # untrained: everything is
    assert "new to this model" not in f"{card(page)}{page.texts}"


@pytest.mark.parametrize(
    ("address", "lends"),
    [
        ("http://localhost:8501/masked_sound", True),
        ("http://127.0.0.1:8501", True),
        ("http://[::1]:8501/", True),
        ("https://school.example/masked_sound", True),
        ("http://192.168.1.20:8501/masked_sound", False),
        ("http://school.example/", False),
        ("http://localhost.example/", False),
        (None, True),
    ],
)
def test_a_microphone_is_offered_where_a_browser_lends_it(
    visit: Callable, monkeypatch: pytest.MonkeyPatch, address: str | None, lends: bool
) -> None:
    monkeypatch.setattr(type(st.context), "url", address)
    page = visit("masked_sound")
    assert bool(page.at.get("audio_input")) == lends
    assert ("lends its microphone only" in page.texts) != lends
    assert page.at.file_uploader
