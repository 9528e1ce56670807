"""The sample card of Next sentence: a pair from a tale, the coin, the whole input, the label, what everybody says."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.masked_words import MaskedWordsOptions
from sslviz.catalogue.next_sentence import ENTRY, NextSentenceOptions
from sslviz.data import text, uploads
from sslviz.data.stories import stories
from sslviz.ui.frame import stage
from sslviz.ui.frame.labelling import generator
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.live import mount
from sslviz.ui.live.mathematics import digits, line
from sslviz.ui.live.shared import FormulaLine

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, DataInfo, Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG, ROWS = ENTRY.slug, 4  # rows on a stage: the pair, the coin, the label, the answer
HELD_OUT = 1627  # held-out pairs
LABELS = ("IsNext", "NotNext")  # by number, as in the task
FATES = ("", "hide", "swap", "keep")
MOST_SHARED = 6  # words that both sentences have, named on the card


@dataclass(frozen=True)
class Pair:
    """A and what follows it.

    Attributes:
        name: changes with the pair.
        raw: both sentences as written.
        number: A's place among all sentences of the stories; None for a visitor's own pair.
        pair: the place among the held-out pairs.
        batch: a batch of one.
        half: whether the visitor has typed only one of two sentences, so that this pair stands there until then.
    """

    name: str
    raw: tuple[str, str]
    number: int | None
    pair: int
    batch: Batch
    half: bool = False


@dataclass(frozen=True)
class Side:
    """One side of the coin. `b` is B as written, `other` the sentence's number where a stranger stands there."""

    b: str
    other: int | None
    draw: Draw
    labelled: Labelled


def sample(number: int, _source: str, own: tuple[str, str]) -> Pair:
    """The pair in view: the visitor's own if both sentences are there, else a held-out one.

    Raises:
        uploads.Refused: names the field of a sentence that cannot be used.
    """
    if all(own):
        return own_pair(*own)
    for letter, typed in zip("AB", own, strict=True):
        if typed:
            checked(letter, typed)
    return replace(held_out_pair(number), half=any(own))


def held_out_pair(pair: int) -> Pair:
    """A held-out pair by its number, 0 to HELD - 1."""
    batch = load(SLUG).batch("stories", "held_out", np.array([pair]))
    number = int(batch.ids[0])
    raw = (stories().sentences[number], stories().sentences[number + 1])
    return Pair(f"held-{pair}", raw, number, pair, batch)


def own_pair(a: str, b: str) -> Pair:
    """A visitor's own pair. Raises uploads.Refused, naming the field, for a sentence that cannot be used."""
    import torch

    from sslviz.tasks.base import Batch
    from sslviz.tasks.next_sentence import LONGEST

    ids = np.zeros((2, LONGEST), np.int64)
    a, b = uploads.shortened(a), uploads.shortened(b)
    for name, row, raw in zip("AB", ids, (a, b), strict=True):
        tokens = stories().encode(checked(name, raw))
        kept = tokens[-LONGEST:] if name == "A" else tokens[:LONGEST]
        row[: len(kept)] = kept
    data = {"a": torch.from_numpy(ids[:1]), "b": torch.from_numpy(ids[1:]), "document": torch.zeros(1).long()}
    return Pair(f"own-{a}|{b}", (a, b), None, 0, Batch(np.array([0]), data))


def checked(name: str, raw: str) -> list[str]:
    """The tokens of field A or B; the refusal says which field it is about."""
    try:
        return uploads.sentence(raw)
    except uploads.Refused as refused:
        raise uploads.Refused(f"Sentence {name}: {refused}") from None


