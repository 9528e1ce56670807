"""The scenes that are much the same in every lesson; a lesson says only what is its own in them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sslviz.ui.frame.lesson import ticks
from sslviz.ui.frame.lesson.scene import On, Said, Scene

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

CLOTHES = (
    "Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no more. People name a few pictures: "
    "shirt, shoe, bag. How many new pictures are then named correctly?"
)
ANYWHERE = f"{CLOTHES} Each thing lies anywhere in its picture."  # where raw pixels are weak for that reason
HOW = "How is it judged?"
PROBE = "By a [[linear probe]]: a very simple model that sees only the vectors of the trunk, and a few true labels."


def begin(
    title: str, says: str, do: str, card: On, why: str, because: str, ask: str, expect: str, beware: str = ""
) -> Scene:
    """The raw sample, as nobody labelled it."""
    return Scene(
        title, title, says, do, (card,), why, because, ask, expect, beware, done=ticks.another, another=True
    )  # fmt: skip


def guess(says: str, do: str, why: str, because: str, ask: str, expect: str, beware: str = "") -> Scene:
    """The visitor answers the label, and then sees what the model says."""
    return Scene(
        "You guess", "Guess before the model does", says, f"{do} Then you see what the model says.", (On("guess"),),
        why, because, ask, expect, beware, done=ticks.answered,
    )  # fmt: skip


def learn(
    says: str, do: str, card: On, why: str, because: str, ask: str, expect: str, beware: str = "",
    title: str = "Watch the model learn",
) -> Scene:  # fmt: skip
    """The model is trained, and its answer on the very sample changes."""
    return Scene(
        "The model learns", title, says, do, (card,), why, because, ask, expect, beware, done=ticks.trained
    )  # fmt: skip


def good(says: str, ask: str, expect: str, beware: str = "", why: str = HOW, because: str = PROBE) -> Scene:
    """What the trunk is good for, judged by what it never saw."""
    title = "What it was good for"
    return Scene(title, title, says, "Compare the three bars.", (On("good"),), why, because, ask, expect, beware)


def check(
    ask: str,
    expect: str,
    about: str = "what you have seen",
    because: str = "The flashcards ask again tomorrow, and in a week: that is how it stays.",
) -> Scene:
    """Questions at the end."""
    title = "Check yourself"
    return Scene(
        title, title, f"Three questions about {about}. Nobody sees your answers.", "Answer the first one.",
        (On("check"),), "And then?", because, ask, expect, done=ticks.quizzed,
    )  # fmt: skip


def said(slug: str) -> Callable[[Any, RunView, int, Any], Said]:
    """What the model answers on a sample, as `said` of the task's card has it."""

    def answer(this: Any, view: RunView, seed: int, options: Any) -> Said:
        found: Said = import_module(f"sslviz.ui.tasks.{slug}.card").said(this, view, seed, options)
        return found

    return answer
