"""What is recorded belongs to the code of today, and a change of the code names what it concerns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sslviz import __main__ as command
from sslviz.catalogue import TASKS
from sslviz.training.results import provenance, three_ways, transfer_record

RECORDED = provenance.recorded()


@pytest.mark.parametrize("name", list(RECORDED))
def test_what_is_recorded_belongs_to_the_code_of_today(name: str) -> None:
    assert RECORDED[name], "no code is noted with it"
    modules = provenance.changed(RECORDED[name])
    assert not modules, f"{', '.join(modules)} changed since. No other results? python -m sslviz record --restamp"


@pytest.mark.parametrize("task", list(TASKS))
def test_a_run_names_all_modules_that_a_run_of_its_task_depends_on(task: str) -> None:
    behind = provenance.behind(task)
    assert set(provenance.SHARED) < set(behind)
    assert TASKS[task].module.split(":")[0] in behind
    for name in (
        name for name in RECORDED if name == f"{task}.npz" or name.startswith((f"{task}_long", f"{task}_abl"))
    ):
        assert RECORDED[name].keys() == behind.keys(), f"{name}: record it anew"


def test_modules_that_a_task_takes_its_label_maker_from_count() -> None:
    assert {"sslviz.tasks.augment", "sslviz.tasks.pictures"} < set(provenance.behind("same_or_different"))
    assert {"sslviz.tasks.same_or_different", "sslviz.models.momentum"} < set(provenance.behind("queue"))
    assert set(three_ways.code()) > {"sslviz.training.supervised", "sslviz.evaluation.probes"}
    assert "sslviz.training.tuning" in transfer_record.code("tuned")
    assert "sslviz.training.tuning" not in transfer_record.code("probes")


CODE = '''
"""A module."""
from __future__ import annotations
import numpy as np
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from a import b

SIZE: int = 3

class Net:
    """A network."""
    width: int
    def forward(self, x: float, *, by: float = 2.0) -> float:
        """What it says."""
        return by * x  # twice
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import numpy as np", "import numpy as np\nimport torch"),
        ("from a import b", "from a import b, c"),
        ("if TYPE_CHECKING:\n    from a import b", ""),
        ('"""A module."""', '"""Other words."""'),
        ('    """A network."""\n', ""),
        ('        """What it says."""\n', ""),
        ("  # twice", ""),
        ("SIZE: int", "SIZE: float"),
        ("x: float", "x"),
        (" -> float", ""),
    ],
)
def test_what_changes_no_result_leaves_the_fingerprint(old: str, new: str) -> None:
    assert old in CODE
    assert provenance.fingerprint(CODE.replace(old, new)) == provenance.fingerprint(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SIZE: int = 3", "SIZE: int = 4"),
        ("by * x", "by + x"),
        ("by: float = 2.0", "by: float = 3.0"),
        ("x: float, *, by", "x: float, by"),
        ("width: int", "depth: int"),
        ("class Net", "class Trunk"),
        ("if TYPE_CHECKING:\n    from a import b", "if SIZE:\n    SIZE = 5"),
    ],
)
def test_what_may_change_a_result_changes_the_fingerprint(old: str, new: str) -> None:
    assert old in CODE
    assert provenance.fingerprint(CODE.replace(old, new)) != provenance.fingerprint(CODE)


def test_a_change_names_the_recordings_that_it_concerns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = provenance.source
    words = {"code": provenance.behind("masked_words"), "rows": [{"name": "one"}]}
    (tmp_path / "masked_words_ablation.json").write_text(json.dumps(words))
    table = {"probes": {"code": provenance.behind("queue")}, "note": "kept"}
    (tmp_path / "transfer").mkdir()
    (tmp_path / "transfer" / "queue.json").write_text(json.dumps(table))
    monkeypatch.setattr(provenance, "RUNS", tmp_path)
    assert provenance.stale() == {}
    assert command.main(["stale"]) == 0

    def changed(name: str) -> str:
        return real(name) + ("\nx = 1" if name == "sslviz.tasks.queue" else "")

    monkeypatch.setattr(provenance, "source", changed)
    assert provenance.stale() == {"transfer/queue.json:probes": ["sslviz.tasks.queue"]}
    assert provenance.concerned("sslviz.tasks.queue") == ["transfer/queue.json:probes"]
    assert provenance.concerned("sslviz.training.loop") == ["masked_words_ablation.json", "transfer/queue.json:probes"]
    assert command.main(["stale"]) == 1
    assert "transfer/queue.json:probes: sslviz.tasks.queue" in capsys.readouterr().out


def test_a_module_that_is_gone_counts_as_changed() -> None:
    assert provenance.changed({"sslviz.tasks.no_such": "0" * 16}) == ["sslviz.tasks.no_such"]
