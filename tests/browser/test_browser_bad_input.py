"""What cannot be used gets one clear sentence, and the page goes on."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import expect
from visitor import Visitor

Visit = Callable[..., Visitor]


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)).save(file, "JPEG")
    return file.getvalue()


def bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A PNG of a few bytes that says it has 400 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


FILES = {
    "a text named .png": ("notes.png", b"these are only words, not a picture\n" * 20, "is not a picture"),
    "a truncated JPEG": ("photo.jpg", jpeg()[:4000], "damaged"),
    "a PNG of 20,000 × 20,000": ("huge.png", bomb(), "25 megapixels"),
    "an empty file": ("empty.png", b"", "empty"),
}


def test_files_that_are_no_pictures(visit: Visit) -> None:
    """One after the other on one page, which then still takes a good one."""
    visitor = visit("same_or_different")
    visitor.popover("sample_card", "Your own")
    names = visitor.part("sample_card").locator(".column .name")
    before = names.all_inner_texts()
    for called, (name, content, says) in FILES.items():
        visitor.give(name, "image/png", content)
        alert = visitor.page.locator("[data-testid=stAlert]").filter(has_text=says)
        expect(alert).to_be_visible()
        text = alert.inner_text()
        assert "please choose" in text, f"{called}: {text}"
        assert text.count(". ") == 0, f"{called}: one sentence, not {text}"
        assert names.all_inner_texts() == before
    visitor.give("good.jpg", "image/jpeg", jpeg())
    expect(names.first).to_have_text("your picture")
    expect(visitor.page.locator("[data-testid=stAlert]")).to_have_count(0)


SENTENCES = {
    "blanks": ("   ", "Nothing was typed"),
    "10,000 words": ("word " * 10_000, "50,000 characters"),
    "only emoji": ("😀🎉🐈", "no word"),
    "only signs": ("?! ... !!", "no word"),
    "31 words": ("cat " * 31, "31 words"),
}


def test_texts_that_are_no_sentences(visit: Visit) -> None:
    visitor = visit("masked_words")
    box = visitor.popover("sample_card", "Your own").get_by_role("textbox")
    before = [word["word"] for word in visitor.words()]
    for called, (text, says) in SENTENCES.items():
        box.fill(text)
        box.press("Enter")
        alert = visitor.page.locator("[data-testid=stAlert]").filter(has_text=says)
        expect(alert).to_be_visible()
        shown = alert.inner_text()
        assert "please type" in shown, f"{called}: {shown}"
        assert len(shown) < 250, f"{called}: {shown}"
        assert [word["word"] for word in visitor.words()] == before
    box.fill("the dog is happy")
    box.press("Enter")
    visitor.until(lambda: any(word["word"] == "dog" for word in visitor.words()), "a good sentence afterwards")
    expect(visitor.page.locator("[data-testid=stAlert]")).to_have_count(0)


RUBBISH = {
    "masked_words": {
        "masked_words_seed=banana": "Run seed",
        "masked_words_steps=-5": "Budget in steps",
        "masked_words_share=7": "Share of words chosen",
        "masked_words_masking=sideways": "Masks",
        "masked_words_sample=99999999999999999999": "Sentence number",
        "masked_words_wings=2": "wings",
        "depth=Profound": "Depth",
    },
    "next_sentence": {
        "next_sentence_seed=-1": "Run seed",
        "next_sentence_steps=2e4": "Budget in steps",
        "next_sentence_masks=maybe": "Hide words, too",
        "next_sentence_marks=1": "Mark words that both",
        "next_sentence_sample=1627": "Pair number",
        "next_sentence_recording=endless": "Recorded run",
        "next_sentence_own_a=hello": "own_a",
    },
    "next_word": {
        "next_word_seed=1.5": "Run seed",
        "next_word_batch=1": "Batch size",
        "next_word_top_k=0": "Top-k",
        "next_word_temperature=-inf": "Temperature",
        "next_word_write_seed=10000": "Writing seed",
        "next_word_sample=2000": "Sentence number",
        "next_word_data=<b>": "Data",
    },
    "word_and_context": {
        "word_and_context_seed=0x10": "Run seed",
        "word_and_context_way=backwards": "Way",
        "word_and_context_window=6": "Widest window",
        "word_and_context_negatives=2.5": "Noise words",
        "word_and_context_exponent=-1": "Exponent",
        "word_and_context_threshold=0": "Threshold",
        "word_and_context_sample=3625": "Sentence number",
        "word_and_context_data=novels": "Data",
    },
    "same_or_different": {
        "same_or_different_lr=nan": "Learning rate",
        "same_or_different_tau=inf": "Temperature",
        "same_or_different_crop=perhaps": "Crop",
        "same_or_different_data=/etc/passwd": "Data",
        "same_or_different_pictures=🐈": "Pictures",
        "same_or_different_label_seed=1e400": "Label seed",
        "same_or_different_device=toaster": "Device",
    },
}


def test_rubbish_in_the_link(visit: Visit, slug: str) -> None:
    """What is out of range is named in a note, one sentence each, and the page is drawn with what holds instead."""
    visitor = visit(f"{slug}?{'&'.join(RUBBISH[slug])}&hide=nonsense,%00&{slug}_run=%3Cscript%3E&unknown=1")
    alerts = visitor.page.locator("[data-testid=stAlert]")
    expect(alerts.filter(has_text="instead").first).to_be_visible()
    text = " ".join(alerts.all_inner_texts())
    for link, name in RUBBISH[slug].items():
        assert name in text, f"{link} is not named in: {text}"
    expect(visitor.mode).to_have_text("◷ recorded")
    visitor.press("another_sample")
    visitor.link_becomes(f"{slug}_seed", None)
