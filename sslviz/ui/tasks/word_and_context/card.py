"""The sample card of Word and context: what is kept, each word's window, its neighbours, their noise, the scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypedDict, cast

import numpy as np

from sslviz.catalogue import load
from sslviz.catalogue.word_and_context import ENTRY, WordAndContextOptions
from sslviz.data import text, uploads
from sslviz.data.word_rows import LONGEST, word_rows
from sslviz.ui.frame import stage
from sslviz.ui.frame.labelling import make_label
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.live import mount
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import FormulaLine

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG, ROWS = ENTRY.slug, 5  # rows on a stage: the sentence, the window, the labels, their noise, the answers
TELLING = 3  # neighbours of a word that is worth to be shown first


@dataclass(frozen=True)
class Sample:
    """A sentence in the model's terms.

    Attributes:
        name: changes with the sentence.
        data: whose vocabulary it is written in.
        pieces: its words and marks as written.
        numbers: the word number of each piece; 0 for a mark, and for a word that the vocabulary lacks.
        lacks: the words that the vocabulary lacks.
        cut: whether the sentence goes on after the last piece.
        batch: a batch of one, `ids` (1, t): the numbers that are not 0.
    """

    name: str
    data: str
    pieces: list[str]
    numbers: list[int]
    lacks: list[str]
    cut: bool
    batch: Batch


def sample(data: str, number: int, own: str) -> Sample:
    """Held-out sentence `number` of a data set, or the visitor's own. Raises uploads.Refused for an unusable one."""
    import torch

    from sslviz.tasks.base import Batch

    words = word_rows(data)
    row = number % len(words.held_out)
    raw = words.raw[row]
    if own:
        uploads.sentence(own)
        raw = uploads.shortened(own)
    pieces, numbers, known = [], [], 0
    for piece in text.pieces(raw):
        its = words.index.get(piece.lower(), 0)
        if known == LONGEST and its:  # longer sentences are cut into several rows; this is the first
            break
        known += its > 0
        pieces.append(piece)
        numbers.append(its)
    cut = len(pieces) < len(text.pieces(raw))
    lacks = [p for p, its in zip(pieces, numbers, strict=True) if not its and p not in text.MARKS]
    ids = torch.tensor([[its for its in numbers if its]], dtype=torch.long)
    return Sample(own or f"held-{number}", data, pieces, numbers, lacks, cut, Batch(np.array([row]), {"ids": ids}))


def label(this: Sample, seed: int, options: WordAndContextOptions) -> tuple[Draw, Labelled]:
    """What is dropped, how far each window reaches, and the noise words, all drawn by seed."""
    return make_label(SLUG, this.batch, seed, options, data=this.data)


@dataclass(frozen=True)
class Label:
    """One label of a centre, with its noise words.

    Attributes:
        place: of the word among the pieces.
        word: the label.
        noise: k words.
        p: how probable each of them was to be drawn.
        same: whether each is the label itself, and is skipped.
        beside: whether each stands in this very window.
    """

    place: int
    word: str
    noise: list[str]
    p: list[float]
    same: list[bool]
    beside: list[bool]


@dataclass(frozen=True)
class Centre:
    """A kept word: its `place` among the pieces, how far its window reaches, a (place, offset) for each neighbour."""

    place: int
    radius: int
    near: list[tuple[int, int]]
    labels: list[Label]


def centres(this: Sample, draw: Draw, labelled: Labelled, exponent: float) -> list[Centre]:
    """Every kept word with its window and its labels, in the order of the sentence."""
    from sslviz.tasks.word_and_context import OFFSETS, noise_probability

    words = word_rows(this.data)
    chance = noise_probability(load(SLUG).info(this.data)["counts"], exponent)
    at = [place for place, number in enumerate(this.numbers) if number]  # place of each id
    at = [place for place, kept in zip(at, draw["keep"][0], strict=True) if kept]
    cbow = "context" in labelled.inputs
    within = (labelled.inputs["context"] != 0)[0] if cbow else labelled.where[0]
    noise = labelled.targets["noise"][0]
    result: list[Centre] = []
    reach = [int(r) for r, kept in zip(draw["radius"][0], draw["keep"][0], strict=True) if kept]
    for j, place in enumerate(at):
        near = [(at[j + by], by, m) for m, by in enumerate(OFFSETS) if within[j, m]]
        asked = [(place, 0)] if cbow and near else [(its, m) for its, _, m in near]
        beside = {this.numbers[its] for its, _, _ in near}
        labels = []
        for its, m in asked:
            drawn = noise[j, m].tolist()
            labels.append(
                Label(
                    its,
                    words.vocabulary[this.numbers[its]],
                    [words.vocabulary[n] for n in drawn],
                    [float(chance[n]) for n in drawn],
                    [n == this.numbers[its] for n in drawn],
                    [n in beside for n in drawn],
                )
            )
        result.append(Centre(place, reach[j], [(its, by) for its, by, _ in near], labels))
    return result


