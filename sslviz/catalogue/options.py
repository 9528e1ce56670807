"""What may be changed about a task: one frozen dataclass a task, and a description beside each of its fields.

The widget on the page, the parameter in the link, the default and the check of a value all follow from it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Option:
    """A setting that a visitor may change: one of `choices`, a number from `low` to `high`, or a switch.

    `shapes`: the network is built by it, so that weights of one value do not fit another.
    """

    default: Any
    title: str = ""
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    shapes: bool = False

    def accepts(self, value: Any) -> bool:
        """Whether `value` has the right type and is in range."""
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if self.choices:
            return value in self.choices
        numbers = int if isinstance(self.default, int) else (int, float)
        return isinstance(value, numbers) and not isinstance(value, bool) and self.low <= value <= self.high

    def parse(self, text: str) -> Any:
        """The value that `text` from a link stands for. Raises ValueError where it stands for none."""
        if isinstance(self.default, bool):
            value: Any = {"true": True, "false": False}.get(text.lower())
        elif self.choices:
            value = text
        else:
            value = type(self.default)(text)
        if value is None or not self.accepts(value):
            raise ValueError(text)
        return value

    @property
    def accepted(self) -> str:
        """What is accepted, in words."""
        if isinstance(self.default, bool):
            return "true or false"
        return " or ".join(self.choices) if self.choices else f"{self.low:g} to {self.high:g}"


def option(
    default: Any, title: str, choices: tuple[str, ...] = (), *, low: float = 0, high: float = 0, shapes: bool = False
) -> Any:
    """A field of `Options`: its default, and the rest of its `Option`."""
    return field(default=default, metadata={"option": Option(default, title, choices, low, high, shapes)})


@dataclass(frozen=True)
class Options:
    """The settings of one task; each of its fields is an `option`. Bare, it has none: a task then takes its defaults.

    A value that a field does not accept raises ValueError with the value and what is accepted.

    >>> @dataclass(frozen=True)
    ... class Covered(Options):
    ...     share: float = option(0.75, "Share of patches covered", low=0.1, high=0.9)
    >>> Covered(), Covered.described()["share"].accepted
    (Covered(share=0.75), '0.1 to 0.9')
    """

    def __post_init__(self) -> None:
        """Raises ValueError with the offending value and what is accepted."""
        for name, described in self.described().items():
            if not described.accepts(value := getattr(self, name)):
                msg = f"{name} of {self.task()} accepts {described.accepted}, not {value!r}."
                raise ValueError(msg)

    @classmethod
    def task(cls) -> str:
        """Slug of the task, after which the file is named that it stands in."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def described(cls) -> dict[str, Option]:
        """Name → what the field accepts, its default and its title."""
        return {found.name: found.metadata["option"] for found in fields(cls)}

    @classmethod
    def of(cls, values: dict[str, Any]) -> Options:
        """From values by name, as JSON has them; what is left out takes its default. Raises ValueError, see above."""
        for name, value in values.items():
            if name not in cls.described():
                msg = f"{name} of {cls.task()} accepts {', '.join(cls.described())}, not {value!r}."
                raise ValueError(msg)
        return cls(**values)

    def values(self) -> dict[str, Any]:
        """Values by name: undoes `of`."""
        return asdict(self)
