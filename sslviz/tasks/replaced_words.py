"""Replaced words: a small model fills hidden places; which words are no longer the original is the label (ELECTRA).

The label comes from a model: a small masked language model, the generator, names a word for each hidden place, and a
coin that knows its probabilities chooses one. The discriminator, which is the trunk, reads the whole sentence and has
a label at every word: original or replaced. Where the generator happens to choose the word that stood there, the label
is "original". It says nothing about what a sentence means, and a replaced word may fit as well. Clark et al. 2020,
arXiv 2003.10555, section 2.

Other than in the authors' code: [CLS] and [SEP] get no label, since they are never hidden, and no special token is
ever put in. The head also compares the trunk's vector with that of the word that stands there; without, it learns more
slowly at this size. The generator has fewer layers than the trunk; the paper's has narrower ones. As in the paper, the
generator is not trained against the discriminator: each minimises a loss of its own, and since a word is drawn, no
gradient goes back through it. Both share one table of words (section 3.2).
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sslviz.catalogue.replaced_words import EVERY, FREQUENCIES, GENERATOR, SIZES, ReplacedWordsOptions
from sslviz.data.text import CLS, MASK, PAD, SEP, corpus, next_words
from sslviz.models.tokens import WordTokens
from sslviz.models.trunk import Trunk
from sslviz.tasks.base import Answer, Baseline, Batch, DataInfo, Draw, Labelled, Loss, ProbeData, Step, Task
from sslviz.tasks.sentences import Sentences, kinds_probe

SHOWN_MASK = 0.85  # share of the places where the generator reads [MASK]; authors' code, pretrain_helpers.mask
WEIGHT = 50.0  # λ, of the discriminator's loss; section 3.1
PRIOR = 10.0  # imagined sightings that the counting baseline adds, spread as common as each word is


class ReplacedWords(Sentences, Task["ReplacedWordNet", ReplacedWordsOptions]):
    """ELECTRA's replaced token detection on short sentences."""

    slug: ClassVar[str] = "replaced_words"
    label_from: ClassVar[str] = "model"

    def draw(self, batch: Batch, rng: np.random.Generator, info: DataInfo, options: ReplacedWordsOptions) -> Draw:
        """Choose the places, and a random number for each by which a word will be chosen there.

        Returns:
            `hide` (n, t) bool, as many places as in Masked words; `keep` (n, t) bool: the generator sees the word all
            the same; `dice` (n, t) from 0 to 1; `word` (n, t): what to put in where it is drawn by frequency, PAD where
            the generator chooses; `asked` (n, t) bool: has a label.
        """
        ids = batch.data["ids"].cpu().numpy()
        order, dice, left = rng.random((3, *ids.shape))
        may = ids > MASK  # never [PAD], [UNK], [CLS], [SEP]
        count = np.maximum(1, np.round(options.share * (ids != PAD).sum(1)))
        hide = may & (np.where(may, order, 2).argsort(1).argsort(1) < count[:, None])
        word = np.zeros_like(ids)
        if options.filler == FREQUENCIES:  # the paper's "unigram" generator, section 3.2
            word = np.searchsorted(info["common"].cumsum(), dice * info["common"].sum(dtype=np.float64))
            word = word.clip(MASK + 1, len(info["common"]) - 1)
        asked = hide if options.asked != EVERY else (ids != PAD) & (ids != CLS) & (ids != SEP)
        return Draw(hide=hide, keep=left >= SHOWN_MASK, dice=dice, word=word, asked=asked)

    def apply(self, batch: Batch, draw: Draw, info: DataInfo, *, trace: bool = False) -> Labelled:
        """Hide the places. What the generator puts there, and so the label, comes with `targets_from_model`."""
        ids = batch.data["ids"]
        hide, keep, dice, word, asked = (
            torch.as_tensor(draw[name], device=ids.device) for name in ("hide", "keep", "dice", "word", "asked")
        )
        hidden = torch.where(hide & ~keep, MASK, ids)
        steps = (Step("hide", {"places": draw["hide"]}, ids, hidden),) if trace else ()
        return Labelled(
            inputs={"hidden": hidden, "visible": ids != PAD, "dice": dice, "word": word},
            targets={"words": torch.where(hide, ids, PAD)},  # PAD: not hidden
            where=asked.clone(),
            steps=steps,
        )

    @torch.no_grad()
    def targets_from_model(self, net: ReplacedWordNet, labelled: Labelled) -> Labelled:
        """Fill the places: the discriminator reads `ids`; the label `replaced` (n, t) is True where a word changed."""
        given, places = labelled.inputs, labelled.targets["words"] != PAD
        p = net.generate(given, places).softmax(-1)
        chosen = torch.where(given["word"][places] > PAD, given["word"][places], choose(p, given["dice"][places]))
        ids = given["hidden"].masked_scatter(places, chosen)
        replaced = places & (ids != labelled.targets["words"])
        return Labelled(
            {**given, "ids": ids}, {**labelled.targets, "replaced": replaced}, labelled.where, labelled.steps
        )

    def undo(self, labelled: Labelled, draw: Draw) -> Batch | None:
        """Put the hidden words back in their places."""
        words = labelled.targets["words"]
        return Batch(np.arange(len(words)), {"ids": torch.where(words != PAD, words, labelled.inputs["hidden"])})

    def build(self, trunk: Trunk, info: DataInfo, options: ReplacedWordsOptions) -> ReplacedWordNet:
        """Word table, generator, and the trunk with one number a word: the discriminator."""
        return ReplacedWordNet(trunk, len(info["vocabulary"]), SIZES[options.size])

    def loss(self, net: ReplacedWordNet, labelled: Labelled, options: ReplacedWordsOptions) -> Loss:
        """Mean of −ln p(the label) over all words, in nats; beside it the generator's own loss, that of Masked words.

        The paper minimises generator + 50 · discriminator (section 2). A fiftieth of that has the same minimum.
        """
        logits = net(labelled.inputs["ids"], labelled.inputs["visible"])[labelled.where]
        truth = labelled.targets["replaced"][labelled.where]
        each = F.binary_cross_entropy_with_logits(logits, truth.to(logits.dtype), reduction="none")
        if options.filler != GENERATOR:
            return Loss(each.mean(), {}, each)
        places = labelled.targets["words"] != PAD
        words = F.cross_entropy(net.generate(labelled.inputs, places), labelled.targets["words"][places])
        return Loss(each.mean(), {"generator": words.item()}, each, auxiliary=words / WEIGHT)

    def answer(self, net: ReplacedWordNet, labelled: Labelled, options: ReplacedWordsOptions) -> Answer:
        """`p` (k,): for each of the k words in `where`, in reading order, how probable it is that it was replaced."""
        return Answer({"p": net(labelled.inputs["ids"], labelled.inputs["visible"])[labelled.where].sigmoid()})

    def score(self, answer: Answer, labelled: Labelled) -> dict[str, float]:
        """How often a replaced word is found more suspicious than an original one; and right labels at p = 1/2.

        To say "original" everywhere is right at most words, so the first measure compares: it has 1/2 then.
        """
        p, truth = answer.data["p"].double(), labelled.targets["replaced"][labelled.where]
        right = (p > 0.5) == truth
        found = right[truth].double().mean().item()
        return {"told apart": told_apart(p, truth), "right labels": right.double().mean().item(), "found": found}

    def baselines(self, labelled: Labelled, info: DataInfo, options: ReplacedWordsOptions) -> list[Baseline]:
        """One share for all words: "original" everywhere; and counting which words stand side by side."""
        truth = labelled.targets["replaced"][labelled.where]
        share = truth.double().mean().item()
        spread = -sum(x * float(np.log(x)) for x in (share, 1 - share) if x > 0)
        always = {"told apart": 0.5, "right labels": 1 - share, "found": 0.0}
        ids, at = labelled.inputs["ids"].cpu(), labelled.where.cpu()
        left, word, right = (ids.roll(by, 1)[at].numpy() for by in (1, 0, -1))
        common, after = info["common"], info["after"]  # (V,) share of each word; (V, V) row: word, column: next

        def rare(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            return -np.log((after[a, b] + PRIOR * common[b]) / (after.sum(1)[a] + PRIOR) / common[b])

        unlikely = torch.from_numpy(rare(left, word) + rare(word, right))
        counted = {"told apart": told_apart(unlikely, truth.cpu())}
        return [
            Baseline("always original", spread, always, constant=True),
            Baseline("neighbours counted", None, counted),
        ]

    # the data

    def info(self, data: str) -> DataInfo:
        """Vocabulary and counts of the training sentences."""
        return _info()

    def features(self, net: ReplacedWordNet, batch: Batch, info: DataInfo) -> Tensor:
        """(n, width) the trunk's vector at the one hidden word of each sentence, `at` (n,)."""
        ids, at = batch.data["ids"], batch.data["at"]
        return net.encode(ids, ids != PAD)[torch.arange(len(ids), device=ids.device), at]

    def probe_data(self, data: str) -> ProbeData:
        """One word of a known kind hidden in each sentence; the kind is the class."""
        return kinds_probe(ahead=False)


class ReplacedWordNet(nn.Module):
    """One word table; a small generator, which names hidden words; and the trunk, which says what was replaced."""

    def __init__(self, trunk: Trunk, vocabulary: int, depth: int) -> None:
        super().__init__()
        wide = trunk.width
        self.tokens, self.trunk = WordTokens(vocabulary, wide), trunk
        self.head = nn.Sequential(nn.Linear(wide, wide), nn.GELU(), nn.Linear(wide, 1))
        self.expects = nn.Linear(wide, wide)
        self.generator = Trunk(wide, depth)
        self.back, self.norm = nn.Linear(wide, wide), nn.LayerNorm(wide)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def generate(self, inputs: dict[str, Tensor], places: Tensor) -> Tensor:
        """(k, V) the generator's score of every word, at the k `places` of the `hidden` sentence; −∞ for no words."""
        read = self.generator(self.tokens(inputs["hidden"]), visible=inputs["visible"])[places]
        scores = self.norm(F.gelu(self.back(read))) @ self.tokens.words.weight.T + self.bias
        never = torch.arange(scores.shape[1], device=scores.device) <= MASK
        return scores.masked_fill(never, float("-inf"))

    def encode(self, ids: Tensor, visible: Tensor) -> Tensor:
        """(n, t) → (n, t, width), by the discriminator."""
        return self.trunk(self.tokens(ids), visible=visible)

    def forward(self, ids: Tensor, visible: Tensor) -> Tensor:
        """(n, t) the discriminator's score of "replaced" for every word."""
        read = self.encode(ids, visible)
        return self.head(read).squeeze(-1) + (self.expects(read) * self.tokens.words(ids)).sum(-1)


def choose(p: Tensor, dice: Tensor) -> Tensor:
    """(k, V) probabilities, (k,) numbers from 0 to 1 → (k,) words, each as often as it is probable.

    The probabilities lie end to end as on a ruler from 0 to 1, and the number says where to look.

    >>> choose(torch.tensor([[0.5, 0.2, 0.3]] * 3), torch.tensor([0.1, 0.6, 0.9]))
    tensor([0, 1, 2])
    """
    ends = p.double().cumsum(1)
    return torch.searchsorted(ends, (dice.double() * ends[:, -1])[:, None], right=True)[:, 0].clamp_max(p.shape[1] - 1)


def told_apart(p: Tensor, truth: Tensor) -> float:
    """Share of pairs of a replaced and an original word in which the replaced one has the larger p; a tie is half.

    >>> told_apart(torch.tensor([0.9, 0.2, 0.5]), torch.tensor([True, False, False]))
    1.0
    """
    ranks = torch.searchsorted(p.sort().values, p) + torch.searchsorted(p.sort().values, p, right=True)
    replaced, original = int(truth.sum()), int((~truth).sum())
    if not replaced or not original:
        return float("nan")
    below = (ranks[truth].double() / 2).sum().item() - replaced**2 / 2  # of those below, the replaced ones do not count
    return below / (replaced * original)


@lru_cache(maxsize=1)
def _info() -> DataInfo:
    words = corpus()
    common = (words.counts + 1) / (words.counts + 1).sum()
    return DataInfo(vocabulary=words.vocabulary, common=common.astype(np.float32), after=next_words())
