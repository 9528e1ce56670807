"""Cluster IDs: the pile that the card names is the model's, rounds are told as they were, and the guess stays put."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_mutual_info_score

from sslviz.catalogue.cluster_ids import ClusterIdsOptions
from sslviz.evaluation import groups
from sslviz.tasks.cluster_ids import ClusterIds, ClusterNet
from sslviz.training import answers, loop
from sslviz.training.config import RunConfig
from sslviz.training.results import run_view
from sslviz.ui.frame.picture_samples import sample
from sslviz.ui.tasks.cluster_ids import card as cards
from sslviz.ui.tasks.cluster_ids import learned as words

OPTIONS = ClusterIdsOptions()
K, N = 12, 500


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rounds over a few hundred pictures only, so no recording fits."""
    real = ClusterIds.size
    monkeypatch.setattr(ClusterIds, "size", lambda self, data, part: min(N, real(self, data, part)))
    monkeypatch.setattr("sslviz.training.results.recorded.read", lambda *_: None)
    for cached in (answers._shared, answers._first, loop._learner):
        cached.cache_clear()
    yield
    for cached in (answers._shared, answers._first, loop._learner):
        cached.cache_clear()


def config(**options: Any) -> RunConfig:
    chosen = ClusterIdsOptions(**{"clusters": K, "every": 10, **options})
    return RunConfig("cluster_ids", "pictures", 3, 20, 16, 3e-3, device="cpu", options=chosen)


def trained(steps: int) -> tuple[loop.Learner, run_view.RunView]:
    """A run after some steps, and how a page sees it."""
    learner = loop.Learner(config())
    learner.load(loop.start(config()))
    for step in range(steps):
        learner.train_step(step)
    state = learner.dump(steps)
    view = replace(run_view.untrained(config()), id=f"test-{steps}", mode="live", step=steps)
    return learner, replace(view, weights=state["weights"], kept=state["buffers"])


def test_label_and_answer_on_the_card_are_the_models() -> None:
    learner, view = trained(13)
    net, this = learner.net, sample(16, "mixed", None)
    assert isinstance(net, ClusterNet)
    labelled = cards.label(this.pixels, 0, OPTIONS)
    said = cards.answer(view, labelled)
    taught = learner.task.targets_from_model(net, labelled)
    assert said.far.argmin(1).tolist() == taught.targets["cluster"].tolist()
    torch.testing.assert_close(torch.from_numpy(said.p), learner.task.answer(net, taught, OPTIONS).data["p"])
    assert said.ids.tolist() == net.ids.tolist()
    assert said.step == 10


def test_the_strips_are_of_the_cluster_and_those_who_answer_are_named() -> None:
    _, view = trained(13)
    this = sample(16, "mixed", None)
    said = cards.answer(view, cards.label(this.pixels, 0, OPTIONS))
    for i in range(len(this.pixels)):
        panel = cards.neighbours(view, said, i, "a")
        own, second = (int(c) for c in np.argsort(said.far[i])[:2])
        assert [row["name"] for row in panel["rows"][:2]] == [f"#{own + 1}", f"#{second + 1}"]
        assert [row["kind"] for row in panel["rows"]].count("target") == 1
        best = int(said.p[i].argmax())
        assert any(row["kind"] == "answer" for row in panel["rows"]) == (best != own)
        rows = cards.likely(said, i, "live")["rows"]
        assert [row["kind"] for row in rows].count("target") == 1
        assert len({row["name"] for row in rows}) == cards.ANSWERS
    for cluster in range(K):
        inside = cards.members(said.ids, cluster, cards.STRIP)
        assert (said.ids[inside] == cluster).all()
        assert len(inside) == min(cards.STRIP, (said.ids == cluster).sum())


def test_the_rounds_of_a_run_are_shown_as_they_were() -> None:
    learner, view = trained(20)
    net = learner.net
    assert isinstance(net, ClusterNet)
    found = words.history(view)
    assert found.steps.tolist() == [0, 10]
    assert found.nmi[1] == pytest.approx(net.history[1, 1].item())
    assert found.sizes.sum(1).tolist() == [N, N]
    assert found.sizes[1].tolist() == np.bincount(net.ids.numpy().astype(int), minlength=K).tolist()
    table = words.table(found)
    assert f"<td>{found.nmi[1]:.2f}</td><td>{found.sizes[1].min():,} – {found.sizes[1].max():,}</td><td>0</td>" in table
    assert table.count("<i style") == 2 * K


