"""Next sentence: shares, layout, no leak, fair baselines (Devlin et al. 2018, section 3.1)."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from sslviz.catalogue.next_sentence import NextSentenceOptions as Options
from sslviz.data.stories import stories
from sslviz.data.text import CLS, MASK, PAD, SEP, UNK
from sslviz.tasks import next_sentence as module
from sslviz.tasks.base import Answer, Batch, DataInfo, Draw, Labelled
from sslviz.tasks.next_sentence import IS_NEXT, LONGEST, NOT_NEXT, NextSentence, in_both, lay_out, lengths, shared_words

TASK, TALES = NextSentence(), stories()
T = 2 * LONGEST + 3
SENTENCE = st.lists(st.integers(MASK + 1, 3000) | st.just(UNK), min_size=1, max_size=LONGEST)


@pytest.fixture(scope="module")
def info() -> DataInfo:
    return TASK.info("stories")


@pytest.fixture(scope="module")
def many(info: DataInfo) -> tuple[Batch, Draw, Labelled]:
    """All training pairs, and 300 of them twice: more than 10,000 coins."""
    rows = np.concatenate([np.arange(TASK.size("stories", "train")), np.arange(300)])
    batch = TASK.batch("stories", "train", rows)
    draw = TASK.draw(batch, np.random.default_rng(5), info, Options())
    return batch, draw, TASK.apply(batch, draw, info)


def padded(*sentences: list[int]) -> torch.Tensor:
    return torch.tensor([[*row, *[PAD] * (LONGEST - len(row))] for row in sentences])


def pair(a: list[int], b: list[int]) -> Batch:
    """One pair that no tale has, of the first training tale."""
    first = int(np.flatnonzero(~TALES.held_out)[0])
    return Batch(np.array([0]), {"a": padded(a), "b": padded(b), "document": torch.tensor([first])})


def as_drawn(batch: Batch, info: DataInfo, seed: int = 0, **options: Any) -> tuple[Draw, Labelled]:
    draw = TASK.draw(batch, np.random.default_rng(seed), info, Options(**options))
    return draw, TASK.apply(batch, draw, info)


# the coin


def test_half_of_the_pairs_have_a_stranger(many: tuple[Batch, Draw, Labelled]) -> None:
    random = many[1]["random"]
    assert len(random) > 10_000
    # four standard deviations of a fair coin; BERT's code has more strangers, since lone segments always get one
    assert abs(random.mean() - 0.5) < 4 * 0.5 / math.sqrt(len(random))


def test_the_coin_does_not_depend_on_the_pair(info: DataInfo) -> None:
    one, two = (TASK.batch("stories", "train", np.arange(first, first + 200)) for first in (0, 5000))
    coins = [TASK.draw(batch, np.random.default_rng(3), info, Options())["random"] for batch in (one, two)]
    assert np.array_equal(*coins)


def test_the_label_is_the_coin_and_numbered_as_in_berts_code(many: tuple[Batch, Draw, Labelled]) -> None:
    _, draw, labelled = many
    assert (IS_NEXT, NOT_NEXT) == (0, 1)  # is_random_next
    assert np.array_equal(labelled.targets["next"].numpy(), draw["random"].astype(int))
    assert labelled.where.all()


def test_b_is_what_follows_unless_the_coin_says_otherwise(many: tuple[Batch, Draw, Labelled]) -> None:
    batch, draw, labelled = many
    hidden = labelled.targets["words"]
    ids = torch.where(hidden != PAD, hidden, labelled.inputs["ids"])
    other = torch.from_numpy(draw["other"])
    wanted = torch.where(torch.from_numpy(draw["random"])[:, None], other, batch.data["b"])
    assert torch.equal(ids, lay_out(batch.data["a"], wanted)[0])
    assert (wanted != batch.data["b"]).any(1)[torch.from_numpy(draw["random"])].float().mean() > 0.98


# the stranger


def numbered(info: DataInfo) -> DataInfo:
    """The same pool with every sentence replaced by its own number, so that a draw tells which one it took."""
    return DataInfo({**info, "beginnings": np.arange(len(info["beginnings"]))[:, None]})


@pytest.mark.parametrize("part", ["train", "held_out"])
def test_a_stranger_is_never_from_the_own_tale_and_always_from_the_same_part(info: DataInfo, part: str) -> None:
    batch = TASK.batch("stories", part, np.arange(TASK.size("stories", part)))
    for seed in range(3):
        taken = TASK.draw(batch, np.random.default_rng(seed), numbered(info), Options())["other"][:, 0]
        tale = TALES.document[taken]
        assert not (tale == batch.data["document"].numpy()).any()
        assert (TALES.held_out[tale] == (part == "held_out")).all()


def test_every_other_sentence_is_as_likely_to_be_the_stranger(info: DataInfo) -> None:
    # Tale 0 has 3 sentences, tale 1 has 2, tale 2 has 4, tale 3 is held out and has 5.
    sizes, held_out = np.array([3, 2, 4, 5]), np.array([False, False, False, True])
    rows = np.zeros((2, 14), np.int64)
    rows[0, :9], rows[1, :5] = np.arange(9), np.arange(9, 14)
    small = DataInfo({**info, "held_out": held_out, "sentences": sizes, "first": np.array([0, 3, 5, 0]), "rows": rows})
    small |= {"size": np.array([9, 5]), "beginnings": np.arange(14)[:, None]}
    n, tale_of = 12_000, np.repeat(np.arange(4), sizes)
    for tale in range(3):
        document = torch.full((n,), tale)
        batch = Batch(np.arange(n), {"a": padded([9]).repeat(n, 1), "b": padded([9]).repeat(n, 1)})
        batch.data["document"] = document
        taken = TASK.draw(batch, np.random.default_rng(tale), DataInfo(small), Options())["other"][:, 0]
        counts = np.bincount(taken, minlength=14)
        may = (tale_of != tale) & ~held_out[tale_of]
        assert not counts[~may].any()
        expected, free = n / may.sum(), may.sum() - 1
        chi2 = ((counts[may] - expected) ** 2 / expected).sum()
        assert chi2 < free + 5 * math.sqrt(2 * free)


def test_the_pools_rows_are_the_tales_in_order(info: DataInfo) -> None:
    for kept in (False, True):
        row = info["rows"][int(kept), : info["size"][int(kept)]]
        assert np.array_equal(row, np.flatnonzero(TALES.held_out[TALES.document] == kept))
        for tale in np.flatnonzero(TALES.held_out == kept):
            mine = row[info["first"][tale] : info["first"][tale] + info["sentences"][tale]]
            assert np.array_equal(mine, np.flatnonzero(TALES.document == tale))


# the data


def test_held_out_tales_are_disjoint_from_those_trained_on() -> None:
    train, held_out = (module._pairs(part) for part in ("train", "held_out"))
    assert len(train) == TASK.size("stories", "train") == 9823
    assert len(held_out) == TASK.size("stories", "held_out") == 1627
    assert not set(TALES.document[train]) & set(TALES.document[held_out])
    assert TALES.held_out[TALES.document[held_out]].all()
    for numbers in (train, held_out):
        assert (TALES.document[numbers] == TALES.document[numbers + 1]).all()  # the last of a tale has no successor


def test_of_a_long_a_the_end_is_kept_and_of_a_long_b_the_beginning() -> None:
    numbers = module._pairs("train")
    long = [i for i, n in enumerate(numbers) if min(len(TALES.rows[n]), len(TALES.rows[n + 1])) > LONGEST]
    batch = TASK.batch("stories", "train", np.array(long[:5]))
    for row, number in enumerate(batch.ids):
        assert batch.data["a"][row].tolist() == TALES.rows[number][-LONGEST:].tolist()
        assert batch.data["b"][row].tolist() == TALES.rows[number + 1][:LONGEST].tolist()


# the layout


def test_golden_layout() -> None:
    ids, segments = lay_out(padded([11, 12], [13], [14]), padded([21], [22, 23, 24], []))
    assert ids.shape == segments.shape == (3, T)
    assert ids[:, :7].tolist() == [
        [CLS, 11, 12, SEP, 21, SEP, PAD],
        [CLS, 13, SEP, 22, 23, 24, SEP],
        [CLS, 14, SEP, PAD, PAD, PAD, PAD],
    ]
    assert segments[:, :7].tolist() == [[0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1, 1], [0] * 7]
    assert (ids[:, 7:] == PAD).all()
    assert not segments[:, 7:].any()


@given(st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=4))
def test_layout_of_any_pair(pairs: list[tuple[list[int], list[int]]]) -> None:
    ids, segments = lay_out(padded(*(a for a, _ in pairs)), padded(*(b for _, b in pairs)))
    for row, segment, (a, b) in zip(ids.tolist(), segments.tolist(), pairs, strict=True):
        wanted = [CLS, *a, SEP, *b, SEP]
        assert row == wanted + [PAD] * (T - len(wanted))
        assert segment == [0] * (len(a) + 2) + [1] * (len(b) + 1) + [0] * (T - len(wanted))


# hidden words and marks


def test_hiding_words_leaves_the_label_alone(info: DataInfo) -> None:
    batch = TASK.batch("stories", "train", np.arange(400))
    (draw, hidden), (bare, plain) = (as_drawn(batch, info, 1, masks=masks) for masks in (True, False))
    assert torch.equal(hidden.targets["next"], plain.targets["next"])
    assert np.array_equal(draw["other"], bare["other"])
    assert np.array_equal(draw["swap"], bare["swap"])
    assert not bare["how"].any()
    assert (plain.targets["words"] == PAD).all()
    assert not torch.equal(hidden.inputs["ids"], plain.inputs["ids"])
    put_back = torch.where(hidden.targets["words"] != PAD, hidden.targets["words"], hidden.inputs["ids"])
    assert torch.equal(put_back, plain.inputs["ids"])


def test_words_are_hidden_in_both_sentences_as_often_as_berts_rule_says(many: tuple[Batch, Draw, Labelled]) -> None:
    _, draw, labelled = many
    how, visible = draw["how"], labelled.inputs["visible"].numpy()
    segments = labelled.inputs["segments"].numpy()
    may = (how > 0).sum(1)
    assert (may <= np.maximum(1, np.round(0.15 * visible.sum(1)))).all()
    assert may.min() >= 1
    for segment in (0, 1):
        words = visible & (segments == segment)
        assert (how[words] > 0).mean() == pytest.approx(0.14, abs=0.03)
    raw = torch.where(labelled.targets["words"] != PAD, labelled.targets["words"], labelled.inputs["ids"]).numpy()
    assert (raw[how > 0] > MASK).all()  # never [CLS], [SEP], [UNK], padding


def test_golden_words_in_both() -> None:
    ids, segments = lay_out(padded([11, 12, UNK, 11], [13]), padded([12, 30, UNK], [14]))
    both = in_both(ids, segments)
    assert ids[both].tolist() == [12, 12]
    assert not both[1].any()


def test_marks_tell_only_what_the_inputs_show(info: DataInfo) -> None:
    batch = TASK.batch("stories", "train", np.arange(200))
    _, without = as_drawn(batch, info, 2)
    _, marked = as_drawn(batch, info, 2, marks=True)
    assert not without.inputs["both"].any()
    assert marked.inputs["both"].any()
    for name in ("ids", "segments", "visible"):
        assert torch.equal(without.inputs[name], marked.inputs[name])
    sees, segments = marked.inputs["ids"].numpy(), marked.inputs["segments"].numpy()
    for row in range(200):
        a, b = (set(sees[row][segments[row] == s].tolist()) - set(range(MASK + 1)) for s in (0, 1))
        assert set(sees[row][marked.inputs["both"][row].numpy() == 1].tolist()) == a & b


def test_marks_change_what_the_network_says(labs: Any, info: DataInfo) -> None:
    batch, net = TASK.batch("stories", "train", np.arange(50)), labs["next_sentence"].net()
    said = [TASK.answer(net, as_drawn(batch, info, 2, marks=marks)[1], Options()).data["p"] for marks in (False, True)]
    assert not torch.allclose(*said)


# the label does not leak


def test_the_inputs_of_a_pair_do_not_say_where_b_is_from(info: DataInfo) -> None:
    # A stranger with the very words of the true B gives the very same input, with the other label.
    batch = TASK.batch("stories", "train", np.arange(100))
    draw = TASK.draw(batch, np.random.default_rng(0), info, Options())
    draw["other"] = batch.data["b"].numpy()
    kept, put = (TASK.apply(batch, Draw({**draw, "random": np.full(100, r)}), info) for r in (False, True))
    for name, array in kept.inputs.items():
        assert torch.equal(array, put.inputs[name])
    assert not (kept.targets["next"] == put.targets["next"]).any()


def test_strangers_are_as_long_as_those_that_follow(many: tuple[Batch, Draw, Labelled]) -> None:
    _, draw, labelled = many
    inputs = labelled.inputs
    long = ((inputs["segments"] == 1) & (inputs["ids"] > MASK)).sum(1).double().numpy()
    true, strange = long[~draw["random"]], long[draw["random"]]
    noise = math.sqrt(true.var() / len(true) + strange.var() / len(strange))
    # True Bs are not first in their tale, strangers may be; that and noise is all there may be.
    assert abs(true.mean() - strange.mean()) < 4 * noise + 0.1


def test_b_alone_tells_next_to_nothing(info: DataInfo) -> None:
    from sklearn.linear_model import LogisticRegression

    tables, labels = [], []
    for part in ("train", "held_out"):
        batch = TASK.batch("stories", part, np.arange(TASK.size("stories", part)))
        draw, labelled = as_drawn(batch, info, 11, masks=False)
        alone = np.where(labelled.inputs["segments"].numpy() == 1, labelled.inputs["ids"].numpy(), PAD)
        tables.append(module._tf_idf(alone, info["idf"]))
        labels.append(draw["random"])
    right = LogisticRegression(C=0.1).fit(tables[0], labels[0]).score(tables[1], labels[1])
    assert right < 0.5 + 4 * 0.5 / math.sqrt(len(labels[1]))


# the same again


def test_draws_repeat_and_apply_changes_nothing(info: DataInfo) -> None:
    batch = TASK.batch("stories", "held_out", np.arange(50))
    before = {name: array.clone() for name, array in batch.data.items()}
    one, two, other = (TASK.draw(batch, np.random.default_rng(seed), info, Options()) for seed in (4, 4, 5))
    assert one.to_json() == two.to_json() != other.to_json()
    first, again = TASK.apply(batch, one, info), TASK.apply(batch, Draw.from_json(one.to_json()), info)
    for name, array in first.inputs.items():
        assert torch.equal(array, again.inputs[name])
    assert torch.equal(first.targets["words"], again.targets["words"])
    for name, array in batch.data.items():
        assert torch.equal(array, before[name])
    assert TASK.undo(first, one) is None


def test_the_steps_are_told(info: DataInfo) -> None:
    batch = TASK.batch("stories", "held_out", np.arange(5))
    steps = TASK.apply(batch, TASK.draw(batch, np.random.default_rng(0), info, Options()), info, trace=True).steps
    assert [step.name for step in steps] == ["replace B", "lay out", "hide words"]


# loss, answer, score


def test_the_loss_is_the_mean_cross_entropy_of_the_label(labs: Any, info: DataInfo) -> None:
    net = labs["next_sentence"].net()
    _, labelled = as_drawn(TASK.batch("stories", "train", np.arange(40)), info)
    with torch.no_grad():
        loss, p = TASK.loss(net, labelled, Options()), TASK.answer(net, labelled, Options()).data["p"].double()
    wanted = [-math.log(p[i, y]) for i, y in enumerate(labelled.targets["next"].tolist())]
    assert loss.per_item.tolist() == pytest.approx(wanted, rel=1e-4)
    assert loss.total.item() == pytest.approx(sum(wanted) / 40, rel=1e-5)


def test_hidden_words_are_learned_besides_and_stand_apart(labs: Any, info: DataInfo) -> None:
    net = labs["next_sentence"].net()
    batch = TASK.batch("stories", "train", np.arange(40))
    _, labelled = as_drawn(batch, info)
    loss = TASK.loss(net, labelled, Options())
    assert loss.auxiliary is not None
    assert loss.parts["hidden words"] == pytest.approx(loss.auxiliary.item())
    hidden = labelled.targets["words"][:, : int(labelled.inputs["visible"].any(0).sum())]
    mixed = net(labelled.inputs)
    wanted = F.cross_entropy(net.words(mixed)[hidden != PAD], hidden[hidden != PAD])
    torch.testing.assert_close(loss.auxiliary, wanted)
    bare = TASK.loss(net, as_drawn(batch, info, masks=False)[1], Options())
    assert bare.auxiliary is None
    assert bare.parts == {}


def test_only_cls_is_read_and_padding_is_invisible(labs: Any, info: DataInfo) -> None:
    net = labs["next_sentence"].net()
    short, long = pair([11, 12, 13], [14, 15]), TASK.batch("stories", "train", np.arange(20))
    both = Batch(np.arange(21), {k: torch.cat([short.data[k], long.data[k]]) for k in short.data})
    draw = TASK.draw(both, np.random.default_rng(0), info, Options(masks=False))
    draw["random"][0] = False
    alone = Draw({k: v[:1] for k, v in draw.items()})
    with torch.no_grad():
        one = TASK.answer(net, TASK.apply(short, alone, info), Options()).data["p"][0]
        among = TASK.answer(net, TASK.apply(both, draw, info), Options()).data["p"][0]
    torch.testing.assert_close(one, among, rtol=1e-4, atol=1e-5)


def test_segments_change_what_the_network_says(labs: Any, info: DataInfo) -> None:
    net = labs["next_sentence"].net()
    _, labelled = as_drawn(pair([11, 12, 13], [14, 15]), info, masks=False)
    moved = {**labelled.inputs, "segments": torch.zeros_like(labelled.inputs["segments"])}
    with torch.no_grad():
        assert not torch.allclose(net(labelled.inputs), net(moved))


def test_golden_score() -> None:
    p = torch.tensor([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    labelled = Labelled({}, {"next": torch.tensor([0, 1, 0, 0])}, torch.ones(4))
    assert TASK.score(Answer({"p": p}), labelled) == {"pairs told right": 0.75}


# baselines


@pytest.fixture(scope="module")
def held_out(info: DataInfo) -> Labelled:
    batch = TASK.batch("stories", "held_out", np.arange(TASK.size("stories", "held_out")))
    return as_drawn(batch, info, 7, masks=False)[1]


def plain_words(labelled: Labelled, segment: int) -> list[str]:
    """The words of one segment as texts; marks and specials left out."""
    vocabulary, rows = TALES.vocabulary, []
    for ids, segments in zip(labelled.inputs["ids"].tolist(), labelled.inputs["segments"].tolist(), strict=True):
        kept = [i for i, s in zip(ids, segments, strict=True) if s == segment and i > MASK and TALES.is_word[i]]
        rows.append(" ".join(vocabulary[i] for i in kept))
    return rows


def test_the_cosine_is_that_of_scikit_learn(held_out: Labelled, info: DataInfo) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    kept = ~TALES.held_out[TALES.document]
    texts = [
        " ".join(TALES.vocabulary[i] for i in row if TALES.is_word[i])
        for row, mine in zip(TALES.rows, kept, strict=True)
        if mine
    ]
    words = [word for word, is_word in zip(TALES.vocabulary, TALES.is_word, strict=True) if is_word]
    table = TfidfVectorizer(vocabulary=words, token_pattern=r"\S+", sublinear_tf=True, smooth_idf=True).fit(texts)
    a, b = (table.transform(plain_words(held_out, s)) for s in (0, 1))
    ids, segments = held_out.inputs["ids"].numpy(), held_out.inputs["segments"].numpy()
    cosine = shared_words(ids, segments, info["idf"])
    np.testing.assert_allclose(cosine[:, 0], np.asarray(a.multiply(b).sum(1)).ravel(), atol=1e-9)
    assert np.array_equal(cosine[:, 1] == 1, cosine[:, 0] > 0)


def test_golden_lengths() -> None:
    ids, segments = lay_out(padded([11, 12, 13]), padded([14]))
    got = lengths(ids.numpy(), segments.numpy(), np.zeros(0))
    assert got[0].tolist() == pytest.approx([math.log(4), math.log(2), math.log(2)])


def test_baselines_are_those_of_the_issue(held_out: Labelled, info: DataInfo) -> None:
    from sklearn.linear_model import LogisticRegression

    coin, length, topic = TASK.baselines(held_out, info, Options())
    assert (coin.name, coin.loss, coin.scores) == ("a coin: ln 2", math.log(2), {"pairs told right": 0.5})
    assert [b.constant for b in (coin, length, topic)] == [True, False, False]
    assert coin.scores["pairs told right"] < length.scores["pairs told right"] < topic.scores["pairs told right"]
    assert coin.loss > length.loss > topic.loss
    # From scratch: fitted to other draws of the training pairs, it comes out nearly the same.
    train = TASK.batch("stories", "train", np.arange(TASK.size("stories", "train")))
    other = as_drawn(train, info, 99, masks=False)[1]

    def features(labelled: Labelled, make: Any) -> np.ndarray:
        return make(labelled.inputs["ids"].numpy(), labelled.inputs["segments"].numpy(), info["idf"])

    for baseline, make in ((length, lengths), (topic, shared_words)):
        model = LogisticRegression().fit(features(other, make), other.targets["next"])
        right = model.score(features(held_out, make), held_out.targets["next"])
        assert baseline.scores["pairs told right"] == pytest.approx(right, abs=0.02)


def test_baselines_read_the_words_before_they_were_hidden(info: DataInfo) -> None:
    batch = TASK.batch("stories", "held_out", np.arange(500))
    plain, hidden = (TASK.baselines(as_drawn(batch, info, 7, masks=m)[1], info, Options()) for m in (False, True))
    assert [b.scores for b in plain] == [b.scores for b in hidden]
    assert [b.loss for b in plain] == [b.loss for b in hidden]


# what the trunk is judged by


def test_the_probe_asks_for_the_book_of_held_out_sentences() -> None:
    data = TASK.probe_data("stories")
    assert set(data.names) == set(TALES.books)
    for batch, y, held_out in ((data.train, data.train_y, False), (data.test, data.test_y, True)):
        assert (TALES.held_out[TALES.document[batch.ids]] == held_out).all()
        books = np.array(TALES.books)[TALES.document[batch.ids]]
        assert [data.names[k] for k in y] == books.tolist()
    assert data.raw_train.shape[0] == len(data.train_y)
    assert list(data.texts) == [TALES.sentences[n] for n in data.test.ids]


def test_features_are_read_off_cls_of_a_alone(labs: Any, info: DataInfo) -> None:
    net, few = labs["next_sentence"].net(), TASK.probe_data("stories").test.rows(np.arange(6))
    ids, segments = lay_out(few.data["a"], torch.zeros_like(few.data["a"]))
    inputs = {"ids": ids, "segments": segments, "both": torch.zeros_like(ids), "visible": ids != PAD}
    with torch.no_grad():
        torch.testing.assert_close(TASK.features(net, few, info), net(inputs)[:, 0])
