"""A run to take along: a script and a notebook that train it again, its weights, its embedding.

Script and notebook are not stand-alone: they need this project beside them, named in their first lines or found by
Python itself, and nothing else. They hold the whole config, and the figures that the page showed, if it had any, so
that whoever runs them sees whether the same comes out. `alone` packs them with all that they need.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue import TASKS
from sslviz.data import ASSETS
from sslviz.data.spreadsheet import guarded
from sslviz.training.config import RunConfig

if TYPE_CHECKING:
    from sslviz.training.results.recorded import MapInfo
    from sslviz.training.results.run_view import RunView

SLICE = 50  # steps between two lines of the report; how a run is sliced does not change it

TOLD = "trains the very run that the page showed, and compares its figures"
UNTOLD = "trains this run, of which the page had no figures yet"
ROUNDING = """On a GPU, or on another kind of processor, sums are rounded in another way. The figures may then differ in
the last digits, and by more after many steps; how much is printed."""
NEEDS = """It is not stand-alone: it needs the project sslviz beside it, and the packages that the project's
requirements.txt lists. It needs no web page and no network. The variable PROJECT names the project's folder; where
Python finds sslviz by itself, as with PYTHONPATH, it is not used."""
HEAD = """{title} on {data}, run seed {seed}: {told}.

{needs}

{how}{rounding}"""
ALONE = """Everything that it needs of the project sslviz lies beside it: code, data, licences. First, in this folder:
pip install -r requirements.txt. It needs no web page and no network."""
RUN_ALONE = """Then:  python run.py
It writes figures.json and run.npz into this folder. run.ipynb does the same, cell by cell."""
# Of the project, what a run needs: packages by name, and bundled data by kind.
PACKAGES = ("torch", "torchvision", "numpy", "scipy", "pillow", "soundfile", "av", "plotly", "scikit-learn",
            "threadpoolctl", "openTSNE")  # fmt: skip
FOLDERS = {"Words": "text", "Images": "images", "Video": "video", "Sound": "audio"}
RUN_SCRIPT = """Set PROJECT below, then:  python {name}.py
It writes figures.json and run.npz into the present folder."""
RUN_NOTEBOOK = """Set PROJECT in the first cell, choose a kernel that has those packages, and run all cells.
It writes figures.json and run.npz into the present folder."""

FIND = """import sys
from pathlib import Path

PROJECT = "sslviz"  # the project's folder: the one that holds app.py

try:
    import sslviz.training
except ModuleNotFoundError:
    folder = Path(PROJECT).expanduser().resolve()
    if not (folder / "sslviz" / "training").is_dir():
        raise SystemExit(f"There is no sslviz in {folder}: put the project's folder into PROJECT.") from None
    sys.modules.pop("sslviz", None)  # a folder of that name may have been taken for it
    sys.path.insert(0, str(folder))"""
SETUP = """import json

import numpy as np

from sslviz.training import loop
from sslviz.training.config import RunConfig
from sslviz.training.figures import figures

config = RunConfig.from_json({config!r})"""
SHOWN = """
shown = json.loads({shown!r})  # what the page showed, by name"""
TRAIN = """state, losses, evaluations = loop.start(config), [], []
while int(state["step"]) < config.steps:
    state, snapshot = loop.advance(config, state, {slice})
    if snapshot.diverged is not None:
        raise SystemExit(f"step {{snapshot.diverged}}: the loss is no number any more")
    losses += snapshot.losses.tolist()
    evaluations += snapshot.evaluations
    print(f"step {{snapshot.step:,}} of {{config.steps:,}}: loss {{losses[-1]:.4f}}", flush=True)
print(f"trained on {{snapshot.device}}")"""
DRAW = """import plotly.graph_objects as go

curve = go.Figure()
curve.add_scatter(x=list(range(1, len(losses) + 1)), y=losses, name="training batches")
curve.add_scatter(x=[e.step for e in evaluations], y=[e.loss for e in evaluations], name="held-out samples")
curve.update_layout(xaxis_title="step", yaxis_title="loss ({unit})")
curve"""
JUDGE = """found = figures(config, state)
flat = {
    "loss": found["loss"],
    **{f"score: {name}": value for name, value in found["scores"].items()},
    "k-NN": found["probes"]["trained"]["knn"],
    "linear probe, few labels": float(np.mean(found["probes"]["trained"]["few"])),
    "linear probe, many labels": found["probes"]["trained"]["many"],
}
for name, value in flat.items():
    """
COMPARE = """told = f", on the page {shown[name]:.6f}, difference {value - shown[name]:+.2g}" if name in shown else ""
    print(f"{name}: {value:.6f}{told}")"""
PRINT = 'print(f"{name}: {value:.6f}")'
KEEP = """Path("figures.json").write_text(json.dumps({"losses": losses, **found}), encoding="utf-8")
np.savez("run.npz", weights=state["weights"], buffers=state["buffers"], points=evaluations[-1].points)"""


def name(config: RunConfig) -> str:
    """What the files of this run are called."""
    return f"sslviz_{config.task}_{config.key[:6]}"


def script(config: RunConfig, figures: dict[str, Any] | None, *, needs: str = NEEDS, how: str = RUN_SCRIPT) -> str:
    """A Python script that trains this run and writes `figures.json` and `run.npz` into the present folder.

    Args:
        config: of the run.
        figures: what the page showed of it, to compare with; None where it has none yet.
        needs: what its head says of what it needs.
        how: what it says of how it is started.
    """
    head = f'"""{_head(config, figures, needs, how)}\n"""'
    parts = [f"# {text}\n{code}" for text, code in _parts(config, figures, draw=False)]
    return "\n\n".join([head, *parts]) + "\n"


