"""Labels and losses against other people's code: lightly's and Hugging Face's own functions, on the same numbers.

Slow only because of what their import takes.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from sslviz.catalogue import TASKS
from sslviz.catalogue.masked_patches import MaskedPatchesOptions
from sslviz.catalogue.next_word import NextWordOptions
from sslviz.catalogue.two_views import TwoViewsOptions
from sslviz.data.text import MASK, PAD, SPECIALS
from sslviz.models.quantiser import perplexity
from sslviz.models.tokens import to_patches
from sslviz.tasks.base import Batch, DataInfo, Labelled
from sslviz.tasks.masked_patches import MaskedPatches
from sslviz.tasks.masked_sound import candidates
from sslviz.tasks.masked_words import MaskedWords
from sslviz.tasks.next_word import NextWord
from sslviz.tasks.queue import queue_logits
from sslviz.tasks.same_or_different import nt_xent_logits
from sslviz.tasks.two_views import TwoViews

pytestmark = pytest.mark.slow
pytest.importorskip("lightly")
pytest.importorskip("transformers")


def vectors(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("tau", [0.05, 0.2, 1.0])
def test_nt_xent_is_lightlys(tau: float) -> None:
    from lightly.loss import NTXentLoss

    a, b = vectors(12, 8, 0), vectors(12, 8, 1)
    ours = F.cross_entropy(nt_xent_logits(torch.cat([a, b]), tau), torch.arange(24).roll(12))
    torch.testing.assert_close(ours, NTXentLoss(temperature=tau)(a, b))


def test_the_loss_with_a_queue_is_lightlys_with_a_memory_bank() -> None:
    from lightly.loss import NTXentLoss

    query, key, queue = vectors(6, 8, 0), vectors(6, 8, 1), F.normalize(vectors(32, 8, 2), dim=1)
    theirs = NTXentLoss(temperature=0.2, memory_bank_size=(32, 8))
    theirs(query, key)  # makes the bank
    theirs.memory_bank.bank = queue.T.clone() if theirs.memory_bank.bank.shape == (8, 32) else queue.clone()
    query, key = F.normalize(query, dim=1), F.normalize(key, dim=1)
    ours = F.cross_entropy(queue_logits(query, key, queue, 0.2), torch.zeros(6, dtype=torch.long))
    torch.testing.assert_close(ours, theirs(query, key))


def test_the_loss_of_two_views_is_lightlys_negative_cosine_moved_to_0_to_4() -> None:
    from lightly.loss import NegativeCosineSimilarity

    predicted, target = vectors(10, 8, 0), vectors(10, 8, 1)
    views = {"views": predicted}
    labelled = Labelled(views, {"other": target}, torch.ones(10, dtype=torch.bool), ())

    class Net:
        """Says what it is given."""

        predictor = staticmethod(lambda x: x)

        def __call__(self, x: torch.Tensor) -> torch.Tensor:
            return x

    ours = TwoViews().loss(Net(), labelled, TwoViewsOptions()).total  # type: ignore[arg-type]
    torch.testing.assert_close(ours, 2 + 2 * NegativeCosineSimilarity()(predicted, target))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9])
def test_as_many_patches_are_covered_as_by_hugging_faces_mae(share: float) -> None:
    from transformers import ViTMAEConfig
    from transformers.models.vit_mae.modeling_vit_mae import ViTMAEEmbeddings

    config = ViTMAEConfig(image_size=32, patch_size=8, hidden_size=8, num_attention_heads=1, mask_ratio=share)
    sequence = torch.zeros(5, 16, 8)
    _, mask, _ = ViTMAEEmbeddings(config).random_masking(sequence)
    draw = MaskedPatches().draw(
        Batch(np.arange(5), {}), np.random.default_rng(0), DataInfo(), MaskedPatchesOptions(share=share)
    )
    assert draw["covered"].sum(1).tolist() == mask.sum(1).int().tolist()


def test_patches_hold_the_numbers_of_hugging_faces_patches() -> None:
    from transformers import ViTMAEConfig
    from transformers.models.vit_mae.modeling_vit_mae import ViTMAEForPreTraining

    config = ViTMAEConfig(
        image_size=32, patch_size=8, hidden_size=8, num_attention_heads=1, num_hidden_layers=1, intermediate_size=8,
        decoder_hidden_size=8, decoder_num_attention_heads=1, decoder_num_hidden_layers=1, decoder_intermediate_size=8,
    )  # fmt: skip
    pixels = torch.from_numpy(np.random.default_rng(0).random((4, 3, 32, 32), dtype=np.float32))
    theirs = ViTMAEForPreTraining(config).patchify(pixels)
    torch.testing.assert_close(to_patches(pixels).sort(-1).values, theirs.sort(-1).values)  # in another order inside


def test_the_words_are_chosen_and_changed_as_by_hugging_faces_collator() -> None:
    from transformers import DataCollatorForLanguageModeling

    task = MaskedWords()
    info = task.info("sentences")
    batch = task.batch("sentences", "train", np.arange(20_000))
    labelled = task.apply(
        batch, task.draw(batch, np.random.default_rng(0), info, TASKS["masked_words"].options()), info
    )  # type: ignore[arg-type]
    ids, sees, where = batch.data["ids"], labelled.inputs["ids"], labelled.where

    class Tokens:
        """As much of a tokenizer as the collator asks for."""

        mask_token, mask_token_id, pad_token = "[MASK]", MASK, "[PAD]"
        init_kwargs: ClassVar[dict[str, Any]] = {}

        def convert_tokens_to_ids(self, _: str) -> int:
            return MASK

        def __len__(self) -> int:
            return len(info["vocabulary"])

    torch.manual_seed(0)
    theirs = DataCollatorForLanguageModeling(Tokens(), mlm_probability=0.15)
    special = ids < len(SPECIALS)
    out, labels = theirs.torch_mask_tokens(ids.clone(), special_tokens_mask=special)

    def shares(before: torch.Tensor, after: torch.Tensor, chosen: torch.Tensor) -> list[float]:
        hidden = after[chosen] == MASK
        kept = after[chosen] == before[chosen]
        return [hidden.float().mean().item(), kept.float().mean().item()]

    assert shares(ids, sees, where) == pytest.approx(shares(ids, out, labels != -100), abs=0.01)


def test_the_loss_of_next_word_is_hugging_faces_causal_loss() -> None:
    from transformers.loss.loss_utils import ForCausalLMLoss

    task = NextWord()
    batch = task.batch("sentences", "train", np.arange(16))
    info = task.info("sentences")
    labelled = task.apply(batch, task.draw(batch, np.random.default_rng(0), info, NextWordOptions()), info)
    ids = labelled.inputs["ids"]
    said = vectors(ids.numel(), len(info["vocabulary"]), 1).view(*ids.shape, -1)
    ours = task.loss(lambda _, where: said[where], labelled, NextWordOptions()).total  # type: ignore[arg-type]
    whole = batch.data["ids"]  # theirs shifts by itself: a place is asked for the token after it
    labels = torch.where(whole == PAD, -100, whole)
    last = torch.zeros(len(whole), 1, said.shape[-1])  # the last place, which nothing follows
    theirs = ForCausalLMLoss(torch.cat([said, last], 1), labels, len(info["vocabulary"]))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_the_contrastive_logits_of_masked_sound_are_hugging_faces() -> None:
    from transformers import Wav2Vec2ForPreTraining

    t, d, k = 9, 16, 4
    predicted, targets = vectors(t, d, 0)[None], vectors(t, d, 1)[None]
    codes = torch.arange(t)[None, :, None].repeat(1, 1, 2)  # all different, so that no distractor is the true one
    where = torch.ones(1, t, dtype=torch.bool)
    distractors = torch.stack([(torch.arange(t) + j) % t for j in range(1, k + 1)], -1)[None]
    ours = candidates(predicted, targets, codes, distractors, where)
    negatives = targets[0][distractors[0]].transpose(0, 1)[:, None]  # (k, 1, t, d)
    theirs = Wav2Vec2ForPreTraining.compute_contrastive_logits(targets[None], negatives, predicted, 0.1)
    torch.testing.assert_close(ours, theirs[:, 0].T.contiguous(), rtol=1e-4, atol=1e-5)


def test_codes_in_use_are_counted_as_by_hugging_faces_quantiser() -> None:
    from transformers.models.wav2vec2.modeling_wav2vec2 import Wav2Vec2GumbelVectorQuantizer

    p = torch.rand(50, 2, 8, generator=torch.Generator().manual_seed(0)).softmax(-1)
    torch.testing.assert_close(perplexity(p.mean(0)), Wav2Vec2GumbelVectorQuantizer._compute_perplexity(p))
