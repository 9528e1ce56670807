"""All pretext tasks, one module each, found by walking this folder. No torch: home and links need nothing heavy."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from sslviz.catalogue.entry import FAMILIES, MODALITIES, Entry, Expects
from sslviz.catalogue.options import Option, Options, option

if TYPE_CHECKING:
    from sslviz.tasks.base import Task


def _entries() -> list[Entry]:
    """The `ENTRY` of every module here that has one: by family, and by its place within it."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found: list[Entry] = [module.ENTRY for module in modules if hasattr(module, "ENTRY")]
    return sorted(found, key=lambda entry: (list(FAMILIES).index(entry.family), entry.order, entry.slug))


TASKS: dict[str, Entry] = {entry.slug: entry for entry in _entries()}


def load(slug: str) -> Task[Any, Any]:
    """The task behind a slug; imports torch.

    Raises:
        ValueError: for a slug that stands for no task, naming those that do.
    """
    if slug not in TASKS:
        msg = f"There is no task {slug!r}; these are ready: {', '.join(TASKS)}."
        raise ValueError(msg)
    module, name = TASKS[slug].module.split(":")
    task: Task[Any, Any] = getattr(import_module(module), name)()
    return task


__all__ = ["FAMILIES", "MODALITIES", "TASKS", "Entry", "Expects", "Option", "Options", "load", "option"]
