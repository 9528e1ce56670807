"""The sample card of Masked words: one sentence, from raw words to the model's answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import streamlit as st

from sslviz.catalogue import load
from sslviz.catalogue.masked_words import ENTRY, MaskedWordsOptions
from sslviz.data import text
from sslviz.ui.frame import stage
from sslviz.ui.frame.labelling import generator, make_label
from sslviz.ui.frame.lesson.scene import Said
from sslviz.ui.frame.sentence_samples import Sample
from sslviz.ui.live import mount
from sslviz.ui.live.made import heard, made
from sslviz.ui.live.mathematics import digits, line, mean
from sslviz.ui.live.shared import Formula

if TYPE_CHECKING:
    from sslviz.tasks.base import Draw, Labelled
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
BEST = 5
HOW = ("", "hide", "swap", "keep")
KEY = f"{SLUG}_card"
ANSWERS, ROWS = 4, 5  # rows of the card: the sentence, what the model sees, the label, its answer, its five best


def by_hand(edit: Any, count: int) -> list[str] | None:
    """What a visitor does with each of `count` words, nothing with the first and the last; None where that is none."""
    if not isinstance(edit, list) or len(edit) != count or any(how not in HOW for how in edit):
        return None
    return ["", *edit[1:-1], ""]


def label(this: Sample, seed: int, options: MaskedWordsOptions, how: list[str] | None = None) -> tuple[Draw, Labelled]:
    """Make the label of a sample: drawn by seed, or with the visitor's own choice of what to do with each word."""
    draw, labelled = make_label(SLUG, this.batch, seed, options, data="sentences")
    if how is None:
        return draw, labelled
    draw["how"] = np.array([[HOW.index(h) for h in how]])
    task = load(SLUG)
    return draw, task.apply(this.batch, draw, task.info("sentences"))


def best_words(view: RunView, labelled: Labelled) -> list[list[list[Any]] | None]:
    """For every place of the sentence: five [word, probability] where there is a label, else None."""
    from sslviz.training.answers import ask

    places: list[list[list[Any]] | None] = [None] * labelled.where.shape[1]
    if not labelled.where.any():
        return places
    top = ask(view.config, view.weights, lambda m: m.answer(labelled).data["p"].topk(BEST))
    words = text.corpus().vocabulary
    chosen = labelled.where[0].nonzero().flatten().tolist()
    for place, values, numbers in zip(chosen, top.values.tolist(), top.indices.tolist(), strict=True):
        places[place] = [[words[n], p] for n, p in zip(numbers, values, strict=True)]
    return places


def said(this: Sample, view: RunView, seed: int, options: MaskedWordsOptions) -> Said:
    """The model's answer at the first word that is hidden."""
    how = by_hand(made(KEY, f"{this.name}·{seed}·{options}"), len(this.tokens) + 2)
    _, labelled = label(this, seed, options, how)
    places = labelled.where[0].nonzero().flatten().tolist()
    if not places:
        return Said("nothing hidden", None)
    truth = int(labelled.targets["words"][0][places[0]])
    p = probabilities(view, labelled)
    best = int(p.argmax())
    return Said(text.corpus().vocabulary[best], best == truth, float(p[truth]))


def probabilities(view: RunView, labelled: Labelled) -> np.ndarray:
    """(V,) what the model gives each word at the first place that has a label."""
    from sslviz.training.answers import ask

    found: np.ndarray = ask(view.config, view.weights, lambda m: m.answer(labelled).data["p"][0].numpy())
    return found


def losses(view: RunView, labelled: Labelled) -> list[float | None]:
    """For every place: −ln p(the word that stood there), where there is a label."""
    from sslviz.training.answers import ask

    result: list[float | None] = [None] * labelled.where.shape[1]
    if labelled.where.any():
        each = ask(view.config, view.weights, lambda m: m.loss(labelled).per_item)
        numbers = [] if each is None else each.tolist()
        for place, value in zip(labelled.where[0].nonzero().flatten().tolist(), numbers, strict=True):
            result[place] = value
    return result


def card(this: Sample, view: RunView, seed: int, options: MaskedWordsOptions, depth: str) -> None:
    """Draw the card. The visitor's own edits of this very label come back from the browser and are taken over."""
    name = f"{this.name}·{seed}·{options}"
    scene = stage.now()
    how = by_hand(made(KEY, name), len(this.tokens) + 2)
    if scene is not None and scene.bare and how is None:
        how = [""] * (len(this.tokens) + 2)  # in a lesson nothing is hidden before the visitor does it
    draw, labelled = label(this, seed, options, how)
    asked = scene is None or scene.rows >= ANSWERS
    vocabulary, known = text.corpus().vocabulary, text.corpus().index
    each = losses(view, labelled) if asked else [None] * labelled.where.shape[1]
    numbers = [value for value in each if value is not None]
    sees = labelled.inputs["ids"][0].tolist()
    token_card(
        KEY,
        card={
            "id": name,
            "words": ["[CLS]", *this.pieces, "[SEP]"],
            "known": [True, *(token in known for token in this.tokens), True],
            "can": [False, *(token in known for token in this.tokens), False],
            "heard": heard(KEY),
            "how": [HOW[int(h)] for h in draw["how"][0]],
            "sees": [vocabulary[i] for i in sees],
            "target": [
                vocabulary[i] if chosen else None
                for i, chosen in zip(labelled.targets["words"][0].tolist(), labelled.where[0].tolist(), strict=True)
            ],
            "answers": best_words(view, labelled) if asked else [None] * labelled.where.shape[1],
            "loss": each,
            "swaps": [vocabulary[int(i)] for i in draw["swap"][0]],
            "share": "" if scene else share_line(len(this.tokens), len(numbers), options.share, how is not None),
            "formula": formula(numbers) if depth == "Detailed" and numbers else None,
            "model": view.mode,
            "pending": False,
            "rows": scene.rows if scene else ROWS,
            "skip": scene.skip if scene else 0,
            "size": scene.size if scene else "",
        },
    )


