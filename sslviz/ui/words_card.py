"""The sample card of Masked words: one sentence, from raw words to the model's answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.data import text, uploads
from sslviz.ui import live

if TYPE_CHECKING:
    from sslviz.tasks.base import Batch, Draw, Labelled
    from sslviz.training.shown import Shown

SLUG, PAGE, BEST = "masked_words", 11, 5  # PAGE: the stream of random numbers that pages draw from
HOW = ("", "hide", "swap", "keep")


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
    row = int(corpus.held[number])
    raw = own or corpus.sentences[row]
    tokens = uploads.sentence(raw)
    ids = torch.from_numpy(corpus.encode(tokens))[None]
    return Sample(own or f"held-{number}", text.pieces(raw), tokens, Batch(np.array([row]), {"ids": ids}))


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
        this = sample(int(rng.integers(text.HELD)), "")
        known = [i for i, token in enumerate(this.tokens) if len(token) > 2 and token in text.corpus().index]
        places = [i for i in known if i >= first]
        if 5 <= len(this.tokens) <= longest and places:
            return this, int(rng.choice(places))


def decoys(number: int, truth: str, count: int = 3) -> list[str]:
    """Wrong answers for a guess: words drawn by how common they are (count^0.75), with no regard to any answerer."""
    corpus, rng = text.corpus(), np.random.default_rng((number, PAGE, 98))
    weight = np.where(corpus.is_word, corpus.counts.astype(float), 0.0) ** 0.75
    weight[corpus.index[truth]] = 0
    drawn = rng.choice(len(weight), count, replace=False, p=weight / weight.sum())
    return [corpus.vocabulary[i] for i in drawn]


def label(this: Sample, seed: int, options: dict[str, Any], how: list[str] | None = None) -> tuple[Draw, Labelled]:
    """Make the label of a sample: drawn by seed, or with the visitor's own choice of what to do with each word."""
    from sslviz.catalogue import load

    task, pool = load(SLUG), load(SLUG).pool("sentences")
    draw = task.draw(this.batch, np.random.default_rng((seed, PAGE, 0)), pool, **options)
    if how is not None:
        draw["how"] = np.array([[HOW.index(h) for h in how]])
    return draw, task.apply(this.batch, draw, pool)


def best_words(view: Shown, labelled: Labelled) -> list[list[list[Any]] | None]:
    """For every place of the sentence: five [word, probability] where there is a label, else None."""
    from sslviz.training.answers import ask

    places: list[list[list[Any]] | None] = [None] * labelled.where.shape[1]
    if not labelled.where.any():
        return places
    top = ask(view.config, view.weights, lambda m: m.task.answer(m.net, labelled).data["p"].topk(BEST))
    words = text.corpus().vocabulary
    chosen = labelled.where[0].nonzero().flatten().tolist()
    for place, values, numbers in zip(chosen, top.values.tolist(), top.indices.tolist(), strict=True):
        places[place] = [[words[n], p] for n, p in zip(numbers, values, strict=True)]
    return places


def probabilities(view: Shown, labelled: Labelled) -> np.ndarray:
    """(V,) what the model gives each word at the first place that has a label."""
    from sslviz.training.answers import ask

    found: np.ndarray = ask(view.config, view.weights, lambda m: m.task.answer(m.net, labelled).data["p"][0].numpy())
    return found


def losses(view: Shown, labelled: Labelled) -> list[float | None]:
    """For every place: −ln p(the word that stood there), where there is a label."""
    from sslviz.training.answers import ask

    result: list[float | None] = [None] * labelled.where.shape[1]
    if labelled.where.any():
        each = ask(view.config, view.weights, lambda m: m.task.loss(m.net, labelled).per_item)
        numbers = [] if each is None else each.tolist()
        for place, value in zip(labelled.where[0].nonzero().flatten().tolist(), numbers, strict=True):
            result[place] = value
    return result


