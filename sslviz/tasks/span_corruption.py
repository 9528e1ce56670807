"""Span corruption: hide spans of words; what was in all of them, written as one text, is the label (T5).

The label comes from the data: it is a part of the sentence. In the sentence a sign, the sentinel, stands for each span,
and does not tell how many words it stands for. In the label each sentinel comes before its words, and one more sentinel
says that nothing follows. It is not what the sentence means. Raffel et al. 2019, arXiv 1910.10683, sections 3.1.4 and
3.3.4; spans as the authors' `random_spans_noise_mask` draws them.

Other than in the paper: its texts have 512 pieces, of which it hides 15% in spans of 3. Our sentences have 8 words,
so that would be a single word each time; we hide 30% in spans of 2. Its last span ends with the text: of a short
sentence the end would always be hidden. So the places are turned round by chance (an option of the authors' code,
`random_roll`), and a span that goes over the end is cut in two. The decoder has one layer, the encoder is our trunk;
[CLS] begins the label's text, [SEP] ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.span_corruption import SINGLE, WHOLE, SpanCorruptionOptions
from sslviz.data.text import CLS, MASK, PAD, SEP
from sslviz.models.tokens import WordTokens
from sslviz.models.trunk import HEADS, MLP_RATIO, Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task
from sslviz.tasks.masked_words import PRIOR, MaskedWords
from sslviz.tasks.sentences import Sentences, kinds_probe

SENTINELS = 16  # the last entries of the vocabulary; a sentence of 30 words has 15 spans at most, and one sign ends all


class SpanCorruption(Sentences, Task["SpanNet", SpanCorruptionOptions]):
    """T5's objective on short sentences."""

    slug: ClassVar[str] = "span_corruption"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: SpanCorruptionOptions) -> Draw:
        """Choose the words to hide.

        Returns:
            `hide` (n, t) bool, never [CLS] and [SEP]; `whole` (n,) bool: whether the label is the whole sentence.
        """
        ids = batch.data["ids"].cpu().numpy()
        length = (ids != PAD).sum(1) - 2  # without [CLS] and [SEP]
        places = np.arange(ids.shape[1] - 2)
        if options.length == SINGLE:  # the paper's "i.i.d.", but one word at least
            dice = np.where(places < length[:, None], rng.random((len(ids), len(places))), 2)
            hide = dice <= np.maximum(options.share, dice.min(1, keepdims=True))
        else:
            spans = random_spans(length, options.share, int(options.length), rng)
            turn = rng.integers(length)
            hide = np.take_along_axis(spans, (places - turn[:, None]) % length[:, None], 1)
            hide &= places < length[:, None]
        hide = np.pad(hide, ((0, 0), (1, 1))) & (ids > MASK)
        return Draw(hide=hide, whole=np.full(len(ids), options.asked == WHOLE))

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Put a sentinel in the place of each span; the label is the text of all spans.

        Returns:
            `ids` (n, t): what the encoder reads; `before` (n, t+1): what the decoder reads, the label moved by one, so
            that at each place it knows the words before. `words` (n, t+1): the label; `scored`: which of it was hidden.
        """
        ids = batch.data["ids"]
        hide, whole = (torch.as_tensor(draw[name], device=ids.device) for name in ("hide", "whole"))
        first, width = hide & ~hide.roll(1, 1), ids.shape[1] + 1
        sentinel = len(info["vocabulary"]) - 1 + first.cumsum(1)  # of the span in which a word is, X for the first
        sees = packed(torch.where(first, sentinel, ids), (ids != PAD) & (first | ~hide), width - 1)
        ends = torch.stack([sentinel[:, -1] + 1, torch.full_like(ids[:, 0], SEP)], 1)
        text = torch.cat([torch.stack([sentinel, ids], 2).flatten(1), ends], 1)
        spans = packed(text, torch.cat([torch.stack([first, hide], 2).flatten(1), ends > PAD], 1), width)
        told = (ids != PAD) & (ids != CLS)
        words = torch.where(whole[:, None], packed(ids, told, width), spans)
        hidden = torch.where(whole[:, None], packed(hide.long(), told, width) > 0, spans > MASK)
        real = hidden & (words < len(info["vocabulary"]))
        before = torch.cat([torch.full_like(words[:, :1], CLS), words[:, :-1]], 1)
        steps = (Step("replace the spans", {"hidden": draw["hide"]}, ids, sees),) if trace else ()
        return Labelled(
            inputs={"ids": sees, "visible": sees != PAD, "before": before},
            targets={"words": words, "scored": real & info["is_word"].to(ids.device)[words * real]},
            where=words != PAD,
            steps=steps,
        )

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Put the words of the label in the place of their sentinels."""
        sees, rows = labelled.inputs["ids"].tolist(), []
        for read, label, whole in zip(sees, labelled.targets["words"].tolist(), draw["whole"], strict=True):
            spans = by_sentinel(label, label[0])
            row = [CLS, *label] if whole else [word for one in read for word in spans.get(one, [one])]
            rows.append(row[: len(read)])
        return Batch(np.arange(len(rows)), {"ids": torch.tensor(rows)})

    def build(self, trunk: Trunk, info: DataInfo, options: SpanCorruptionOptions) -> SpanNet:
        """Word table with the sentinels in it, trunk as encoder, a decoder of one layer."""
        return SpanNet(trunk, len(info["vocabulary"]) + SENTINELS)

    def begin(self, net: SpanNet, generator: torch.Generator) -> None:
        """Draw the weights of PyTorch's attention by the run's seed, too, as all others are."""
        for attention in (net.decoder.self_attn, net.decoder.multihead_attn):
            nn.init.xavier_normal_(attention.in_proj_weight, generator=generator)

    def loss(self, net: SpanNet, labelled: Labelled, options: SpanCorruptionOptions) -> Loss:
        """Mean of −ln p(the token that stands there, given all before it) over the whole label, in nats."""
        scores = net(labelled.inputs, labelled.where)
        each = F.cross_entropy(scores, labelled.targets["words"][labelled.where], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: SpanNet, labelled: Labelled, options: SpanCorruptionOptions) -> Answer:
        """`p` (k, V): at each of the k places of the labels, given the right tokens before it, how probable each is."""
        return Answer({"p": net(labelled.inputs, labelled.where).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of hidden words (marks left out) named first of all words, and among the first five; right lengths.

        A length is right where the span is said to end at its end and not before, given the right words so far.
        """
        p, words = answer.data["p"], labelled.targets["words"][labelled.where]
        scored = labelled.targets["scored"][labelled.where]
        right = p[scored, :-SENTINELS].topk(5).indices == words[scored, None]
        found = {"top-1": right[:, 0].double().mean().item(), "top-5": right.any(1).double().mean().item()}
        ends, said = (one >= p.shape[1] - SENTINELS for one in (words, p.argmax(-1)))
        behind = ends.cumsum(0) - ends.long()  # number of the sentinel behind which a place is, through the whole batch
        wrong = torch.bincount(behind, (ends != said).double())
        spans = torch.bincount(behind, (words == SEP).double()) == 0  # behind the last sentinel there is no span
        spans[0] = False
        return {**found, "right length": (wrong[spans] == 0).double().mean().item()} if ends.any() else found

    def baselines(self, labelled: Labelled, info: DataInfo, options: SpanCorruptionOptions) -> list[Baseline]:
        """Uniform guessing, how common each token is in the labels, and what followed the word to the left."""
        inputs, targets = ({k: v.cpu() for k, v in part.items()} for part in (labelled.inputs, labelled.targets))
        on = Labelled(inputs, targets, labelled.where.cpu())
        counts, is_word = _counted(options), F.pad(info["is_word"], (0, SENTINELS)).numpy()
        size, left = len(counts), left_neighbours(on, len(info["vocabulary"]))[on.where].numpy()
        common = (counts.sum(0) + 1) / (counts.sum() + size)
        pairs = (counts[left] + PRIOR * common) / (counts[left].sum(1, keepdims=True) + PRIOR)
        even, truth = np.broadcast_to(common, pairs.shape), on.targets["words"][on.where].numpy()
        result = [Baseline(f"guessing: ln {size:,}", float(np.log(size)), {"top-1": 1 / size}, constant=True)]
        for name, p, named in (("word frequencies", even, even * is_word), ("left neighbour", pairs, pairs)):
            loss = float(-np.log(p[np.arange(len(truth)), truth]).mean())
            scores = self.score(Answer({"p": torch.from_numpy(named)}), on)  # the one answer of all is to be a word
            result.append(Baseline(name, loss, scores, constant=p is even))
        return result

    # the data

    def info(self, data: str) -> DataInfo:
        """What Masked words knows of the sentences: vocabulary, and counts of the training part."""
        return MaskedWords().info(data)

    def features(self, net: SpanNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the trunk's vector at the one hidden word of each sentence, `at` (n,), for which X stands."""
        ids, at = batch.data["ids"], batch.data["at"]
        sees = torch.where(ids == MASK, len(info["vocabulary"]), ids)  # [MASK] means nothing to this trunk
        return net.encode(sees, ids != PAD)[torch.arange(len(ids), device=ids.device), at]

    def probe_data(self, data: str) -> ProbeData:
        """One word of a known kind hidden in each sentence; the kind is the class."""
        return kinds_probe(ahead=False)


class SpanNet(nn.Module):
    """Word table + trunk, which reads the sentence + a decoder, which writes the label from left to right.

    The table is the head, too (tied weights).
    """

    def __init__(self, trunk: Trunk, vocabulary: int) -> None:
        super().__init__()
        wide = trunk.width
        self.tokens, self.trunk = WordTokens(vocabulary, wide), trunk
        self.decoder = nn.TransformerDecoderLayer(
            wide, HEADS, MLP_RATIO * wide, dropout=0, activation=F.gelu, batch_first=True, norm_first=True
        )
        self.norm, self.bias = nn.LayerNorm(wide), nn.Parameter(torch.zeros(vocabulary))

    def encode(self, ids: Tensor, visible: Tensor) -> Tensor:
        """(n, t) → (n, t, width)."""
        return self.trunk(self.tokens(ids), visible=visible)

    def decode(self, before: Tensor, sentence: Tensor, visible: Tensor) -> Tensor:
        """(n, w) what was written so far, (n, t, width) what the trunk made of the sentence → (n, w, width)."""
        later = torch.ones(before.shape[1], before.shape[1], dtype=torch.bool, device=before.device).triu(1)
        read = self.decoder(self.tokens(before), sentence, tgt_mask=later, memory_key_padding_mask=~visible)
        return self.norm(read)

    def forward(self, inputs: dict[str, Tensor], where: Tensor) -> Tensor:
        """(k, V) a score for every token, at the k places of the labels, each given the right tokens before it."""
        ids, visible = (inputs[name][:, : int(inputs["visible"].sum(1).max())] for name in ("ids", "visible"))
        longest = int(where.sum(1).max())  # a longer label costs more
        read = self.decode(inputs["before"][:, :longest], self.encode(ids, visible), visible)
        return read[where[:, :longest]] @ self.tokens.words.weight.T + self.bias

    @torch.no_grad()
    def write(self, inputs: dict[str, Tensor], most: int) -> Tensor:
        """(n, at most `most`) the text that the model writes by itself: each time the likeliest token, up to [SEP]."""
        sentence = self.encode(inputs["ids"], inputs["visible"])
        text = torch.full_like(inputs["ids"][:, :1], CLS)
        for _ in range(most):
            over = (text == SEP).any(1)
            if over.all():
                break
            last = self.decode(text, sentence, inputs["visible"])[:, -1]
            best = (last @ self.tokens.words.weight.T + self.bias).argmax(-1)
            text = torch.cat([text, torch.where(over, PAD, best)[:, None]], 1)
        return text[:, 1:]


def random_spans(length: np.ndarray, share: float, mean: float, rng: np.random.Generator) -> np.ndarray:
    """Which words are hidden, by the algorithm of T5's `random_spans_noise_mask`: all such masks are equally likely.

    Args:
        length: (n,) words of each text, at least 1.
        share: of the words that are hidden, rounded to whole words: at least one, never all.
        mean: words of a span; hidden words over this, rounded, is the number of spans, at least 1.
        rng: where the random numbers come from.

    Returns:
        (n, longest) bool. A text begins with a kept span, then hidden and kept ones take turns, as many of each.
    """
    length, places = np.maximum(length, 2), np.arange(max(2, length.max()))
    hidden = np.clip(np.round(share * length), 1, length - 1).astype(int)
    spans = np.maximum(1, np.round(hidden / mean)).astype(int)
    gone, kept = (segments(one, spans, rng.random((len(length), len(places)))) for one in (hidden, length - hidden))
    real = places < (length - hidden)[:, None]
    ahead = ((kept[:, None] <= gone[:, :, None]) & real[:, None]).sum(2)  # kept words before each hidden one
    mask = np.zeros(gone.shape, bool)
    row, one = np.nonzero(places < hidden[:, None])
    mask[row, one + ahead[row, one]] = True
    return mask


def segments(items: np.ndarray, parts: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """(n,) so many items, (n,) parts that are not empty, (n, t) random numbers → (n, t) in which part each item is.

    A part begins at each of the `parts` - 1 items, never the first, that have the smallest numbers.
    """
    places = np.arange(dice.shape[1])
    may = (places > 0) & (places < items[:, None])
    return (np.where(may, dice, 2).argsort(1).argsort(1) < parts[:, None] - 1).cumsum(1)


def packed(values: Tensor, keep: Tensor, width: int) -> Tensor:
    """(n, k) values, of which those to keep close ranks; then PAD up to `width`.

    >>> packed(torch.tensor([[7, 8, 9]]), torch.tensor([[True, False, True]]), 4)
    tensor([[7, 9, 0, 0]])
    """
    line = torch.where(keep, values, PAD).gather(1, (~keep).long().argsort(dim=1, stable=True))
    return F.pad(line, (0, max(0, width - line.shape[1])))[:, :width]


def by_sentinel(text: Sequence[int], first: int) -> dict[int, list[int]]:
    """The words behind each sentinel of a text, up to its end; `first` is the number of X, which later ones follow.

    >>> by_sentinel([90, 7, 8, 91, 9, 92, SEP], 90)
    {90: [7, 8], 91: [9], 92: []}
    """
    found: dict[int, list[int]] = {}
    words: list[int] = []  # what stands before the first sentinel belongs to none
    for token in text:
        if token == SEP:
            break
        if token >= first:
            words = found.setdefault(token, [])
        else:
            words.append(token)
    return found


def left_neighbours(labelled: Labelled, first: int) -> Tensor:
    """(n, w) the token before each one of the label; where that is a sentinel, the word left of it in the sentence."""
    sees, before = labelled.inputs["ids"], labelled.inputs["before"]
    row, at = (sees >= first).nonzero(as_tuple=True)
    left = torch.full((len(sees), SENTINELS), PAD)
    left[row, sees[row, at] - first] = sees[row, at - 1]
    return torch.where(before >= first, left.gather(1, (before - first).clamp_min(0)), before)


@lru_cache(maxsize=4)
def _counted(options: SpanCorruptionOptions) -> np.ndarray:
    """(V, V) row: left neighbour, column: token of the label; how often in one label of each training sentence."""
    task = SpanCorruption()
    info, batch = task.info("sentences"), task.batch("sentences", "train", np.arange(task.size("sentences", "train")))
    labelled = task.apply(batch, task.draw(batch, np.random.default_rng(0), info, options), info)
    first, where = len(info["vocabulary"]), labelled.where
    size = first + SENTINELS
    pairs = left_neighbours(labelled, first)[where] * size + labelled.targets["words"][where]
    return np.bincount(pairs.numpy(), minlength=size * size).reshape(size, size).astype(np.float32)
