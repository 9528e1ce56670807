"""What the page Patch order asks in each variant, and the flashcards: where was this patch?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sslviz.catalogue import load
from sslviz.catalogue.patch_order import PatchOrderOptions
from sslviz.data import images
from sslviz.ui.frame import current, guess, settings
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import CHOICES, LETTERS, LabelQuestion, shuffled
from sslviz.ui.frame.picture_samples import figures
from sslviz.ui.tasks.patch_order.puzzle import (
    DIRECTIONS,
    SLUG,
    STREAM,
    TURNS,
    Puzzle,
    label,
    puzzle_of,
    sample,
    seen,
    sheet,
    tiles_of,
    unique,
    where,
)

PATCHES = 16


def question() -> Question:
    """One picture in the variant in view."""
    number, options = guess.number(SLUG), PatchOrderOptions(way=settings.value(SLUG, "way", "places"))
    pixels, view = sample(number + 1000, "mixed", None).pixels, current.show(SLUG)
    row = number % len(pixels)
    puzzle = puzzle_of(pixels[row : row + 1], view, number + 5000, options, {})
    rng = np.random.default_rng((number, STREAM, 99))
    match options.way:
        case "places":
            asked = _place(puzzle, rng)
        case "relative position":
            cells = [(name, sheet(tile[None])) for name, tile in zip("12", puzzle.shown(0), strict=True)]
            asked = _any_of("Where does tile 2 lie, seen from tile 1?", puzzle, DIRECTIONS, cells)
        case "rotation":
            cells = [("turned", seen(puzzle, 0))]
            asked = _any_of("By how much was it turned, against the clock?", puzzle, TURNS, cells)
        case _:
            asked = _order(puzzle, rng)
    learned_this = view.config.choices["way"] == options.way
    return asked if learned_this else replace(asked, model=None)


def _place(puzzle: Puzzle, rng: np.random.Generator) -> Question:
    """One patch that looks like no other, and four places."""
    order, tiles = puzzle.draw["order"][0], puzzle.tiles[0]
    alone = np.flatnonzero(unique(puzzle.shown(0)))
    at = int(rng.choice(alone if len(alone) else np.arange(PATCHES)))
    truth = int(order[at])
    places = sorted([truth, *rng.permutation(np.delete(np.arange(PATCHES), truth))[: CHOICES - 1].tolist()])
    mean = load(SLUG).info("pictures")["mean"].numpy()[places]
    nearest = places[int(((mean - tiles[truth].reshape(-1)) ** 2).sum(1).argmin())]
    names = {place: where(place, PATCHES) for place in places}
    cells = [("this patch", sheet(tiles[truth][None])), ("all 16", seen(puzzle, 0))]
    return Question(
        text="Rows count from the top. Where was this patch?", choices=list(names.values()), truth=names[truth],
        model=names[max(places, key=lambda place: float(puzzle.answer.p[0][at, place]))],
        others={"mean patch": names[nearest]}, chance=1 / len(places), show=lambda: figures(cells),
        about=lambda: About(images=tuple(cells)),
    )  # fmt: skip


def _order(puzzle: Puzzle, rng: np.random.Generator) -> Question:
    """Four ways to put the tiles back, of which one is right."""
    from sslviz.tasks.patch_order import VARIANTS, fitting, orders_of
    from sslviz.tasks.permutations import inverse

    orders, truth = orders_of(puzzle.variant), puzzle.truth(0)
    wrong = rng.permutation(np.delete(np.arange(len(orders)), truth))[: CHOICES - 1]
    some = rng.permutation([truth, *wrong]).tolist()
    letter = dict(zip(some, LETTERS, strict=True))
    fits = some[int(fitting(puzzle.labelled.inputs["pixels"], orders[some], VARIANTS[puzzle.variant].tile)[0])]
    cells = [("shuffled", seen(puzzle, 0))]
    cells += [(letter[number], sheet(puzzle.shown(0)[inverse(orders[number])])) for number in some]
    return Question(
        text="Which one puts the picture together?", choices=LETTERS, truth=letter[truth],
        model=letter[max(some, key=lambda number: float(puzzle.answer.p[0][number]))],
        others={"edges that fit": letter[fits]}, chance=1 / len(some), show=lambda: figures(cells),
        about=lambda: About(images=tuple(cells)),
    )  # fmt: skip


def _any_of(text: str, puzzle: Puzzle, names: Sequence[str], cells: Sequence[tuple[str, str]]) -> Question:
    """All answers to choose from, by name."""
    return Question(
        text=text, choices=names, truth=names[puzzle.truth(0)], model=names[puzzle.best(0)], chance=1 / len(names),
        show=lambda: figures(cells),
        about=lambda: About(images=tuple(cells)),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which of four places is the label of a patch?"""
    while True:
        pictures = sample(int(rng.integers(100_000)), "mixed", None)
        row = int(rng.choice([0, 3]))  # the emoji: their patches tell more
        made, labelled = label(pictures.pixels[[row]], int(rng.integers(100_000)), PatchOrderOptions(), {})
        tiles, order = tiles_of(labelled, "places")[0], made["order"][0]
        places = np.flatnonzero(unique(tiles)).tolist()
        if len(places) > CHOICES + 4:  # identical patches have no place of their own
            break
    some = rng.permutation(places)[:CHOICES].tolist()
    names = [where(place, PATCHES) for place in some]
    choices, right = shuffled(rng, names[0], names)
    return LabelQuestion(
        "Which place is the label of this patch?", choices, right,
        f"The patch was in {choices[right]}, counted from the top left; that is its label.",
        "A patch, and the picture that it is from, shuffled:",
        images=(("this patch", sheet(tiles[some[:1]])), ("all 16", sheet(tiles[order]))),
        credits=(*images.load("emoji").credits, *images.load("fashion_mnist").credits),
    )  # fmt: skip
