"""What the page Word and context asks, and the flashcards: which word stood near this one?"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.word_and_context import ENTRY, WordAndContextOptions
from sslviz.data.stories import stories
from sslviz.data.text import corpus
from sslviz.data.word_rows import word_rows, word_topics
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LabelQuestion, shuffled
from sslviz.ui.frame.sentence_samples import GAP, LEAST_LETTERS, LONGEST, SHORTEST
from sslviz.ui.tasks.word_and_context import card
from sslviz.ui.tasks.word_and_context.card import Centre, Sample
from sslviz.ui.tasks.word_and_context.nearest import weights

SLUG, REACH = ENTRY.slug, 5  # REACH: words to both sides of the centre that the question is about
LONGEST_ASKED = 14  # words of a sentence that the page asks about


@dataclass(frozen=True)
class Asked:
    """What a question is about.

    Attributes:
        ids: the words of a held-out sentence.
        centre: place of the word whose neighbour is asked for.
        place: of that neighbour.
        noise: three other words.
    """

    ids: NDArray[np.int64]
    centre: int
    place: int
    noise: list[int]


def question() -> Question:
    """A word of a held-out sentence, one place near it, and four words of which one stood there."""
    view = current.show(SLUG)
    asked = ask(guess.number(SLUG), view.config.data)
    words = word_rows(view.config.data).vocabulary
    truth, centre = int(asked.ids[asked.place]), int(asked.ids[asked.centre])
    numbers = sorted((truth, *asked.noise), key=lambda n: words[n])
    model = model_scores(view, centre, numbers)
    counted = counted_scores(view.config.data, centre, numbers)
    shown = [words[n] if i == asked.centre else "?" if i == asked.place else GAP for i, n in enumerate(asked.ids)]
    near = shown[max(0, asked.centre - REACH) : asked.centre + REACH + 1]

    def show() -> None:
        st.html(f"<p class='asked' translate='no'>{escape(' '.join(near))}</p>")

    return Question(
        text=f"Which of these stood at the “?”, near “{words[centre]}”?",
        choices=[words[n] for n in numbers], truth=words[truth],
        model=None if np.ptp(model) == 0 else words[numbers[int(model.argmax())]],
        others={"counted pairs": words[numbers[int(counted.argmax())]]}, chance=1 / len(numbers), show=show,
        about=lambda: About((" ".join(near),)),
    )  # fmt: skip


def ask(number: int, data: str) -> Asked:
    """A sentence of a data set to ask about.

    Centre and neighbour have three letters or more and are no common word of grammar; the noise words are drawn as in
    training, until there are three such words that do not stand in the sentence.
    """
    from sslviz.tasks.word_and_context import noise_probability

    rng, text = np.random.default_rng((number, ENTRY.stream, 99)), word_rows(data)
    chance = noise_probability(load(SLUG).info(data)["counts"], 0.75)

    def telling(n: int) -> bool:
        return len(text.vocabulary[n]) >= LEAST_LETTERS and text.vocabulary[n] in word_topics()

    while True:
        ids = text.held_out[int(rng.integers(len(text.held_out)))]
        pairs = [
            (c, o) for c in range(len(ids)) for o in range(len(ids))
            if 0 < abs(c - o) <= REACH and ids[c] != ids[o] and telling(ids[c]) and telling(ids[o])
        ]  # fmt: skip
        if pairs and len(ids) <= LONGEST_ASKED:
            break
    centre, place = pairs[int(rng.integers(len(pairs)))]
    noise: list[int] = []
    while len(noise) < 3:
        drawn = int(rng.choice(len(chance), p=chance))
        if telling(drawn) and drawn not in ids and drawn not in noise:
            noise.append(drawn)
    return Asked(ids, centre, place, noise)


def model_scores(view: RunView, centre: int, numbers: list[int]) -> NDArray[np.float32]:
    """u·v of a centre with each of some words."""
    from sslviz.training import answers

    found: NDArray[np.float32] = answers.ask(
        view.config, view.weights, lambda m: weights(m)[1][numbers] @ weights(m)[0][centre]
    )
    return found


def counted_scores(data: str, centre: int, numbers: list[int]) -> NDArray[np.float64]:
    """p(word | centre) / p(word as noise), counted in the training text, with 10 imagined pairs."""
    from sslviz.tasks.word_and_context import PRIOR, noise_probability

    info = load(SLUG).info(data)
    seen = info["pairs"][[centre], :].toarray().ravel()
    given = (seen[numbers] + PRIOR * info["near"][numbers]) / (seen.sum() + PRIOR)
    return np.asarray(given / noise_probability(info["counts"], 0.75)[numbers], dtype=np.float64)


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which word is a label of this centre?"""
    options = WordAndContextOptions()
    while True:
        this = card.sample(ENTRY.data[0], int(rng.integers(100_000)), "")
        draw, labelled = card.label(this, int(rng.integers(10_000)), options)
        centres = [c for c in card.centres(this, draw, labelled, options.exponent) if c.near]
        centres = [c for c in centres if len(this.pieces[c.place]) >= LEAST_LETTERS]
        if SHORTEST <= len(this.pieces) <= LONGEST and centres and not this.cut:
            centre = centres[int(rng.integers(len(centres)))]
            if truths := _labels(this, centre):
                break
    truth = truths[int(rng.integers(len(truths)))]
    words, inside = _words(this), _inside(this, centre)
    outside = [word for place, word in words.items() if place != centre.place and word not in inside]
    noise = [word for label in centre.labels for word in label.noise if word not in words.values()]
    choices, right = shuffled(
        rng, truth, [*rng.permutation(outside)[:2].tolist(), *rng.permutation(noise).tolist()]
    )  # fmt: skip
    kept = {place for place, stays in zip(words, draw["keep"][0], strict=True) if stays}
    line = tuple(
        (piece, "centre" if place == centre.place else "dropped" if place in words and place not in kept else "")
        for place, piece in enumerate(this.pieces)
    )
    return LabelQuestion(
        f"Which of these is a label of “{this.pieces[centre.place]}”?", choices, right,
        f"Labels are the words within the window: {', '.join(sorted(inside))}. The rest lies outside, was dropped, or "
        "is a noise word, drawn at random.",
        f"Crossed out: dropped before. The window reaches {centre.radius} {'word' if centre.radius == 1 else 'words'} "
        "to both sides, marks not counted:",
        (line,), credits=(*stories().credits, *corpus().credits),
    )  # fmt: skip


def _words(this: Sample) -> dict[int, str]:
    """Place of each word of the vocabulary → the word."""
    return {place: this.pieces[place].lower() for place, number in enumerate(this.numbers) if number}


def _inside(this: Sample, centre: Centre) -> set[str]:
    """The words within the window of a centre."""
    return {_words(this)[place] for place, _ in centre.near}


def _labels(this: Sample, centre: Centre) -> list[str]:
    """Those of them that can be asked for."""
    own = _words(this)[centre.place]
    return sorted(word for word in _inside(this, centre) if len(word) >= LEAST_LETTERS and word != own)
