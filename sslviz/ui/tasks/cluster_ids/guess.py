"""What the page Cluster IDs asks, and the flashcards: into which pile did the model put this picture?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue.cluster_ids import ENTRY, ClusterIdsOptions
from sslviz.training import config
from sslviz.training.results import recorded, run_view
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import CHOICES, LETTERS, LabelQuestion
from sslviz.ui.frame.picture_card import png
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.tasks.cluster_ids.card import SLUG, answer, label, members, pictures

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

ASKED, EDGE = 6, 88  # pictures of a pile; pixels of a picture on the page


@dataclass(frozen=True)
class Sorted:
    """A picture and four piles.

    Attributes:
        picture: its address.
        piles: addresses of pictures of each, by letter.
        truth: letter of the pile that the model put it into.
        model: letter of the pile that the model names.
        pixels: letter of the pile whose mean picture is nearest.
    """

    picture: str
    piles: dict[str, str]
    truth: str
    model: str
    pixels: str


def question() -> Question:
    """A held-out picture and four piles, of which one is its own. What was asked stays while a run sorts anew."""
    number = guess.number(SLUG)
    key = f"{SLUG}_asked_pictures_{number}"
    if key not in st.session_state:
        st.session_state[key] = ask(current.to_be_asked(SLUG), number)
    asked: Sorted = st.session_state[key]

    def show() -> None:
        piles = "".join(
            f"<figure><img src='{src}' alt='pile {letter}' width='{EDGE}' height='{EDGE * 2 // 3}'>"
            f"<figcaption>{letter}</figcaption></figure>"
            for letter, src in asked.piles.items()
        )
        st.html(
            f"<div class='views'><figure><img src='{asked.picture}' alt='the picture' width='{EDGE}' "
            f"height='{EDGE}'><figcaption>the picture</figcaption></figure>{piles}</div>"
        )

    return Question(
        text="Into which pile did the model put it?", choices=list(asked.piles), truth=asked.truth,
        model=asked.model, others={"pixels alone": asked.pixels}, chance=1 / len(asked.piles), show=show,
        about=lambda: About(images=(("the picture", asked.picture), *asked.piles.items())),
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which pile's number is the label? By the recorded run, or, where there is none, by the untrained trunk."""
    run = recorded.read(SLUG)
    view = run_view.untrained(config.default(SLUG)) if run is None else run_view.from_recording(run, SLUG)
    asked = ask(view, int(rng.integers(100_000)))
    letters = tuple(asked.piles)
    return LabelQuestion(
        "Which pile’s number is its label?", tuple(f"Pile {letter}" for letter in letters),
        letters.index(asked.truth),
        f"The model put it into pile {asked.truth}, so that pile’s number is the label, whether or not a person "
        "would agree.",
        "A picture, and training pictures of four clusters:",
        images=(("the picture", asked.picture), *asked.piles.items()), credits=set_credits(""),
    )  # fmt: skip


def ask(view: RunView, number: int) -> Sorted:
    """Everything about one question: the picture, four piles by letter, and everybody's answers."""
    rng = np.random.default_rng((number, ENTRY.stream, 99))
    this = sample(int(rng.integers(100_000)), "clothes", None)  # of which the model has learned
    row = int(rng.integers(len(this.pixels)))
    answers = answer(view, label(this.pixels[row : row + 1], number + 5000, ClusterIdsOptions()))
    truth = int(answers.far[0].argmin())
    full = [int(c) for c in rng.permutation(answers.p.shape[1]) if c != truth and (answers.ids == c).any()]
    piles = [int(c) for c in rng.permutation([truth, *full[: CHOICES - 1]])]
    letter = dict(zip(piles, LETTERS, strict=False))
    inside = {c: pictures(view.config.data, members(answers.ids, c, ASKED)) for c in piles}
    small = this.pixels[row].astype(np.float32)
    apart = {c: float(np.square(p.astype(np.float32).mean(0) - small).mean()) for c, p in inside.items()}
    return Sorted(
        picture=png(this.pixels[row]),
        piles={letter[c]: png(mosaic(inside[c])) for c in piles},
        truth=letter[truth],
        model=letter[max(piles, key=lambda c: float(answers.p[0, c]))],
        pixels=letter[min(piles, key=lambda c: apart[c])],
    )


def mosaic(pixels: NDArray[np.uint8], columns: int = 3, rows: int = 2) -> NDArray[np.uint8]:
    """(n, 32, 32, 3) as one picture; places that are left stay grey."""
    side = 32
    sheet = np.full((rows * side, columns * side, 3), 128, np.uint8)
    for i, one in enumerate(pixels[: columns * rows]):
        y, x = side * (i // columns), side * (i % columns)
        sheet[y : y + side, x : x + side] = one
    return sheet