def sides(this: Pair, seed: int, options: NextSentenceOptions) -> tuple[int, tuple[Side, Side]]:
    """Both sides of the coin, and which one was drawn.

    The side that was not drawn is a changed Draw: `random` is the other one, and since another B has other words, its
    words are drawn again; those of A stay. In an own pair B is the visitor's on both sides, and only the label changes.
    """
    from sslviz.tasks.base import Draw

    task, info = load(SLUG), load(SLUG).info("stories")
    draw, other = task.draw(this.batch, generator(SLUG, this.batch, seed), info, options), None
    if this.number is None:
        draw["other"], drawn = this.batch.data["b"].numpy(), 0
    else:
        # The same choice once more, among sentences that are their own numbers: so we know which one it was.
        names = type(info)({**info, "beginnings": np.arange(len(info["beginnings"]))[:, None]})
        other = int(task.draw(this.batch, generator(SLUG, this.batch, seed), names, options)["other"][0, 0])
        drawn = int(draw["random"][0])
    found = []
    for side in (0, 1):
        changed = Draw({**draw, "random": np.array([bool(side)])})
        if options.masks and (this.number is None or side != drawn):
            changed["how"] = _other_words(this, changed, seed, info)
        b = this.raw[1] if not side or other is None else stories().sentences[other]
        found.append(Side(b, other if side else None, changed, task.apply(this.batch, changed, info)))
    return drawn, (found[0], found[1])


def _other_words(this: Pair, draw: Draw, seed: int, info: DataInfo) -> NDArray[np.int64]:
    """(1, t) what is done to the words now that B is another one; what was done to those of A stays."""
    from sslviz.tasks.base import Batch
    from sslviz.tasks.next_sentence import WORDS, lay_out, replaced

    b = replaced(this.batch.data["b"], draw["random"], draw["other"])
    ids, _ = lay_out(this.batch.data["a"], b)
    rng = generator(SLUG, this.batch, seed, 1)
    again = WORDS.draw(Batch(this.batch.ids, {"ids": ids}), rng, info, MaskedWordsOptions())["how"]
    of_a = np.arange(again.shape[1]) < int((this.batch.data["a"] != text.PAD).sum()) + 1
    return np.where(of_a, draw["how"], again)


@dataclass(frozen=True)
class Prediction:
    """The model's answer to one input: `p` of IsNext and NotNext, the loss of the label, that of the hidden words."""

    p: list[float]
    loss: float
    words: float | None


def answers(view: RunView, labels: list[Labelled]) -> list[Prediction]:
    """The model's answer to each."""
    from sslviz.training.answers import ask

    def predict(labelled: Labelled) -> Prediction:
        answer, loss = ask(view.config, view.weights, lambda m: (m.answer(labelled), m.loss(labelled)))
        return Prediction(answer.data["p"][0].tolist(), loss.total.item(), loss.parts.get("hidden words"))

    return [predict(labelled) for labelled in labels]


def restored(labelled: Labelled) -> NDArray[np.int64]:
    """(n, t) the tokens before words were hidden."""
    hidden, sees = labelled.targets["words"], labelled.inputs["ids"]
    return hidden.where(hidden != text.PAD, sees).numpy()


@dataclass(frozen=True)
class Counted:
    """What the two baselines say of one pair.

    Attributes:
        topic: p of IsNext by topic alone.
        length: p of IsNext by length alone.
        cosine: of tf-idf.
        shared: words that both sentences have, rare first.
        lengths: known words and marks of A and of B.
    """

    topic: float
    length: float
    cosine: float
    shared: list[str]
    lengths: tuple[int, int]


def counted(labelled: Labelled, info: DataInfo) -> Counted:
    """What the two baselines say of one pair."""
    import torch

    from sslviz.tasks import next_sentence

    ids, segments, idf = restored(labelled), labelled.inputs["segments"].numpy(), info["idf"]
    topic, length = next_sentence.shared_words(ids, segments, idf), next_sentence.lengths(ids, segments, idf)
    both = next_sentence.in_both(torch.from_numpy(ids), labelled.inputs["segments"]).numpy()
    shared = sorted({int(i) for i in ids[both] if idf[i] > 0}, key=lambda i: -idf[i])
    real = ids > text.MASK
    return Counted(
        topic=float(info["topic alone"].predict_proba(topic)[0, 0]),
        length=float(info["length alone"].predict_proba(length)[0, 0]),
        cosine=float(topic[0, 0]),
        shared=[info["vocabulary"][i] for i in shared],
        lengths=(int((real & (segments == 0)).sum()), int((real & (segments == 1)).sum())),
    )


