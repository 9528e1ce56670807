"""What the page Masked patches asks, and the flashcards: which patch stood at a covered place?"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.masked_patches import ENTRY, MaskedPatchesOptions
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LETTERS, LabelQuestion
from sslviz.ui.frame.patches import LARGE, PATCHES, address, cut, marked, nearest_visible
from sslviz.ui.frame.picture_samples import Figure, drawn_credits, figures, sample
from sslviz.ui.tasks.masked_patches import card

SLUG, SMALL = ENTRY.slug, 56
LEAST = 0.02  # mean squared distance between two choices, so that a person can tell them apart


@dataclass(frozen=True)
class Asked:
    """One question: a picture, what is covered, the place that is asked for, and what to choose from.

    Attributes:
        name: what the picture shows.
        pixels: (32, 32, 3).
        covered: (16,) bool.
        place: the one that is asked for.
        choices: (4, 192) the true patch first, then others.
        order: what stands at A, B, C and D.
    """

    name: str
    pixels: NDArray[np.uint8]
    covered: NDArray[np.bool_]
    place: int
    choices: NDArray[np.float64]
    order: NDArray[np.int64]

    def picture(self) -> str:
        """The picture with its covered patches hatched, as a data address."""
        return marked(self.pixels, self.covered, [self.place])

    def patches(self) -> list[tuple[str, str]]:
        """(letter, data address) of the patches to choose from."""
        return [(letter, address(self.choices[which])) for letter, which in zip(LETTERS, self.order, strict=True)]


def question() -> Question:
    """A covered patch of a held-out picture, and four patches of which one was there."""
    asked, view = draw(guess.number(SLUG)), current.show(SLUG)
    (painted,) = card.paint(view, card.label(asked.pixels[None], asked.covered[None]), leak=False)
    letters = [LETTERS[i] for i in np.argsort(asked.order)]  # of the true one, then the others

    def best(patch: NDArray[Any]) -> str:
        return letters[int(np.square(asked.choices / 255 - patch).mean(1).argmin())]

    def show() -> None:
        whole = Figure(escape(asked.name), asked.picture(), LARGE)
        figures([whole, *(Figure(*cell, SMALL) for cell in asked.patches())])

    return Question(
        text="Which patch stood at the question mark?", choices=LETTERS, truth=letters[0],
        model=best(painted.patches[int(asked.covered[: asked.place].sum())]),
        others={"nearest patch": best(nearest_visible(asked.pixels, asked.covered, asked.place) / 255)},
        chance=1 / len(LETTERS), show=show,
        about=lambda: About(images=((asked.name, asked.picture()), *asked.patches())),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which patch is the label of a covered place?"""
    asked = draw(int(rng.integers(100_000)))
    right = int(np.flatnonzero(asked.order == 0)[0])
    return LabelQuestion(
        "Which patch is the label at the “?”?", tuple(f"Patch {letter}" for letter in LETTERS), right,
        f"Patch {LETTERS[right]} stood there. Others might fit; only this one is the label.",
        "A picture with 12 of its 16 patches covered, and four patches:",
        images=(("the picture", asked.picture()), *asked.patches()), credits=drawn_credits(),
    )  # fmt: skip


def draw(number: int) -> Asked:
    """The question with this number: choices from other pictures at the same place, all unlike one another."""
    rng = np.random.default_rng((number, ENTRY.stream, 99))
    while True:
        this = sample(int(rng.integers(100_000)), "mixed", None)
        row = int(rng.integers(len(this.pixels)))
        covered = card.drawn(this.pixels[[row]], int(rng.integers(1_000_000)), MaskedPatchesOptions().share)[0]
        others = sample(int(rng.integers(100_000)), "mixed", None)
        patches = cut(this.pixels[row])
        for place in rng.permutation(np.flatnonzero(covered)):
            candidates = [*patches[rng.permutation(PATCHES)], *(cut(p)[place] for p in others.pixels)]
            choices = [patches[place]]
            for one in rng.permutation(np.array(candidates)):
                gaps = [np.square((one.astype(float) - two) / 255).mean() for two in choices]
                if len(choices) < len(LETTERS) and min(gaps) > LEAST:
                    choices.append(one)
            if len(choices) == len(LETTERS) and (patches[place] / 255).var() > LEAST:
                order = rng.permutation(len(LETTERS))
                return Asked(
                    this.names[row], this.pixels[row], covered, int(place), np.array(choices, np.float64), order
                )
