"""Masked words: hide a word; the hidden word is the label (BERT's masked language modelling).

The label comes from the data: it is the sentence itself. It is not a class that people gave the sentence, and the
model is not told which words were swapped or kept. Devlin et al. 2018, arXiv 1810.04805, section 3.1; dynamic
masking: Liu et al. 2019 (RoBERTa), arXiv 1907.11692, section 4.1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.masked_words import MaskedWordsOptions
from sslviz.data.text import CLS, MASK, PAD, SEP, corpus, next_words
from sslviz.models.tokens import WordTokens
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task
from sslviz.tasks.sentences import Sentences, kinds_probe

HIDE, SWAP, KEEP = 1, 2, 3  # what is done to a chosen word; 0: not chosen
STATIC_SEED = 12345  # BERT's own script draws its masks once, with this seed
PRIOR = 10.0  # how many imagined sightings the counting baselines add, spread as common as each word is


class MaskedWords(Sentences, Task["MaskedWordNet", MaskedWordsOptions]):
    """BERT's masked language modelling on short sentences."""

    slug: ClassVar[str] = "masked_words"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: MaskedWordsOptions) -> Draw:
        """Choose words, and for each one whether it is hidden, swapped or kept.

        Args:
            batch: `ids` in `data`: (n, t) token numbers, padded.
            rng: where the random numbers come from.
            info: holds the vocabulary.
            options: `share` of all tokens, [CLS] and [SEP] counted as BERT's code does; `masking` "dynamic" draws anew
                each time, "static" gives a sentence the same mask for ever.

        Returns:
            `how` (n, t): 0, HIDE, SWAP or KEEP; `swap` (n, t): the word that would come in its place.
        """
        ids = batch.data["ids"].cpu().numpy()
        n, t = ids.shape
        if options.masking == "static":
            dice = np.stack([np.random.default_rng((STATIC_SEED, int(i))).random((t, 3)) for i in batch.ids])
        else:
            dice = rng.random((n, t, 3))
        may = ids > MASK  # never [PAD], [UNK], [CLS], [SEP]
        count = np.maximum(
            1, np.round(options.share * (ids != PAD).sum(1))
        )  # at least one, or there is nothing to learn
        rank = np.where(may, dice[..., 0], 2).argsort(1).argsort(1)
        chosen = may & (rank < count[:, None])
        fate = dice[..., 1]  # BERT's code: 0.8, then half of what remains
        how = np.where(fate < 0.8, HIDE, np.where(fate < 0.9, SWAP, KEEP)) * chosen
        return Draw(how=how, swap=(dice[..., 2] * len(info["vocabulary"])).astype(np.int64))

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Hide, swap and keep as drawn; the label is the word that stood there."""
        ids = batch.data["ids"]
        how, swap = (torch.as_tensor(draw[name], device=ids.device) for name in ("how", "swap"))
        hidden = torch.where(how == HIDE, MASK, ids)
        sees = torch.where(how == SWAP, swap, hidden)
        chosen = how > 0  # kept words too: they look untouched, and are asked for all the same
        steps = (Step("hide", {"share": 0.8}, ids, hidden), Step("swap", {"share": 0.1}, hidden, sees)) if trace else ()
        return Labelled(
            inputs={"ids": sees, "visible": ids != PAD},
            targets={
                "words": torch.where(chosen, ids, PAD),  # PAD: no label here
                "scored": (how == HIDE) & info["is_word"].to(ids.device)[ids],  # what the accuracy counts
            },
            where=chosen,
            steps=steps,
        )

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Put every label back in its place."""
        ids = torch.where(labelled.where, labelled.targets["words"], labelled.inputs["ids"])
        return Batch(np.arange(len(ids)), {"ids": ids})

    def build(self, trunk: Trunk, info: DataInfo, options: MaskedWordsOptions) -> MaskedWordNet:
        """Word table, trunk, and a head that shares the word table."""
        return MaskedWordNet(trunk, len(info["vocabulary"]))

    def loss(self, net: MaskedWordNet, labelled: Labelled, options: MaskedWordsOptions) -> Loss:
        """Mean of −ln p(the word that stood there) over the chosen words, in nats."""
        logits = net(labelled.inputs, labelled.where)
        each = F.cross_entropy(logits, labelled.targets["words"][labelled.where], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: MaskedWordNet, labelled: Labelled, options: MaskedWordsOptions) -> Answer:
        """`p` (k, V): for each of the k chosen words, in reading order, a probability for every word."""
        return Answer({"p": net(labelled.inputs, labelled.where).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of hidden words (shown as [MASK], marks left out) named first, and among the first five."""
        scored = labelled.targets["scored"][labelled.where]
        if not scored.any():
            return {"top-1": float("nan"), "top-5": float("nan")}
        right = answer.data["p"][scored].topk(5).indices == labelled.targets["words"][labelled.where][scored, None]
        return {"top-1": right[:, 0].float().mean().item(), "top-5": right.any(1).float().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: MaskedWordsOptions) -> list[Baseline]:
        """Uniform guessing, and three ways of counting the training sentences."""
        seen, at = labelled.inputs["ids"].cpu(), labelled.where.cpu()
        left, right = seen.roll(1, 1)[at].numpy(), seen.roll(-1, 1)[at].numpy()
        common, after = info["common"], info["after"]  # (V,) share of each word; (V, V) row: word, column: next
        # A masked neighbour gives no evidence: the count then falls back on how common a word is.
        ahead = (after[left] + PRIOR * common) / (after[left].sum(1, keepdims=True) + PRIOR)
        ahead[left == MASK] = common
        behind = (after.T[right] + PRIOR * common * common[right, None]) / (after.sum(1) + PRIOR * common)
        behind[right == MASK] = 1
        both = ahead * behind
        tables = {
            "word frequencies": np.broadcast_to(common, ahead.shape),
            "left neighbour": ahead,
            "left × right neighbours": both / both.sum(1, keepdims=True),
        }
        vocabulary = len(common)
        result = [Baseline(f"guessing: ln {vocabulary:,}", float(np.log(vocabulary)), {"top-1": 1 / vocabulary}, True)]
        truth = labelled.targets["words"].cpu()[at].numpy()
        for name, p in tables.items():
            loss = float(-np.log(p[np.arange(len(truth)), truth] + 1e-12).mean())
            if name == "word frequencies":
                p = p * info["is_word"].numpy()  # noqa: PLW2901 - its one answer is to be a word, not the full stop
            scores = self.score(Answer({"p": torch.from_numpy(np.ascontiguousarray(p))}), _on_cpu(labelled))
            result.append(Baseline(name, loss, scores, constant=name == "word frequencies"))
        return result

    # the data

    def info(self, data: str) -> DataInfo:
        """Vocabulary and counts of the training sentences."""
        if data != "sentences":
            msg = f"masked_words trains on 'sentences', got {data!r}"
            raise ValueError(msg)
        return _info()

    def features(self, net: MaskedWordNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the trunk's vector at the one hidden word of each sentence, `at` (n,)."""
        ids, at = batch.data["ids"], batch.data["at"]
        return net.encode(ids, ids != PAD)[torch.arange(len(ids), device=ids.device), at]

    def probe_data(self, data: str) -> ProbeData:
        """One word of a known kind hidden in each sentence; the kind is the class."""
        return kinds_probe(ahead=False)


class MaskedWordNet(nn.Module):
    """Word table + trunk + head. The head ends in the word table itself (tied weights), as BERT's does."""

    def __init__(self, trunk: Trunk, vocabulary: int) -> None:
        super().__init__()
        self.tokens, self.trunk = WordTokens(vocabulary, trunk.width), trunk
        self.dense, self.norm = nn.Linear(trunk.width, trunk.width), nn.LayerNorm(trunk.width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def encode(self, ids: Tensor, visible: Tensor) -> Tensor:
        """(n, t) → (n, t, width)."""
        return self.trunk(self.tokens(ids), visible=visible)

    def forward(self, inputs: dict[str, Tensor], where: Tensor) -> Tensor:
        """(k, V) a score for every word, at the k places where `where` is True."""
        chosen = self.encode(inputs["ids"], inputs["visible"])[where]
        return self.norm(F.gelu(self.dense(chosen))) @ self.tokens.words.weight.T + self.bias


def _on_cpu(labelled: Labelled) -> Labelled:
    return Labelled({}, {k: v.cpu() for k, v in labelled.targets.items()}, labelled.where.cpu())


@lru_cache(maxsize=1)
def _info() -> DataInfo:
    words = corpus()
    common = (words.counts + 1) / (words.counts + 1).sum()
    return DataInfo(
        vocabulary=words.vocabulary,
        is_word=torch.from_numpy(words.is_word.copy()),
        common=common.astype(np.float32),
        after=next_words(),
    )


__all__ = ["CLS", "HIDE", "KEEP", "MASK", "SEP", "SWAP", "MaskedWords"]
