"""What a visitor types or uploads: used, or refused in one sentence, and never taken for code."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.same_card import same_card
from tests.sentences import UNUSABLE


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
    card = page.component("masked_words_card")
    assert card["words"] == ["[CLS]", "The", "dog", "is", "in", "the", "garden", ".", "[SEP]"]
    assert all(card["known"])
    assert sum(target is not None for target in card["target"]) == 1
    assert not page.notes
    page.press("new_label")
    assert page.component("masked_words_card")["words"] == card["words"]


def test_a_word_outside_the_vocabulary_is_shown_as_such(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "the qwertzish cat is here")
    card = page.component("masked_words_card")
    place = card["words"].index("qwertzish")
    assert not card["known"][place]
    assert not card["can"][place]
    assert card["sees"][place] == "[UNK]"
    assert card["target"][place] is None


def test_a_sentence_of_unknown_words_only_goes_on(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "xyzzy plughz")
    card = page.component("masked_words_card")
    assert card["target"] == [None] * 4
    assert card["formula"] is None
    page.set("text_input", "own", "").run()
    assert page.component("masked_words_card")["words"][1] == "I"


def test_an_own_sentence_is_not_in_the_link(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "my secret sentence")
    assert "secret" not in str(page.param)


@pytest.mark.parametrize(("typed", "said"), UNUSABLE)
def test_a_sentence_that_cannot_be_used_gets_one_clear_sentence(visit: Callable, typed: str, said: str) -> None:
    page = visit("masked_words").set("text_input", "own", typed)
    (note,) = page.notes
    assert said in note
    assert "please type an English sentence of 1 to 30 words and marks" in note
    assert note.count(".") == 1
    assert page.component("masked_words_card")["words"][1] == "I"  # the sentence from before
    page.train()
    assert page.play == "Pause"
    page.set("text_input", "own", "the cat is here")
    assert not page.notes


def test_an_empty_field_means_the_bundled_sentence(visit: Callable) -> None:
    page = visit("masked_words").set("text_input", "own", "the cat").set("text_input", "own", "")
    assert page.component("masked_words_card")["words"][1] == "I"
    assert not page.notes


@pytest.mark.parametrize("slug", ["masked_words", "next_sentence", "next_word", "word_and_context"])
def test_a_field_for_a_sentence_counts_no_characters_and_cuts_nothing(visit: Callable, slug: str) -> None:
    """Words are limited, not characters; a limit of the field would be shown as "114/100000", and cut in silence."""
    page = visit(slug)
    assert page.at.text_input
    assert not any(field.proto.max_chars for field in page.at.text_input)
    first, *_ = [field for field in page.at.text_input if "own" in str(field.key)]
    first.set_value("a " * 75_000)
    page.run()
    assert "150,000 characters" in " ".join(page.notes)


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
    assert page.component("masked_words_card")["words"][0] == "[CLS]"  # data: the browser writes it as text


def test_an_edit_from_the_browser_is_taken_over(visit: Callable) -> None:
    page = visit("masked_words")
    card = page.component("masked_words_card")
    how = ["", *["hide"] * (len(card["words"]) - 2), ""]
    page.at.session_state["masked_words_card:made"] = {"id": card["id"], "nth": 1, "made": how}
    edited = page.run().component("masked_words_card")
    assert edited["how"] == how
    assert edited["sees"][1:-1] == ["[MASK]"] * (len(how) - 2)
    assert "Chosen by your hand" in edited["share"]


@pytest.mark.parametrize("how", [[], ["hide"], ["hide"] * 99, "hide", None, {"hide": 1}, [1] * 9, ["away"] * 9])
def test_an_edit_that_does_not_fit_is_left_out(visit: Callable, how: object) -> None:
    page = visit("masked_words")
    card = page.component("masked_words_card")
    page.at.session_state["masked_words_card:made"] = {"id": card["id"], "nth": 1, "made": how}
    assert page.run().component("masked_words_card")["how"] == card["how"]


# pictures


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_an_own_picture_takes_the_first_place(visit: Callable, kind: str) -> None:
    page = visit("same_or_different")
    before = page.component("same_or_different_card")
    page.upload(f"mine.{kind.lower()}", picture(kind))
    card = page.component("same_or_different_card")
    assert card["names"] == ["your picture", *before["names"][1:]]
    assert all(0 not in pair for pair in card["confusable"])
    assert not page.notes
    assert "your" not in str(page.param)
    page.press("new_label").train()


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
    before = page.component("same_or_different_card")
    page.upload(name, raw)
    (note,) = page.notes
    assert said in note
    assert "please choose a JPEG, PNG, WebP, GIF, HEIC or AVIF picture" in note
    assert same_card(page.component("same_or_different_card"), before)
    for sign in ("<img", "**", "www.a.example", "_www"):
        assert sign not in page.at.warning[0].value
    assert "onerror" not in page.html
    assert not page.upload("mine.png", picture()).notes


def test_a_photo_is_shown_large_beside_what_the_model_sees(visit: Callable) -> None:
    page = visit("same_or_different", pictures="photos")
    assert len(page.at.get("image")) == 3
    assert page.component("same_or_different_card")["confusable"] == []


def test_the_switches_of_the_recipe_are_heeded(visit: Callable) -> None:
    names = ("crop", "flip", "jitter", "grey", "blur")
    page = visit("same_or_different", **dict.fromkeys(names, "false"))
    assert not page.notes
    for recipe in page.component("same_or_different_card")["steps"]:
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
