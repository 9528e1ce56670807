"""Word and context: a word's neighbours are its label (Word2Vec, skip-gram and CBOW with negative sampling).

The label comes from the data: it is which words stand close by. It is not the next word, and order plays no part.
Mikolov et al. 2013, arXiv 1301.3781 (skip-gram and CBOW) and 1310.4546 (negative sampling, subsampling); the
keep-probability is that of the authors' program word2vec.c, which differs from the paper's.
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

from sslviz.catalogue.word_and_context import WordAndContextOptions
from sslviz.data.stories import padded
from sslviz.data.text import PAD
from sslviz.data.word_rows import WordRows, word_rows, word_topics
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task

PRIOR = 10.0  # how many imagined pairs the counting baseline adds to each word
REACH = 5  # the widest window that is offered
OFFSETS = (*range(-REACH, 0), *range(1, REACH + 1))


PARTS_OF_SPEECH = ("noun", "verb", "adjective", "adverb")
ACTS = ("cognition", "communication", "act", "attribute", "state", "feeling", "event")
CLASSES = {  # of the map and the probe: WordNet's topics, put together so that each has enough common words
    "people": {"noun.person", "noun.group"},
    "animals, plants, food": {"noun.animal", "noun.plant", "noun.food"},
    "things": {"noun.artifact", "noun.object", "noun.substance", "noun.body"},
    "places, times": {"noun.location", "noun.time", "noun.quantity"},
    "thoughts, acts": {f"noun.{topic}" for topic in ACTS},
    "doing": {"verb.motion", "verb.contact", "verb.change", "verb.creation", "verb.possession", "verb.consumption"},
    "thinking, saying": {"verb.cognition", "verb.communication", "verb.perception", "verb.emotion"},
    "adjectives": {"adjective"},
    "adverbs": {"adverb"},
}  # fmt: skip


class WordAndContext(Task["WordVectors", WordAndContextOptions]):
    """Skip-gram: a word is asked for each neighbour. CBOW: the neighbours together are asked for the word."""

    slug: ClassVar[str] = "word_and_context"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: WordAndContextOptions) -> Draw:
        """Drop common words, give each centre a window of its own, and pick noise words.

        Args:
            batch: `ids` in `data`: (n, t) word numbers, padded; no marks.
            rng: where the random numbers come from.
            info: holds the counts.
            options: `way`; `window`, w: each centre draws its own reach from 1 … w, so near words count more often;
                `negatives`, k, noise words a label; `exponent`: a noise word is drawn with p ∝ count^exponent, 0 any
                word alike, 1 as common as it is; `threshold`, t, of subsampling: 1 keeps every word.

        Returns:
            `keep` (n, t); `radius` (n, t); `noise` (n, t, m, k), k for each of m labels: one a neighbour in
            skip-gram, m = 2 REACH; one a centre in CBOW, m = 1.
        """
        ids = batch.data["ids"].cpu().numpy()
        n, t = ids.shape
        keep = (rng.random((n, t)) < keep_probability(info["share"], options.threshold)[ids]) & (ids != PAD)
        radius = rng.integers(1, options.window + 1, (n, t))
        dice = rng.random((n, t, 1 if options.way == "CBOW" else len(OFFSETS), options.negatives))
        ladder = noise_probability(info["counts"], options.exponent).cumsum()
        noise = np.minimum(ladder.searchsorted(dice), len(ladder) - 1)  # its last rung may be a rounding error below 1
        return Draw(keep=keep, radius=radius, noise=noise)

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Close the gaps that dropped words leave, then lay the windows.

        Words are dropped first, so that a window reaches further than it looks. In skip-gram the label is the
        neighbour, in CBOW the word in the middle. Noise that happens to be the label itself is skipped, not redrawn.
        """
        ids = batch.data["ids"]
        keep, radius, noise = (torch.as_tensor(draw[k], device=ids.device) for k in ("keep", "radius", "noise"))
        order = keep.long().argsort(dim=1, descending=True, stable=True)
        kept = torch.where(keep, ids, PAD).gather(1, order)
        near, within = windows(kept, radius.gather(1, order))
        steps = (Step("drop common words", {}, ids, kept),) if trace else ()
        if noise.shape[2] == 1:  # CBOW
            where = within.any(2, keepdim=True)
            inputs = {"words": kept, "context": torch.where(within, near, PAD)}
            return Labelled(inputs, {"words": torch.where(where, kept[..., None], PAD), "noise": noise}, where, steps)
        return Labelled({"words": kept}, {"words": torch.where(within, near, PAD), "noise": noise}, within, steps)

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Dropped words are gone, and no pair shows what stood there."""
        return None

    def build(self, trunk: Trunk, info: DataInfo, options: WordAndContextOptions) -> WordVectors:
        """Two tables; the trunk stays unused."""
        return WordVectors(len(info["vocabulary"]), trunk.width)

    def loss(self, net: WordVectors, labelled: Labelled, options: WordAndContextOptions) -> Loss:
        """Mean over the labels of −ln σ(u·v) − Σ ln σ(−uₖ·v): the label scores high, its noise words low; in nats."""
        right, noise = pair_scores(net(labelled.inputs, labelled.where), net.out, labelled)
        each = F.softplus(-right) + F.softplus(noise).sum(1)  # softplus(−x) = −ln σ(x); skipped noise is −∞, so 0
        return Loss(each.mean(), {"neighbours": F.softplus(-right).mean().item()}, each)

    def answer(self, net: WordVectors, labelled: Labelled, options: WordAndContextOptions) -> Answer:
        """`vector` (k, d) of each word that is asked, `table` (V, d): their products score every word."""
        return Answer({"vector": net(labelled.inputs, labelled.where), "table": net.out})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of labels that score above all of their noise words; among t equals, one in t counts as right."""
        right, noise = pair_scores(answer.data["vector"], answer.data["table"], labelled)
        beaten, equal = (noise > right[:, None]).any(1), (noise == right[:, None]).sum(1)
        return {"told from noise": torch.where(beaten, 0.0, 1 / (1.0 + equal)).mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: WordAndContextOptions) -> list[Baseline]:
        """Nothing learned; how common each word is; and counted pairs, ln p(o|c) − ln k q(o) (Levy & Goldberg 2014)."""
        k = labelled.targets["noise"].shape[3]
        chance = Baseline(
            f"all scores 0: {k + 1} × ln 2", (k + 1) * float(np.log(2)), {"told from noise": 1 / (k + 1)}, True
        )
        # Labels are what subsampling left, so each neighbour counts as often as it is kept.
        keep = keep_probability(info["share"], options.threshold)
        share, pairs = info["near"] * keep / (info["near"] @ keep), info["pairs"]
        ratio = np.log(share) - np.log(k * noise_probability(info["counts"], options.exponent) + 1e-12)
        where = labelled.where.cpu()
        truth, noise = (labelled.targets[name].cpu()[where].numpy() for name in ("words", "noise"))
        result = [chance, self._counted("word frequencies", ratio[truth], ratio[noise], truth, noise, constant=True)]
        if "context" in labelled.inputs:
            return result  # counted pairs are for one neighbour at a time
        centre = labelled.inputs["words"].cpu()[..., None].expand(where.shape)[where].numpy()
        total = pairs @ keep

        def score(o: NDArray[np.int64], c: NDArray[np.int64]) -> NDArray[np.float64]:
            seen = np.asarray(pairs[c.ravel(), o.ravel()]).reshape(o.shape) * keep[o]
            given = (seen + PRIOR * share[o]) / (total[c] + PRIOR)
            return np.log(given) - np.log(share[o]) + ratio[o]

        right, others = score(truth, centre), score(noise, np.broadcast_to(centre[:, None], noise.shape))
        return [*result, self._counted("counted pairs", right, others, truth, noise, constant=False)]

    @staticmethod
    def _counted(
        name: str, right: NDArray[np.float64], others: NDArray[np.float64], truth: NDArray[np.int64],
        noise: NDArray[np.int64], *, constant: bool,
    ) -> Baseline:  # fmt: skip
        """A baseline that gives each (word, neighbour) a score from a table."""
        others = np.where(noise == truth[:, None], -np.inf, others)
        loss = float((np.logaddexp(0, -right) + np.logaddexp(0, others).sum(1)).mean())
        beaten, equal = (others > right[:, None]).any(1), (others == right[:, None]).sum(1)
        return Baseline(name, loss, {"told from noise": float(np.where(beaten, 0, 1 / (1 + equal)).mean())}, constant)

    # the data

    def info(self, data: str) -> DataInfo:
        """Vocabulary, counts, and how often each pair of words stands together in the training rows."""
        return _info(data)

    def batch(self, data: str, part: str, rows: np.ndarray) -> Batch:
        """Rows of words of "train" or "held_out"; `ids` (n, t), padded to the longest of them."""
        text = word_rows(data)
        rows_of_words = [(text.train if part == "train" else text.held_out)[row] for row in rows]
        return Batch(rows, {"ids": torch.from_numpy(padded(rows_of_words))})

    def size(self, data: str, part: str) -> int:
        """Number of rows."""
        return len(word_rows(data).train if part == "train" else word_rows(data).held_out)

    def features(self, net: WordVectors, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the vectors of single words, `word` (n,)."""
        return net.tokens(batch.data["word"])

    def probe_data(self, data: str) -> ProbeData:
        """Common words; what they are about is the class."""
        return _probe_data(data)

    def measures(self, net: WordVectors, data: str) -> dict[str, float]:
        """`neighbours alike`: of the five nearest words of 20 common ones, the share of the same kind; see `alike`."""
        return {"neighbours alike": alike(net.tokens.weight.detach().cpu().numpy(), word_rows(data))}


class WordVectors(nn.Module):
    """A table for words that are asked (kept afterwards) and one for words that are answered, which starts at 0."""

    def __init__(self, vocabulary: int, width: int) -> None:
        super().__init__()
        self.tokens, self.out = nn.Embedding(vocabulary, width), nn.Parameter(torch.zeros(vocabulary, width))

    def forward(self, inputs: dict[str, Tensor], where: Tensor) -> Tensor:
        """(k, d) for the k labels in `where`: the word's own vector, or the mean over its neighbours (CBOW)."""
        if "context" not in inputs:
            return self.tokens(inputs["words"])[:, :, None].expand(*where.shape, -1)[where]
        near = inputs["context"][where[..., 0]]
        real = (near != PAD)[..., None]
        return (self.tokens(near) * real).sum(1) / real.sum(1)


def windows(kept: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """The neighbours of each word.

    Args:
        kept: (n, t) words, padded on the right.
        radius: (n, t) how far the window of each reaches, 1 to REACH.

    Returns:
        (n, t, 2 REACH) the words at OFFSETS, and which of them are within the window.
    """
    t = kept.shape[1]
    at = torch.arange(t, device=kept.device)[:, None] + torch.tensor(OFFSETS, device=kept.device)
    near = F.pad(kept, (REACH, REACH), value=PAD)[:, at + REACH]
    reach = torch.tensor(OFFSETS, device=kept.device).abs()
    return near, (near != PAD) & (kept != PAD)[..., None] & (reach <= radius[..., None])


def pair_scores(asked: Tensor, table: Tensor, labelled: Labelled) -> tuple[Tensor, Tensor]:
    """u·v of each label (k,) and of its noise words (k, negatives), −∞ where noise is the label itself."""
    words = labelled.targets["words"][labelled.where]
    noise = labelled.targets["noise"][labelled.where]
    right = (asked * table[words]).sum(-1)
    others = torch.einsum("kd,knd->kn", asked, table[noise])
    return right, others.masked_fill(noise == words[:, None], -torch.inf)


def keep_probability(share: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """How likely a word stays, from its share f of all words: (√(f/t) + 1) t/f, at most 1, as in word2vec.c.

    The paper (arXiv 1310.4546, section 2.3) has √(t/f) instead, which drops more.

    >>> keep_probability(np.array([0.01, 0.002, 0.0]), 1e-3).round(4).tolist()
    [0.4162, 1.0, 1.0]
    """
    with np.errstate(divide="ignore"):
        ratio = np.where(share > 0, threshold / share, np.inf)
    return np.minimum(1, np.sqrt(ratio) + ratio)


def noise_probability(counts: NDArray[np.int64], exponent: float) -> NDArray[np.float64]:
    """P ∝ count^exponent over the words that occur (arXiv 1310.4546, section 2.2: exponent 3/4)."""
    weight = np.where(counts > 0, np.maximum(counts, 1).astype(np.float64) ** exponent, 0)
    return weight / weight.sum()


def nearest(vectors: NDArray[np.float32], word: int, among: NDArray[np.int64], count: int = 5) -> NDArray[np.int64]:
    """The `count` words of `among` with the highest cosine to `word`, which is itself left out."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosine = unit[among] @ unit[word]
    cosine[among == word] = -np.inf
    return among[np.argsort(-cosine, kind="stable")[:count]]


def alike(vectors: NDArray[np.float32], text: WordRows, count: int = 5) -> float:
    """Of the nearest words of 20 common ones, the share that has their part of speech or one of their topics.

    The 20 are the commonest words of the text that WordNet knows, five each of nouns, verbs, adjectives and adverbs.
    Neighbours are sought among all words of the text that WordNet knows, so that each has a part of speech.
    """
    kinds, topics = known(text), word_topics()
    hits = []
    for number in asked_words(text):
        kind, about = topics[text.vocabulary[number]]
        for other in nearest(vectors, number, kinds, count):
            its_kind, its_about = topics[text.vocabulary[other]]
            hits.append(its_kind == kind or bool(set(about) & set(its_about)))
    return float(np.mean(hits))


def known(text: WordRows) -> NDArray[np.int64]:
    """The words of a text that WordNet knows, the commonest first."""
    return np.array([n for n, word in enumerate(text.vocabulary) if word in word_topics()], dtype=np.int64)


def asked_words(text: WordRows, each: int = 5) -> list[int]:
    """The commonest words of every part of speech, `each` of them."""
    kind = [word_topics()[text.vocabulary[n]][0] for n in known(text)]
    rows = {k: [n for n, its in zip(known(text), kind, strict=True) if its == k] for k in PARTS_OF_SPEECH}
    return [int(n) for k in PARTS_OF_SPEECH for n in rows[k][:each]]


@lru_cache(maxsize=3)
def _info(data: str) -> DataInfo:
    """`near` (V,) share of each word among neighbours, `pairs` (V, V) sparse: full windows, nothing dropped."""
    text, size = word_rows(data), len(word_rows(data).vocabulary)
    flat = np.concatenate([np.append(row, np.zeros(REACH, np.int64)) for row in text.train])  # rows must not touch
    pairs = sparse.csr_array((size, size), dtype=np.float64)
    for distance in range(1, REACH + 1):
        a, b = flat[:-distance], flat[distance:]
        real = (a > 0) & (b > 0)
        weight = np.full(
            int(real.sum()), (REACH + 1 - distance) / REACH
        )  # how often a window drawn from 1 … w holds it
        one = sparse.coo_array((weight, (a[real], b[real])), shape=(size, size)).tocsr()
        pairs = pairs + one + one.T
    near = np.asarray(pairs.sum(0)) + 1
    return DataInfo(
        vocabulary=text.vocabulary,
        counts=text.counts,
        share=text.counts / text.counts.sum(),
        near=near / near.sum(),
        pairs=pairs,
    )


@lru_cache(maxsize=3)
def _probe_data(data: str, shown: int = 600) -> ProbeData:
    """Common words with one clear class, nouns and verbs by topic; every other one is for testing."""
    text = word_rows(data)
    names = tuple(CLASSES)
    rows, y = [], []
    for number in known(text):
        kind, about = word_topics()[text.vocabulary[number]]
        fits = [n for n, topics in enumerate(CLASSES.values()) if kind in topics or (about and about[0] in topics)]
        if fits:
            rows.append(number)
            y.append(fits[0])
    words, classes = np.array(rows[: 2 * shown]), np.array(y[: 2 * shown])
    test = np.arange(len(words)) % 2 == 0
    pairs = _info(data)["pairs"].tocsr()
    common = np.arange(1, 501)  # a word is described by its counts beside the 500 commonest

    def raw(numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.log1p(pairs[numbers][:, common].toarray())

    def batch(numbers: NDArray[np.int64]) -> Batch:
        return Batch(numbers, {"word": torch.from_numpy(numbers)})

    return ProbeData(
        train=batch(words[~test]),
        train_y=classes[~test],
        test=batch(words[test]),
        test_y=classes[test],
        names=names,
        raw_train=raw(words[~test]),
        raw_test=raw(words[test]),
        raw_name="counts of neighbours",
        shown=np.arange(int(test.sum())),
        texts=tuple(text.vocabulary[number] for number in words[test]),
    )
