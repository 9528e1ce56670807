"""Next sentence: B follows A in the story, or it is from somewhere else; which, is the label (BERT's second task).

The label comes from the data: we know the true order, and we put in the stranger ourselves. It is not a judgement
whether B makes sense after A. BERT learns it together with masked words, and so does this module. Devlin et al. 2018,
arXiv 1810.04805, section 3.1; Liu et al. 2019 (RoBERTa, arXiv 1907.11692, section 4.2) left the task out and did as
well or better.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.masked_words import MaskedWordsOptions
from sslviz.catalogue.next_sentence import NextSentenceOptions
from sslviz.data.stories import Stories, padded, stories
from sslviz.data.text import CLS, MASK, PAD, SEP
from sslviz.models.tokens import WordTokens
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task
from sslviz.tasks.masked_words import MaskedWords

IS_NEXT, NOT_NEXT = 0, 1  # as BERT's own code numbers them
LONGEST = 24  # tokens of A and of B; of a longer A the end is kept, of a longer B the beginning
WORDS = MaskedWords()  # whose label maker hides the words
MEASURED_SEED = 13  # of the labels of training pairs, for `measures`
ON_TRAINING = "pairs told right of the tales that it was trained on"


class NextSentence(Task["PairNet", NextSentenceOptions]):
    """Pairs of sentences from stories, half of them with a stranger as B; some words of both are hidden, too."""

    slug: ClassVar[str] = "next_sentence"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: NextSentenceOptions) -> Draw:
        """For each pair toss a coin, and pick a sentence from another document in case it is needed.

        Args:
            batch: `a`, `b` in `data`: (n, LONGEST) A and what follows it; `document` (n,).
            rng: where the random numbers come from.
            info: holds all sentences, by document.
            options: `masks`, hide 15 % of the words, too, as BERT does; `marks`, mark the words that occur in both.

        Returns:
            `random` (n,): True where B is replaced; `other` (n, LONGEST): what would come in its place; `how` and
            `swap` (n, 2 LONGEST + 3): what is done to the words, as in Masked words; `marks` (n,).
        """
        document = batch.data["document"].cpu().numpy()
        n, part = len(document), info["held_out"][document].astype(int)
        # The sentences of a part stand in one row, a document after the other; jumping over one's own document
        # leaves all others equally likely.
        first, own = info["first"][document], info["sentences"][document]
        place = (rng.random(n) * (info["size"][part] - own)).astype(np.int64)
        place += np.where(place >= first, own, 0)
        random, other = rng.random(n) < 0.5, info["beginnings"][info["rows"][part, place]]
        pairs = Batch(batch.ids, {"ids": lay_out(batch.data["a"], replaced(batch.data["b"], random, other))[0]})
        words = WORDS.draw(pairs, rng, info, MaskedWordsOptions())
        how = words["how"] if options.masks else np.zeros_like(words["how"])
        return Draw(random=random, other=other, how=how, swap=words["swap"], marks=np.full(n, options.marks))

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Put the stranger in where drawn, lay out [CLS] A [SEP] B [SEP], hide the words that were chosen."""
        b = replaced(batch.data["b"], draw["random"], draw["other"])
        ids, segments = lay_out(batch.data["a"], b)
        words = WORDS.apply(Batch(batch.ids, {"ids": ids}), Draw(how=draw["how"], swap=draw["swap"]), info)
        sees, random = words.inputs["ids"], torch.as_tensor(draw["random"], device=ids.device)
        both = in_both(sees, segments) & torch.as_tensor(draw["marks"], device=ids.device)[:, None]
        inputs = {"ids": sees, "segments": segments, "both": both.long(), "visible": ids != PAD}
        targets = {"next": torch.where(random, NOT_NEXT, IS_NEXT), "words": words.targets["words"]}
        steps = (
            Step("replace B", {"random": draw["random"]}, batch.data["b"], b),
            Step("lay out", {}, b, ids),
            Step("hide words", {"share": 0.15}, ids, sees),
        )
        return Labelled(inputs, targets, torch.ones_like(random), steps if trace else ())

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """What was replaced is gone."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: NextSentenceOptions) -> PairNet:
        """Words, segments, trunk; two answers read off [CLS], and a head for the hidden words."""
        return PairNet(trunk, len(info["vocabulary"]), options)

    def loss(self, net: PairNet, labelled: Labelled, options: NextSentenceOptions) -> Loss:
        """Mean of −ln p(what was done) over the pairs, in nats; that of the hidden words is `auxiliary`."""
        mixed = net(labelled.inputs)
        each = F.cross_entropy(net.head(mixed[:, 0]), labelled.targets["next"], reduction="none")
        words = labelled.targets["words"][:, : mixed.shape[1]]
        hidden = words != PAD
        if not hidden.any():
            return Loss(each.mean(), {}, each)
        words = F.cross_entropy(net.words(mixed[hidden]), words[hidden])
        return Loss(each.mean(), {"hidden words": words.item()}, each, auxiliary=words)

    def answer(self, net: PairNet, labelled: Labelled, options: NextSentenceOptions) -> Answer:
        """`p` (n, 2): how likely IsNext and NotNext are."""
        return Answer({"p": net.head(net(labelled.inputs)[:, 0]).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of pairs whose label is named."""
        right = answer.data["p"].argmax(-1) == labelled.targets["next"]
        return {"pairs told right": right.double().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: NextSentenceOptions) -> list[Baseline]:
        """A coin; how long both are; how many words they share, rare ones counting more (cosine of tf-idf)."""
        hidden, sees = labelled.targets["words"].cpu(), labelled.inputs["ids"].cpu()
        ids, segments = torch.where(hidden != PAD, hidden, sees).numpy(), labelled.inputs["segments"].cpu().numpy()
        y = labelled.targets["next"].cpu().numpy()
        result = [Baseline("a coin: ln 2", float(np.log(2)), {"pairs told right": 0.5}, constant=True)]
        for name, features in (("length alone", lengths), ("topic alone", shared_words)):
            p = info[name].predict_proba(features(ids, segments, info["idf"]))
            loss = float(-np.log(p[np.arange(len(y)), y] + 1e-12).mean())
            result.append(Baseline(name, loss, {"pairs told right": float((p.argmax(1) == y).mean())}))
        return result

    # the data

    def info(self, data: str) -> DataInfo:
        """Vocabulary, all sentences by document, and the two baselines fitted to training pairs."""
        return _info()

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Pairs by their place in "train" or "held_out": `a` (n, LONGEST), `b` what follows it, `document` (n,)."""
        numbers = _pairs(part)[rows]
        return Batch(
            numbers,
            {
                "a": torch.from_numpy(_cut(numbers, end=True)),
                "b": torch.from_numpy(_cut(numbers + 1, end=False)),
                "document": torch.from_numpy(stories().document[numbers].copy()),
            },
        )

    def size(self, data: str, part: str) -> int:
        """Number of pairs."""
        return len(_pairs(part))

    @torch.no_grad()
    def measures(self, net: PairNet, data: str) -> dict[str, float]:
        """Whether it knows at least what it was trained on: if not, it underfits, and more text would not help."""
        device, right = next(net.parameters()).device, []
        rows = np.arange(0, self.size(data, "train"), 2)
        for number, some in enumerate(np.array_split(rows, 20)):
            batch, rng = self.batch(data, "train", some).to(device), np.random.default_rng((MEASURED_SEED, number))
            labelled = self.apply(batch, self.draw(batch, rng, self.info(data), net.options), self.info(data))
            right.append(self.score(self.answer(net, labelled, net.options), labelled)["pairs told right"])
        return {ON_TRAINING: float(np.mean(right))}

    def features(self, net: PairNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the trunk's vector at [CLS], for A alone."""
        a = batch.data["a"]
        ids, segments = lay_out(a, torch.zeros_like(a))
        inputs = {"ids": ids, "segments": segments, "both": torch.zeros_like(ids), "visible": ids != PAD}
        return net(inputs)[:, 0]

    def probe_data(self, data: str) -> ProbeData:
        """Single sentences; the book that each is from is the class."""
        return _probe_data()


