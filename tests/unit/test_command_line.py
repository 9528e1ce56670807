"""python -m sslviz record | train | check-data"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sslviz.__main__ as command
from sslviz.catalogue import TASKS
from sslviz.training.config import default
from sslviz.training.results import provenance, recorded
from tests.stand_ins import cheapen, forget

ROOT = Path(__file__).parents[2]
FIGURES = {"loss": 1.0, "scores": {"top-1": 0.5}, "probes": {"trained": {"few": [0.5]}}}


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from sslviz.training import figures

    cheapen(monkeypatch)
    monkeypatch.setattr(figures, "figures", lambda *_: FIGURES)
    yield
    forget()


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for recordings."""
    monkeypatch.setattr(recorded, "RUNS", tmp_path)
    monkeypatch.setattr(recorded, "HOME", tmp_path / "home.json")
    return tmp_path


def test_help_is_quick_and_names_the_commands() -> None:
    code = (
        "import sys\n"
        "from sslviz.__main__ import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    print('torch' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    for name in ("record", "train", "check-data"):
        assert name in result.stdout
    assert result.stdout.strip().endswith("False")


@pytest.mark.parametrize("arguments", [[], ["dance"], ["record", "dancing"], ["train"], ["train", "dancing"]])
def test_what_is_not_there_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_train_trains_and_prints(cheap: None, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "masked_words", "--steps", "20", "--batch", "16", "--seed", "1", "--device", "cpu"]
    assert command.main(arguments) == 0
    said = capsys.readouterr().out
    assert "of 20: loss" in said
    assert "scores: {'top-1': 0.5}" in said


def test_train_says_when_it_diverges(cheap: None, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "masked_words", "--steps", "20", "--batch", "16", "--lr", "1e8", "--device", "cpu"]
    assert command.main(arguments) == 1
    assert "smaller learning rate" in capsys.readouterr().out


def test_train_refuses_a_setting_out_of_range() -> None:
    try:
        code = command.main(["train", "masked_words", "--steps", "5"])
    except (SystemExit, ValueError) as refused:
        assert "20 to 20000" in str(refused) or isinstance(refused, SystemExit)
    else:
        assert code != 0


def test_check_data_opens_everything(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLVIZ_DATA", str(tmp_path))
    assert command.main(["check-data"]) == 0
    said = capsys.readouterr().out
    assert "fashion_mnist: 10,000 + 2,000 pictures" in said
    assert "sentences: 48,000 + 2,000" in said
    assert "cifar10" in said
    assert "torchvision.datasets" in said


def test_record_stores_what_it_trained(
    cheap: None, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tiny(task: str, which: str = "short") -> Any:
        return replace(default(task), steps=40 if which == "long" else 20, batch=16, device="cpu")

    monkeypatch.setattr(command, "default", tiny)
    assert command.main(["record", "masked_words", "--seeds", "2"]) == 0
    said = capsys.readouterr().out
    assert "seed 0" in said
    assert "seed 1" in said
    assert "masked_words.npz" in said
    run = recorded.read("masked_words")
    assert run is not None
    assert (run.config, len(run.repeats), run.figures) == (tiny("masked_words"), 1, FIGURES)
    assert run.meta["code"] == provenance.behind("masked_words")
    assert (runs / "home.json").exists()
    assert command.main(["record", "masked_words", "--which", "long"]) == 0
    longer = recorded.read("masked_words", "long")
    assert longer is not None
    assert (longer.config.steps, longer.repeats) == (40, [])
    assert sorted(file.name for file in runs.iterdir()) == ["home.json", "masked_words.npz", "masked_words_long.npz"]
    capsys.readouterr()
    assert command.main(["record", "masked_words", "--which", "elsewhere"]) == 0  # there is no such recording of it
    assert "masked_words: nothing is recorded as “elsewhere”" in capsys.readouterr().out


def test_restamp_tells_by_its_exit_code(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sslviz.training.results import check

    assert command.main(["record", "--restamp"]) == 0  # none there
    asked: list[tuple[str, str]] = []

    def restamp(task: str, which: str, say: Any) -> bool:
        asked.append((task, which))
        return (task, which) != ("masked_words", "short")

    monkeypatch.setattr(check, "restamp", restamp)
    assert command.main(["record", "--restamp"]) == 1
    assert asked == [
        (task, which) for task in TASKS for which in recorded.kinds(task)
    ]  # one that fails does not spare the others
    assert command.main(["record", "same_or_different", "--restamp"]) == 0
