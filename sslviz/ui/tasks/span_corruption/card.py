"""The sample card of Span corruption: spans cut out of a sentence, the label as one text, and the model's own text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from sslviz.catalogue.span_corruption import ENTRY, SpanCorruptionOptions
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
    from sslviz.training.results.run_view import RunView

SLUG = ENTRY.slug
KEY = f"{SLUG}_card"
LABELS, ANSWERS, ROWS = 3, 4, 5  # rows: the sentence, what the model reads, the label, the model's text, all else
LETTERS = "XYZABCDEFGHIJKLM"  # of the sentinels; the paper has X, Y and Z
SPARE = 3  # tokens that the model may write beyond the length of the label, before it is cut off
Token = list[Any]  # its text, number of its span (-1: none), and "sign", "right" or "wrong"


def label(
    this: Sample, seed: int, options: SpanCorruptionOptions, hide: list[bool] | None = None
) -> tuple[Draw, Labelled]:
    """Make the label of a sample: drawn by seed, or of the words that a visitor hides."""

    def change(draw: Draw) -> None:
        if hide is not None:
            draw["hide"] = np.array([[False, *hide, False]]) & (this.batch.data["ids"].numpy() > text.MASK)

    return make_label(SLUG, this.batch, seed, options, data="sentences", change=change)


def asked(view: RunView, labelled: Labelled) -> tuple[list[int], list[float]]:
    """What the model in view writes by itself, and −ln p of each token of the label, given the right ones before it."""
    from sslviz.training.answers import ask

    most = int(labelled.where.sum()) + SPARE
    written, loss = ask(
        view.config, view.weights, lambda m: (m.net.write(labelled.inputs, most), m.loss(labelled).per_item)
    )
    return written[0].tolist(), [] if loss is None else loss.tolist()


def compared(tokens: Sequence[int], truth: Sequence[int]) -> list[Token]:
    """A text up to its end, or as far as it goes; a word is right where the label has it behind the same sentinel."""
    from sslviz.tasks.span_corruption import by_sentinel

    vocabulary = text.corpus().vocabulary
    first = len(vocabulary)
    right = by_sentinel(truth, first) or {text.PAD: list(truth)}  # the whole sentence has no sentinel
    found: list[Token] = []
    sentinel, at = text.PAD, 0
    for token in tokens:
        if token in (text.SEP, text.PAD):
            break
        if token >= first:
            sentinel, at = token, 0
            found.append([f"⟨{LETTERS[token - first]}⟩", token - first, "sign"])
            continue
        fits = right.get(sentinel, [])[at : at + 1] == [token]
        found.append([vocabulary[token], sentinel - first if sentinel else -1, "right" if fits else "wrong"])
        at += 1
    return [*found, ["⟨end⟩" if text.SEP in tokens else "…", -1, "sign"]] if len(tokens) else []


def lengths(found: Sequence[Token]) -> dict[int, int]:
    """How many words a text has for each span; the last sentinel stands for none."""
    spans = [span for _, span, what in found if what == "sign" and span >= 0]
    return {span: sum(one == span and what != "sign" for _, one, what in found) for span in sorted(set(spans))[:-1]}


def card(this: Sample, view: RunView, seed: int, options: SpanCorruptionOptions, depth: str) -> None:
    """Draw the card. The visitor's own edits of this very label come back from the browser and are taken over."""
    name, scene = f"{this.name}·{seed}·{options}", stage.now()
    hide = switches(made(KEY, name), len(this.tokens))
    if scene is not None and scene.bare and hide is None:
        hide = [False] * len(this.tokens)  # in a lesson nothing is hidden before the visitor does it
    draw, labelled = label(this, seed, options, hide)
    known, truth = text.corpus().index, labelled.targets["words"][0].tolist()
    target = compared(truth, truth)
    written, loss = asked(view, labelled) if scene is None or scene.rows >= ANSWERS else ([], [])
    answer = compared(written, truth)
    span_card(
        KEY,
        card={
            "id": name,
            "words": this.pieces,
            "known": [token in known for token in this.tokens],
            "hide": [bool(x) for x in draw["hide"][0][1:-1]],
            "heard": heard(KEY),
            "letters": LETTERS,
            "target": target if scene is None or scene.rows >= LABELS else [],
            "answer": answer,
            "count": "" if scene else count_line(draw, target, answer),
            "formula": formula(loss) if depth == "Detailed" else None,
            "model": view.mode,
            "rows": scene.rows if scene else ROWS,
            "skip": scene.skip if scene else 0,
            "size": scene.size if scene else "",
        },
    )


