"""Hidden units: clusters against scikit-learn and SciPy, rounds at fixed steps, what is asked, words."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import dct
from sklearn.metrics import normalized_mutual_info_score
from torch.nn import functional as F

from sslviz.catalogue.hidden_units import SOUND
from sslviz.catalogue.hidden_units import HiddenUnitsOptions as Options
from sslviz.data import audio
from sslviz.models.trunk import Trunk, initialise
from sslviz.tasks import hidden_units, sounds
from sslviz.tasks.base import Labelled
from sslviz.tasks.hidden_units import HiddenUnits, UnitNet, mfcc

TASK, K, N = HiddenUnits(), 12, 60
INFO = TASK.info("voices")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds over the first recordings only."""
    real = sounds.training_steps
    monkeypatch.setattr(hidden_units, "training_steps", lambda data: tuple(x[:N] for x in real(data)))


def network(seed: int = 0, every: int = 4) -> UnitNet:
    """After its first round."""
    net = UnitNet(Trunk(), K, every)
    initialise(net, torch.Generator().manual_seed(seed))
    TASK.begin(net, torch.Generator().manual_seed(seed))
    TASK.refresh(net, 0, "voices", seed)
    return net


def labelled(net: UnitNet, n: int = 8, part: str = "held_out", **options: Any) -> Labelled:
    batch = TASK.batch("voices", part, np.arange(n))
    drawn = TASK.draw(batch, np.random.default_rng(0), INFO, Options(**options))
    return TASK.targets_from_model(net, TASK.apply(batch, drawn, INFO))


def training_clusters(net: UnitNet) -> np.ndarray:
    mel, visible = hidden_units.training_steps("voices")
    return net.units(mel, visible)[visible].numpy()


# the label


def test_the_numbers_of_the_first_round_are_scipys_cosine_transform() -> None:
    mel = torch.randn(5, 7, 32, generator=torch.Generator().manual_seed(0))
    assert np.allclose(mfcc(mel), dct(mel.numpy(), type=2, norm="ortho")[..., :13], atol=1e-5)


@torch.no_grad()
def test_the_label_is_the_nearest_centroid_of_the_sound_and_then_of_the_trunk() -> None:
    net = network()
    for step in (0, 4):
        TASK.refresh(net, step, "voices", 0)
        one = labelled(net)
        whole, visible = one.inputs["whole"], one.inputs["visible"]
        vectors = net.vectors(whole, visible) if step else mfcc(whole)  # the trunk has not moved since
        far = torch.cdist(vectors, net.by_trunk if step else net.by_sound, compute_mode="donot_use_mm_for_euclid_dist")
        assert (far.argmin(-1) == one.targets["cluster"])[visible].double().mean() > 0.999


def test_between_rounds_the_label_stands_still_whatever_the_trunk_learns() -> None:
    net = network()
    TASK.refresh(net, 4, "voices", 0)
    before = labelled(net).targets["cluster"]
    with torch.no_grad():
        for weight in (*net.trunk.parameters(), *net.tokens.parameters()):
            weight.add_(0.3)
    assert torch.equal(labelled(net).targets["cluster"], before)


def test_rounds_come_at_fixed_steps_and_tell_how_far_they_agree() -> None:
    net = network()
    assert net.agreed == -1
    one = training_clusters(net)
    drawn = net.vector_of.weight.clone()
    assert [len(TASK.refresh(net, step, "voices", 0)) for step in (1, 2, 3)] == [0, 0, 0]
    assert torch.equal(net.vector_of.weight, drawn)
    assert TASK.refresh(net, 4, "voices", 0) == [net.vector_of.weight]
    two = training_clusters(net)
    assert not torch.equal(net.vector_of.weight, drawn)
    assert net.agreed.item() == pytest.approx(normalized_mutual_info_score(one, two), abs=1e-3)
    assert net.share.numpy() == pytest.approx(np.bincount(two, minlength=K) / len(two), abs=1e-3)
    kept, table = (one == two).sum(), np.zeros((K, K))
    np.add.at(table, (one, two), 1)
    for a in range(K):  # numbers are matched: no two of them could be swapped so that more steps keep theirs
        for b in range(a):
            assert kept >= kept - table[a, a] - table[b, b] + table[a, b] + table[b, a] - 3  # three on an edge


def test_with_the_sound_alone_there_is_one_round() -> None:
    net = TASK.build(Trunk(), INFO, Options(clustered=SOUND, every=10, clusters=K))
    initialise(net, torch.Generator().manual_seed(0))
    TASK.refresh(net, 0, "voices", 0)
    assert [TASK.refresh(net, step, "voices", 0) for step in (10, 20)] == [[], []]
    assert net.sorted_at == 0


