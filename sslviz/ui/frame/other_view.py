"""A question of three pages: which of four views is of the same picture as this one?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sslviz.catalogue import TASKS
from sslviz.ui.frame import guess, picture_samples
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LETTERS, LabelQuestion
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.picture_samples import figures, one_of_four, pixel_batch, sample, view_cells

if TYPE_CHECKING:
    from sslviz.tasks.base import Labelled

VISIBLE, ENOUGH = 0.2, 0.2  # how far from the darkest point a point is seen, and a share of such points
MORE = "A view, and four more, cropped and recoloured at random:"


@dataclass(frozen=True)
class Asked:
    """One view, and the four to choose from.

    Attributes:
        labelled: two views of each of n pictures: the first ones, then the second ones.
        own: the picture whose first view is asked about.
        shown: the pictures whose second views stand at A, B, C and D; `own` is among them.
    """

    labelled: Labelled
    own: int
    shown: list[int]

    def cells(self, name: str) -> list[tuple[str, str]]:
        """(name, data address) of the view that is asked about, then of those to choose from."""
        return view_cells(self.labelled.inputs["views"], self.own, self.shown, name)


def question(slug: str, text: str, name: str, alike: Callable[[Labelled, int], Any]) -> Question:
    """The question that the visitor of a page is at.

    Args:
        slug: of the task.
        text: the question.
        name: what the view is called that is asked about.
        alike: (labelled, number of a picture) → (n,) how alike the second view of each is to the first view of that
            picture, in the eyes of the model.
    """
    number = guess.number(slug)
    rng = np.random.default_rng((number, TASKS[slug].stream, 99))
    asked = _draw(slug, number + 1000, number + 5000, rng, "clothes")  # of which the model has learned
    letter = dict(zip(asked.shown, LETTERS, strict=True))

    def best(row: Any) -> str:
        return letter[max(asked.shown, key=lambda i: float(row[i]))]

    return Question(
        text=text, choices=LETTERS, truth=letter[asked.own], model=best(alike(asked.labelled, asked.own)),
        others={"raw pixels": best(picture_samples.nearest_by_pixels(asked.labelled.inputs["views"], asked.own))},
        chance=1 / len(asked.shown), show=lambda: figures(asked.cells(name)),
        about=lambda: About(images=tuple(asked.cells(name))),
    )  # fmt: skip


def label_question(slug: str, rng: np.random.Generator, ask: str, because: str, text: str = MORE) -> LabelQuestion:
    """The same question about a new label; `{letter}` in `because` stands for the view that is right."""
    asked = _draw(slug, int(rng.integers(100_000)), int(rng.integers(100_000)), rng, "mixed")
    right = asked.shown.index(asked.own)
    return LabelQuestion(
        ask, tuple(f"View {letter}" for letter in LETTERS), right, because.format(letter=LETTERS[right]), text,
        images=tuple(asked.cells("this view")), credits=picture_samples.drawn_credits(),
    )  # fmt: skip


def _draw(slug: str, number: int, seed: int, rng: np.random.Generator, source: str) -> Asked:
    this = sample(number, source, None)
    _, labelled = make_label(slug, pixel_batch(this.pixels), seed, TASKS[slug].options())
    n, views = len(this.pixels), labelled.inputs["views"]
    drawn = rng.permutation(n).tolist()
    own = max(drawn, key=lambda i: min(ENOUGH, _shows(views[i]), _shows(views[i + n])))  # the first that is well seen
    return Asked(labelled, own, one_of_four(own, n, rng))


def _shows(view: Any) -> float:
    """The share of a view (3, h, w) in 0…1 that shows something: a cut-out may miss what is small."""
    return float((view.amax(0) - view.amin()).gt(VISIBLE).float().mean())
