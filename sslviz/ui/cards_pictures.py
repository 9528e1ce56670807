"""Live samples: a task makes a pseudo-label on the spot, and one of a few choices is that very label.

Importing this needs no torch; drawing does, since the label maker is the one that training runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sslviz.catalogue import READY
from sslviz.ui import startup

LEAST_LETTERS, CHOICES = 3, 4
SHORTEST, LONGEST = 5, 13  # words of a sentence that is asked about
Word = tuple[str, str]  # a text, and what it is: "", hidden, asked, centre, dropped, name


@dataclass(frozen=True)
class Picture:
    """One sample with its label.

    Attributes:
        ask: what is asked.
        choices: what to choose from.
        right: number of the choice that is the pseudo-label.
        because: how the task made it.
        text: what there is to see, in words.
        lines: of (text, kind).
        images: (name, data address).
        credit: who made the data.
    """

    ask: str
    choices: tuple[str, ...]
    right: int
    because: str
    text: str = ""
    lines: tuple[tuple[Word, ...], ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    credit: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the browser."""
        return asdict(self)


def can(slug: str) -> bool:
    """Whether this task can draw samples here: it has a page, and a drawing, and torch could be imported."""
    return slug in READY and slug in _DRAWN and not startup.failed()


@lru_cache(maxsize=128)
def draw(slug: str, seed: int) -> Picture:
    """A sample of a task with its label; the same seed gives the same. Imports torch.

    Raises:
        ValueError: for a task that cannot.
    """
    if not can(slug):
        msg = f"{slug} draws no samples"
        raise ValueError(msg)
    found = _DRAWN[slug](np.random.default_rng((seed, 71)))
    return replace(found, credit=" ".join(credit.line() for credit in _credits(slug)))


def _credits(slug: str) -> tuple[Any, ...]:
    """Who made the data that a task draws from; they are loaded by then."""
    from sslviz.data import audio, images, stories, text, video

    if READY[slug].modality == "Video":
        return tuple(video.CREDITS.values())
    if READY[slug].modality == "Sound":
        return audio.credits()
    if READY[slug].modality == "Images":
        return (*images.load("emoji").credits, *images.load("fashion_mnist").credits)
    tales = stories.stories().credits if slug in ("next_sentence", "word_and_context") else ()
    return (*tales, *(text.corpus().credits if slug != "next_sentence" else ()))