def test_of_many_rounds_the_first_and_the_last_are_shown() -> None:
    steps = np.arange(30) * 7
    sizes = np.full((30, 200), 3)
    sizes[29, 0] = 0
    table = words.table(words.Rounds(steps, np.full(30, 0.5, np.float32), sizes))
    shown_steps = [line.split("</td>")[0] for line in table.split("<tr><td>")[1:]]
    assert shown_steps == ["0", *[str(7 * n) for n in range(23, 30)]]
    assert "the 120 largest of 200" in table
    assert "<td>0 – 3</td><td>1</td>" in table


def test_agreement_with_classes_comes_from_held_out_pictures_of_the_round_in_view() -> None:
    learner, view = trained(13)
    net, found = learner.net, words.history(view)
    assert isinstance(net, ClusterNet)
    pictures, classes = words.judged("pictures")
    assert len(pictures) == len(classes) == 2000
    with torch.no_grad():
        ids = net.cluster(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())).numpy()
    latest = words.grouping(view, found, words.LATEST)
    assert latest.agrees.ami == pytest.approx(adjusted_mutual_info_score(classes, ids), abs=0.01)
    assert latest.ids.tolist() == net.ids.tolist()
    first = words.grouping(view, found, words.FIRST)
    fresh = loop.start(config())
    assert first.ids.tolist() != latest.ids.tolist()
    learner.load(fresh)
    assert first.ids.tolist() == net.ids.tolist()
    alone = words.grouping(view, found, words.ALONE)
    assert len(alone.ids) == N
    assert 0.1 < alone.agrees.ami < 0.9
    assert alone.agrees.shuffled < 0.1 < alone.agrees.nmi


