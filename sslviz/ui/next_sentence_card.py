"""The sample card of Next sentence: a pair from a tale, the coin, the whole input, the label, what everybody says."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.data import text, uploads
from sslviz.data.stories import stories
from sslviz.ui import live

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Draw, Labelled, Pool
    from sslviz.training.shown import Shown

SLUG, PAGE, HELD = "next_sentence", 31, 1627  # PAGE: the pages' stream of random numbers; HELD: held-out pairs
LABELS = ("IsNext", "NotNext")  # by number, as in the task
FATES = ("", "hide", "swap", "keep")
MOST_SHARED = 6  # words that both sentences have, named on the card


@dataclass(frozen=True)
class Pair:
    """A and what follows it. `number` is A's place among all sentences of the stories; None for a visitor's own pair.

    `raw` are both sentences as written; `pair` is the place among the held-out pairs.
    """

    name: str
    raw: tuple[str, str]
    number: int | None
    pair: int
    batch: Batch


@dataclass(frozen=True)
class Way:
    """One side of the coin. `b` is B as written, `other` the sentence's number where a stranger stands there."""

    b: str
    other: int | None
    draw: Draw
    labelled: Labelled


def held_pair(pair: int) -> Pair:
    """A held-out pair by its number, 0 to HELD - 1."""
    from sslviz.catalogue import load

    batch = load(SLUG).batch("stories", "held", np.array([pair]))
    number = int(batch.ids[0])
    raw = (stories().sentences[number], stories().sentences[number + 1])
    return Pair(f"held-{pair}", raw, number, pair, batch)


def own_pair(a: str, b: str) -> Pair:
    """A visitor's own pair. Raises uploads.Refused, naming the field, for a sentence that cannot be used."""
    import torch

    from sslviz.tasks.base import Batch
    from sslviz.tasks.next_sentence import LONGEST

    ids = np.zeros((2, LONGEST), np.int64)
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


def ways(this: Pair, seed: int, options: dict[str, Any]) -> tuple[int, tuple[Way, Way]]:
    """Both sides of the coin, and which one was drawn.

    The side that was not drawn is a changed Draw: `random` is the other one, and since another B has other words, its
    words are drawn again; those of A stay. In an own pair B is the visitor's on both sides, and only the label changes.
    """
    from sslviz.catalogue import load
    from sslviz.tasks.base import Draw

    task, pool = load(SLUG), load(SLUG).pool("stories")
    draw, other = task.draw(this.batch, _rng(seed, this), pool, **options), None
    if this.number is None:
        draw["other"], drawn = this.batch.data["b"].numpy(), 0
    else:
        # The same choice once more, among sentences that are their own numbers: so we know which one it was.
        names = type(pool)({**pool, "beginnings": np.arange(len(pool["beginnings"]))[:, None]})
        other = int(task.draw(this.batch, _rng(seed, this), names, **options)["other"][0, 0])
        drawn = int(draw["random"][0])
    found = []
    for side in (0, 1):
        changed = Draw({**draw, "random": np.array([bool(side)])})
        if options["masks"] and (this.number is None or side != drawn):
            changed["how"] = _other_words(this, changed, seed, pool)
        b = this.raw[1] if not side or other is None else stories().sentences[other]
        found.append(Way(b, other if side else None, changed, task.apply(this.batch, changed, pool)))
    return drawn, (found[0], found[1])


def _other_words(this: Pair, draw: Draw, seed: int, pool: Pool) -> NDArray[np.int64]:
    """(1, t) what is done to the words now that B is another one; what was done to those of A stays."""
    from sslviz.tasks.base import Batch
    from sslviz.tasks.next_sentence import WORDS, lay_out, replaced

    b = replaced(this.batch.data["b"], draw["random"], draw["other"])
    ids, _ = lay_out(this.batch.data["a"], b)
    again = WORDS.draw(Batch(this.batch.ids, {"ids": ids}), _rng(seed, this, 1), pool)["how"]
    of_a = np.arange(again.shape[1]) < int((this.batch.data["a"] != text.PAD).sum()) + 1
    return np.where(of_a, draw["how"], again)


