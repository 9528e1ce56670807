"""The sample card of Replaced words: the sentence, what the generator put in, and a label at every word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from sslviz.catalogue.replaced_words import ENTRY, ReplacedWordsOptions
from sslviz.data import text
from sslviz.ui.frame import stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.sentence_samples import Sample
from sslviz.ui.live import mount
from sslviz.ui.live.made import heard, made, switches
from sslviz.ui.live.mathematics import digits, line, mean
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG, BEST = ENTRY.slug, 5
KEY = f"{SLUG}_card"
LABELS, ANSWERS, ROWS = 3, 4, 5  # rows: the sentence, what the model reads, the label, its answer, all else
SHARE = 0.15  # of BERT, with which the number of labels is compared


@dataclass(frozen=True)
class Filled:
    """A sentence as the generator in view filled it. Lists have one entry a place, [CLS] and [SEP] among them.

    Attributes:
        reads: numbers of the words that the discriminator reads.
        chance: how probable the generator found the word that it chose; None where it did not choose.
        best: its five best, where it chose.
        replaced: the label; None where there is none.
        p: how probable the discriminator finds it that a word was replaced; None where there is no label.
        loss: −ln p(label) at every label, in reading order.
    """

    reads: list[int]
    chance: list[float | None]
    best: list[list[list[Any]] | None]
    replaced: list[bool | None]
    p: list[float | None]
    loss: list[float]


def by_hand(edit: Any, count: int) -> list[bool] | None:
    """Which of `count` places a visitor hides, never the first and the last; None where the edit is none."""
    hide = switches(edit, count)
    return None if hide is None else [False, *hide[1:-1], False]


def label(
    this: Sample, seed: int, options: ReplacedWordsOptions, hide: list[bool] | None = None
) -> tuple[Draw, Labelled]:
    """Choose the places of a sample: by seed, or the visitor's own. What stands there, a model says: see `filled`."""

    def change(draw: Draw) -> None:
        if hide is not None:
            if options.asked != ReplacedWordsOptions().asked:
                draw["asked"] = np.array([hide])
            draw["hide"] = np.array([hide]) & (this.batch.data["ids"].numpy() > text.MASK)
            draw["keep"] = np.zeros_like(draw["hide"])

    return make_label(SLUG, this.batch, seed, options, data="sentences", change=change)


def filled(view: RunView, labelled: Labelled) -> Filled:
    """What generator and discriminator in view make of it."""
    from sslviz.training.answers import ask

    def question(model: Learner) -> Filled:
        net: Any = model.net
        taught = model.task.targets_from_model(net, labelled)
        places, where = labelled.targets["words"][0] != text.PAD, labelled.where[0]
        p = net.generate(labelled.inputs, places[None]).softmax(-1)
        reads, words = taught.inputs["ids"][0], text.corpus().vocabulary
        chance: list[float | None] = [None] * len(reads)
        best: list[list[list[Any]] | None] = [None] * len(reads)
        for at, row in zip(places.nonzero().flatten().tolist(), p, strict=True):
            top = row.topk(BEST)
            if not int(labelled.inputs["word"][0, at]):
                chance[at] = float(row[reads[at]])
                best[at] = [[words[n], x] for n, x in zip(top.indices.tolist(), top.values.tolist(), strict=True)]
        suspects: list[float | None] = [None] * len(reads)
        each: list[float] = []
        if where.any():
            for at, x in zip(where.nonzero().flatten().tolist(), model.answer(taught).data["p"].tolist(), strict=True):
                suspects[at] = x
            loss = model.loss(taught).per_item
            each = [] if loss is None else loss.tolist()
        replaced = [bool(x) if w else None for x, w in zip(taught.targets["replaced"][0], where, strict=True)]
        return Filled(reads.tolist(), chance, best, replaced, suspects, each)

    return ask(view.config, view.weights, question)


