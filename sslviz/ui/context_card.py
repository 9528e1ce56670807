"""The sample card of Word and context: what is kept, each word's window, its neighbours, their noise, the scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sslviz.data import text, uploads
from sslviz.data.running import LONGEST, running
from sslviz.ui import live

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Draw, Labelled
    from sslviz.training.shown import Shown

SLUG, PAGE = "word_and_context", 31  # PAGE: the stream of random numbers that pages draw from


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

    words = running(data)
    row = number % len(words.held)
    raw = own or words.said[row]
    if own:
        uploads.sentence(own)
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


def label(this: Sample, seed: int, options: dict[str, Any]) -> tuple[Draw, Labelled]:
    """What is dropped, how far each window reaches, and the noise words, all drawn by seed."""
    from sslviz.catalogue import load

    task = load(SLUG)
    pool = task.pool(this.data)
    draw = task.draw(this.batch, np.random.default_rng((seed, PAGE, int(this.batch.ids[0]))), pool, **options)
    return draw, task.apply(this.batch, draw, pool)


def centres(this: Sample, draw: Draw, labelled: Labelled, exponent: float) -> list[dict[str, Any]]:
    """Every kept word with its window and its labels, in the order of the sentence.

    Returns:
        For each: `place` of the word among the pieces; `radius`; `near`, a [place, offset] for each neighbour;
        `labels`, each with `place`, `word`, `noise` (k words), `p` of each noise word to be drawn, `same` (it is
        the label itself, and is skipped) and `beside` (it stands in this very window).
    """
    from sslviz.catalogue import load
    from sslviz.tasks.word_and_context import OFFSETS, noise_probability

    words = running(this.data)
    chance = noise_probability(load(SLUG).pool(this.data)["counts"], exponent)
    at = [place for place, number in enumerate(this.numbers) if number]  # place of each id
    at = [place for place, kept in zip(at, draw["keep"][0], strict=True) if kept]
    cbow = "context" in labelled.inputs
    within = (labelled.inputs["context"] != 0)[0] if cbow else labelled.where[0]
    noise, result = labelled.targets["noise"][0], []
    reach = [int(r) for r, kept in zip(draw["radius"][0], draw["keep"][0], strict=True) if kept]
    for j, place in enumerate(at):
        near = [(at[j + by], by, m) for m, by in enumerate(OFFSETS) if within[j, m]]
        asked = [(place, 0)] if cbow and near else [(its, m) for its, _, m in near]
        beside = {this.numbers[its] for its, _, _ in near}
        labels = []
        for its, m in asked:
            drawn = noise[j, m].tolist()
            labels.append(
                {
                    "place": its,
                    "word": words.vocabulary[this.numbers[its]],
                    "noise": [words.vocabulary[n] for n in drawn],
                    "p": [float(chance[n]) for n in drawn],
                    "same": [n == this.numbers[its] for n in drawn],
                    "beside": [n in beside for n in drawn],
                }
            )
        result.append(
            {"place": place, "radius": reach[j], "near": [[its, by] for its, by, _ in near], "labels": labels}
        )
    return result


def scores(view: Shown, labelled: Labelled) -> list[dict[str, Any]]:
    """What the model says of each label, in the order of `where`.

    Returns:
        For each: `right`, σ(u·v) of the label; `noise`, that of each noise word, None where it is skipped; `best`,
        which of them is highest: 0 the label, 1 … k a noise word, −1 where the label is one of several equals.
    """
    from sslviz.tasks.word_and_context import pair_scores
    from sslviz.training.answers import ask

    if not labelled.where.any():
        return []

    def question(learner: Any) -> tuple[list[float], list[list[float]]]:
        said = learner.task.answer(learner.net, labelled).data
        right, noise = pair_scores(said["vector"], said["table"], labelled)
        return right.sigmoid().tolist(), noise.sigmoid().tolist()

    result = []
    for right, noise, same in zip(*ask(view.config, view.weights, question), skipped(labelled), strict=True):
        top = max([right, *noise])
        best = noise.index(top) + 1 if top > right else -1 if right in noise else 0
        result.append(
            {"right": right, "noise": [None if s else n for n, s in zip(noise, same, strict=True)], "best": best}
        )
    return result


def skipped(labelled: Labelled) -> list[list[bool]]:
    """For each label which of its noise words are the label itself."""
    words, noise = (labelled.targets[name][labelled.where] for name in ("words", "noise"))
    found: list[list[bool]] = (noise == words[:, None]).tolist()
    return found


def losses(view: Shown, labelled: Labelled) -> list[float]:
    """−ln σ(u·v) − Σ ln σ(−uₖ·v) of each label, in the order of `where`."""
    from sslviz.training.answers import ask

    if not labelled.where.any():
        return []
    each = ask(view.config, view.weights, lambda m: m.task.loss(m.net, labelled).per_item)
    return [] if each is None else each.tolist()


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card. Which word is the centre, and which pair is looked at, is chosen in the browser."""
    live.context_card("context_card", card=card_data(this, view, seed, options, detailed))