def card(this: Pair, view: RunView, seed: int, options: NextSentenceOptions, depth: str) -> None:
    """Draw the card with both sides of the coin, so that the visitor may turn it over without waiting."""
    info = load(SLUG).info("stories")
    drawn, both = sides(this, seed, options)
    scene = stage.now()
    asked = scene is None or scene.rows >= ROWS  # on a stage the model is not asked before its scene
    found = answers(view, [side.labelled for side in both]) if asked else []
    sentence_card(
        f"{SLUG}_card",
        card={
            "id": f"{this.name}·{seed}·{options}",
            "own": this.number is None,
            "drawn": drawn,
            "labels": LABELS,
            "a": kept(this.raw[0], end=True),
            "from": None if this.number is None else source(this.number),
            "follows": kept(this.raw[1], end=False),
            "steps": [done(this, side) for side in both],
            "tokens": [] if scene else [tokens(this, side) for side in both],
            "answers": [answer.p for answer in found],
            "hidden": [hidden_words(side) for side in both],
            "others": [] if scene else [others(counted(side.labelled, info)) for side in both],
            "marks": options.marks,
            "formula": formulas(found) if depth == "Detailed" else None,
            "model": view.mode,
            "rows": scene.rows if scene else ROWS,
            "skip": scene.skip if scene else 0,
            "size": scene.size if scene else "",
        },
    )
    if this.half:
        st.caption("Type the other sentence, too; until then a pair from the tales stands here.")


def said(this: Pair, view: RunView, seed: int, options: NextSentenceOptions) -> Said:
    """What the model says of the pair as the coin fell."""
    drawn, both = sides(this, seed, options)
    (found,) = answers(view, [both[drawn].labelled])
    best = int(found.p[1] > found.p[0])
    return Said(LABELS[best], best == drawn, found.p[drawn])


def source(number: int) -> str:
    """Title and book of a sentence."""
    tales = stories()
    document = int(tales.document[number])
    title, book = tales.titles[document], tales.books[document]
    return f"{title} ({book})"


def done(this: Pair, side: Side) -> CoinStep:
    """What was done to B: in words, and for a stranger its text and where it is from."""
    random = bool(side.draw["random"][0])
    if this.number is None:
        return {
            "text": "This is your own pair. No book says whether B follows A, so you say it, and that is the label. "
            f"You say: {'it does not' if random else 'it does'}.",
            "b": "",
            "from": "",
        }
    if side.other is None:
        return {"text": "It is the sentence that follows in the book.", "b": "", "from": ""}
    return {
        "text": "A sentence from another tale stands there now.",
        "b": kept(side.b, end=False),
        "from": source(side.other),
    }


def kept(raw: str, *, end: bool) -> str:
    """The part of a sentence that the model gets, as it is written: a long one loses its beginning, or its end."""
    from sslviz.tasks.next_sentence import LONGEST

    clean = unicodedata.normalize("NFC", raw).replace("\u2019", "'")
    pieces, spans, at = text.pieces(raw), [], 0
    if len(pieces) <= LONGEST:
        return raw
    for piece in pieces:
        first = clean.find(piece, at)
        if first < 0:  # a rare kind of apostrophe: then the words alone
            return "… " + " ".join(pieces[-LONGEST:]) if end else " ".join(pieces[:LONGEST]) + " …"
        at = first + len(piece)
        spans.append((first, at))
    return f"… {clean[spans[-LONGEST][0] :]}" if end else f"{clean[: spans[LONGEST - 1][1]]} …"


def tokens(this: Pair, side: Side) -> list[InputToken]:
    """The input, token by token: `word` as written, what the model `sees`, its segment, what was done, if in both."""
    from sslviz.tasks.next_sentence import LONGEST

    vocabulary, inputs = stories().vocabulary, side.labelled.inputs
    count = int(inputs["visible"][0].sum())
    a, b = text.pieces(this.raw[0])[-LONGEST:], text.pieces(side.b)[:LONGEST]
    words = ["[CLS]", *a, "[SEP]", *b, "[SEP]"]
    rows = zip(
        words,
        inputs["ids"][0, :count].tolist(),
        inputs["segments"][0, :count].tolist(),
        inputs["both"][0, :count].tolist(),
        side.draw["how"][0, :count].tolist(),
        restored(side.labelled)[0, :count].tolist(),
        strict=True,
    )
    return [
        {
            "word": word,
            "sees": vocabulary[sees] if FATES[how] or vocabulary[raw] in text.SPECIALS else word.lower(),
            "b": bool(segment),
            "how": FATES[how],
            "both": bool(both),
            "unknown": raw == text.UNK,
        }
        for word, sees, segment, both, how, raw in rows
    ]


