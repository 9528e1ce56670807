"""The ablation: every way is trained as the catalogue says, judged on all held-out samples, stored and read again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sslviz.__main__ as command
from sslviz.catalogue import TASKS
from sslviz.training.config import RunConfig, default
from sslviz.training.results import ablation, check, recorded
from tests.stand_ins import cheapen, fewer_choices, forget

ROOT = Path(__file__).parents[2]
ABLATED = [slug for slug, entry in TASKS.items() if entry.ablation]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    return tmp_path


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The smallest budgets, and cheap evaluations."""
    cheapen(monkeypatch)

    def small(task: str) -> RunConfig:
        return replace(default(task), steps=20, batch=16, device="cpu")

    monkeypatch.setattr(ablation, "default", small)
    yield small
    forget()


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """No training: notes what was to be trained, and scores it by its options and seed."""
    from sslviz.training import figures

    asked: list[RunConfig] = []

    def trained(config: RunConfig) -> dict[str, Any]:
        asked.append(config)
        accuracy = 0.5 + 0.01 * config.seed + 0.1 * config.choices["masks"] + 0.2 * config.choices["marks"]
        same = {"loss": 0.6, "seconds": 5.0, "measures": {"width": 0.3}}
        return {"accuracy": accuracy, "probe": 0.4 + 0.01 * config.seed, **same}

    baselines = [
        {"name": "a coin: ln 2", "scores": {"pairs told right": 0.5}},
        {"name": "topic alone", "scores": {"pairs told right": 0.64}},
    ]
    monkeypatch.setattr(ablation, "_trained", trained)
    monkeypatch.setattr(check, "beginning", lambda config: [float(config.choices["masks"])])
    monkeypatch.setattr(figures, "baselines", lambda _config: baselines)
    return asked


def test_ways_differ_in_nothing_but_their_options(stand_in: list[RunConfig]) -> None:
    said: list[str] = []
    result = ablation.ablate("next_sentence", ablation.arms("next_sentence"), 3, said.append)
    assert json.loads(json.dumps(result)) == result
    assert result["task"] == "next_sentence"
    assert [row["name"] for row in result["rows"]] == [name for name, _ in TASKS["next_sentence"].ablation]
    assert [row["options"] for row in result["rows"]] == [{"masks": False}, {}, {"masks": True, "marks": True}]
    wanted = [[0.5, 0.51, 0.52], [0.6, 0.61, 0.62], [0.8, 0.81, 0.82]]
    for row, accuracy in zip(result["rows"], wanted, strict=True):
        assert row["accuracy"] == pytest.approx(accuracy)
        assert row["steps"] == default("next_sentence").steps
        assert row["beginning"] == [row["options"].get("masks", True)]  # of the arm itself
        assert row["probe"] == pytest.approx([0.4, 0.41, 0.42])
        assert row["seconds"] == [5.0] * 3
        assert row["measures"] == {"width": [0.3] * 3}
    assert result["baselines"] == {"coin": 0.5, "topic alone": 0.64}
    assert len(said) == 9
    base = default("next_sentence")
    for config in stand_in:
        assert replace(config, seed=0, options=base.options) == base


@pytest.mark.parametrize(("rows", "seeds"), [((), 3), ((("plain", ()),), 0)])
def test_nothing_to_do_is_refused(rows: Any, seeds: int) -> None:
    with pytest.raises(ValueError, match="at least one arm and one seed"):
        ablation.ablate("next_sentence", rows, seeds)


@pytest.mark.slow
def test_it_really_trains(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sslviz.training import figures, loop

    fewer_choices(monkeypatch)
    rows = (("plain", {}), ("marked", {"marks": True}))
    result = ablation.ablate("next_sentence", rows, 2, lambda _line: None)
    for row in result["rows"]:
        config = replace(tiny("next_sentence"), seed=1, options=TASKS["next_sentence"].options(**row["options"]))
        state = loop.start(config)
        for _ in range(2):  # however it is sliced
            state, _ = loop.advance(config, state, 10)
        learner = loop.Learner(config)
        learner.load(state)
        loss, scores = figures.held_out(learner)
        assert (row["loss"][1], row["accuracy"][1]) == (loss, scores["pairs told right"])
        assert row["probe"][1] == np.mean(figures.figures(config, state)["probes"]["trained"]["few"])
        assert row["steps"] == 20
        assert all(0 < value < 1 for value in row["accuracy"])
    names = ["coin", "length alone", "topic alone"]
    assert list(result["baselines"]) == names
    measured = figures.baselines(loop.Learner(tiny("next_sentence")))
    assert list(result["baselines"].values()) == [b["scores"]["pairs told right"] for b in measured]


def test_a_run_that_diverges_is_no_result(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sslviz.training.loop import Diverged

    monkeypatch.setattr(ablation, "default", lambda task: replace(tiny(task), lr=1e8))
    with pytest.raises(Diverged):
        ablation.ablate("next_sentence", (("wild", {}),), 1, lambda _line: None)


def test_stored_and_read_again(runs: Path) -> None:
    assert ablation.read("next_sentence") is None
    result = {"task": "next_sentence", "rows": [], "baselines": {"coin": 0.5}}
    assert ablation.save(result) == runs / "next_sentence_ablation.json"
    assert ablation.read("next_sentence") == result


def test_the_command_writes_the_file(runs: Path, stand_in: list[RunConfig], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["ablate", "next_sentence", "--seeds", "2"]) == 0
    said = capsys.readouterr().out
    for name, _ in TASKS["next_sentence"].ablation:
        assert f"{name}, seed 1" in said
    assert "topic alone: 64.0%" in said
    found = ablation.read("next_sentence")
    assert found is not None
    assert [len(row["accuracy"]) for row in found["rows"]] == [2, 2, 2]


@pytest.mark.parametrize(
    "arguments", [["ablate"], ["ablate", "masked_words"], ["ablate", "next_sentence", "--seeds=0"]]
)
def test_what_cannot_be_ablated_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_reading_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from sslviz.training.results import ablation\n"
        "ablation.read('next_sentence')\n"
        "print('torch' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize("slug", ABLATED)
def test_the_ways_of_the_catalogue_are_accepted_and_one_is_the_default(slug: str) -> None:
    configs = [replace(default(slug), options=TASKS[slug].options(**changes)) for _, changes in ablation.arms(slug)]
    assert len(set(configs)) == len(configs) > 1
    assert default(slug) in configs
    assert len({name for name, _ in ablation.arms(slug)}) == len(configs)


@pytest.mark.parametrize("slug", ABLATED)
def test_what_is_stored_is_what_the_catalogue_asks_for(slug: str) -> None:
    found = ablation.read(slug)
    assert found is not None, f"python -m sslviz ablate {slug}"
    assert found["task"] == slug
    assert [(row["name"], row["options"]) for row in found["rows"]] == list(ablation.arms(slug))
    for row in found["rows"]:
        assert row["steps"] == ablation.budget(slug).steps
        assert len(row["accuracy"]) >= 3
        assert all(0 <= value <= 1 for value in row["accuracy"])
    assert all(0 <= value < 1 for value in found["baselines"].values())