def count_line(draw: Draw, target: list[Token], answer: list[Token]) -> str:
    """What is hidden, how long the label is beside the other kind, and whether the model found the lengths."""
    hide = draw["hide"][0]
    hidden, words, spans = int(hide.sum()), len(hide) - 2, int((hide & ~np.roll(hide, 1)).sum())
    if not hidden:
        return "Nothing is hidden. Click a word: it is hidden, and words that touch are one span."
    whole = bool(draw["whole"][0])
    other = f"the spans alone would be {hidden + spans + 2}" if whole else f"the whole sentence would be {words + 1}"
    told = (
        f"{hidden} of {words} words and marks are hidden, in {spans} span{'s'[: spans != 1]}. The label has "
        f"{len(target)} tokens, its end and its signs among them; {other}. A sign does not tell how many words it "
        "stands for: the model must know when to stop."
    )
    right, written = lengths(target), lengths(answer)
    if whole or not answer:
        return told
    same = sum(written.get(span) == count for span, count in right.items())
    return f"{told} Its own text has the right number of words in {same} of {len(right)} span{'s'[: len(right) != 1]}."


def formula(each: list[float]) -> Formula:
    """The loss in symbols, and with the present numbers."""
    terms = [rf"\ln {digits(math.exp(-value), '.2g')}" for value in each]
    return {
        "symbols": line(r"\text{loss} = -\frac{1}{T} \sum_{t=1}^{T} \ln p(y_t \mid y_1 \dots y_{t-1}, \tilde{x})"),
        "numbers": line(*mean(terms, len(terms), sign="-"), f"= {digits(sum(each) / len(each), '.2f')}"),
    }


def said(this: Sample, view: RunView, seed: int, options: SpanCorruptionOptions) -> Said:
    """What the model writes for the first span, and how likely it finds the right words there, their end with them."""
    hide = switches(made(KEY, f"{this.name}·{seed}·{options}"), len(this.tokens))
    labelled = label(this, seed, options, hide)[1]
    written, loss = asked(view, labelled)
    truth = labelled.targets["words"][0].tolist()
    first, right = ([word for word, span, what in compared(one, truth) if not span and what != "sign"]
                    for one in (written, truth))  # fmt: skip
    return Said(" ".join(first) or "nothing", first == right, math.exp(-sum(loss[1 : len(right) + 2])))


# the view


class SpanCard(TypedDict):
    """What the view is sent: lists of one entry a word, without the marks around the sentence.

    id: changes with sample or seed and drops the visitor's edit; hide: whether a word is hidden; heard: number of the
    visitor's last change that came; letters: of the sentinels; target, answer: the label and the model's own text, of
    (text, number of its span or -1, "sign", "right" or "wrong"); count: a sentence; rows: how far down the card goes:
    1 the sentence, 2 what the model reads, 3 the label, 4 the model's text, 5 all else; skip: how many of them are left
    out at the top; size: "", or of a stage.
    """

    id: str
    words: Sequence[str]
    known: Sequence[bool]
    hide: Sequence[bool]
    heard: int
    letters: str
    target: Sequence[Sequence[str | int]]
    answer: Sequence[Sequence[str | int]]
    count: str
    formula: Formula | None
    model: str
    rows: int
    skip: int
    size: str


def span_card(key: str, *, card: SpanCard) -> None:
    """Show a sentence, its spans cut out, the label as one text, and the model's own; the visitor may hide words.

    What a visitor makes is the whole list `hide`.
    """
    mount("tasks/span_corruption/card", key, card, "made")