def hidden_words(side: Side) -> list[list[str]]:
    """The words that the model must name besides, and what was done with each."""
    target = side.labelled.targets["words"][0].tolist()
    fates = side.draw["how"][0].tolist()
    return [[stories().vocabulary[n], FATES[how]] for n, how in zip(target, fates, strict=True) if n != text.PAD]


def others(found: Counted) -> list[CountedAnswer]:
    """What topic alone and length alone answer, and why."""
    shared, (a, b) = found.shared, found.lengths
    if shared:
        more = f" and {len(shared) - MOST_SHARED} more" if len(shared) > MOST_SHARED else ""
        why = f"in both, rare first: {', '.join(shared[:MOST_SHARED])}{more}; cosine of tf-idf {found.cosine:.2f}"
    else:
        why = "no word is in both; cosine of tf-idf 0"
    return [
        {"name": "Topic alone", "p": found.topic, "why": why},
        {"name": "Length alone", "p": found.length, "why": f"A has {a} known words and marks, B {b}"},
    ]


def symbols(answer: Prediction) -> FormulaLine:
    """The loss in symbols."""
    first = r"\text{loss} = -\ln p(\text{what was done})"
    if answer.words is None:
        return line(first)
    words = r"+ \frac{1}{\left| H \right|} \sum_{w \in H} \left( -\ln p(w) \right),"
    return line(first, words, r"H\text{: the hidden words}")


def formulas(found: Sequence[Prediction]) -> SidedFormula:
    """The loss in symbols, and with the present numbers of either side."""
    return {"symbols": symbols(found[0]), "numbers": [formula(answer) for answer in found]}


def formula(answer: Prediction) -> FormulaLine:
    """The same with the present numbers."""
    first, loss = rf"= -\ln {digits(math.exp(-answer.loss), '.2f')}", digits(answer.loss, ".2f")
    if answer.words is None:
        return line(first, f"= {loss}")
    words = digits(answer.words, ".2f")
    return line(first, f"+ {words}", f"= {loss} + {words}", f"= {digits(answer.loss + answer.words, '.2f')}")


# the view

CoinStep = TypedDict("CoinStep", {"text": str, "b": str, "from": str})  # what was done; B and where it is from


class InputToken(TypedDict):
    """A token: as written and as seen; b: of the second segment; how: what was done; both: in both sentences."""

    word: str
    sees: str
    b: bool
    how: str
    both: bool
    unknown: bool


class CountedAnswer(TypedDict):
    """What a counter answers: p of "follows", and why."""

    name: str
    p: float
    why: str


class SidedFormula(TypedDict):
    """A formula, and its numbers for either side of the coin."""

    symbols: FormulaLine
    numbers: Sequence[FormulaLine]


# What the view is sent. id: changes with sample or seed, and the coin then lies as it was drawn; own: the visitor's own
# pair; drawn: 0 or 1; rows: how far down the card goes on a stage: 1 the pair, 2 the coin, 3 the label, 4 the answer;
# skip: how many of them are left out at the top; size: "", or of a stage. What has two entries has one for either side
# of the coin; hidden: (word, what was done to it).
SentenceCard = TypedDict(
    "SentenceCard",
    {
        "id": str,
        "own": bool,
        "drawn": int,
        "labels": Sequence[str],
        "a": str,
        "from": str | None,
        "follows": str,
        "steps": Sequence[CoinStep],
        "tokens": Sequence[Sequence[InputToken]],
        "answers": Sequence[Sequence[float]],
        "hidden": Sequence[Sequence[Sequence[str]]],
        "others": Sequence[Sequence[CountedAnswer]],
        "marks": bool,
        "formula": SidedFormula | None,
        "model": str,
        "rows": int,
        "skip": int,
        "size": str,
    },
)


def sentence_card(key: str, *, card: SentenceCard) -> None:
    """Show a pair of sentences as the model gets it; the visitor may turn the coin over, without a round trip."""
    mount("tasks/next_sentence/card", key, card)