def card(this: Sample, view: Shown, seed: int, options: dict[str, Any], detailed: bool) -> None:
    """Draw the card. The visitor's own edits of this very label come back from the browser and are taken over."""
    name = f"{this.name}·{seed}·{options}"
    edit = live.token_edit("words_card")
    how = ["", *edit["how"][1:-1], ""] if edit and edit["id"] == name else None
    draw, labelled = label(this, seed, options, how if how and len(how) == len(this.tokens) + 2 else None)
    vocabulary, known = text.corpus().vocabulary, text.corpus().index
    each = losses(view, labelled)
    numbers = [value for value in each if value is not None]
    sees = labelled.inputs["ids"][0].tolist()
    live.token_card(
        "words_card",
        card={
            "id": name,
            "words": ["[CLS]", *this.pieces, "[SEP]"],
            "known": [True, *(token in known for token in this.tokens), True],
            "can": [False, *(token in known for token in this.tokens), False],
            "how": [HOW[int(h)] for h in draw["how"][0]],
            "sees": [vocabulary[i] for i in sees],
            "target": [
                vocabulary[i] if chosen else None
                for i, chosen in zip(labelled.targets["words"][0].tolist(), labelled.where[0].tolist(), strict=True)
            ],
            "answers": best_words(view, labelled),
            "loss": each,
            "swaps": [vocabulary[int(i)] for i in draw["swap"][0]],
            "share": share_line(len(this.tokens), len(numbers), options["share"], how is not None),
            "formula": formula(numbers) if detailed and numbers else None,
            "model": view.mode,
            "pending": False,
        },
    )


def share_line(words: int, chosen: int, share: float, by_hand: bool) -> str:
    """How many words were chosen, and why a short sentence has more than the rule's share."""
    if not chosen and not by_hand:
        return "There is no word here that the vocabulary knows, so there is no label and nothing to ask."
    if not chosen:
        return "Nothing is chosen, so there is no label and nothing to learn. Click a word."
    first = f"{chosen} of {words} words and marks chosen: {100 * chosen / words:.0f} %."
    if by_hand:
        return f"{first} Chosen by your hand. Only these have a label; the rest add nothing to the loss."
    total, exact = words + 2, share * (words + 2)
    even = " (a half goes to the even number)" if round(2 * exact, 9) % 2 == 1 else ""
    return (
        f"{first} The rule counts [CLS] and [SEP] too: {share:.2f} × {total} = {exact:.2f}, rounded to "
        f"{round(exact)}{even}{'' if round(exact) >= 1 else ', but never below 1'}. So short sentences get more than "
        f"{100 * share:.0f} %. Only chosen words carry loss. Put back, the labels restore the sentence."
    )


def formula(numbers: list[float]) -> dict[str, str]:
    """The loss in symbols, and with the present numbers."""
    terms = " + ".join(f"ln {math.exp(-value):.2g}" for value in numbers)
    value = sum(numbers) / len(numbers)
    return {"symbols": "loss = −(1/|M|) Σ ln p(wᵢ)", "numbers": f"= −(1/{len(numbers)}) ({terms}) = {value:.2f}"}


def epochs_table(this: Sample, seed: int, share: float, epochs: int = 4) -> None:
    """The masks of this sentence, epoch by epoch: static ones never change, dynamic ones do."""
    from sslviz.catalogue import load

    task, pool = load(SLUG), load(SLUG).pool("sentences")
    head = "".join(f"<th scope='col'>{escape(piece)}</th>" for piece in this.pieces)
    rows = []
    for masking, system in (("static", "BERT"), ("dynamic", "RoBERTa")):
        for epoch in range(epochs):
            rng = np.random.default_rng((seed, PAGE, 1 + epoch))
            how = task.draw(this.batch, rng, pool, share=share, masking=masking)["how"][0][1:-1]
            cells = "".join(f"<td>{'▨' if h == 1 else '⇄' if h == 2 else '=' if h else ''}</td>" for h in how)
            rows.append(f"<tr><th scope='row'>{masking} ({system}), epoch {epoch + 1}</th>{cells}</tr>")
    st.html(
        f"<div class='masks' tabindex='0' role='region' aria-label='masks by epoch'><table><thead><tr><td></td>{head}"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        "<p class='credit'>▨ hidden, ⇄ swapped, = kept. Static: made once, whatever the label seed; BERT’s own script "
        "made ten copies of its text, each with a mask of its own. Dynamic: drawn anew, so that over the epochs the "
        "model is asked for every word.</p>"
    )
