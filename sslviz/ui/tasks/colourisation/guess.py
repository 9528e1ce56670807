"""What the page Colourisation asks, and the flashcards: which colour does this place have?"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sslviz.catalogue.colourisation import ENTRY
from sslviz.data import images
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LETTERS, LabelQuestion
from sslviz.ui.frame.picture_card import png
from sslviz.ui.frame.picture_samples import Figure, figures
from sslviz.ui.tasks.colourisation.colours import ROW, SLUG, Painted, colour_name, middles, painted, sample, swatch

LARGE, SMALL = 128, 56
APART = 45  # distance in a and b between two choices, so that a person can tell them apart


@dataclass(frozen=True)
class Asked:
    """One question: what is shown, what the model says of it, the place, and the bins to choose from, by letter."""

    name: str
    one: Painted
    place: int
    bins: NDArray[np.int64]

    @property
    def right(self) -> int:
        """Number of the choice that is the label."""
        return int(np.flatnonzero(self.bins == self.one.truth[self.place])[0])

    def picture(self) -> str:
        """The grey picture with the place marked, as a data address."""
        drawing = Image.fromarray(self.one.grey).resize((LARGE, LARGE), Image.Resampling.NEAREST)
        side = LARGE // ROW
        left, top = side * (self.place % ROW), side * (self.place // ROW)
        pen = ImageDraw.Draw(drawing)
        pen.rectangle((left - 2, top - 2, left + side + 1, top + side + 1), outline="white", width=5)
        pen.rectangle((left - 1, top - 1, left + side, top + side), outline="#1f5fbf", width=3)
        return png(np.asarray(drawing))

    def colours(self) -> list[tuple[str, str]]:
        """(letter, data address) of the colours to choose from, as light as the place."""
        light = float(np.clip(self.one.light[self.place], 35, 85))
        return [(letter, swatch(int(n), light)) for letter, n in zip(LETTERS, self.bins, strict=True)]


def question() -> Question:
    """A place of a grey picture, and four colours of which one was there."""
    asked = draw(guess.number(SLUG), current.show(SLUG))
    p = asked.one.p[asked.place][asked.bins]
    off = np.square(middles()[asked.bins] - middles()[asked.one.at_grey[asked.place]]).sum(1)

    def show() -> None:
        figures(
            [Figure(escape(asked.name), asked.picture(), LARGE), *(Figure(*cell, SMALL) for cell in asked.colours())]
        )

    return Question(
        text="Which colour does the framed place have?", choices=LETTERS, truth=LETTERS[asked.right],
        model=LETTERS[int(p.argmax())], others={"grey level alone": LETTERS[int(off.argmin())]},
        chance=1 / len(LETTERS), show=show,
        about=lambda: About(images=((asked.name, asked.picture()), *asked.colours())),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which colour is the label of a place?"""
    from sslviz.training.config import default
    from sslviz.training.results.run_view import untrained

    asked = draw(int(rng.integers(100_000)), untrained(default(SLUG)))
    right = asked.right
    return LabelQuestion(
        "Which colour is the label of the framed place?", tuple(f"Colour {letter}" for letter in LETTERS), right,
        f"It was {colour_name(int(asked.bins[right]))}: colour {LETTERS[right]}. Others might fit; only this one is "
        "the label.",
        f"The picture “{asked.name}” in grey, and four colours:",
        images=(("the picture in grey", asked.picture()), *asked.colours()), credits=images.load("emoji").credits,
    )  # fmt: skip


def draw(number: int, view: RunView) -> Asked:
    """The question with this number, about a place with a colour; the choices are far apart in colour."""
    rng = np.random.default_rng((number, ENTRY.stream, 99))
    while True:
        this = sample(int(rng.integers(100_000)), "emoji", None)
        row = int(rng.integers(len(this.pixels)))
        (one,) = painted(this.pixels[[row]], view)
        if not one.asked:
            continue
        place = int(rng.choice(np.flatnonzero(one.coloured)))
        chosen = [int(one.truth[place])]
        common = rng.permutation(np.unique(_seen()))
        for n in common.tolist():
            gaps = np.hypot(*(middles()[chosen] - middles()[n]).T)
            if len(chosen) < len(LETTERS) and gaps.min() > APART:
                chosen.append(n)
        if len(chosen) == len(LETTERS):
            return Asked(this.names[row], one, place, rng.permutation(np.array(chosen)))


def _seen() -> NDArray[np.int64]:
    """Bins that one emoji place in two hundred has, or more: wrong answers that might be right."""
    from sslviz.catalogue import load

    counts = load(SLUG).info("emoji")["by_light"].sum(0).numpy()
    return np.flatnonzero(counts > counts.sum() / 200)
