"""What a run is: a frozen set of numbers. The same config gives the same curve."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sslviz.catalogue import TASKS, Option, Options
from sslviz.catalogue.entry import PICTURES

DEVICES = ("auto", "cpu", "cuda", "mps")
DEFAULTS = Options()  # nothing chosen: the task's own defaults
NUMBERS = {
    "seed": Option(0, "Run seed", low=0, high=9999),
    "steps": Option(0, "Budget in steps", low=20, high=20000),
    "batch": Option(0, "Batch size", low=16, high=512),
    "lr": Option(0.0, "Learning rate", low=1e-5, high=1e9),  # a rate that is far too high is a lesson, too
}


@dataclass(frozen=True)
class Budget:
    """What the course of the learning rate depends on: the highest rate, and the number of steps. A run has both."""

    lr: float
    steps: int
    scheduled: int = 0


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
        options: the task's own settings; its defaults where none are given.
        scheduled: the steps that the course of the learning rate is laid out for, of a run that was trained on past
            them, at the lowest rate; 0 for all others.
    """

    task: str
    data: str
    seed: int
    steps: int
    batch: int
    lr: float
    device: str = "auto"
    options: Options = DEFAULTS
    scheduled: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError with the offending value and what is accepted."""
        if self.task not in TASKS:
            msg = f"There is no task {self.task!r}; these are ready: {', '.join(TASKS)}."
            raise ValueError(msg)
        entry = TASKS[self.task]
        judged = PICTURES if entry.pictures else ()  # a trunk for pictures is judged by others than it learned from
        if self.data not in (*entry.data, *judged):
            msg = f"{self.task} can train on {', '.join(entry.data)}, not on {self.data!r}."
            raise ValueError(msg)
        if self.device not in DEVICES:
            msg = f"The device is one of {', '.join(DEVICES)}, not {self.device!r}."
            raise ValueError(msg)
        for name, option in NUMBERS.items():
            if not option.accepts(getattr(self, name)):
                msg = f"{option.title} goes from {option.accepted}, not {getattr(self, name)!r}."
                raise ValueError(msg)
        if self.scheduled and not NUMBERS["steps"].low <= self.scheduled < self.steps:
            msg = f"A run of {self.steps} steps cannot be trained on past {self.scheduled}."
            raise ValueError(msg)
        if self.options == DEFAULTS:
            object.__setattr__(self, "options", entry.options())
        if type(self.options) is not entry.options:
            msg = f"{self.task} takes {entry.options.__name__}, not {self.options!r}."
            raise ValueError(msg)

    @property
    def choices(self) -> dict[str, Any]:
        """The task's own settings by name."""
        return self.options.values()

    def longer(self) -> RunConfig:
        """The same run, trained on by the budget that it began with, as far as a run may go."""
        planned = self.scheduled or self.steps
        return replace(self, steps=min(int(NUMBERS["steps"].high), self.steps + planned), scheduled=planned)

    @property
    def as_begun(self) -> RunConfig:
        """The run before it was trained on."""
        return replace(self, steps=self.scheduled, scheduled=0) if self.scheduled else self

    @property
    def key(self) -> str:
        """Twelve letters that stand for this config."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """All fields, keys sorted; `scheduled` only where it plays a part, so that older runs keep their key."""
        plain = asdict(self)
        if not self.scheduled:
            del plain["scheduled"]
        return json.dumps(plain, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Undo `to_json`. Raises ValueError, with what is accepted."""
        plain = json.loads(text)
        entry = TASKS.get(plain["task"])
        return cls(**{**plain, "options": entry.options.of(plain["options"]) if entry else DEFAULTS})

    def to_query(self) -> dict[str, str]:
        """The parameters of a link, `<slug>_<name>`; what stands at its default is left out."""
        entry, plain = TASKS[self.task], default(self.task)
        values = {name: getattr(self, name) for name in ("data", "seed", "steps", "batch", "lr", "device")}
        changed = {name: value for name, value in values.items() if value != getattr(plain, name)}
        changed |= {name: value for name, value in self.choices.items() if value != entry.fields[name].default}
        return {f"{self.task}_{name}": _text(value) for name, value in changed.items()}


def default(task: str, which: str = "short") -> RunConfig:
    """The task's own budget, that of its longer recording, or its own budget on the data of its third recording.

    Args:
        task: a slug of the catalogue.
        which: "short", "long" or "elsewhere".
    """
    e = TASKS[task]
    long = which == "long"
    steps, batch, lr = (e.long_steps, e.long_batch, e.long_lr) if long else (e.steps, e.batch, e.lr)
    data = {"long": e.long_data, "elsewhere": e.elsewhere}.get(which) or e.data[0]
    return RunConfig(task, data, seed=0, steps=steps, batch=batch, lr=lr)


def from_query(task: str, query: Mapping[str, str]) -> tuple[RunConfig, list[str]]:
    """The config that a link asks for, and one sentence for each value in it that could not be used."""
    entry, config, notes = TASKS[task], default(task), []
    base = default(task)
    fields = {
        "data": Option(base.data, "Data", entry.data),
        "device": Option("auto", "Device", DEVICES),
        **{k: replace(o, default=getattr(base, k)) for k, o in NUMBERS.items()},
    }
    chosen: dict[str, Any] = {}
    for name, option in {**fields, **entry.fields}.items():
        text = query.get(f"{task}_{name}")
        if text is None:
            continue
        try:
            chosen[name] = option.parse(text)
        except (ValueError, OverflowError):
            notes.append(
                f"{option.title}: “{text[:20]}” is not {option.accepted}, so {option.default} is used instead."
            )
    options = entry.options(**{k: v for k, v in chosen.items() if k in entry.fields})
    config = replace(config, **{k: v for k, v in chosen.items() if k in fields}, options=options)
    return config, notes


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
