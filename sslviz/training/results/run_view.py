"""What a page shows of a run, recorded or live, in one shape. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sslviz.evaluation import projection
from sslviz.training.config import RunConfig
from sslviz.training.results.recorded import Recording

if TYPE_CHECKING:
    from sslviz.training.live.runs import Run
    from sslviz.training.loop import Evaluation

Points = NDArray[np.float32]
NONE: Points = np.zeros((0, 0, 2), np.float32)
CURVE = 300  # points of the drawn curve


@dataclass(frozen=True, eq=False)
class RunView:
    """A run as a page sees it.

    Attributes:
        id: changes when it is another run.
        mode: "recorded", "live" or "untrained".
        status: of a live run; "done" for a recording.
        curve, held_out: (step, loss) pairs of training batches, smoothed, and of held-out samples.
        frames: steps of the map's frames, `points` and `pca` (f, n, 2) their coordinates.
        features: (n, width) of the newest frame, or None.
        weights: flat, or None for the untrained network.
        kept: what the network keeps beside its weights, flat: momentum copies, queues; None as `weights`.
        scores, knn: over all held-out samples where the run is through and judged, so that a page says one number; else
            of the newest evaluation, which takes a part of them.
        score_film, knn_film: of every frame.
        map_steps: t-SNE steps a frame.
    """

    id: str
    mode: str
    status: str
    config: RunConfig
    step: int
    seconds: float
    device: str
    curve: list[list[float]]
    held_out: list[list[float]]
    frames: list[int]
    points: NDArray[np.float32]
    pca: NDArray[np.float32]
    features: NDArray[np.float32] | None
    weights: NDArray[Any] | None
    kept: NDArray[Any] | None
    scores: dict[str, float]
    knn: float | None
    figures: dict[str, Any] | None
    map_steps: int = projection.NEXT_STEPS
    note: str = ""
    phases: tuple[dict[str, Any], ...] = ()
    score_film: tuple[dict[str, float], ...] = ()
    knn_film: tuple[float, ...] = ()

    @property
    def run(self) -> str:
        """Which run this is, however its map is fitted."""
        return self.id.removesuffix("-refit").removesuffix("-first")

    def until(self, frame: int) -> RunView:
        """The loss, the map and the figures as they stood at a frame of the film; weights are those of the end."""
        step = self.frames[frame]
        return replace(
            self, id=f"{self.id}-film", status="showing", step=step,
            curve=[point for point in self.curve if point[0] <= step],
            held_out=[point for point in self.held_out if point[0] <= step],
            frames=self.frames[: frame + 1], points=self.points[: frame + 1], pca=self.pca[: frame + 1], features=None,
            scores=self.score_film[frame], knn=self.knn_film[frame],
        )  # fmt: skip


def _at_the_end(figures: dict[str, Any]) -> dict[str, Any]:
    return {"scores": figures["scores"], "knn": float(figures["probes"]["trained"]["knn"])}


@lru_cache(maxsize=64)
def from_recording(run: Recording, name: str) -> RunView:
    """A recorded run at its end; `figures` have what was measured of all its run seeds as `runs`."""
    return RunView(
        id=f"recorded-{name}",
        mode="recorded",
        status="done",
        config=run.config,
        step=int(run.steps[-1]),
        seconds=run.meta["processor_seconds"],
        device=run.meta["device"],
        curve=smooth(run.losses),
        held_out=[[int(s), float(v)] for s, v in zip(run.steps, run.held_out, strict=True)],
        frames=[int(s) for s in run.steps],
        points=run.points,
        pca=run.pca,
        features=run.features,
        weights=run.weights,
        kept=run.buffers,
        **_at_the_end(run.figures),
        figures={**run.figures, "runs": [run.figures, *run.repeats]},
        map_steps=run.meta.get("map_steps", 40),  # the first recordings took 40 and did not say so
        score_film=tuple(run.scores),
        knn_film=tuple(run.knn.tolist()),
    )


def from_run(run: Run, *, refit: bool = False) -> RunView:
    """A live run as it stands. PCA is fitted to the first frame, with `refit` to the newest one."""
    evaluations = tuple(run.evaluations)
    points, pca, features = _film(evaluations, refit)
    return RunView(
        id=f"{run.id}-{'refit' if refit else 'first'}",
        mode="live" if run.state is not None else "untrained",
        status=run.status,
        config=run.config,
        step=run.step,
        seconds=run.seconds,
        device=run.device,
        curve=smooth(run.losses),
        held_out=[[e.step, e.loss] for e in evaluations],
        frames=[e.step for e in evaluations],
        points=points,
        pca=pca,
        features=features,
        weights=None if run.state is None else run.state["weights"],
        kept=None if run.state is None else run.state["buffers"],
        **(
            _at_the_end(run.figures)
            if run.figures
            else {"scores": evaluations[-1].scores, "knn": evaluations[-1].knn}
            if evaluations
            else {"scores": {}, "knn": None}
        ),
        figures=run.figures,
        note=run.note,
        phases=tuple(run.phases),
        score_film=tuple(e.scores for e in evaluations),
        knn_film=tuple(e.knn for e in evaluations),
    )


@lru_cache(maxsize=64)
def _film(evaluations: tuple[Evaluation, ...], refit: bool) -> tuple[Points, Points, Points | None]:
    """Both views of all frames, and the newest features; kept, since a page asks several times between two frames."""
    if not evaluations:
        return NONE, NONE, None
    features = [e.features.astype(np.float32) for e in evaluations]
    basis = projection.pca_basis(features[-1 if refit else 0])
    return (
        np.stack([e.points for e in evaluations]),
        np.stack([projection.pca(f, basis) for f in features]),
        features[-1],
    )


def untrained(config: RunConfig) -> RunView:
    """A config that is not trained yet."""
    return RunView(
        id=f"new-{config.key}",
        mode="untrained",
        status="ready",
        config=config,
        step=0,
        seconds=0.0,
        device="",
        curve=[],
        held_out=[],
        frames=[],
        points=NONE,
        pca=NONE,
        features=None,
        weights=None,
        kept=None,
        scores={},
        knn=None,
        figures=None,
    )


def smooth(losses: NDArray[np.float32]) -> list[list[float]]:
    """At most CURVE (step, loss) pairs, each the mean of the steps since the one before."""
    if not len(losses):
        return []
    edges = np.unique(np.linspace(0, len(losses), min(CURVE, len(losses)) + 1).round().astype(int))
    sums = np.add.reduceat(losses.astype(np.float64), edges[:-1])
    return [[int(end), float(s / (end - first))] for first, end, s in zip(edges, edges[1:], sums, strict=False)]
