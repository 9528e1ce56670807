"""The sample card of Next word: one sentence, the label at every place, and the mask that hides what comes later."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sslviz.data import text
from sslviz.ui import live
from sslviz.ui.words_card import Sample, sample

if TYPE_CHECKING:
    from torch import Tensor

    from sslviz.tasks.base import Labelled
    from sslviz.training.shown import Shown

__all__ = ["Sample", "card", "coming", "label", "name", "sample"]

SLUG, PAGE, BEST = "next_word", 12, 5  # PAGE: the stream of random numbers that this page draws from
MARKS = {"[CLS]": "⟨begin⟩", "[SEP]": "⟨end⟩"}  # no word of the vocabulary looks like these


def name(number: int) -> str:
    """The word of this number as the page writes it: the marks around a sentence are called begin and end."""
    word = text.corpus().vocabulary[number]
    return MARKS.get(word, word)


def label(this: Sample) -> Labelled:
    """Make the label of a sample. Nothing is drawn, so there is only one."""
    from sslviz.catalogue import load

    task, pool = load(SLUG), load(SLUG).pool("sentences")
    return task.apply(this.batch, task.draw(this.batch, np.random.default_rng(0), pool), pool)


def coming(view: Shown, ids: Tensor) -> Tensor:
    """(V,) probabilities of the word that follows `ids` (t,), which begin with [CLS]."""
    import torch

    from sslviz.tasks.base import Labelled
    from sslviz.training.answers import ask

    last = torch.zeros(1, len(ids), dtype=torch.bool)
    last[0, -1] = True
    asked = Labelled({"ids": ids[None]}, {}, last)
    return ask(view.config, view.weights, lambda m: m.task.answer(m.net, asked).data["p"][0])


def answers(view: Shown, labelled: Labelled) -> tuple[list[list[list[Any]]], list[float]]:
    """For every place five [word, probability], and −ln p of the word that really follows."""
    from sslviz.training.answers import ask

    top, each = ask(
        view.config, view.weights,
        lambda m: (m.task.answer(m.net, labelled).data["p"].topk(BEST), m.task.loss(m.net, labelled).per_item),
    )  # fmt: skip
    pairs = zip(top.values.tolist(), top.indices.tolist(), strict=True)
    best = [[[name(n), p] for n, p in zip(numbers, values, strict=True)] for values, numbers in pairs]
    return best, [] if each is None else each.tolist()


def card(this: Sample, view: Shown, detailed: bool) -> None:
    """Draw the card."""
    labelled, known = label(this), text.corpus().index
    best, each = answers(view, labelled)
    live.next_card(
        "next_card",
        card={
            "id": this.name,
            "words": [MARKS["[CLS]"], *this.pieces],
            "known": [True, *(token in known for token in this.tokens)],
            "target": [name(i) for i in labelled.targets["words"][0].tolist()],
            "answers": best,
            "loss": each,
            "perplexity": perplexities(labelled, each),
            "formula": formula(each) if detailed else None,
            "model": view.mode,
        },
    )


def perplexities(labelled: Labelled, each: list[float]) -> list[list[Any]]:
    """[name, e^loss] of this sentence, the model's first, then those of guessing and of counting."""
    from sslviz.catalogue import load

    task = load(SLUG)
    counted = [(b.name.split(":")[0], b.loss) for b in task.baselines(labelled, task.pool("sentences"))]
    rows = [("model", sum(each) / len(each)), *reversed(counted)]
    return [[who, math.exp(min(loss, 50))] for who, loss in rows if loss is not None]


def formula(each: list[float]) -> dict[str, str]:
    """The loss in symbols, and with the present numbers."""
    terms, value = " + ".join(f"ln {math.exp(-loss):.2g}" for loss in each), sum(each) / len(each)
    return {
        "symbols": "loss = −(1/(T−1)) Σ ln p(xₜ₊₁ | x₀ … xₜ),  perplexity = e^loss",
        "numbers": f"= −(1/{len(each)}) ({terms}) = {value:.2f},  e^{value:.2f} = {math.exp(min(value, 50)):,.1f}",
    }