def card_data(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> dict[str, Any]:
    """What the card shows; see `live.context_card`."""
    from sslviz.catalogue import load
    from sslviz.tasks.word_and_context import keep_probability

    draw, labelled = label(this, seed, options)
    share = load(SLUG).pool(this.data)["share"]
    stays = keep_probability(share, options["threshold"])
    steps, said, each = (
        centres(this, draw, labelled, options["exponent"]),
        scores(view, labelled),
        losses(view, labelled),
    )
    how = ["" if number else "mark" if piece in text.MARKS else "out" for piece, number in _pairs(this)]
    known = [place for place, number in enumerate(this.numbers) if number]
    for place, kept in zip(known, draw["keep"][0], strict=True):
        how[place] = "" if kept else "drop"
    answers, first = [], 0
    for step in steps:
        count = len(step["labels"])
        found = zip(said[first : first + count], each[first : first + count], strict=True)
        answers.append([{**one, "loss": value} for one, value in found])
        first += count
    return {
        "id": f"{this.name}·{seed}·{options}",
        "words": this.pieces,
        "how": how,
        "keep": [float(stays[number]) if number else None for number in this.numbers],
        "share": [float(share[number]) if number else None for number in this.numbers],
        "steps": steps,
        "answers": answers,
        "centre": max(range(len(steps)), key=lambda j: len(steps[j]["near"])) if steps else 0,
        "cbow": options["way"] == "CBOW",
        "note": note(this, steps, how),
        "left_out": left_out(this),
        "formula": formula(answers) if detailed and each else None,
        "model": view.mode,
    }


def _pairs(this: Sample) -> list[tuple[str, int]]:
    return list(zip(this.pieces, this.numbers, strict=True))


def note(this: Sample, steps: list[dict[str, Any]], how: list[str]) -> str:
    """How many words came through, and how many labels there are."""
    known, dropped = sum(number > 0 for number in this.numbers), how.count("drop")
    count = sum(len(step["labels"]) for step in steps)
    if not known:
        return "No word here is in the vocabulary, so there is no label and nothing to ask."
    kept = (
        f"{known} word{'s' * (known != 1)} of the vocabulary, {dropped} dropped this time (the commoner a word, the "
        "likelier). "
    )
    if not count:
        return f"{kept}No two words are left to stand side by side, so there is no label and nothing to learn."
    return (
        f"{kept}All centres together make {count} label{'s' * (count != 1)}, each with noise words of its own. "
        "Which word comes first plays no part, and nothing says that a noise word was wrong: it was only drawn."
    )


def left_out(this: Sample) -> str:
    """Words that the vocabulary lacks, and where the sentence was cut."""
    said = f"Not among the {len(running(this.data).vocabulary) - 1:,} words, so left out: {', '.join(this.lacks)}."
    cut = f"The sentence goes on: a row has at most {LONGEST} words."
    return " ".join([*([said] if this.lacks else []), *([cut] if this.cut else [])])


def formula(answers: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """The loss of one label in symbols, and for every label of every centre with the present numbers."""

    def numbers(said: dict[str, Any]) -> str:
        others = [f" − ln {1 - p:.2g}" for p in said["noise"] if p is not None]
        return f"= −ln {said['right']:.2g}{''.join(others)} = {said['loss']:.2f}"

    return {
        "symbols": "loss of a label = −ln σ(u·v) − Σ ln σ(−uₖ·v),  σ(−x) = 1 − σ(x)",
        "numbers": [[numbers(said) for said in centre] for centre in answers],
    }