def _rng(seed: int, this: Pair, again: int = 0) -> np.random.Generator:
    """Every pair has a coin of its own, or all pairs would fall on the same side."""
    return np.random.default_rng((seed, PAGE, this.pair, again))


@dataclass(frozen=True)
class Said:
    """What the model says of one input: `p` of IsNext and NotNext, the loss of the label, that of the hidden words."""

    p: list[float]
    loss: float
    words: float | None


def answers(view: Shown, labels: list[Labelled]) -> list[Said]:
    """The model's answer to each."""
    from sslviz.training.answers import ask

    def one(labelled: Labelled) -> Any:
        return ask(view.config, view.weights, lambda m: (m.task.answer(m.net, labelled), m.task.loss(m.net, labelled)))

    said = [one(labelled) for labelled in labels]
    return [Said(a.data["p"][0].tolist(), loss.total.item(), loss.parts.get("hidden words")) for a, loss in said]


def restored(labelled: Labelled) -> NDArray[np.int64]:
    """(n, t) the tokens before words were hidden."""
    hidden, sees = labelled.targets["words"], labelled.inputs["ids"]
    return hidden.where(hidden != text.PAD, sees).numpy()


def counted(labelled: Labelled, pool: Pool) -> dict[str, Any]:
    """What the two baselines say of one pair: `p` of IsNext each, cosine, shared words (rare first), both lengths."""
    import torch

    from sslviz.tasks import next_sentence

    ids, segments, idf = restored(labelled), labelled.inputs["segments"].numpy(), pool["idf"]
    topic, length = next_sentence.shared_words(ids, segments, idf), next_sentence.lengths(ids, segments, idf)
    both = next_sentence.in_both(torch.from_numpy(ids), labelled.inputs["segments"]).numpy()
    shared = sorted({int(i) for i in ids[both] if idf[i] > 0}, key=lambda i: -idf[i])
    real = ids > text.MASK
    return {
        "topic": float(pool["topic alone"].predict_proba(topic)[0, 0]),
        "length": float(pool["length alone"].predict_proba(length)[0, 0]),
        "cosine": float(topic[0, 0]),
        "shared": [pool["vocabulary"][i] for i in shared],
        "lengths": [int((real & (segments == s)).sum()) for s in (0, 1)],
    }


