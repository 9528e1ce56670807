"""What a visitor types or uploads: used, or refused in one sentence, and never taken for code."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (90, 60)) -> bytes:
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8)).save(file, kind)
    return file.getvalue()


def huge_png(side: int = 20_000) -> bytes:
    """A PNG that says it is 20,000 pixels wide and high, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


# sentences


def test_an_own_sentence_is_labelled_and_answered(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "The dog is in the garden.")
    card = page.component("words_card")
    assert card["words"] == ["[CLS]", "The", "dog", "is", "in", "the", "garden", ".", "[SEP]"]
    assert all(card["known"])
    assert sum(target is not None for target in card["target"]) == 1
    assert not page.notes
    page.press("new_label")
    assert page.component("words_card")["words"] == card["words"]


def test_a_word_outside_the_vocabulary_is_shown_as_such(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "the qwertzish cat is here")
    card = page.component("words_card")
    place = card["words"].index("qwertzish")
    assert not card["known"][place]
    assert not card["can"][place]
    assert card["sees"][place] == "[UNK]"
    assert card["target"][place] is None


def test_a_sentence_of_unknown_words_only_goes_on(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "xyzzy plughz")
    card = page.component("words_card")
    assert card["target"] == [None] * 4
    assert card["formula"] is None
    page.set("text_input", "own", "").run()
    assert page.component("words_card")["words"][1] == "On"


def test_an_own_sentence_is_not_in_the_link(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "my secret sentence")
    assert "secret" not in str(page.param)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("   ", "Nothing was typed"),
        ("🙂🙂🙂", "no word"),
        ("?!,.", "no word"),
        ("word " * 10_000, "50,000 characters"),
        ("the cat " * 20, "40 words and marks"),
    ],
)
def test_a_sentence_that_cannot_be_used_gets_one_clear_sentence(visit: Callable, typed: str, said: str) -> None:
    page = visit("masked_words").set("text_input", "own", typed)
    (note,) = page.notes
    assert said in note
    assert "please type an English sentence of 1 to 30 words and marks" in note
    assert note.count(".") == 1
    assert page.component("words_card")["words"][1] == "On"  # the sentence from before
    page.press("play")
    assert page.play == "Pause"
    page.set("text_input", "own", "the cat is here")
    assert not page.notes


def test_an_empty_field_means_the_bundled_sentence(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "the cat").set("text_input", "own", "")
    assert page.component("words_card")["words"][1] == "On"
    assert not page.notes


HOSTILE = [
    "<img src=x onerror=alert(1)> the cat",
    "the </div><script>alert(1)</script> cat",
    "**the** `cat` [is](http://a.example) :red[here] $x$",
    "the cat's <b>hat</b> & <i>coat</i>",
]


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("depth", ["Basic", "Detailed"])
def test_nothing_typed_is_taken_for_code(visit: Callable, typed: str, depth: str) -> None:
    page = visit("masked_words", __depth=depth).set("text_input", "own", typed)
    html = page.html
    for sign in ("<img src=x", "<script", "<b>hat", "<i>coat", "onerror=alert"):
        assert sign not in html
    for sign in ("**the**", "`cat`", "[is](", ":red[", "$x$", "<img", "<script"):
        assert sign not in page.texts
    assert page.component("words_card")["words"][0] == "[CLS]"  # the card is data, and the browser writes it as text


def test_an_edit_from_the_browser_is_taken_over(visit: Callable) -> None:
    page = visit("masked_words")
    card = page.component("words_card")
    how = ["", *["hide"] * (len(card["words"]) - 2), ""]
    page.at.session_state["words_card"] = {"edit": {"id": card["id"], "how": how}}
    edited = page.run().component("words_card")
    assert edited["how"] == how
    assert edited["sees"][1:-1] == ["[MASK]"] * (len(how) - 2)
    assert "Chosen by your hand" in edited["share"]


@pytest.mark.parametrize("how", [[], ["hide"], ["hide"] * 99])
def test_an_edit_that_does_not_fit_is_left_out(visit: Callable, how: list[str]) -> None:
    page = visit("masked_words")
    card = page.component("words_card")
    page.at.session_state["words_card"] = {"edit": {"id": card["id"], "how": how}}
    assert page.run().component("words_card")["how"] == card["how"]


# pictures


def upload(page, name: str, raw: bytes):
    page.at.file_uploader(key="same_or_different_upload").upload(name, raw)
    return page.run()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_own_picture_takes_the_first_place(visit: Callable, kind: str) -> None:
    page = visit("same_or_different")
    before = page.component("pairs_card")
    upload(page, f"mine.{kind.lower()}", picture(kind))
    card = page.component("pairs_card")
    assert card["names"] == ["your picture", *before["names"][1:]]
    assert all(0 not in pair for pair in card["confusable"])
    assert not page.notes
    assert "your" not in str(page.param)
    page.press("new_label").press("play")


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("notes.png", b"only text, whatever the name says " * 10, "not a picture"),
        ("huge.png", huge_png(), "25 megapixels"),
        ("half.jpg", picture("JPEG", (400, 300))[:6000], "breaks off or is damaged"),
        ("empty.png", b"", "is empty"),
        ("large.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 5_500_000, "more than the 5 MB allowed"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a picture"),
        ("<img src=x onerror=alert(1)>.png", b"no", "not a picture"),
        ("**_www.a.example_**.png", b"no", "not a picture"),
    ],
    ids=["text", "huge", "half", "empty", "large", "svg", "tag", "markdown"],
)
def test_a_file_that_cannot_be_used_gets_one_clear_sentence(visit: Callable, name: str, raw: bytes, said: str) -> None:
    page = visit("same_or_different")
    before = page.component("pairs_card")
    upload(page, name, raw)
    (note,) = page.notes
    assert said in note
    assert "please choose a JPEG, PNG, WebP or GIF picture" in note
    assert page.component("pairs_card") == before
    for sign in ("<img", "**", "www.a.example", "_www"):
        assert sign not in page.at.warning[0].value
    assert "onerror" not in page.html
    page.at.file_uploader(key="same_or_different_upload").clear()
    assert not page.run().notes


def test_a_photo_is_shown_large_beside_what_the_model_sees(visit: Callable) -> None:
    page = visit("same_or_different", pictures="photos")
    assert len(page.at.get("image")) == 3
    assert page.component("pairs_card")["confusable"] == []


def test_the_switches_of_the_recipe_are_heeded(visit: Callable) -> None:
    names = ("crop", "flip", "jitter", "grey", "blur")
    page = visit("same_or_different", **dict.fromkeys(names, "false"))
    assert not page.notes
    for recipe in page.component("pairs_card")["steps"]:
        assert not any(step["applied"] for step in recipe if step["name"] != "crop")
        assert recipe[0]["text"].startswith("100%")


# guess


@pytest.mark.parametrize("slug", ["masked_words", "next_sentence", "same_or_different"])
def test_a_guess_is_scored_and_the_next_one_asked(visit: Callable, slug: str) -> None:
    page = visit(slug)
    pills = page.at.pills(key=f"{slug}_guess_0")
    assert "shown after yours" in page.texts
    assert "Pseudo-label:" not in page.texts
    pills.set_value(pills.options[0])
    page.run()
    assert "Pseudo-label:" in page.texts
    assert "Of 1:" in page.texts
    assert page.at.pills(key=f"{slug}_guess_0").disabled
    page.press(f"{slug}_next")
    assert f"{slug}_guess_1" in page.keys
    assert "Pseudo-label:" not in page.texts
