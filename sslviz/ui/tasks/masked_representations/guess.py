"""What the page Masked representations asks, and the flashcards: which picture's piece stood in the hidden block?"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.masked_representations import ENTRY, MaskedRepresentationsOptions
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LETTERS, LabelQuestion
from sslviz.ui.frame.patches import LARGE, ROW, SIDE, address, cut, marked, nearest_visible
from sslviz.ui.frame.picture_samples import Figure, drawn_credits, figures, sample
from sslviz.ui.tasks.masked_representations import card

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled

SLUG, SCALE = ENTRY.slug, 4  # a block is drawn in the scale of the picture
LEAST = 0.02  # mean squared distance between two choices, so that a person can tell them apart


@dataclass(frozen=True)
class Asked:
    """One question: a block of a picture, and the blocks at the same place of three other pictures.

    Attributes:
        name: what the picture shows.
        pixels: (n, 32, 32, 3) pictures, among them those that are asked about.
        labelled: what is hidden of them.
        own: the picture that is asked about; its first block is.
        shown: the pictures whose blocks stand at A, B, C and D; `own` is among them.
    """

    name: str
    pixels: NDArray[np.uint8]
    labelled: Labelled
    own: int
    shown: list[int]

    @property
    def places(self) -> list[int]:
        """The patches of the block that is asked for."""
        found: list[int] = self.labelled.inputs["places"][self.own, 0].tolist()
        return found

    def blocks(self) -> NDArray[np.float64]:
        """(4, k, 192) what there is to choose from, in the order of the letters."""
        return np.stack([cut(self.pixels[i])[self.places] for i in self.shown]).astype(np.float64)

    def figures(self) -> list[Figure]:
        """The picture with its hidden blocks, then the blocks to choose from, by letter."""
        covered = ~self.labelled.inputs["visible"][self.own].numpy()
        wide = len({place % ROW for place in self.places})
        width, height = (SCALE * SIDE * sides for sides in (wide, len(self.places) // wide))
        return [
            Figure(escape(self.name), marked(self.pixels[self.own], covered, self.places), LARGE),
            *(
                Figure(letter, address(block, wide), width, height)
                for letter, block in zip(LETTERS, self.blocks(), strict=True)
            ),
        ]


def question() -> Question:
    """A hidden block, and four pieces of pictures of which one stood there."""
    asked, view = draw(guess.number(SLUG)), current.show(SLUG)
    answers, letter = card.answer(view, asked.labelled), dict(zip(asked.shown, LETTERS, strict=True))

    def best(guessed: NDArray[Any], choices: NDArray[Any]) -> str:
        return LETTERS[int(np.square(choices - guessed).mean((1, 2)).argmin())]

    covered = ~asked.labelled.inputs["visible"][asked.own].numpy()
    copied = np.stack([nearest_visible(asked.pixels[asked.own], covered, place) for place in asked.places])
    return Question(
        text="Which piece stood at the question mark?", choices=LETTERS, truth=letter[asked.own],
        model=best(answers.said[asked.own, 0], answers.every[asked.shown][:, asked.places]),
        others={"nearest patch": best(copied, asked.blocks())}, chance=1 / len(LETTERS),
        show=lambda: figures(asked.figures()),
        about=lambda: About(images=tuple((one.name, one.address) for one in asked.figures())),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Of which picture's patches does the target encoder make the label?"""
    asked = draw(int(rng.integers(100_000)))
    right = asked.shown.index(asked.own)
    return LabelQuestion(
        "The label at the “?” are vectors of one of these pieces. Of which?",
        tuple(f"Piece {letter}" for letter in LETTERS), right,
        f"Piece {LETTERS[right]} stood there. The target encoder sees it with the whole picture around it.",
        "A picture with hidden blocks, and four pieces of pictures:",
        images=tuple((one.name, one.address) for one in asked.figures()), credits=drawn_credits(),
    )  # fmt: skip


def draw(number: int) -> Asked:
    """The question with this number: the choices stand at the same place of other pictures, all unlike one another."""
    rng = np.random.default_rng((number, ENTRY.stream, 99))
    while True:
        two = [sample(int(rng.integers(100_000)), "mixed", None) for _ in range(2)]
        pixels, names = np.concatenate([this.pixels for this in two]), [name for this in two for name in this.names]
        labelled = card.label(pixels, int(rng.integers(1_000_000)), MaskedRepresentationsOptions())
        own, *others = rng.permutation(len(pixels)).tolist()
        places = labelled.inputs["places"][own, 0].numpy()
        blocks = np.stack([cut(one)[places] for one in pixels]) / 255
        shown = [own]
        for other in others:
            if len(shown) < len(LETTERS) and np.square(blocks[shown] - blocks[other]).mean((1, 2)).min() > LEAST:
                shown.append(other)
        if len(shown) == len(LETTERS) and blocks[own].var() > LEAST:
            return Asked(names[own], pixels, labelled, own, rng.permutation(shown).tolist())
