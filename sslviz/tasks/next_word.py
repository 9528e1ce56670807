"""Next word: read a text from the left; at every place the word that follows is the label (GPT).

The label comes from the data: it is the sentence itself, moved by one. Nothing is drawn at random, and nothing is
hidden in the input; what keeps the answer out of sight is the causal mask inside the trunk. Radford et al. 2018,
"Improving Language Understanding by Generative Pre-Training", section 3.1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.next_word import NextWordOptions
from sslviz.data.text import PAD, corpus, next_words
from sslviz.models.tokens import WordTokens
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task
from sslviz.tasks.sentences import Sentences, kinds_probe

PRIOR = 10.0  # how many imagined sightings the pair counts add, spread as common as each word is


class NextWord(Sentences, Task["NextWordNet", NextWordOptions]):
    """Causal language modelling on short sentences: [CLS] begins one, [SEP] ends it."""

    slug: ClassVar[str] = "next_word"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: NextWordOptions) -> Draw:
        """Nothing is left to chance: a sentence has one label, whatever the seed."""
        return Draw()

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """All words but the last go in; all words but the first are asked for.

        Returns:
            `ids` (n, t-1): x[0..t-2]; `words` (n, t-1): x[1..t-1], the answer to what stands at the same place and
            before it. The last word has no label, since nothing follows it.
        """
        ids = batch.data["ids"]
        sees, follows = ids[:, :-1].clone(), ids[:, 1:].clone()
        steps = (Step("take the last one off", {}, ids, sees),) if trace else ()
        return Labelled({"ids": sees}, {"words": follows}, follows != PAD, steps)

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """The first word, and then the labels."""
        ids = torch.cat([labelled.inputs["ids"][:, :1], labelled.targets["words"]], 1)
        return Batch(np.arange(len(ids)), {"ids": ids})

    def build(self, trunk: Trunk, info: DataInfo, options: NextWordOptions) -> NextWordNet:
        """Word table, trunk with its causal switch on, and a head that is the word table again."""
        return NextWordNet(trunk, len(info["vocabulary"]))

    def loss(self, net: NextWordNet, labelled: Labelled, options: NextWordOptions) -> Loss:
        """Mean of −ln p(the word that follows) over all places, in nats; its exponential is the perplexity."""
        scores = net(labelled.inputs["ids"], labelled.where)
        each = F.cross_entropy(scores, labelled.targets["words"][labelled.where], reduction="none")
        return Loss(each.mean(), {}, each)

    def answer(self, net: NextWordNet, labelled: Labelled, options: NextWordOptions) -> Answer:
        """`p` (k, V): at each of the k places, in reading order, a probability for every word to come next."""
        return Answer({"p": net(labelled.inputs["ids"], labelled.where).softmax(-1)})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """Share of places whose next word is named first, and among the first five."""
        truth = labelled.targets["words"][labelled.where]
        right = answer.data["p"].topk(5).indices == truth[:, None]
        return {"top-1": right[:, 0].double().mean().item(), "top-5": right.any(1).double().mean().item()}

    def baselines(self, labelled: Labelled, info: DataInfo, options: NextWordOptions) -> list[Baseline]:
        """Uniform guessing, how common each word is (unigram), and what followed the word before (bigram)."""
        before = labelled.inputs["ids"][labelled.where].cpu().numpy()
        common, after = info["follows"], info["after"]
        pairs = (after[before] + PRIOR * common) / (after[before].sum(1, keepdims=True) + PRIOR)
        size = len(common)
        result = [Baseline(f"guessing: ln {size:,}", float(np.log(size)), {"top-1": 1 / size, "top-5": 5 / size}, True)]
        truth = labelled.targets["words"][labelled.where].cpu()
        for name, p in (
            ("unigram: word frequencies", np.broadcast_to(common, pairs.shape)),
            ("bigram: pairs of words", pairs),
        ):
            table = torch.from_numpy(np.ascontiguousarray(p))
            loss = F.nll_loss(table.clamp_min(1e-12).log(), truth).item()
            where = labelled.where.cpu()
            scores = self.score(Answer({"p": table}), Labelled({}, {"words": labelled.targets["words"].cpu()}, where))
            result.append(Baseline(name, loss, scores, constant=name == "unigram: word frequencies"))
        return result

    # the data

    def info(self, data: str) -> DataInfo:
        """Vocabulary, and counts of what follows what in the training sentences."""
        return _info()

    def features(self, net: NextWordNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the trunk's vector just before the word at `at` (n,): all it knows of what comes next."""
        ids, at = batch.data["ids"], batch.data["at"]
        return net.encode(ids)[torch.arange(len(ids), device=ids.device), at - 1]

    def probe_data(self, data: str) -> ProbeData:
        """Sentences broken off before a word of a known kind; the kind is the class."""
        return kinds_probe(ahead=True)


class NextWordNet(nn.Module):
    """Word table + causal trunk; the table is the head, too (tied weights), with one number a word for how common."""

    def __init__(self, trunk: Trunk, vocabulary: int) -> None:
        super().__init__()
        self.tokens, self.trunk = WordTokens(vocabulary, trunk.width), trunk
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def encode(self, ids: Tensor) -> Tensor:
        """(n, t) → (n, t, width); padding on the right is never looked at, since a place only looks left."""
        return self.trunk(self.tokens(ids), causal=True)

    def forward(self, ids: Tensor, where: Tensor) -> Tensor:
        """(k, V) a score for each word to come next, at the k places where `where` is True."""
        return self.encode(ids)[where] @ self.tokens.words.weight.T + self.bias


def keep_likeliest(p: Tensor, temperature: float, top_k: int) -> Tensor:
    """Sharpen or flatten probabilities, and drop all but the likeliest.

    Args:
        p: (V,) probabilities of the next word.
        temperature: above 0; p ∝ p^(1/temperature), so 1 leaves them alone and a small one prefers the likeliest.
        top_k: how many words stay in; 1 to V.

    Returns:
        (V,) probabilities that sum to 1, at most `top_k` of them above 0.

    Raises:
        ValueError: for a temperature or a number outside these bounds.
    """
    if temperature <= 0 or not 1 <= top_k <= len(p):
        msg = f"temperature must be above 0 and top_k from 1 to {len(p)}, got {temperature} and {top_k}"
        raise ValueError(msg)
    scores = p.clamp_min(1e-30).log() / temperature
    kept = scores.topk(top_k)  # exactly top_k, also where several are equally likely
    return torch.zeros_like(p).scatter(0, kept.indices, kept.values.softmax(0))


@lru_cache(maxsize=1)
def _info() -> DataInfo:
    words = corpus()
    times = next_words().sum(0, dtype=np.float64) + 1
    return DataInfo(
        vocabulary=words.vocabulary,
        follows=(times / times.sum()).astype(np.float32),
        after=next_words(),
    )