def test_a_run_in_its_first_round_is_not_sorted_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own state still has what the untrained trunk sorted; a later one of its round finds that kept."""
    (_, early), (_, late) = trained(3), trained(13)
    words._sorted.clear()
    real, sorted_anew = answers._untrained, []
    monkeypatch.setattr(answers, "_untrained", lambda run: sorted_anew.append(run) or real(run))
    found = words.history(early)
    assert found.steps.tolist() == [0]
    first, latest = (words.grouping(early, found, name) for name in (words.FIRST, words.LATEST))
    kept = words.grouping(late, words.history(late), words.FIRST)
    assert not sorted_anew
    words._sorted.clear()
    anew = words.grouping(late, words.history(late), words.FIRST)
    assert len(sorted_anew) == 1
    for one in (first, latest, kept):
        assert one.ids.tolist() == anew.ids.tolist()
        assert one.agrees == anew.agrees


def test_the_verdict_follows_the_numbers() -> None:
    def ways(first: float, latest: float, alone: float) -> dict[str, words.Grouping]:
        values = {words.FIRST: first, words.LATEST: latest, words.ALONE: alone}
        return {n: words.Grouping(np.zeros(1, int), groups.Agreement(v, v, 0.1)) for n, v in values.items()}

    assert "+10 points" in words.verdict(ways(0.3, 0.4, 0.5))
    assert "−10 points" in words.verdict(ways(0.4, 0.3, 0.2))
    assert "Pixels are ahead" not in words.verdict(ways(0.4, 0.3, 0.2))
    assert "Nothing has been learned yet" in words.verdict(ways(0.3, 0.3, 0.5))


def test_the_leap_of_the_loss_is_found_at_a_round() -> None:
    found = words.Rounds(np.array([0, 100, 200]), np.zeros(3, np.float32), np.ones((3, 4), int))
    held_out = [[0, 4.6], [90, 2.0], [110, 2.4], [190, 1.9], [210, 3.5], [250, 3.9]]
    view = replace(run_view.untrained(config()), held_out=held_out)
    assert words.largest_leap(view, found) == ((190, 1.9), (210, 3.5))
    assert "from 1.90 at step 190 to 3.50 at step 210" in words.jumps(view, found)
    assert words.largest_leap(replace(view, held_out=held_out[:2]), found) is None


def test_groups_and_classes() -> None:
    classes = np.repeat(np.arange(4), 50)
    same = groups.agreement((classes + 1) % 4 + 10, classes)
    assert same.ami == same.nmi == pytest.approx(1)
    assert same.shuffled < 0.1
    assert groups.agreement(np.random.default_rng(0).integers(100, size=200), classes).ami < 0.1
    rng = np.random.default_rng(0)
    light = np.repeat([20, 220], 30)
    pictures = (light[:, None, None, None] + rng.integers(-9, 9, (60, 32, 32, 3))).astype(np.uint8)
    train, test = groups.pixels_alone(pictures, pictures[::7], 2)
    assert len(set(train[:30])) == len(set(train[30:])) == 1
    assert train[0] != train[-1]
    assert test.tolist() == train[::7].tolist()


# the page


def test_the_page_shows_card_and_rounds(visit: Callable) -> None:
    page = visit("cluster_ids", clusters=str(K))
    card = page.component("cluster_ids_card")
    assert {"rounds", "sample_card"} <= page.keys
    assert f"{K} clusters" in page.html
    assert "before the first step" in card["note"]
    for column in card["columns"]:
        _, view, target, answer = column["cells"]
        assert view["image"]
        assert target["text"].startswith("#")
        assert answer["text"][0] == ("✓" if answer["text"][2:] == target["text"] else "✕")
    page.press("new_label")
    other = page.component("cluster_ids_card")
    for before, after in zip(card["columns"], other["columns"], strict=True):
        assert before["cells"][1]["image"] != after["cells"][1]["image"]  # another view,
        assert before["cells"][2] == after["cells"][2]  # the same pile: chance plays no part in that


def test_a_run_with_another_k_is_shown_with_that_k(visit: Callable, engine: Any, cheap: None) -> None:
    tiny = {"steps": "20", "batch": "16", "device": "cpu", "clusters": str(K), "every": "10"}
    page = visit("cluster_ids", **tiny)
    page.train()
    engine.work(2)
    page.run()
    card = page.component("cluster_ids_card")
    assert card["model"] == "live"
    assert f"{K} piles" in card["note"]
    assert f"1/{K}" in card["panels"][1]["line"]["name"]
    page.set("slider", "clusters", 20)
    assert f"was trained with: “Clusters, K” {K}." in page.html


def test_the_formula_adds_up(visit: Callable) -> None:
    formula = visit("cluster_ids", __depth="Detailed", clusters=str(K)).component("cluster_ids_card")["formula"]
    p, loss = formula["numbers"]["said"].split("−ln ")[-1].split(" = ")
    assert -np.log(float(p)) == pytest.approx(float(loss), abs=0.02)


def test_what_was_asked_stays_while_the_model_changes(visit: Callable) -> None:
    page = visit("cluster_ids", clusters=str(K))
    asked = page.at.session_state["cluster_ids_asked_pictures_0"]
    assert set(asked.piles) >= {asked.truth, asked.model, asked.pixels}
    page.run()
    assert page.at.session_state["cluster_ids_asked_pictures_0"] == asked


def test_what_was_measured_of_other_ways_is_told(visit: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {
            "name": "10 clusters",
            "options": {"clusters": 10},
            "probe": [0.6, 0.62],
            "accuracy": [0.9, 0.9],
            "steps": 800,
        },
        {"name": "100 clusters", "options": {}, "probe": [0.65, 0.67], "accuracy": [0.5, 0.5], "steps": 800},
    ]
    found = {"task": "cluster_ids", "rows": rows, "baselines": {}}
    told = words.meaning(found)
    assert "100 clusters: 66.0%, and 50% of the clusters named right." in told
    assert "10 clusters: −5.0 points, 90% named right." in told
    monkeypatch.setattr("sslviz.training.results.ablation.read", lambda _task: found)
    page = visit("cluster_ids", clusters=str(K))
    assert "ablation" in page.keys
    assert told in page.texts
    monkeypatch.setattr("sslviz.training.results.ablation.read", lambda _task: None)
    assert "ablation" not in visit("cluster_ids", clusters=str(K)).keys


@pytest.mark.parametrize(("hide", "there"), [("text", True), ("learned", True), ("text,learned", False)])
def test_the_rounds_can_be_left_out(visit: Callable, hide: str, there: bool) -> None:
    page = visit("cluster_ids", __hide=hide, clusters=str(K))
    assert ("rounds" in page.keys) == there
    assert ("Why the loss jumps" in page.texts) == ("text" not in hide)
    assert ("class='piles'" in page.html) == ("learned" not in hide)