@dataclass(frozen=True)
class Scores:
    """The model's answer to one label.

    Attributes:
        right: σ(u·v) of the label.
        noise: that of each noise word; None where it is skipped.
        best: which of them is highest: 0 the label, 1 … k a noise word, −1 where the label is one of several equals.
        loss: −ln σ(u·v) − Σ ln σ(−uₖ·v).
    """

    right: float
    noise: list[float | None]
    best: int
    loss: float


def scores(view: RunView, labelled: Labelled) -> list[Scores]:
    """The model's answer to each label, in the order of `where`."""
    from sslviz.tasks.word_and_context import pair_scores
    from sslviz.training.answers import ask

    if not labelled.where.any():
        return []

    def compute(learner: Any) -> tuple[list[float], list[list[float]], list[float]]:
        answer, each = learner.answer(labelled).data, learner.loss(labelled).per_item
        right, noise = pair_scores(answer["vector"], answer["table"], labelled)
        return right.sigmoid().tolist(), noise.sigmoid().tolist(), each.tolist()

    result = []
    answers = zip(*ask(view.config, view.weights, compute), skipped(labelled), strict=True)
    for right, noise, loss, same in answers:
        top = max([right, *noise])
        best = noise.index(top) + 1 if top > right else -1 if right in noise else 0
        result.append(Scores(right, [None if s else n for n, s in zip(noise, same, strict=True)], best, loss))
    return result


def said(this: Sample, view: RunView, seed: int, options: WordAndContextOptions) -> Said:
    """How many labels of the sentence the model scores above all of their noise words."""
    found = [one.best == 0 for one in scores(view, label(this, seed, options)[1])]
    return Said(f"{sum(found)} of {len(found)}", None, sum(found) / max(1, len(found)))


def skipped(labelled: Labelled) -> list[list[bool]]:
    """For each label which of its noise words are the label itself."""
    words, noise = (labelled.targets[name][labelled.where] for name in ("words", "noise"))
    found: list[list[bool]] = (noise == words[:, None]).tolist()
    return found


def card(this: Sample, view: RunView, seed: int, options: WordAndContextOptions, depth: str) -> None:
    """Draw the card. Which word is the centre, and which pair is looked at, is chosen in the browser."""
    context_card(f"{SLUG}_card", card=card_data(this, view, seed, options, depth))


def card_data(this: Sample, view: RunView, seed: int, options: WordAndContextOptions, depth: str) -> ContextCard:
    """What the card shows; see `ContextCard`."""
    from sslviz.tasks.word_and_context import keep_probability

    draw, labelled = label(this, seed, options)
    share, scene = load(SLUG).info(this.data)["share"], stage.now()
    stays = keep_probability(share, options.threshold)
    steps = centres(this, draw, labelled, options.exponent)
    asked = scene is None or scene.rows >= ROWS  # on a stage the model is not asked before its scene
    flat = iter(scores(view, labelled) if asked else ())
    answers = [[next(flat) for _ in step.labels] for step in steps] if asked else []
    how = fates(this, draw)
    return {
        "id": f"{this.name}·{seed}·{options}",
        "words": this.pieces,
        "how": how,
        "keep": [float(stays[number]) if number else None for number in this.numbers],
        "share": [float(share[number]) if number else None for number in this.numbers],
        "steps": [cast("CentreData", asdict(step)) for step in steps],
        "answers": [[cast("PairScores", asdict(answer)) for answer in step] for step in answers],
        "centre": first_centre(this, steps, share if scene else None),
        "cbow": options.way == "CBOW",
        "note": note(this, steps, how),
        "left_out": left_out(this),
        "formula": formula(answers) if depth == "Detailed" and any(answers) else None,
        "model": view.mode,
        "rows": scene.rows if scene else ROWS,
        "size": scene.size if scene else "",
    }


def first_centre(this: Sample, steps: Sequence[Centre], share: Any) -> int:
    """The centre that is shown first: it has most neighbours; in a lesson it is the rarest of those that have some."""
    if share is None:
        return max(range(len(steps)), key=lambda j: len(steps[j].near), default=0)

    def telling(j: int) -> tuple[bool, float]:
        return len(steps[j].near) >= TELLING, -float(share[this.numbers[steps[j].place]])

    return max(range(len(steps)), key=telling, default=0)


