"""A run to take along: script and notebook train it again in an empty folder, and the very same figures come out."""

from __future__ import annotations

import csv
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from sslviz.catalogue import TASKS
from sslviz.training.config import RunConfig, default
from sslviz.training.results import export, recorded, run_view

ROOT = Path(__file__).parents[2]
TINY = {
    "word_and_context": RunConfig("word_and_context", "stories", seed=3, steps=20, batch=16, lr=1e-2, device="cpu"),
    "frame_order": RunConfig("frame_order", "film", seed=3, steps=20, batch=16, lr=1e-3, device="cpu"),
}
# As Jupyter does it: the cells one after the other in one space, and what the last line of a cell gives is shown.
NOTEBOOK = """
import json, sys
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
space = {"__name__": "__main__"}
for cell in cells:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
assert tuple(space["curve"].data[0].y) == tuple(space["losses"])
assert tuple(space["curve"].data[1].x) == tuple(e.step for e in space["evaluations"])
"""
PROBES = {"trained": {"knn": 0.5, "few": [0.4, 0.6], "many": 0.7}}
FIGURES = {"loss": 1.0, "scores": {"a “b” 'c'": 0.5}, "probes": PROBES}


Trained = tuple[RunConfig, Any, list[float], dict[str, Any]]


@pytest.fixture
def trained(request: pytest.FixtureRequest) -> Trained:
    return train(request.param)


@cache  # once for both of its tests
def train(slug: str) -> Trained:
    """(config, state, losses, figures) of a tiny run, trained here."""
    from sslviz.training import whole
    from sslviz.training.figures import figures

    config, losses = TINY[slug], list[float]()
    # sliced in another way than the script does it
    state = whole.train(config, lambda snapshot: losses.extend(snapshot.losses.tolist()), steps=7)
    return config, state, losses, figures(config, state)


def run(folder: Path, *command: str, path: str = str(ROOT)) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with the project on the path or without it."""
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def same(folder: Path, said: str, trained: Trained) -> None:
    """What a script left in a folder, and what it said, is what was trained here: losses, figures, weights."""
    _, state, losses, expected = trained
    assert "trained on cpu" in said
    here = [line.split(", on the page ") for line in said.splitlines() if ", on the page " in line]
    assert len(here) == 4 + len(expected["scores"])
    for line, told in here:  # what the page showed stands beside what came out
        assert told == f"{line.rsplit(': ', 1)[1]}, difference +0"
    found = json.loads((folder / "figures.json").read_text("utf-8"))
    assert found.pop("losses") == losses
    assert found == json.loads(json.dumps(expected))
    with np.load(folder / "run.npz") as kept:
        assert np.array_equal(kept["weights"], state["weights"])


@pytest.mark.slow
@pytest.mark.parametrize("trained", ["word_and_context"], indirect=True)
def test_the_same_figures_come_out_in_an_empty_folder(trained: Trained, tmp_path: Path) -> None:
    config, *_, expected = trained
    folder, file = tmp_path / "empty", tmp_path / "run.py"
    folder.mkdir()
    file.write_text(export.script(config, expected), encoding="utf-8")
    done = run(folder, str(file))
    assert done.returncode == 0, done.stderr
    same(folder, done.stdout, trained)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trained", "kind"), [("word_and_context", "notebook"), ("frame_order", "script")], indirect=["trained"]
)
def test_all_in_one_needs_nothing_of_this_project(kind: str, trained: Trained, tmp_path: Path) -> None:
    config, *_, expected = trained
    with zipfile.ZipFile(io.BytesIO(export.alone(config, expected))) as file:
        file.extractall(tmp_path)
    folder = tmp_path / export.name(config)
    command = ["run.py"] if kind == "script" else ["-c", NOTEBOOK, "run.ipynb"]
    done = run(folder, *command, path="")
    assert done.returncode == 0, done.stderr
    same(folder, done.stdout, trained)
    where = run(folder, "-c", "import sslviz.training.loop as loop; print(loop.__file__)", path="").stdout
    assert where.startswith(str(folder))


@pytest.mark.parametrize("kind", ["Words", "Images", "Video", "Sound"])
def test_all_in_one_holds_code_data_and_licences_and_no_page(kind: str) -> None:
    config = default(next(slug for slug, entry in TASKS.items() if entry.modality == kind))
    with zipfile.ZipFile(io.BytesIO(export.alone(config, None))) as file:
        names = {name.removeprefix(f"{export.name(config)}/") for name in file.namelist()}
        packages = file.read(f"{export.name(config)}/requirements.txt").decode().split("\n")
        head = file.read(f"{export.name(config)}/run.py").decode()
    assert {"run.py", "run.ipynb", "LICENSE", "assets/ATTRIBUTION.md", "sslviz/training/loop.py"} <= names
    assert any(name.startswith(f"assets/{export.FOLDERS[kind]}/") for name in names)
    assert any(name.startswith("assets/licences/") for name in names)
    assert not [name for name in names if name.startswith(("sslviz/ui", "sslviz/flashcards", "pages", "assets/runs"))]
    assert [line.split(">")[0] for line in packages if line] == [
        line.split(">")[0] for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        if line.split(">")[0] in export.PACKAGES
    ]  # fmt: skip
    assert len([line for line in packages if line]) == len(export.PACKAGES)
    assert "not stand-alone" not in head
    assert "python run.py" in head


def found_from(code: str, folder: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run what looks for the project, and say which one it found."""
    return run(
        folder, "-c", f"{code}\nimport sslviz.training.results.export as found\nprint(found.__file__)", path=path
    )