class PairNet(nn.Module):
    """Word table with a vector for the segment, trunk, two answers read off [CLS], and BERT's head for hidden words."""

    def __init__(self, trunk: Trunk, vocabulary: int, options: NextSentenceOptions) -> None:
        super().__init__()
        self.options, width = options, trunk.width
        self.tokens, self.trunk = WordTokens(vocabulary, width, 2 * LONGEST + 3), trunk
        self.segments, self.both = nn.Embedding(2, width), nn.Embedding(2, width)
        self.head = nn.Linear(width, 2)
        self.dense, self.norm = nn.Linear(width, width), nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """(n, t) → (n, longest, width); columns that are padding in all pairs are cut off, which saves time."""
        longest = int(inputs["visible"].any(0).sum())
        ids, segments, both, visible = (inputs[k][:, :longest] for k in ("ids", "segments", "both", "visible"))
        return self.trunk(self.tokens(ids) + self.segments(segments) + self.both(both), visible=visible)

    def words(self, mixed: Tensor) -> Tensor:
        """(k, width) → (k, V) a score for every word."""
        return self.norm(F.gelu(self.dense(mixed))) @ self.tokens.words.weight.T + self.bias


def replaced(b: Tensor, random: NDArray[np.bool_], other: NDArray[np.int64]) -> Tensor:
    """(n, LONGEST) B, with `other` where `random`."""
    where = torch.as_tensor(random, device=b.device)[:, None]
    return torch.where(where, torch.as_tensor(other, device=b.device), b)