@settings(max_examples=25)
@given(
    st.lists(st.integers(14, 79), min_size=1, max_size=5), st.floats(0.01, 0.3), st.integers(1, 20), st.integers(0, 9)
)
def test_only_steps_of_a_recording_are_covered_and_at_least_one(
    lengths: list[int], p: float, span: int, seed: int
) -> None:
    batch = sounds.padded([np.zeros(200 + 160 * (length - 1), np.int16) for length in lengths], np.arange(len(lengths)))
    masked = TASK.draw(batch, np.random.default_rng(seed), INFO, Options(p=p, span=span))["masked"]
    assert masked.shape == (len(lengths), max(lengths))
    assert masked.any(1).all()
    for row, length in zip(masked, lengths, strict=True):
        assert not row[length:].any()


# what is asked


def test_the_covered_sound_makes_the_label_and_is_not_read() -> None:
    net = network()
    one = labelled(net)
    other = {**one.inputs, "whole": one.inputs["whole"] + 5 * one.inputs["masked"][..., None]}
    two = TASK.targets_from_model(net, Labelled(other, {}, one.where))
    assert (two.targets["cluster"] != one.targets["cluster"])[one.where].any()
    assert torch.equal(two.targets["cluster"][~one.where], one.targets["cluster"][~one.where])
    assert torch.equal(*(TASK.answer(net, x, Options()).data["p"] for x in (one, two)))


def test_the_loss_is_the_softmax_of_cosines_over_a_tenth() -> None:
    net = network()
    one = labelled(net)
    loss = TASK.loss(net, one, Options())
    x = one.inputs
    predicted = net.head(net.vectors(x["heard"], x["visible"], x["masked"])).detach().double().numpy()
    table = net.vector_of.weight.detach().double().numpy()
    expected = []
    for clip, step in one.where.nonzero().tolist():
        a = predicted[clip, step]
        cosines = table @ a / np.linalg.norm(table, axis=1) / np.linalg.norm(a)
        e = np.exp(cosines / 0.1)  # formula 3 of the paper
        expected.append(-np.log(e[one.targets["cluster"][clip, step]] / e.sum()))
    assert loss.per_item is not None
    assert loss.per_item.tolist() == pytest.approx(expected, rel=1e-3)
    assert loss.auxiliary is None


def test_heard_steps_count_only_as_much_as_they_are_told_to() -> None:
    net = network()
    one = labelled(net)
    loss = TASK.loss(net, one, Options(uncovered=0.5))
    heard = one.inputs["visible"] & ~one.where
    beside = F.cross_entropy(net(one.inputs)[heard], one.targets["cluster"][heard]).item()
    assert loss.auxiliary is not None
    assert loss.auxiliary.item() == pytest.approx(0.5 * beside, rel=1e-5)
    assert loss.total.item() == pytest.approx(TASK.loss(net, one, Options()).total.item())


def test_what_can_be_had_without_learning_is_counted_as_by_hand() -> None:
    masked = torch.tensor([[False, True, True, True, False]])
    one = Labelled(
        {"masked": masked, "visible": torch.ones(1, 5, dtype=torch.bool)},
        {"cluster": torch.tensor([[1, 1, 1, 2, 0]]), "share": torch.tensor([0.5, 0.3, 0.2])},
        masked,
    )
    largest, anywhere, nearest = TASK.baselines(one, INFO, Options())
    assert largest.scores == {"cluster named": 0}
    assert largest.loss == pytest.approx(-np.log([0.3, 0.3, 0.2]).mean(), abs=1e-3)
    assert anywhere.scores["cluster named"] == pytest.approx((0.3 + 0.3 + 0.2) / 3)
    assert nearest.scores["cluster named"] == pytest.approx((1 + 0.5 + 0) / 3)  # the second is as near to 1 as to 0


# which word, by another voice?


def test_words_are_compared_between_two_voices_of_one_language() -> None:
    clips = audio.load().clips
    pairs = sounds.word_pairs("voices")
    assert [len(known) for known, _ in pairs] == [43, 43, 67, 67]
    for known, asked in pairs:
        names = [[clips[i].name for i in rows] for rows in (known, asked)]
        assert names[0] == names[1]
        voices, languages = ({getattr(clips[i], kind) for i in (*known, *asked)} for kind in ("voice", "language"))
        assert len(voices) == 2
        assert len(languages) == 1


def test_steps_that_tell_the_word_name_all_and_steps_that_tell_the_voice_only_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clips = audio.load().clips
    names = sorted({clip.name for clip in clips})

    def named(told: Any) -> dict[str, float]:
        def listen(batch: Any, _info: Any) -> tuple[torch.Tensor, torch.Tensor]:
            x = torch.tensor(np.array([told(clips[i]) for i in batch.ids]), dtype=torch.float)
            return x[:, None].repeat(1, 3, 1), torch.ones(len(x), 3, dtype=torch.bool)

        monkeypatch.setattr(sounds, "listen", listen)
        return sounds.words_named(lambda x, _: x, "voices")

    assert list(named(lambda clip: np.eye(len(names))[names.index(clip.name)]).values()) == [1, 1, 1, 1]
    found = named(lambda clip: [clip.voice, 1])
    assert list(found.values()) == pytest.approx([1 / 43, 1 / 43, 1 / 67, 1 / 67])
    assert [name.split("guessing ")[1] for name in found] == ["2.3%)", "2.3%)", "1.5%)", "1.5%)"]
