"""The scenes of a lesson, as data: what is said, what is on the stage, what there is to do, what ticks it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sslviz.ui.frame.stage import Stage

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView


@dataclass(frozen=True)
class On:
    """A part on the stage.

    Attributes:
        part: its name, one of `parts.PARTS`; "cards" is a round for a class, on a projector; "own" for one that the
            task draws itself.
        rows, skip, panels, pictures, bare, edge: see `stage.Stage`; edge holds in a lesson, not on a projector.
        far: the edge on a projector.
        depth: of explanation, at which the card is drawn.
        asks: whether the task's own part asks for a guess.
        draw: draws the task's own, by size.
    """

    part: str
    rows: int = 9
    skip: int = 0
    panels: tuple[int, ...] = ()
    pictures: int = 0
    bare: bool = False
    edge: int = 0
    far: int = 0
    depth: str = "Basic"
    asks: bool = False
    draw: Callable[[str], None] | None = None

    def stage(self, size: str) -> Stage:
        """The stage on which it stands, by its size."""
        edge = self.edge if size == "large" else self.far
        return Stage(size, self.rows, self.skip, self.panels, self.pictures, self.bare, edge)


@dataclass(frozen=True)
class Scene:
    """One idea on one screen. In a text `[[word]]` is a word of the glossary.

    Attributes:
        name: on the rail, a few words.
        title: the heading.
        says: one or two sentences.
        do: the one thing to do.
        on: what is on the stage.
        why, because: a question, and its answer, which opens in place.
        ask, expect: a question for the class, and the answer that a teacher may expect.
        beware: what people often get wrong here.
        done: whether the thing was done, for this task; None: it is done when one goes on.
        another: whether there is another sample to see.
        relabel: what the button says that draws another label; empty where there is none.
    """

    name: str
    title: str
    says: str
    do: str
    on: tuple[On, ...]
    why: str
    because: str
    ask: str
    expect: str
    beware: str = ""
    done: Callable[[str], bool] | None = None
    another: bool = False
    relabel: str = ""


@dataclass(frozen=True)
class Said:
    """A model's answer on the sample in view, in a few letters.

    Attributes:
        text: the answer.
        right: whether it is the pseudo-label; None where it is neither.
        share: how sure it is of the pseudo-label, or how near it, 0 to 1; None where that is not asked.
    """

    text: str
    right: bool | None
    share: float | None = None

    @classmethod
    def of_error(cls, error: float, rival: float) -> Said:
        """An error beside that of somebody who learned nothing; it is right where it is smaller.

        >>> Said.of_error(0.03, 0.04)
        Said(text='0.030', right=True, share=0.25)
        """
        return cls(f"{error:.3f}", error < rival, max(0.0, 1 - error / rival) if rival else None)


@dataclass(frozen=True)
class Lesson:
    """A task's lesson.

    Attributes:
        scenes: five to eight.
        said: (sample, run in view, label seed, settings of the label) → what the model answers now; None where no
            model is asked.
        about: what that answer is about, in a few words.
        good, poor: what the trained model is good for, and where not: a sentence each.
        before: whether that answer before the first step may stand beside a later one: not where an untrained model is
            right because all is alike to it, nor where the model has a part in its own question.
    """

    scenes: tuple[Scene, ...]
    said: Callable[[Any, RunView, int, Any], Said] | None = None
    about: str = ""
    good: str = ""
    poor: str = ""
    before: bool = False
