"""A run to take along: script and notebook train it again in an empty folder, and the very same figures come out."""

from __future__ import annotations

import csv
import io
import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sslviz.catalogue import READY
from sslviz.training import export, recorded, shown
from sslviz.training.config import RunConfig, default

ROOT = Path(__file__).parents[2]
TINY = RunConfig("word_and_context", "stories", seed=3, steps=20, batch=16, lr=1e-2, device="cpu")
NOTEBOOK = """
import json, sys
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
space = {"__name__": "__main__"}
for cell in cells:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
"""


@pytest.fixture(scope="module")
def trained() -> tuple[Any, list[float], dict[str, Any]]:
    """(state, losses, figures) of the tiny run, trained here."""
    from sslviz.training import loop
    from sslviz.training.figures import figures

    state, losses = loop.start(TINY), []
    while int(state["step"]) < TINY.steps:
        state, snapshot = loop.advance(TINY, state, 7)  # sliced in another way than the script does it
        losses += snapshot.losses.tolist()
    return state, losses, figures(TINY, state)


def run(folder: Path, *command: str) -> str:
    """Run Python in an empty folder, with the project on the path and nothing else."""
    assert not list(folder.iterdir())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_the_same_figures_come_out_in_an_empty_folder(kind: str, trained: Any, tmp_path: Path) -> None:
    state, losses, expected = trained
    folder, file = tmp_path / "empty", tmp_path / f"run.{kind}"
    folder.mkdir()
    file.write_text(getattr(export, kind)(TINY, expected), encoding="utf-8")
    said = run(folder, str(file)) if kind == "script" else run(folder, "-c", NOTEBOOK, str(file))
    found = json.loads((folder / "figures.json").read_text("utf-8"))
    assert found.pop("losses") == losses
    assert found == json.loads(json.dumps(expected))
    with np.load(folder / "run.npz") as kept:
        assert np.array_equal(kept["weights"], state["weights"])
    here = dict(line.rsplit(", on the page ", 1) for line in said.splitlines() if ", on the page " in line)
    assert len(here) == 4 + len(expected["scores"])
    for line, told in here.items():  # what the page showed stands beside what came out
        assert line.rsplit(": ", 1)[1] == told


def test_script_and_notebook_hold_the_same_code() -> None:
    config = default("masked_patches")
    script, notebook = export.script(config, None), json.loads(export.notebook(config, None))
    assert notebook["nbformat"] == 4
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 4
    assert all(part in script for part in code)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        assert {"cell_type", "id", "metadata", "source"} <= cell.keys()


@pytest.mark.parametrize("slug", list(READY))
def test_every_task_gives_a_script_that_compiles(slug: str) -> None:
    for long in (False, True):
        config = default(slug, long=long)
        compile(export.script(config, {"loss": 1.0, "scores": {"a “b” 'c'": 0.5}, "probes": PROBES}), slug, "exec")
        assert RunConfig.from_json(config.to_json()) == config


PROBES = {"trained": {"knn": 0.5, "few": [0.4, 0.6], "many": 0.7}}


def test_weights_are_safetensors_that_another_reader_opens() -> None:
    """The format by hand: eight bytes of length, a header in JSON, then the numbers."""
    from safetensors.numpy import load

    from sslviz.training.loop import Learner

    recording = recorded.read("masked_patches")
    assert recording is not None
    raw = export.weights(recording.config, recording.weights, recording.buffers)
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + length])
    assert RunConfig.from_json(header.pop("__metadata__")["config"]) == recording.config
    by_hand = {
        name: np.frombuffer(raw[8 + length :][slice(*part["data_offsets"])], "<f4").reshape(part["shape"])
        for name, part in header.items()
    }
    whole = load(raw)
    assert by_hand.keys() == whole.keys()
    assert all(np.array_equal(by_hand[name], whole[name]) for name in whole)
    learner = Learner(recording.config)
    learner.hold(recording.weights, recording.buffers)
    assert np.array_equal(whole["trunk.norm.weight"], learner.net.state_dict()["trunk.norm.weight"].numpy())
    assert sum(v.size for v in whole.values()) >= len(recording.weights)


def test_the_embedding_is_a_table_of_samples() -> None:
    recording = recorded.read("masked_words")
    assert recording is not None
    view = shown.from_recording(recording, "x")
    lines = list(csv.reader(io.StringIO(export.embedding(view, recording.map))))
    assert lines[0][:6] == ["id", "sample", "class", "x", "y", "f0"]
    assert len(lines) == 1 + len(recording.points[-1])
    assert len(lines[1]) == 5 + recording.features.shape[1]
    assert lines[7][2] == recording.map.names[recording.map.classes[6]]
    assert float(lines[7][3]) == pytest.approx(float(recording.points[-1][6, 0]), rel=1e-4)
    assert not any(line[1].startswith(("=", "+", "-", "@")) for line in lines)  # a spreadsheet takes none for a formula


def test_an_untrained_run_has_an_empty_table() -> None:
    view, recording = shown.untrained(default("masked_words")), recorded.read("masked_words")
    assert recording is not None
    assert export.embedding(view, recording.map) == "id,sample,class,x,y\n"