def notebook(
    config: RunConfig, figures: dict[str, Any] | None, *, needs: str = NEEDS, how: str = RUN_NOTEBOOK
) -> str:  # fmt: skip
    """The same as a Jupyter notebook (nbformat 4), which draws the loss, too."""
    import nbformat
    from nbformat import v4

    cells = [v4.new_markdown_cell(f"# {TASKS[config.task].title}\n\n{_head(config, figures, needs, how)}", id="head")]
    for number, (text, code) in enumerate(_parts(config, figures, draw=True)):  # ids by hand: v4 would draw them
        cells += [v4.new_markdown_cell(text, id=f"text-{number}"), v4.new_code_cell(code, id=f"code-{number}")]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    return nbformat.writes(made) + "\n"


def alone(config: RunConfig, figures: dict[str, Any] | None) -> bytes:
    """Script and notebook as a zip file that stands alone: with the code that trains, the data, and the licences.

    Args:
        config: of the run.
        figures: as in `script`.
    """
    root, kind = ASSETS.parent, TASKS[config.task].modality
    code = [p for p in (root / "sslviz").rglob("*.py") if p.relative_to(root).parts[1] not in ("ui", "flashcards")]
    data = [p for folder in (FOLDERS[kind], "licences") for p in (ASSETS / folder).rglob("*") if p.is_file()]
    beside = [root / "LICENSE", ASSETS / "ATTRIBUTION.md"]
    lines = (root / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if re.split(r"[<>=]", line)[0] in PACKAGES]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted([*code, *data, *beside]):
            file.write(path, f"{name(config)}/{path.relative_to(root).as_posix()}")
        for title, text in {
            "run.py": script(config, figures, needs=ALONE, how=RUN_ALONE),
            "run.ipynb": notebook(config, figures, needs=ALONE, how=RUN_ALONE),
            "requirements.txt": "\n".join(wanted) + "\n",
        }.items():
            file.writestr(f"{name(config)}/{title}", text)
    return packed.getvalue()


def weights(config: RunConfig, flat: NDArray[Any] | None, kept: NDArray[Any] | None) -> bytes:
    """All of the network as a safetensors file, by the names of its parts; the metadata hold the config.

    Args:
        config: of the run.
        flat: its weights as a run keeps them; None for the untrained network.
        kept: what it keeps beside the weights; None as `flat`.
    """
    from safetensors.numpy import save

    from sslviz.training.answers import ask

    def named(learner: Any) -> dict[str, NDArray[Any]]:
        return {k: np.ascontiguousarray(v.detach().cpu().numpy()).copy() for k, v in learner.net.state_dict().items()}

    about = {"config": config.to_json(), "made_by": "sslviz"}
    return save(ask(config, flat, named, kept), metadata=about)


def embedding(view: RunView, info: MapInfo) -> str:
    """The map as CSV: id, what it is, true class, t-SNE x and y, and the trunk's vector f0, f1, … of every sample."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    features = np.zeros((0, 0), np.float32) if view.features is None else view.features
    writer.writerow(["id", "sample", "class", "x", "y", *(f"f{k}" for k in range(features.shape[1]))])
    points = view.points[-1] if len(view.points) else np.zeros((0, 2), np.float32)
    for row, (xy, vector) in enumerate(zip(points, features, strict=True)):
        what = [info.ids[row], guarded(info.texts[row]), info.names[info.classes[row]]]
        writer.writerow([*what, *(f"{v:.6g}" for v in (*xy, *vector))])
    return file.getvalue()


def _head(config: RunConfig, figures: dict[str, Any] | None, needs: str, how: str) -> str:
    return HEAD.format(
        title=TASKS[config.task].title, data=config.data, seed=config.seed, told=TOLD if figures else UNTOLD,
        needs=needs, how=how.format(name=name(config)), rounding=f"\n\n{ROUNDING}" if figures else "",
    )  # fmt: skip


def _parts(config: RunConfig, figures: dict[str, Any] | None, *, draw: bool) -> list[tuple[str, str]]:
    """(what it does, code) of each part, in their order."""
    drawing = [("The loss of every step, and on held-out samples.", DRAW.format(unit=TASKS[config.task].unit))]
    shown = SHOWN.format(shown=json.dumps(_flat(figures))) if figures else ""
    return [
        ("Where the project is.", FIND),
        (
            "The run: task, data, seed, steps, batch, learning rate and options. The same config gives the same curve.",
            SETUP.format(config=config.to_json()) + shown,
        ),
        (
            "Train. `advance` takes a state and gives the next one; nothing is hidden in between.",
            TRAIN.format(slice=SLICE),
        ),
        *(drawing if draw else []),
        (
            f"Judge it on held-out samples, as the page does{', and compare' if figures else ''}.",
            JUDGE + (COMPARE if figures else PRINT),
        ),
        ("Keep the figures, the weights and the map.", KEEP),
    ]


def _flat(figures: dict[str, Any]) -> dict[str, float]:
    """The figures by the names that the script prints."""
    trained = figures["probes"]["trained"]
    return {
        "loss": figures["loss"],
        **{f"score: {name}": value for name, value in figures["scores"].items()},
        "k-NN": trained["knn"],
        "linear probe, few labels": float(np.mean(trained["few"])),
        "linear probe, many labels": trained["many"],
    }