def fates(this: Sample, draw: Draw) -> list[str]:
    """What becomes of each piece: "" kept, "drop", "mark", or "out" where the vocabulary lacks it."""
    pairs = zip(this.pieces, this.numbers, strict=True)
    how = ["" if number else "mark" if piece in text.MARKS else "out" for piece, number in pairs]
    known = [place for place, number in enumerate(this.numbers) if number]
    for place, kept in zip(known, draw["keep"][0], strict=True):
        how[place] = "" if kept else "drop"
    return how


def note(this: Sample, steps: list[Centre], how: list[str]) -> str:
    """How many words came through, and how many labels there are."""
    known, dropped = sum(number > 0 for number in this.numbers), how.count("drop")
    count = sum(len(step.labels) for step in steps)
    if not known:
        return "No word here is in the vocabulary, so there is no label and nothing to ask."
    kept = (
        f"{known} word{'s' * (known != 1)} of the vocabulary, {dropped} dropped this time (the commoner a word, the "
        "likelier). "
    )
    if not count:
        return f"{kept}No two words are left to stand side by side, so there is no label and nothing to learn."
    return (
        f"{kept}All centres together make {count} label{'s' * (count != 1)}, each with noise words of its own. The "
        "order of the words does not count. A noise word is not known to be wrong: it was only drawn at random."
    )


def left_out(this: Sample) -> str:
    """Words that the vocabulary lacks, and where the sentence was cut."""
    lacks = f"Not among the {len(word_rows(this.data).vocabulary) - 1:,} words, so left out: {', '.join(this.lacks)}."
    cut = f"The sentence goes on: a row has at most {LONGEST} words."
    return " ".join([*([lacks] if this.lacks else []), *([cut] if this.cut else [])])


def formula(answers: list[list[Scores]]) -> CentredFormula:
    """The loss of one label in symbols, and for every label of every centre with the present numbers."""

    def numbers(answer: Scores) -> FormulaLine:
        others = [rf"- \ln {digits(1 - p, '.2g')}" for p in answer.noise if p is not None]
        return line(rf"= -\ln {digits(answer.right, '.2g')}", *others, f"= {digits(answer.loss, '.2f')}")

    return {
        "symbols": line(
            r"\text{loss of a label} = -\ln \sigma(u \cdot v)", r"- \sum_k \ln \sigma(-u_k \cdot v),",
            r"\sigma(-x) = 1 - \sigma(x)",
        ),
        "numbers": [[numbers(answer) for answer in centre] for centre in answers],
    }  # fmt: skip


# the view


class PairLabel(TypedDict):
    """A label and its noise words; lists have one entry a noise word.

    p: chance to be drawn; same: it is the label itself, and is skipped; beside: it stands in this very window.
    """

    place: int
    word: str
    noise: Sequence[str]
    p: Sequence[float]
    same: Sequence[bool]
    beside: Sequence[bool]


class CentreData(TypedDict):
    """A kept word with its window: (place, offset) of each neighbour, and its labels."""

    place: int
    radius: int
    near: Sequence[Sequence[int]]
    labels: Sequence[PairLabel]


class PairScores(TypedDict):
    """What the model says of a label; see `Scores`."""

    right: float
    noise: Sequence[float | None]
    best: int
    loss: float


class CentredFormula(TypedDict):
    """A formula, and its numbers for every label of every centre."""

    symbols: FormulaLine
    numbers: Sequence[Sequence[FormulaLine]]


class ContextCard(TypedDict):
    """What the view is sent: a sentence.

    id: changes with sample or seed, and the choice of centre then starts anew; how: "" kept, "drop", "mark", "out";
    keep and share: None where left out; steps and answers: one entry a kept word; centre: the one shown first; rows:
    how far down the card goes on a stage: 1 the sentence, 2 the window, 3 the labels, 4 their noise, 5 the answers;
    size: "", or of a stage.
    """

    id: str
    words: Sequence[str]
    how: Sequence[str]
    keep: Sequence[float | None]
    share: Sequence[float | None]
    steps: Sequence[CentreData]
    answers: Sequence[Sequence[PairScores]]
    centre: int
    cbow: bool
    note: str
    left_out: str
    formula: CentredFormula | None
    model: str
    rows: int
    size: str


class WordList(TypedDict):
    """Words and their cosines; `empty` is said where there are none."""

    title: str
    hint: str
    rows: Sequence[Sequence[str | float]]
    empty: str


class ContextLists(TypedDict):
    """What the view is sent instead, for the part below the card."""

    lists: Sequence[WordList]
    model: str


def context_card(key: str, *, card: ContextCard | ContextLists) -> None:
    """Show a sentence, the window of one of its words, and the pairs in it; or lists of words and their cosines.

    The visitor chooses centre and pair in the browser, without a round trip.
    """
    mount("tasks/word_and_context/card", key, card)