def test_the_project_is_found_by_its_folder_or_by_python(tmp_path: Path) -> None:
    file = str(ROOT / "sslviz" / "training" / "results" / "export.py")
    named = export.FIND.replace('PROJECT = "sslviz"', f"PROJECT = {str(ROOT)!r}")
    assert found_from(named, tmp_path).stdout.strip() == file
    assert found_from(export.FIND, tmp_path, path=str(ROOT)).stdout.strip() == file
    missing = found_from(export.FIND, tmp_path)
    assert missing.returncode == 1
    assert (
        missing.stderr.strip() == f"There is no sslviz in {tmp_path / 'sslviz'}: put the project's folder into PROJECT."
    )
    (tmp_path / "sslviz").symlink_to(ROOT)  # as `git clone` leaves it; Python alone takes it for the package
    assert found_from(export.FIND, tmp_path).stdout.strip() == file


def test_the_head_says_what_is_needed_and_compares_only_what_there_is() -> None:
    config = TINY["frame_order"]
    for kind, how in (("script", f"python {export.name(config)}.py"), ("notebook", "choose a kernel")):
        told, untold = (getattr(export, kind)(config, figures) for figures in (FIGURES, None))
        for text in (told, untold):
            assert "not stand-alone" in text
            assert how in text
        assert "compares its figures" in told
        assert "On a GPU" in told
        assert "difference" in told
        for word in ("compare", "shown", "on the page", "On a GPU", "difference"):
            assert word not in untold
    assert "python " not in export.notebook(config, FIGURES).split('"cell_type": "code"')[0]


def test_script_and_notebook_hold_the_same_code() -> None:
    config = default("masked_patches")
    script, notebook = export.script(config, None), json.loads(export.notebook(config, None))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "PROJECT = " in code[0]
    (drawing,) = [part for part in code if part not in script]
    assert drawing.endswith("\ncurve")  # what stands last in a cell is drawn
    assert "loss (squared error)" in drawing


@pytest.mark.parametrize("slug", list(TASKS))
def test_every_notebook_is_one_that_jupyter_accepts_and_is_the_same_each_time(slug: str) -> None:
    made = export.notebook(default(slug), FIGURES)
    plain = json.loads(made)
    nbformat.validate(plain)  # by the schema of its own version; names that stand twice are refused, too
    assert (plain["nbformat"], plain["nbformat_minor"]) == (4, 5)  # the first in which cells have names
    assert [cell["id"] for cell in plain["cells"]][:3] == ["head", "text-0", "code-0"]
    assert made == export.notebook(default(slug), FIGURES)
    assert made.endswith("}\n")


@pytest.mark.parametrize("slug", list(TASKS))
def test_every_task_gives_a_script_that_compiles(slug: str) -> None:
    for which in TASKS[slug].expects.recordings:
        config = default(slug, which)
        compile(export.script(config, FIGURES), slug, "exec")
        assert RunConfig.from_json(config.to_json()) == config


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
    view = run_view.from_recording(recording, "x")
    lines = list(csv.reader(io.StringIO(export.embedding(view, recording.map))))
    assert lines[0][:6] == ["id", "sample", "class", "x", "y", "f0"]
    assert len(lines) == 1 + len(recording.points[-1])
    assert len(lines[1]) == 5 + recording.features.shape[1]
    assert lines[7][2] == recording.map.names[recording.map.classes[6]]
    assert float(lines[7][3]) == pytest.approx(float(recording.points[-1][6, 0]), rel=1e-4)
    assert not any(line[1].startswith(("=", "+", "-", "@")) for line in lines)  # a spreadsheet takes none for a formula


def test_an_untrained_run_has_an_empty_table() -> None:
    view, recording = run_view.untrained(default("masked_words")), recorded.read("masked_words")
    assert recording is not None
    assert export.embedding(view, recording.map) == "id,sample,class,x,y\n"
