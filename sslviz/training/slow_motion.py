"""One training step in words and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

LOSSES = {  # by the unit of a task's loss: what it is, and what would have made it less
    "nats": ("How surprised it was: the mean of −ln p(label).", "less surprising"),
    "squared error": ("How far off it was: the mean squared difference between answer and label.", "nearer"),
    "2 − 2 cos": ("How far its answer points away from the target: the mean of 2 − 2 cos.", "nearer"),
    "weighted nats": ("How surprised it was by each place, rare colours counting more.", "less surprising"),
    "cross-entropy, nats": ("How far its answers are from the labels: the mean of −Σ P ln p.", "nearer"),
    "weighted terms": ("What its terms come to, for each number of the vectors, weighted and added.", "less"),
}


def describe(phases: list[tuple[str, dict[str, Any]]], unit: str) -> list[dict[str, Any]]:
    """The phases of `loop.explain_step` as plain data.

    Args:
        phases: of one step.
        unit: of the task's loss.

    Returns:
        For each phase `name`, `text` and `numbers` (label, value), the values as short strings.
    """
    return [_PHASES[name]({**numbers, "unit": unit}) for name, numbers in phases]


def _draw(n: dict[str, Any]) -> dict[str, Any]:
    count = sum(np.size(v) for v in n["draw"].values())
    text = "Take the next samples and make every random choice."
    return _phase("draw", text, ("samples", len(n["batch"])), ("choices drawn", count))


def _change(n: dict[str, Any]) -> dict[str, Any]:
    labelled = n["labelled"]
    size = sum(v.numel() for v in labelled.inputs.values())
    text = "Carry the choices out. That gives the input and the pseudo-label."
    return _phase("change", text, ("pseudo-labels", int(labelled.where.sum())), ("input numbers", size))


def _forward(n: dict[str, Any]) -> dict[str, Any]:
    each = n["answered"].detach()
    text = "The model answers every label at once."
    best = ("likeliest p", float((-each).exp().max())) if n["unit"] == "nats" else ("least loss", float(each.min()))
    return _phase("forward", text, ("answers", len(each)), (best[0], f"{best[1]:.3f}"))


def _loss(n: dict[str, Any]) -> dict[str, Any]:
    each = n["per_item"].detach()
    text = LOSSES[n["unit"]][0]
    low, high = float(each.min()), float(each.max())
    return _phase("loss", text, ("mean", f"{n['loss']:.3f}"), ("least, most", f"{low:.2f}, {high:.2f}"))


def _gradient(n: dict[str, Any]) -> dict[str, Any]:
    text = f"For every weight: which way would have been {LOSSES[n['unit']][1]}?"
    return _phase("gradient", text, ("weights", n["weights"]), ("length", f"{n['norm']:.3f}"))


def _update(n: dict[str, Any]) -> dict[str, Any]:
    text = "Move all weights a little that way (AdamW)."
    share = 100 * n["moved"] / n["size"]
    return _phase("update", text, ("learning rate", f"{n['rate']:.2g}"), ("weights moved by", f"{share:.2f}%"))


def _phase(name: str, text: str, *numbers: tuple[str, Any]) -> dict[str, Any]:
    plain = [[label, f"{value:,}" if isinstance(value, int) else str(value)] for label, value in numbers]
    return {"name": name, "text": text, "numbers": plain}


_PHASES = {
    "draw": _draw, "change": _change, "forward": _forward, "loss": _loss, "gradient": _gradient, "update": _update,
}  # fmt: skip