def share_line(words: int, chosen: int, share: float, by_hand: bool) -> str:
    """How many words were chosen, and why a short sentence has more than the rule's share."""
    if not chosen and not by_hand:
        return "There is no word here that the vocabulary knows, so there is no label and nothing to ask."
    if not chosen:
        return "Nothing is chosen, so there is no label and nothing to learn. Click a word."
    first = f"{chosen} of {words} words and marks chosen: {100 * chosen / words:.0f}%."
    if by_hand:
        return f"{first} Chosen by your hand. Only these have a label; the rest add nothing to the loss."
    total, exact = words + 2, share * (words + 2)
    even = " (a half goes to the even number)" if round(2 * exact, 9) % 2 == 1 else ""
    return (
        f"{first} The rule counts [CLS] and [SEP] too: {share:.2f} × {total} = {exact:.2f}, rounded to "
        f"{round(exact)}{even}{'' if round(exact) >= 1 else ', but never below 1'}. So short sentences get more than "
        f"{100 * share:.0f}%. Only chosen words count in the loss. With the labels put back, the sentence is whole "
        "again."
    )


def formula(numbers: list[float]) -> Formula:
    """The loss in symbols, and with the present numbers."""
    terms = [rf"\ln {digits(math.exp(-value), '.2g')}" for value in numbers]
    return {
        "symbols": line(r"\text{loss} = -\frac{1}{\left| M \right|} \sum_{i \in M} \ln p(w_i)"),
        "numbers": line(*mean(terms, len(terms), sign="-"), f"= {digits(sum(numbers) / len(numbers), '.2f')}"),
    }


def epochs_table(this: Sample, seed: int, share: float, epochs: int = 4) -> None:
    """The masks of this sentence, epoch by epoch: static ones never change, dynamic ones do."""
    task, info = load(SLUG), load(SLUG).info("sentences")
    head = "".join(f"<th scope='col'>{escape(piece)}</th>" for piece in this.pieces)
    rows = []
    for masking, system in (("static", "BERT"), ("dynamic", "RoBERTa")):
        for epoch in range(epochs):
            rng = generator(SLUG, this.batch, seed, epoch)  # the first epoch is what the card shows
            how = task.draw(this.batch, rng, info, MaskedWordsOptions(share, masking))["how"][0][1:-1]
            cells = "".join(f"<td>{'▨' if h == 1 else '⇄' if h == 2 else '=' if h else ''}</td>" for h in how)
            rows.append(f"<tr><th scope='row'>{masking} ({system}), epoch {epoch + 1}</th>{cells}</tr>")
    st.html(
        f"<div class='masks' tabindex='0' role='region' aria-label='masks by epoch'><table><thead><tr><td></td>{head}"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        "<p class='credit'>▨ hidden, ⇄ swapped, = kept. Static: made once, whatever the label seed; BERT’s own script "
        "made ten copies of its text, each with a mask of its own. Dynamic: drawn anew, so that over the epochs the "
        "model is asked for every word.</p>"
    )


# the view


class TokenCard(TypedDict):
    """What the view is sent: lists of one entry a word.

    id: changes with sample or seed and drops the visitor's edit; can: whether the word may be changed; how: "", "hide",
    "swap" or "keep"; heard: number of the visitor's last change that came; answers:
    five (word, share) where there is a label; swaps: what stands there if it is swapped;
    share: a sentence; pending: whether the answers are still those of another input; rows: how far down the card goes:
    1 the sentence, 2 what the model sees, 3 the label, 4 the answer, 5 the five best; skip:
    how many of them are left out at the top; size: "", or of a stage.
    """

    id: str
    words: Sequence[str]
    known: Sequence[bool]
    can: Sequence[bool]
    how: Sequence[str]
    heard: int
    sees: Sequence[str]
    target: Sequence[str | None]
    answers: Sequence[Sequence[Sequence[str | float]] | None]
    loss: Sequence[float | None]
    swaps: Sequence[str]
    share: str
    formula: Formula | None
    model: str
    pending: bool
    rows: int
    skip: int
    size: str


def token_card(key: str, *, card: TokenCard) -> None:
    """Show a sentence from raw words down to the model's answers; the visitor may hide, swap or keep words.

    What a visitor makes is the whole list `how`.
    """
    mount("tasks/masked_words/card", key, card, "made")
