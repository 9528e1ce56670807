"""Widgets for a task's settings: what each is, follows from the option that it sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.ui.frame import settings


@dataclass(frozen=True)
class Control:
    """A widget for one setting: a switch, one of a few choices, or a number.

    Attributes:
        name: of the setting.
        step: from one number to the next; None: 1 for whole numbers, 0.01 for others.
        help: what it does, beside the widget.
        format: how a number is written.
        typed: whether a number is typed, since it goes over many powers of ten.
        used: whether the other settings leave it anything to do; None: always.
    """

    name: str
    step: float | None = None
    help: str | None = None
    format: str | None = None
    typed: bool = False
    used: Callable[[Any], bool] | None = None

    def by(self, slug: str) -> float:
        """From one number to the next."""
        whole = type(TASKS[slug].fields[self.name].default) is int
        return self.step if self.step is not None else 1 if whole else 0.01

    def slides(self, slug: str, options: Any) -> bool:
        """Whether it is a slider that can be moved, with these settings."""
        option = TASKS[slug].fields[self.name]
        number = not isinstance(option.default, bool) and not option.choices and not self.typed
        return number and (self.used is None or self.used(options))


@dataclass(frozen=True)
class Note:
    """A remark under the settings."""

    text: str

    def __call__(self) -> None:
        """Draw it."""
        st.caption(self.text)


def draw_controls(slug: str, controls: Iterable[Control | Callable[[], None]]) -> None:
    """Draw the widgets of a task's settings, one below the other; what is no control draws itself."""
    for control in controls:
        if isinstance(control, Control):
            _draw(slug, control)
        else:
            control()


def _draw(slug: str, control: Control) -> None:
    option = TASKS[slug].fields[control.name]
    unused = control.used is not None and not control.used(settings.options(slug, TASKS[slug].options))
    common: dict[str, Any] = {
        "key": settings.begin(slug, control.name, option.default), "help": control.help, "disabled": unused,
        **settings.KEPT,
    }  # fmt: skip
    if isinstance(option.default, bool):
        st.toggle(option.title, **common)
    elif option.choices:
        st.segmented_control(option.title, option.choices, required=True, **common)
    else:
        kind = type(option.default)
        number = st.number_input if control.typed else st.slider
        number(
            option.title, kind(option.low), kind(option.high), step=kind(control.by(slug)), format=control.format,
            **common,
        )  # fmt: skip
