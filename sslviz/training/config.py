"""What a run is: a frozen set of numbers. The same config gives the same curve."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sslviz.catalogue import READY, Option

DEVICES = ("auto", "cpu", "cuda", "mps")
NUMBERS = {
    "seed": Option(0, "Run seed", low=0, high=9999),
    "steps": Option(0, "Budget in steps", low=20, high=20000),
    "batch": Option(0, "Batch size", low=16, high=512),
    "lr": Option(0.0, "Learning rate", low=1e-5, high=1e9),  # a rate that is far too high is a lesson, too
}


@dataclass(frozen=True)
class RunConfig:
    """All that decides a training run.

    Attributes:
        task: a slug of the catalogue.
        data: one of the task's data sets.
        seed: of the weights, the batches and the labels; 0 to 9999.
        steps: the budget.
        batch: samples a step.
        lr: the highest learning rate; it warms up over 1/20 of the budget and then falls along a cosine.
        device: "auto" takes CUDA, then MPS, then CPU.
        options: the task's own settings as sorted (name, value) pairs.
    """

    task: str
    data: str
    seed: int
    steps: int
    batch: int
    lr: float
    device: str = "auto"
    options: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError with the offending value and what is accepted."""
        if self.task not in READY:
            msg = f"There is no task {self.task!r}; these are ready: {', '.join(READY)}."
            raise ValueError(msg)
        entry = READY[self.task]
        if self.data not in entry.data:
            msg = f"{self.task} can train on {', '.join(entry.data)}, not on {self.data!r}."
            raise ValueError(msg)
        if self.device not in DEVICES:
            msg = f"The device is one of {', '.join(DEVICES)}, not {self.device!r}."
            raise ValueError(msg)
        for name, option in NUMBERS.items():
            if not option.accepts(getattr(self, name)):
                msg = f"{option.title} goes from {option.accepted}, not {getattr(self, name)!r}."
                raise ValueError(msg)
        for name, value in self.options:
            if name not in entry.options or not entry.options[name].accepts(value):
                accepted = entry.options[name].accepted if name in entry.options else ", ".join(entry.options)
                msg = f"{name} of {self.task} accepts {accepted}, not {value!r}."
                raise ValueError(msg)
        # Defaults that are left out and defaults that are written out are the same run.
        object.__setattr__(self, "options", _sorted(self.choices))

    @property
    def choices(self) -> dict[str, Any]:
        """The task's settings, defaults filled in."""
        return {**{k: o.default for k, o in READY[self.task].options.items()}, **dict(self.options)}

    @property
    def key(self) -> str:
        """Twelve letters that stand for this config."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """All fields, defaults of the options filled in, keys sorted."""
        return json.dumps({**asdict(self), "options": self.choices}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Undo `to_json`."""
        plain = json.loads(text)
        return cls(**{**plain, "options": _sorted(plain["options"])})

    def to_query(self) -> dict[str, str]:
        """The parameters of a link, `<slug>_<name>`; what stands at its default is left out."""
        entry, plain = READY[self.task], default(self.task)
        values = {name: getattr(self, name) for name in ("data", "seed", "steps", "batch", "lr", "device")}
        changed = {name: value for name, value in values.items() if value != getattr(plain, name)}
        changed |= {name: value for name, value in self.choices.items() if value != entry.options[name].default}
        return {f"{self.task}_{name}": _text(value) for name, value in changed.items()}


def default(task: str, *, long: bool = False) -> RunConfig:
    """The task's own budget, or that of its longer recording."""
    e = READY[task]
    steps, batch, lr = (e.long_steps, e.long_batch, e.long_lr) if long else (e.steps, e.batch, e.lr)
    data = e.long_data if long and e.long_data else e.data[0]
    return RunConfig(task, data, seed=0, steps=steps, batch=batch, lr=lr)


def from_query(task: str, query: Mapping[str, str]) -> tuple[RunConfig, list[str]]:
    """The config that a link asks for, and one sentence for each value in it that could not be used."""
    entry, config, notes = READY[task], default(task), []
    base = default(task)
    fields = {
        "data": Option(base.data, "Data", entry.data),
        "device": Option("auto", "Device", DEVICES),
        **{k: replace(o, default=getattr(base, k)) for k, o in NUMBERS.items()},
    }
    chosen: dict[str, Any] = {}
    for name, option in {**fields, **entry.options}.items():
        text = query.get(f"{task}_{name}")
        if text is None:
            continue
        try:
            chosen[name] = option.parse(text)
        except (ValueError, OverflowError):
            notes.append(
                f"{option.title}: “{text[:20]}” is not {option.accepted}, so {option.default} is used instead."
            )
    options = {k: v for k, v in chosen.items() if k in entry.options}
    config = replace(config, **{k: v for k, v in chosen.items() if k in fields}, options=_sorted(options))
    return config, notes


def _sorted(options: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(options.items()))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