def _shuffled(rng: np.random.Generator, truth: str, wrong: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The choices in some order, and where the right one stands."""
    every = (truth, *list(dict.fromkeys(word for word in wrong if word != truth))[: CHOICES - 1])
    order = rng.permutation(len(every)).tolist()
    return tuple(every[place] for place in order), order.index(0)


def _likely(before: int, truth: int, rng: np.random.Generator) -> list[str]:
    """Words that often stand after this one, and where there are too few, common words."""
    from sslviz.catalogue import load
    from sslviz.data import text

    corpus, after = text.corpus(), load("masked_words").pool("sentences")["after"][before]
    good = np.array([i for i in np.argsort(-after, kind="stable")[:40] if _telling(int(i)) and i != truth and after[i]])
    common = np.array([i for i in np.argsort(-corpus.counts, kind="stable")[:200] if _telling(int(i)) and i != truth])
    drawn = [*rng.permutation(good[:12]).tolist(), *rng.permutation(common).tolist()]
    return [corpus.vocabulary[i] for i in drawn]


def _telling(number: int) -> bool:
    """Whether a word of the sentences is a word with letters enough to be asked for."""
    from sslviz.data import text

    return bool(text.corpus().is_word[number]) and len(text.corpus().vocabulary[number]) >= LEAST_LETTERS


def _masked_words(rng: np.random.Generator) -> Picture:
    from sslviz.data import text
    from sslviz.tasks.masked_words import HIDE
    from sslviz.ui import words_card

    while True:
        this = words_card.sample(int(rng.integers(text.HELD)), "")
        made, labelled = words_card.label(this, int(rng.integers(10_000)), {"share": 0.15, "masking": "dynamic"})
        how, words = made["how"][0], labelled.targets["words"][0].tolist()
        places = [at for at in np.flatnonzero(how) if how[at] == HIDE and _telling(words[at])]
        if SHORTEST <= len(this.tokens) <= LONGEST and places and set(how[how > 0]) == {HIDE}:
            break
    at = int(rng.choice(places))
    seen = this.batch.data["ids"][0].tolist()
    truth = text.corpus().vocabulary[words[at]]
    choices, right = _shuffled(rng, truth, _likely(seen[at - 1], words[at], rng))
    line = tuple(
        ("?", "asked") if place + 1 == at else (piece, "hidden") if how[place + 1] else (piece, "")
        for place, piece in enumerate(this.pieces)
    )
    return Picture(
        "Which word is the label at the “?”?", choices, right,
        f"The label is the word that was hidden: {truth}. Others may fit; only this one stood there.",
        "A sentence that no model was trained on, with hidden words:", (line,),
    )  # fmt: skip


def _next_word(rng: np.random.Generator) -> Picture:
    from sslviz.data import text
    from sslviz.ui import next_word_card

    while True:
        this = next_word_card.sample(int(rng.integers(text.HELD)), "")
        follows = next_word_card.label(this).targets["words"][0].tolist()
        places = [at for at in range(2, len(this.tokens)) if _telling(follows[at])]
        if SHORTEST <= len(this.tokens) <= LONGEST and places:
            break
    at = int(rng.choice(places))
    truth = text.corpus().vocabulary[follows[at]]
    choices, right = _shuffled(rng, truth, _likely(int(this.batch.data["ids"][0, at]), follows[at], rng))
    line = (*((piece, "") for piece in this.pieces[:at]), ("?", "asked"))
    return Picture(
        "Which word is the label at the “?”?", choices, right,
        f"The label is the word that follows in the text: {truth}.",
        "The beginning of a sentence that no model was trained on:", (line,),
    )  # fmt: skip


def _next_sentence(rng: np.random.Generator) -> Picture:
    from sslviz.ui import next_sentence_card as cards

    while True:
        this = cards.held_pair(int(rng.integers(cards.HELD)))
        side, both = cards.ways(this, int(rng.integers(10_000)), {"masks": False, "marks": False})
        if all(30 <= len(text) <= 170 for text in (this.raw[0], both[side].b)):
            break
    label = int(both[side].labelled.targets["next"][0])
    why = ("B stands right after A in the tale.", "B was taken from another tale.")[label]
    lines = tuple(((name, "name"), (text, "")) for name, text in (("A", this.raw[0]), ("B", both[side].b)))
    return Picture(
        "Which label has this pair?", cards.LABELS, label, f"The label is {cards.LABELS[label]}: {why}",
        "A pair from tales that no model was trained on:", lines,
    )  # fmt: skip


def _word_and_context(rng: np.random.Generator) -> Picture:
    from sslviz.ui import context_card

    data = READY[context_card.SLUG].data[0]
    options = {name: option.default for name, option in READY[context_card.SLUG].options.items()}
    while True:
        this = context_card.sample(data, int(rng.integers(100_000)), "")
        made, labelled = context_card.label(this, int(rng.integers(10_000)), options)
        found = [c for c in context_card.centres(this, made, labelled, options["exponent"]) if c["near"]]
        found = [c for c in found if len(this.pieces[c["place"]]) >= LEAST_LETTERS]
        if not (SHORTEST <= len(this.pieces) <= LONGEST and found and not this.cut):
            continue
        centre = found[int(rng.integers(len(found)))]
        near = {place for place, _ in centre["near"]}
        words = {place: this.pieces[place].lower() for place, number in enumerate(this.numbers) if number}
        inside = {words[place] for place in near}
        truths = sorted({word for word in inside if len(word) >= LEAST_LETTERS and word != words[centre["place"]]})
        if truths:
            break
    truth = truths[int(rng.integers(len(truths)))]
    kept = {c for c, stays in zip(words, made["keep"][0], strict=True) if stays}
    outside = [words[p] for p in words if p not in near and p != centre["place"] and words[p] not in inside]
    noise = [word for label in centre["labels"] for word in label["noise"] if word not in words.values()]
    wrong = [*rng.permutation(outside)[:2].tolist(), *rng.permutation(noise).tolist()]
    choices, right = _shuffled(rng, truth, wrong)
    line = tuple(
        (piece, "centre" if place == centre["place"] else "dropped" if place in words and place not in kept else "")
        for place, piece in enumerate(this.pieces)
    )
    reach = centre["radius"]
    return Picture(
        f"Which of these is a label of “{this.pieces[centre['place']]}”?", choices, right,
        f"Labels are the words within the window: {', '.join(sorted(inside))}. The rest lies outside, was dropped, or "
        "is a noise word, drawn at random.",
        f"Crossed out: dropped before. The window reaches {reach} {'word' if reach == 1 else 'words'} to both sides, "
        "marks not counted:",
        (line,),
    )  # fmt: skip


def _same_or_different(rng: np.random.Generator) -> Picture:
    from sslviz.ui import pairs_card
    from sslviz.ui.pictures import data_address

    this = pairs_card.sample(int(rng.integers(100_000)), "mixed", None)
    options = {name: option.default for name, option in READY[pairs_card.SLUG].options.items()}
    _, labelled = pairs_card.label(this.pixels, int(rng.integers(100_000)), options)
    n, anchor = len(this.pixels), int(rng.integers(len(this.pixels)))
    partner = int(labelled.targets["partner"][anchor])
    others = [int(i) + n for i in rng.permutation(n) if i != anchor][: CHOICES - 1]
    shown = rng.permutation([partner, *others]).tolist()
    pixels = (labelled.inputs["views"].clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    letters = tuple("ABCD"[: len(shown)])
    images = tuple(
        (name, data_address(pixels[i], "PNG")) for name, i in (("this view", anchor), *zip(letters, shown, strict=True))
    )
    return Picture(
        "Which view is its partner?", tuple(f"View {letter}" for letter in letters), shown.index(partner),
        f"View {letters[shown.index(partner)]} was made from the same picture; that alone makes it the label.",
        "A view, and four more, cropped and recoloured at random:", (), images,
    )  # fmt: skip


def _other_view(label: Callable[..., Any], slug: str, rng: np.random.Generator) -> tuple[int, tuple[Any, ...]]:
    """Place of the own other view among four, and the pictures: a view, and those four."""
    from sslviz.ui import pairs_card
    from sslviz.ui.pictures import data_address

    this = pairs_card.sample(int(rng.integers(100_000)), "mixed", None)
    options = {name: option.default for name, option in READY[slug].options.items()}
    views = label(this.pixels, int(rng.integers(100_000)), options).inputs["views"]
    n, own = len(this.pixels), int(rng.integers(len(this.pixels)))
    shown = rng.permutation([own, *[int(i) for i in rng.permutation(n) if i != own][: CHOICES - 1]]).tolist()
    pixels = (views.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    cells = (("this view", own), *((letter, i + n) for letter, i in zip("ABCD", shown, strict=False)))
    return shown.index(own), tuple((name, data_address(pixels[i], "PNG")) for name, i in cells)


def _queue(rng: np.random.Generator) -> Picture:
    from sslviz.ui import queue_card

    right, images = _other_view(queue_card.label, "queue", rng)
    return Picture(
        "Which view’s key is the label of this query?", tuple(f"View {letter}" for letter in "ABCD"), right,
        f"View {'ABCD'[right]} is of the same picture, so its key is the label; the keys in the queue are the others.",
        "A query, and four views whose keys could be asked for, all cropped and recoloured at random:", (), images,
    )  # fmt: skip


def _two_views(rng: np.random.Generator) -> Picture:
    from sslviz.ui import two_views_card

    right, images = _other_view(two_views_card.label, "two_views", rng)
    return Picture(
        "What the target says of one of these is the label. Of which?", tuple(f"View {x}" for x in "ABCD"), right,
        f"View {'ABCD'[right]} is the other view of the same picture. The others play no part: there are no negatives.",
        "A view, and four more, cropped and recoloured at random:", (), images,
    )  # fmt: skip


def _patch_order(rng: np.random.Generator) -> Picture:
    from sslviz.ui import patch_order_puzzle as puzzle

    options = {name: option.default for name, option in READY[puzzle.SLUG].options.items()}
    while True:
        this = puzzle.sample(int(rng.integers(100_000)), "mixed", None)
        row = int(rng.choice([0, 3]))  # the emoji: their patches tell more
        made, labelled = puzzle.label(this.pixels[[row]], int(rng.integers(100_000)), options, {})
        tiles, order = puzzle.tiles_of(labelled, "places")[0], made["order"][0]
        places = [place for place in range(16) if (tiles == tiles[place]).all((1, 2, 3)).sum() == 1]
        if len(places) > CHOICES + 4:  # identical patches have no place of their own
            break
    some = rng.permutation(places)[:CHOICES]
    names = {int(place): f"row {place // 4 + 1}, column {place % 4 + 1}" for place in some}
    choices, right = _shuffled(rng, names[int(some[0])], list(names.values()))
    images = (
        ("this patch", puzzle.sheet(tiles[some[:1]])), ("all 16", puzzle.sheet(tiles[order]))
    )  # fmt: skip
    return Picture(
        "Which place is the label of this patch?", choices, right,
        f"The patch was in {choices[right]}, counted from the top left; that is its label.",
        "A patch, and the picture that it is from, shuffled:", (), images,
    )  # fmt: skip


def _frame_order(rng: np.random.Generator) -> Picture:
    from sslviz.ui import frame_order_card as clips
    from sslviz.ui import frame_order_page
    from sslviz.ui.pictures import data_address

    options = {**{name: option.default for name, option in READY[clips.SLUG].options.items()}, "way": "3 frames"}
    this = clips.sample(int(rng.integers(100_000)))
    made, labelled = clips.label(this.frames, int(rng.integers(100_000)), options)
    shown = this.frames[made["times"][0][made["order"][0]]]
    truth = int(labelled.targets["label"][0])
    every = [frame_order_page.lettered("3 frames", number) for number in (truth, *np.delete(np.arange(3), truth))]
    choices, right = _shuffled(rng, every[0], every)
    images = tuple((letter, data_address(frame)) for letter, frame in zip("ABC", shown, strict=True))
    return Picture(
        "Which order, forwards or backwards, is the label of these frames?", choices, right,
        f"The film went {choices[right]}, or the same backwards; so {choices[right].split()[1]} is the middle frame.",
        f"Three frames of a clip ({this.title}), shuffled:", (), images,
    )  # fmt: skip


def _masked_patches(rng: np.random.Generator) -> Picture:
    from sslviz.ui import masked_patches_page as patches
    from sslviz.ui.pictures import data_address

    asked = patches.ask(int(rng.integers(100_000)))
    right = int(np.flatnonzero(asked.order == 0)[0])
    shown = zip("ABCD", asked.order, strict=True)
    images = (
        ("the picture", data_address(patches.marked(asked.pixels, asked.covered, asked.place), "PNG")),
        *((letter, patches.patch_address(asked.choices[which])) for letter, which in shown),
    )
    return Picture(
        "Which patch is the label at the “?”?", tuple(f"Patch {letter}" for letter in "ABCD"), right,
        f"Patch {'ABCD'[right]} stood there. Others might fit; only this one is the label.",
        "A picture with 12 of its 16 patches covered, and four patches:", (), images,
    )  # fmt: skip


def _autoencoding(rng: np.random.Generator) -> Picture:
    from sslviz.ui import autoencoding_page as codes
    from sslviz.ui.pictures import data_address

    pixels, right, spoilt = codes.ask(int(rng.integers(100_000)))
    shown = zip("ABCD", pixels, strict=True)
    images = (
        ("goes in", data_address(codes.seen(spoilt), "PNG")), *((x, data_address(one, "PNG")) for x, one in shown)
    )  # fmt: skip
    return Picture(
        "A denoising autoencoder gets this. Which picture is its label?", tuple(f"Picture {x}" for x in "ABCD"), right,
        f"Picture {'ABCD'[right]}: the label is the picture as it was before it was spoilt.",
        "A spoilt picture, and four clean ones of the same kind:", (), images,
    )  # fmt: skip


def _masked_sound(rng: np.random.Generator) -> Picture:
    from sslviz.training import config, recorded, shown
    from sslviz.ui import masked_sound_codes as sounds
    from sslviz.ui import masked_sound_page as page
    from sslviz.ui.pictures import data_address

    run = recorded.read(sounds.SLUG)  # without a recording it is the untrained quantiser that makes the codes
    view = shown.untrained(config.default(sounds.SLUG)) if run is None else shown.from_recording(run, sounds.SLUG)
    asked = page.ask(view, int(rng.integers(100_000)))
    mel, codes = asked["labelled"].inputs["whole"][0].numpy(), asked["said"].codes
    choices = tuple(
        f"{letter}: code {sounds.named(codes[step])}" for letter, step in zip("ABCD", asked["steps"], strict=True)
    )
    images = (
        ("what is heard", data_address(sounds.gap_picture(mel, asked["said"].masked, asked["step"]), "PNG")),
        *(
            (letter, data_address(sounds.piece_picture(mel, step), "PNG"))
            for letter, step in zip("ABCD", asked["steps"], strict=True)
        ),
    )
    return Picture(
        "Which code is the label in the blue frame?", choices, asked["right"],
        f"That is what sounded there. The others are codes of other covered steps of {asked['this'].title}.",
        "Log-mel of a recording with covered spans, and four pieces of it:", (), images,
    )  # fmt: skip


def _cluster_ids(rng: np.random.Generator) -> Picture:
    from sslviz.training import config, recorded, shown
    from sslviz.ui import cluster_ids_page as piles

    run = recorded.read(piles.SLUG)  # without a recording it is the untrained trunk that sorts
    view = shown.untrained(config.default(piles.SLUG)) if run is None else shown.from_recording(run, piles.SLUG)
    asked = piles.ask_one(view, int(rng.integers(100_000)))
    letters = tuple(asked["piles"])
    return Picture(
        "Which pile’s number is its label?", tuple(f"Pile {letter}" for letter in letters),
        letters.index(asked["truth"]),
        f"The model put it into pile {asked['truth']}, so that pile’s number is the label. Nobody else has to agree.",
        "A picture, and training pictures of four clusters:", (),
        (("the picture", asked["picture"]), *asked["piles"].items()),
    )  # fmt: skip


_DRAWN: dict[str, Callable[[np.random.Generator], Picture]] = {
    "masked_words": _masked_words,
    "next_word": _next_word,
    "next_sentence": _next_sentence,
    "word_and_context": _word_and_context,
    "same_or_different": _same_or_different,
    "masked_patches": _masked_patches,
    "autoencoding": _autoencoding,
    "patch_order": _patch_order,
    "frame_order": _frame_order,
    "queue": _queue,
    "two_views": _two_views,
    "cluster_ids": _cluster_ids,
    "masked_sound": _masked_sound,
}