def card(this: Pair, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card with both sides of the coin, so that the visitor may turn it over without waiting."""
    from sslviz.catalogue import load

    pool = load(SLUG).pool("stories")
    drawn, both = ways(this, seed, options)
    said = answers(view, [way.labelled for way in both])
    live.sentence_card(
        "sentence_card",
        card={
            "id": f"{this.name}·{seed}·{options}",
            "own": this.number is None,
            "drawn": drawn,
            "labels": LABELS,
            "a": kept(this.raw[0], end=True),
            "from": None if this.number is None else source(this.number),
            "follows": kept(this.raw[1], end=False),
            "steps": [done(this, way) for way in both],
            "tokens": [tokens(this, way) for way in both],
            "answers": [one.p for one in said],
            "hidden": [hidden_words(way) for way in both],
            "others": [others(counted(way.labelled, pool)) for way in both],
            "note": note(view, options),
            "marks": options["marks"],
            "formula": {"symbols": symbols(said[0]), "numbers": [formula(one) for one in said]} if detailed else None,
            "model": view.mode,
        },
    )


def source(number: int) -> str:
    """Title and book of a sentence."""
    tales = stories()
    document = int(tales.document[number])
    title, book = tales.titles[document], tales.books[document]
    return f"{title} ({book})"


def done(this: Pair, way: Way) -> dict[str, str]:
    """What was done to B: in words, and for a stranger its text and where it is from."""
    random = bool(way.draw["random"][0])
    if this.number is None:
        return {
            "text": "This is your own pair: no book says whether B follows, so you say it, and that is the label. "
            f"You say: {'it does not' if random else 'it does'}.",
            "b": "",
            "from": "",
        }
    if way.other is None:
        return {"text": "It is the sentence that follows in the book.", "b": "", "from": ""}
    return {
        "text": "A sentence from another tale stands there now.",
        "b": kept(way.b, end=False),
        "from": source(way.other),
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


def tokens(this: Pair, way: Way) -> list[dict[str, Any]]:
    """The input, token by token: `word` as written, what the model `sees`, its segment, what was done, if in both."""
    from sslviz.tasks.next_sentence import LONGEST

    vocabulary, inputs = stories().vocabulary, way.labelled.inputs
    count = int(inputs["visible"][0].sum())
    a, b = text.pieces(this.raw[0])[-LONGEST:], text.pieces(way.b)[:LONGEST]
    words = ["[CLS]", *a, "[SEP]", *b, "[SEP]"]
    rows = zip(
        words,
        inputs["ids"][0, :count].tolist(),
        inputs["segments"][0, :count].tolist(),
        inputs["both"][0, :count].tolist(),
        way.draw["how"][0, :count].tolist(),
        restored(way.labelled)[0, :count].tolist(),
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


def hidden_words(way: Way) -> list[list[str]]:
    """The words that the model must name besides, and what was done with each."""
    target = way.labelled.targets["words"][0].tolist()
    fates = way.draw["how"][0].tolist()
    return [[stories().vocabulary[n], FATES[how]] for n, how in zip(target, fates, strict=True) if n != text.PAD]


def others(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What topic alone and length alone answer, and why."""
    shared, (a, b) = found["shared"], found["lengths"]
    if shared:
        more = f" and {len(shared) - MOST_SHARED} more" if len(shared) > MOST_SHARED else ""
        why = f"in both, rare first: {', '.join(shared[:MOST_SHARED])}{more}; cosine of tf-idf {found['cosine']:.2f}"
    else:
        why = "no word is in both; cosine of tf-idf 0"
    return [
        {"name": "Topic alone", "p": found["topic"], "why": why},
        {"name": "Length alone", "p": found["length"], "why": f"A has {a} known words and marks, B {b}"},
    ]


def note(view: Shown, options: dict[str, Any]) -> str:
    """A word of warning where the model in view was trained with other settings than the card has."""
    trained = view.config.choices
    names = {"masks": "hidden words", "marks": "marks"}
    other = [
        f"{'with' if trained[name] else 'without'} {names[name]}" for name in names if trained[name] != options[name]
    ]
    if not other or view.mode == "untrained":
        return ""
    return f"The model in view was trained {' and '.join(other)}. Reset, then Play, trains one as the card is now."


def symbols(said: Said) -> str:
    """The loss in symbols."""
    return "loss = −ln p(what was done)" + ("" if said.words is None else " + mean over hidden words of −ln p(word)")


def formula(said: Said) -> str:
    """The same with the present numbers."""
    first = f"−ln {math.exp(-said.loss):.2f}"
    if said.words is None:
        return f"= {first} = {said.loss:.2f}"
    return f"= {first} + {said.words:.2f} = {said.loss:.2f} + {said.words:.2f} = {said.loss + said.words:.2f}"


def label_settings() -> None:
    """What may be changed about the input; both hold for the next run, too."""
    from sslviz.catalogue import READY
    from sslviz.ui import settings

    for name, option in READY[SLUG].options.items():
        st.toggle(option.title, option.default, key=f"{SLUG}_{name}", **settings.SESSION)
    st.caption(
        "The first is what BERT does. The second is ours: a vector of its own for every word that stands in both "
        "sentences, so that the model need not find that out. A run has the settings it was started with."
    )