def card(this: Sample, view: RunView, seed: int, options: ReplacedWordsOptions, depth: str) -> None:
    """Draw the card. The visitor's own edits of this very label come back from the browser and are taken over."""
    name, scene = f"{this.name}·{seed}·{options}", stage.now()
    hide = by_hand(made(KEY, name), len(this.tokens) + 2)
    if scene is not None and scene.bare and hide is None:
        hide = [False] * (len(this.tokens) + 2)  # in a lesson nothing is hidden before the visitor does it
    draw, labelled = label(this, seed, options, hide)
    now, words, known = filled(view, labelled), text.corpus().vocabulary, text.corpus().index
    inner = slice(1, len(this.tokens) + 1)
    asked, labels = scene is None or scene.rows >= ANSWERS, scene is None or scene.rows >= LABELS
    replaced_card(
        KEY,
        card={
            "id": name,
            "words": ["[CLS]", *this.pieces, "[SEP]"],
            "known": [True, *(token in known for token in this.tokens), True],
            "can": [False, *(token in known for token in this.tokens), False],
            "hide": [bool(x) for x in draw["hide"][0]],
            "heard": heard(KEY),
            "reads": ["[CLS]", *(words[n] for n in now.reads[inner]), "[SEP]"],
            "chance": now.chance,
            "best": now.best,
            "target": now.replaced if labels else [None] * len(now.reads),
            "answer": now.p if asked else [None] * len(now.reads),
            "count": count_line(now.replaced, draw, len(this.tokens), brief=scene is not None) if labels else "",
            "formula": formula(now.loss) if depth == "Detailed" and now.loss else None,
            "model": view.mode,
            "rows": scene.rows if scene else ROWS,
            "skip": scene.skip if scene else 0,
            "size": scene.size if scene else "",
        },
    )


def count_line(replaced: list[bool | None], draw: Draw, words: int, *, brief: bool) -> str:
    """How many labels the sentence has, beside those that BERT would have, and what the marks mean."""
    labels, hidden = [one for one in replaced if one is not None], int(draw["hide"].sum())
    if not labels:
        return "Nothing has a label here. Hide a word: click it."
    bert = max(1, round(SHARE * (words + 2)))
    if brief:
        return f"{len(labels)} labels in this sentence; Masked words would have {bert}."
    counted = f"{len(labels)} labels in this sentence; BERT would have {bert}"
    same = hidden - sum(labels) if len(labels) >= hidden else 0
    lucky = f" {same} hidden, but the word that came is the one that stood there: original." if same else ""
    return (
        f"{counted}, one at each hidden word. But each of these says only yes or no; a hidden word is one of "
        f"{len(text.corpus().vocabulary):,}.{lucky} In orange: how likely the model finds it that a word was replaced. "
        "A thick line is around the word that it suspects most: ✓ if that one was replaced, ✕ if another one was."
    )


def formula(each: list[float]) -> Formula:
    """The loss in symbols, and with the present numbers."""
    terms = [rf"\ln {digits(math.exp(-value), '.2g')}" for value in each]
    return {
        "symbols": line(
            r"\text{loss} = -\frac{1}{n} \sum_{t} \ln p(y_t),", r"\text{minimised: } L_{MLM} + 50 \cdot \text{loss}"
        ),
        "numbers": line(*mean(terms, len(terms), sign="-"), f"= {digits(sum(each) / len(each), '.2f')}"),
    }


def said(this: Sample, view: RunView, seed: int, options: ReplacedWordsOptions) -> Said:
    """Which word the model suspects most, and how sure it is; right where that word was replaced, as the card marks it.

    Where no word was replaced, no suspicion is right or wrong.
    """
    hide = by_hand(made(KEY, f"{this.name}·{seed}·{options}"), len(this.tokens) + 2)
    now = filled(view, label(this, seed, options, hide)[1])
    asked = [(p, at) for at, p in enumerate(now.p) if p is not None]
    if not asked:
        return Said("no label", None)
    p, at = max(asked)
    return Said(text.corpus().vocabulary[now.reads[at]], now.replaced[at] if True in now.replaced else None, p)


# the view


class ReplacedCard(TypedDict):
    """What the view is sent: lists of one entry a word.

    id: changes with sample or seed and drops the visitor's edit; can: whether a word may be hidden; heard: number of
    the visitor's last change that came; chance: how probable the generator found what it put in; best: its five best
    (word, share); target: whether a word was replaced; answer: how probable the model finds that; count: a sentence;
    rows: how far down the card goes: 1 the sentence, 2 what the model reads, 3 the label, 4 the answer, 5 all else;
    skip: how many of them are left out at the top; size: "", or of a stage.
    """

    id: str
    words: Sequence[str]
    known: Sequence[bool]
    can: Sequence[bool]
    hide: Sequence[bool]
    heard: int
    reads: Sequence[str]
    chance: Sequence[float | None]
    best: Sequence[Sequence[Sequence[str | float]] | None]
    target: Sequence[bool | None]
    answer: Sequence[float | None]
    count: str
    formula: Formula | None
    model: str
    rows: int
    skip: int
    size: str


def replaced_card(key: str, *, card: ReplacedCard) -> None:
    """Show a sentence from raw words down to a label and an answer at every word; the visitor may hide words.

    What a visitor makes is the whole list `hide`.
    """
    mount("tasks/replaced_words/card", key, card, "made")