def lay_out(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """[CLS] A [SEP] B [SEP] without gaps, and the segment of each token.

    Args:
        a: (n, LONGEST) token numbers, padded.
        b: the same; an empty B leaves [CLS] A [SEP].

    Returns:
        `ids` (n, 2 LONGEST + 3), padded on the right; `segments`, 0 for [CLS] A [SEP] and the padding, 1 for B [SEP].
    """
    n = len(a)
    cls, sep = torch.full((n, 1), CLS, device=a.device), torch.full((n, 1), SEP, device=a.device)
    ids = torch.cat([cls, a, sep, b, torch.where((b != PAD).any(1, keepdim=True), sep, PAD)], 1)
    segments = torch.zeros_like(ids)
    segments[:, LONGEST + 2 :] = 1
    order = (ids == PAD).long().argsort(dim=1, stable=True)
    ids, segments = ids.gather(1, order), segments.gather(1, order)
    return ids, segments * (ids != PAD)


def in_both(ids: Tensor, segments: Tensor) -> Tensor:
    """(n, t) True for tokens, specials left out, that occur in the other segment, too."""
    same = (ids[:, :, None] == ids[:, None, :]) & (segments[:, :, None] != segments[:, None, :])
    return same.any(2) & (ids > MASK)


def lengths(ids: NDArray[np.int64], segments: NDArray[np.int64], idf: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: ARG001
    """(n, 3) ln of both lengths and how far they are apart."""
    a, b = (np.log(((ids > MASK) & (segments == s)).sum(1) + 1) for s in (0, 1))
    return np.stack([a, b, np.abs(a - b)], 1)


def shared_words(ids: NDArray[np.int64], segments: NDArray[np.int64], idf: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) the cosine of the tf-idf vectors of A and B, and whether they share any word."""
    a, b = (_tf_idf(np.where(segments == s, ids, PAD), idf) for s in (0, 1))
    cosine = np.asarray(a.multiply(b).sum(1)).ravel()
    return np.stack([cosine, cosine > 0], 1)


def _tf_idf(ids: NDArray[np.int64], idf: NDArray[np.float64]) -> sparse.csr_array:
    row, column = np.nonzero(ids > MASK)
    words = ids[row, column]
    table = sparse.csr_array((np.ones(len(row)), (row, words)), shape=(len(ids), len(idf)))
    table.sum_duplicates()
    table.data = (1 + np.log(table.data)) * idf[table.indices]
    norm = np.sqrt(np.asarray(table.multiply(table).sum(1))).reshape(-1, 1)
    return sparse.csr_array(table.multiply(1 / np.maximum(norm, 1e-12)))


def _cut(numbers: NDArray[np.int64], *, end: bool) -> NDArray[np.int64]:
    """(n, LONGEST) sentences, of which the end or the beginning is kept."""
    rows = [stories().rows[n][-LONGEST:] if end else stories().rows[n][:LONGEST] for n in numbers]
    return padded([*rows, np.zeros(LONGEST, np.int64)])[:-1]


@lru_cache(maxsize=2)
def _pairs(part: str) -> NDArray[np.int64]:
    """Sentences with a successor in the same document."""
    tales = stories()
    first = np.flatnonzero(tales.document[:-1] == tales.document[1:])
    return first[tales.held_out[tales.document[first]] == (part == "held_out")]


@lru_cache(maxsize=1)
def _info() -> DataInfo:
    """Where each document begins among the sentences, and the two baselines.

    `rows` (2, N): the sentences of the training and of the held-out documents; `size` (2,): how many; `first` and
    `sentences` (D,): where a document begins in its row, and how many it has.
    """
    from sklearn.linear_model import LogisticRegression

    tales: Stories = stories()
    held_out = tales.held_out[tales.document]
    parts = [np.flatnonzero(~held_out), np.flatnonzero(held_out)]
    counts = np.bincount(tales.document)
    first = np.zeros_like(counts)
    for kept in (False, True):
        mine = np.flatnonzero(tales.held_out == kept)
        first[mine] = np.cumsum(counts[mine]) - counts[mine]
    rows = np.zeros((2, len(held_out)), np.int64)
    for row, part in zip(rows, parts, strict=True):
        row[: len(part)] = part
    beginnings = _cut(np.arange(len(held_out)), end=False)
    seen = np.bincount(np.concatenate([np.unique(tales.rows[n]) for n in parts[0]]), minlength=len(tales.vocabulary))
    info = DataInfo(
        vocabulary=tales.vocabulary,
        is_word=torch.from_numpy(tales.is_word.copy()),
        held_out=tales.held_out,
        first=first,
        sentences=counts,
        size=np.array([len(part) for part in parts]),
        rows=rows,
        beginnings=beginnings,
        idf=np.where(tales.is_word, np.log((1 + len(parts[0])) / (1 + seen)) + 1, 0),
    )
    task, numbers = NextSentence(), np.arange(len(_pairs("train")))
    batch = task.batch("stories", "train", numbers)
    labelled = task.apply(
        batch, task.draw(batch, np.random.default_rng(0), info, NextSentenceOptions(masks=False)), info
    )
    ids, segments = (labelled.inputs[name].numpy() for name in ("ids", "segments"))
    y = labelled.targets["next"].numpy()
    for name, features in (("length alone", lengths), ("topic alone", shared_words)):
        info[name] = LogisticRegression().fit(features(ids, segments, info["idf"]), y)
    return info


@lru_cache(maxsize=1)
def _probe_data(per_book: int = 150, train_per_book: int = 500) -> ProbeData:
    """Up to `per_book` held-out and `train_per_book` training sentences of every book."""
    tales, idf = stories(), _info()["idf"]
    names = tuple(dict.fromkeys(tales.books))
    book = np.array([names.index(name) for name in tales.books])[tales.document]
    held_out, long = tales.held_out[tales.document], np.array([len(row) >= 6 for row in tales.rows])
    rng, parts = np.random.default_rng(0), []
    for part, most in ((False, train_per_book), (True, per_book)):
        rows = rng.permutation(np.flatnonzero((held_out == part) & long))
        parts.append(np.concatenate([rows[book[rows] == k][:most] for k in range(len(names))]))
    train, test = parts

    def batch(numbers: NDArray[np.int64]) -> Batch:
        return Batch(numbers, {"a": torch.from_numpy(_cut(numbers, end=True))})

    return ProbeData(
        train=batch(train),
        train_y=book[train],
        test=batch(test),
        test_y=book[test],
        names=names,
        raw_train=_tf_idf(_cut(train, end=True), idf),
        raw_test=_tf_idf(_cut(test, end=True), idf),
        raw_name="counted words (tf-idf)",
        shown=np.arange(len(test)),
        texts=tuple(tales.sentences[number] for number in test),
    )
