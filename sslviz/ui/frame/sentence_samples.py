"""Samples of the pages of sentences: one at a time, by number or typed, and words to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.data import text, uploads
from sslviz.ui.frame import guess
from sslviz.ui.frame.guess import About, Question
from sslviz.ui.frame.label_question import LabelQuestion, Word, shuffled

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch

DECOYS = 11  # stream of random numbers of the wrong answers
LEAST_LETTERS = 3  # of a word that is asked for
SHORTEST, LONGEST = 5, 13  # words of a sentence that is asked about
GAP = "▨"  # stands for a word that is not shown


@dataclass(frozen=True)
class Sample:
    """A sentence in the model's terms: its pieces as written, their tokens, and a batch of one."""

    name: str
    pieces: list[str]
    tokens: list[str]
    batch: Batch


def sample(number: int, own: str) -> Sample:
    """Held-out sentence `number`, or the visitor's own. Raises uploads.Refused for one that cannot be used."""
    import torch

    from sslviz.tasks.base import Batch

    corpus = text.corpus()
    row = int(corpus.held_out[number])
    raw = own or corpus.sentences[row]
    tokens = uploads.sentence(raw)
    raw = uploads.shortened(raw)
    ids = torch.from_numpy(corpus.encode(tokens))[None]
    return Sample(own or f"held-{number}", text.pieces(raw), tokens, Batch(np.array([row]), {"ids": ids}))


def numbered(number: int, _source: str, own: str) -> Sample:
    """The sentence in view, as a page asks for it; there is one source only."""
    return sample(number, own)


def to_guess(number: int, stream: int, first: int = 0, longest: int = 12) -> tuple[Sample, int]:
    """A held-out sentence to guess at, and the place of a word of three letters or more.

    Args:
        number: which guess it is.
        stream: of random numbers, a page's own.
        first: the first place that will do.
        longest: tokens that the sentence may have.
    """
    rng = np.random.default_rng((number, stream, 99))
    while True:
        this = sample(int(rng.integers(text.HELD_OUT)), "")
        known = [i for i, token in enumerate(this.tokens) if len(token) > 2 and token in text.corpus().index]
        places = [i for i in known if i >= first]
        if 5 <= len(this.tokens) <= longest and places:
            return this, int(rng.choice(places))


def decoys(number: int, truth: str, followed: NDArray[Any], count: int = 3) -> list[str]:
    """Wrong answers for a guess: words drawn as often as they follow the word before, so that it does not decide.

    Args:
        number: which guess it is.
        truth: the word that is asked for.
        followed: (V,) how often each word follows the one before.
        count: how many.
    """
    corpus, rng = text.corpus(), np.random.default_rng((number, DECOYS, 98))
    common = corpus.counts.astype(float) ** 0.75  # for the case that too few words ever followed
    weight = np.where(corpus.is_word, followed + 1e-6 * common, 0.0)
    weight[corpus.index[truth]] = 0
    drawn = rng.choice(len(weight), count, replace=False, p=weight / weight.sum())
    return [corpus.vocabulary[i] for i in drawn]


def brief(this: Sample) -> bool:
    """Whether a sentence is neither too short to ask about nor too long to be read at a glance."""
    return SHORTEST <= len(this.tokens) <= LONGEST


def word_question(
    slug: str, asked: str, this: Sample, place: int, shown: Sequence[str], model: NDArray[Any], rule: str
) -> Question:
    """Which of four words is it? Everybody chooses among the same four.

    Args:
        slug: of the task.
        asked: the question.
        this: a held-out sentence.
        place: of the word that is asked for, which is the pseudo-label.
        shown: the sentence word by word, with a GAP. It stands in HTML, so it must be bundled, not a visitor's.
        model: (V,) how probable each word is by the model.
        rule: name of the baseline that counts which word followed the one before.
    """
    truth, index = this.tokens[place], text.corpus().index
    followed = _following(slug, int(this.batch.data["ids"][0, place]))  # [CLS] comes first, so this is the word before
    choices = sorted({truth, *decoys(guess.number(slug), truth, followed)})

    def best(weight: NDArray[Any]) -> str:
        return max(choices, key=lambda word: weight[index[word]])

    def show() -> None:
        st.html(f"<p class='asked' translate='no'>{' '.join(shown)}</p>")
        st.caption("The wrong words often follow the word before the gap, too. So look at all the other words.")

    return Question(
        text=asked, choices=choices, truth=truth, model=best(model), chance=1 / len(choices), show=show,
        others={rule: best(followed)},
        about=lambda: About((" ".join(shown),), shares=tuple(float(model[index[word]]) for word in choices)),
    )  # fmt: skip


def word_label_question(
    slug: str, before: int, label: int, because: str, about: str, line: tuple[Word, ...], rng: np.random.Generator
) -> LabelQuestion:
    """Which of a few words is the label?

    Args:
        slug: of the task.
        before: number of the word before the one that is asked for; the wrong answers often follow it, too.
        label: number of the word that is asked for.
        because: how the task made the label, with {} for the word itself.
        about: what there is to see, in words.
        line: the sentence.
        rng: draws the wrong answers, and the order of all.
    """
    corpus = text.corpus()
    truth = corpus.vocabulary[label]
    choices, right = shuffled(rng, truth, _likely(_following(slug, before), label, rng))
    return LabelQuestion(
        "Which word is the label at the “?”?", choices, right, because.format(truth), about, (line,),
        credits=corpus.credits,
    )  # fmt: skip


def _following(slug: str, word: int) -> NDArray[Any]:
    """(V,) how often each word follows `word` in the training sentences, as this task has counted; imports torch."""
    return np.asarray(load(slug).info("sentences")["after"][word])


def _likely(after: NDArray[Any], truth: int, rng: np.random.Generator) -> list[str]:
    """Words other than `truth` that often follow, `after` (V,) counts; where there are too few, common words."""
    corpus = text.corpus()
    good = np.array([i for i in np.argsort(-after, kind="stable")[:40] if telling(int(i)) and i != truth and after[i]])
    common = np.array([i for i in np.argsort(-corpus.counts, kind="stable")[:200] if telling(int(i)) and i != truth])
    drawn = [*rng.permutation(good[:12]).tolist(), *rng.permutation(common).tolist()]
    return [corpus.vocabulary[i] for i in drawn]


def telling(number: int) -> bool:
    """Whether a word of the sentences is a word with letters enough to be asked for."""
    return bool(text.corpus().is_word[number]) and len(text.corpus().vocabulary[number]) >= LEAST_LETTERS
