"""The sample card of Next word: one sentence, the label at every place, and the mask that hides what comes later."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from sslviz.catalogue import load
from sslviz.catalogue.next_word import ENTRY, NextWordOptions
from sslviz.data import text
from sslviz.ui.frame import stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.sentence_samples import Sample
from sslviz.ui.live import mount
from sslviz.ui.live.mathematics import digits, line, mean
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from torch import Tensor

    from sslviz.tasks.base import Labelled
    from sslviz.training.results.run_view import RunView

SLUG, BEST = ENTRY.slug, 5
ANSWERS, ROWS, PLACE = 3, 4, 3  # rows: what goes in, the label, the answer, all else; PLACE: which is looked at first
MARKS = {"[CLS]": "⟨begin⟩", "[SEP]": "⟨end⟩"}  # no word of the vocabulary looks like these


def name(number: int) -> str:
    """The word of this number as the page writes it: the marks around a sentence are called begin and end."""
    word = text.corpus().vocabulary[number]
    return MARKS.get(word, word)


def label(this: Sample) -> Labelled:
    """Make the label of a sample. Nothing is drawn, so there is only one."""
    return make_label(SLUG, this.batch, 0, NextWordOptions(), data="sentences")[1]


def coming(view: RunView, ids: Tensor) -> Tensor:
    """(V,) probabilities of the word that follows `ids` (t,), which begin with [CLS]."""
    import torch

    from sslviz.tasks.base import Labelled
    from sslviz.training.answers import ask

    last = torch.zeros(1, len(ids), dtype=torch.bool)
    last[0, -1] = True
    asked = Labelled({"ids": ids[None]}, {}, last)
    return ask(view.config, view.weights, lambda m: m.answer(asked).data["p"][0])


def answers(view: RunView, labelled: Labelled) -> tuple[list[list[list[Any]]], list[float]]:
    """For every place five [word, probability], and −ln p of the word that really follows."""
    from sslviz.training.answers import ask

    top, each = ask(
        view.config, view.weights,
        lambda m: (m.answer(labelled).data["p"].topk(BEST), m.loss(labelled).per_item),
    )  # fmt: skip
    pairs = zip(top.values.tolist(), top.indices.tolist(), strict=True)
    best = [[[name(n), p] for n, p in zip(numbers, values, strict=True)] for values, numbers in pairs]
    return best, [] if each is None else each.tolist()


def card(this: Sample, view: RunView, _seed: int, _options: NextWordOptions, depth: str) -> None:
    """Draw the card."""
    labelled, known, scene = label(this), text.corpus().index, stage.now()
    asked = scene is None or scene.rows >= ANSWERS  # on a stage the model is not asked before its scene
    best, each = answers(view, labelled) if asked else ([], [])
    next_card(
        f"{SLUG}_card",
        card={
            "id": this.name,
            "words": [MARKS["[CLS]"], *this.pieces],
            "known": [True, *(token in known for token in this.tokens)],
            "target": [name(i) for i in labelled.targets["words"][0].tolist()],
            "answers": best,
            "loss": each,
            "perplexity": [] if scene else perplexities(labelled, each),
            "formula": formula(each) if depth == "Detailed" else None,
            "model": view.mode,
            "rows": scene.rows if scene else ROWS,
            "skip": scene.skip if scene else 0,
            "size": scene.size if scene else "",
        },
    )


def said(this: Sample, view: RunView) -> Said:
    """What the model answers at the place that is looked at first."""
    labelled = label(this)
    best, each = answers(view, labelled)
    at = min(PLACE, len(best) - 1)
    word = str(best[at][0][0])
    return Said(word, word == name(int(labelled.targets["words"][0][at])), math.exp(-each[at]))


def perplexities(labelled: Labelled, each: list[float]) -> list[list[Any]]:
    """[name, e^loss] of this sentence, the model's first, then those of guessing and of counting."""
    task = load(SLUG)
    counted = task.baselines(labelled, task.info("sentences"), NextWordOptions())
    rows = [("model", sum(each) / len(each)), *((b.name.split(":")[0], b.loss) for b in reversed(counted))]
    return [[rule, math.exp(min(loss, 50))] for rule, loss in rows if loss is not None]


def formula(each: list[float]) -> Formula:
    """The loss in symbols, and with the present numbers."""
    terms, value = [rf"\ln {digits(math.exp(-loss), '.2g')}" for loss in each], sum(each) / len(each)
    loss = digits(value, ".2f")
    return {
        "symbols": line(
            r"\text{loss} = -\frac{1}{T-1} \sum_{t=0}^{T-2} \ln p(x_{t+1} \mid x_0 \dots x_t),",
            r"\text{perplexity} = e^{\text{loss}}",
        ),
        "numbers": line(
            *mean(terms, len(terms), sign="-"),
            f"= {loss},",
            f"e^{{{loss}}} = {digits(math.exp(min(value, 50)), ',.1f')}",
        ),
    }


# the view


class NextCard(TypedDict):
    """What the view is sent: lists of one entry a place.

    words: all that goes in; answers: five (word, share); perplexity: (whose, how much);
    rows: how far down the card goes: 1 what goes in, 2 the label, 3 the answer, 4 all else; skip: how many
    of them are left out at the top; size: "", or of a stage.
    """

    id: str
    words: Sequence[str]
    known: Sequence[bool]
    target: Sequence[str]
    answers: Sequence[Sequence[Sequence[str | float]]]
    loss: Sequence[float]
    perplexity: Sequence[Sequence[str | float]]
    formula: Formula | None
    model: str
    rows: int
    skip: int
    size: str


def next_card(key: str, *, card: NextCard) -> None:
    """Show a sentence with the label at every place, the causal mask as a triangle, and the five best words at one."""
    mount("tasks/next_word/card", key, card)
