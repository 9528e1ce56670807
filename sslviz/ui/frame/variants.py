"""Pages that ask more than one question: a model learned one variant of the task and can answer no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sslviz.training.results.run_view import untrained

if TYPE_CHECKING:
    from sslviz.catalogue import Options
    from sslviz.training.results.run_view import RunView


def able(view: RunView, variant: str) -> RunView:
    """The run in view; where it learned another variant, an untrained network that can answer this one."""
    if view.config.choices["way"] == variant:
        return view
    return untrained(replace(view.config, options=type(view.config.options).of({"way": variant})))


def trained_otherwise(view: RunView, options: Options, variant: str) -> str:
    """A sentence where the run in view was trained with other settings than those of the card; else empty.

    Args:
        view: the run in view.
        options: the settings as they stand now.
        variant: name of the setting that says what is asked; empty where there is one question.
    """
    trained, chosen = view.config.choices, options.values()
    anew = "“Train it yourself” trains" if view.mode == "recorded" else "Reset, then Play, trains"
    if view.mode == "untrained":
        return ""
    if variant and trained[variant] != chosen[variant]:
        learned = f"“{trained[variant]}”"
        return (
            f"⚑ The {view.mode} model learned {learned} and cannot answer this, so on the card an untrained network "
            f"does. Loss, map and what it learned are still those of {learned}. {anew} this one."
        )
    other = [
        f"“{option.title}” {_said(trained[name])}"
        for name, option in options.described().items()
        if trained[name] != chosen[name]
    ]
    if not other:
        return ""
    return f"⚑ The {view.mode} model was trained with: {', '.join(other)}. {anew} with what is set now."


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, str) else f"{value:g}"
