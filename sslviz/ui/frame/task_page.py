"""A task's page as data, and the one function that makes a page of it.

`TaskPage` says what is a task's own: its words, its samples, its card, its question. Everything else is the same on
every page and stands here. Nothing in this folder knows any task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import streamlit as st

from sslviz.catalogue import TASKS
from sslviz.catalogue.options import Option, Options
from sslviz.data import Credit, uploads
from sslviz.training.results import recorded
from sslviz.ui import startup
from sslviz.ui.frame import ahead, current, first_cards, link, looks, moves, settings
from sslviz.ui.frame.code_panel import Listing, code_panel
from sslviz.ui.frame.controls import Control, draw_controls
from sslviz.ui.frame.guess import Question, guess, start_over
from sslviz.ui.frame.last import last, put_off
from sslviz.ui.frame.learned import learned
from sslviz.ui.frame.lesson import lesson_page, views
from sslviz.ui.frame.lesson.scene import Lesson
from sslviz.ui.frame.own_input import OwnInput, aside, bring_back, put_aside
from sslviz.ui.frame.parts import credit_line, drawn_while_open, fold, hidden, left_out, part, plain
from sslviz.ui.frame.parts import note as remark
from sslviz.ui.frame.task_head import task_head
from sslviz.ui.frame.transport import map_info, run_panel
from sslviz.ui.frame.variants import trained_otherwise
from sslviz.ui.frame.walk import another, relabel

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from sslviz.training.results.run_view import RunView

Sample = TypeVar("Sample")
Chosen = TypeVar("Chosen", bound=Options)


@dataclass(frozen=True)
class Part:
    """A part that only this page has.

    Attributes:
        draw: draws it, in a container of its own; is given the parts that a lesson leaves out.
        when: "first", drawn before the card is, for what needs no torch; "card", right after it, and under the run,
            for what is played with; "last", after all else. The first and the last stand folded at the end.
    """

    draw: Callable[[set[str]], None]
    when: Literal["first", "card", "last"] = "first"


@dataclass(frozen=True)
class TaskPage(Generic[Sample, Chosen]):
    """All that the page of one task has for itself.

    Attributes:
        slug: of the task.
        options: the class of its settings.
        lead: what the task is, by depth of explanation.
        thing: what a sample is called.
        most: the largest sample number.
        first: the sample shown first.
        sample: (number, source, own) → a sample; `own` as `own_input` gives it. May raise `uploads.Refused`.
        card: (sample, run in view, label seed, settings, depth) → draws the sample card, its view before all else: what
            that is sent is asked for in advance, too, for other samples and label seeds.
        hint: what a visitor can do with the card; may depend on the settings.
        own_input: asks for the visitor's own sample.
        controls: the settings of the label, in the order in which they are drawn.
        question: asks for one label.
        code: the functions on the page, that which does the work first; imports torch.
        baselines: the dashed lines of the loss plot.
        credits: who made the data on the page.
        sources: kinds of sample to choose from; empty where there is one.
        parts: what only this page has.
        variant: name of the setting that says what is asked, chosen above the card; empty where there is one question.
        foot: draws what stands below all else, before the credits.
        drawn: whether chance plays a part in the label with these settings; None: as the catalogue says.
        link: what else this page's link may set.
        redraw: what the button says that draws by another seed.
        redrawn: what another seed changes.
        code_note: what must be known to read the functions, in a sentence.
        unseen: (run in view, kind of sample) → a sentence, where the model never learned from such samples; else "".
        lesson: its scenes, and what they need; None: the page has only the lab.
    """

    slug: str
    options: type[Chosen]
    lead: Mapping[str, str]
    thing: str
    most: int
    first: int
    sample: Callable[[int, str, Any], Sample]
    card: Callable[[Sample, RunView, int, Chosen, str], None]
    hint: str | Callable[[Chosen], str]
    own_input: OwnInput
    controls: tuple[Control | Callable[[], None], ...]
    question: Callable[[], Question]
    code: Callable[[], Sequence[Listing]]
    baselines: Callable[[RunView], list[dict[str, Any]]]
    credits: Callable[[RunView], Iterable[Credit]]
    sources: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    variant: str = ""
    foot: Callable[[], None] | None = None
    drawn: Callable[[Chosen], bool] | None = None
    link: Mapping[str, Option] | None = None
    redraw: str = "New label"
    redrawn: str = "Same sample, other random choices"
    code_note: str = ""
    unseen: Callable[[RunView, str], str] | None = None
    lesson: Lesson | None = None

    @property
    def own_link(self) -> dict[str, Option]:
        """What the link may set besides the run and its options."""
        name = f"{self.thing.capitalize()} number"
        return {
            "label_seed": Option(0, "Label seed", low=0, high=9999),
            "sample": Option(self.first, name, low=0, high=self.most),
            **({"pictures": Option(self.sources[0], "Pictures", self.sources)} if self.sources else {}),
            "recording": Option("short", "Recorded run", recorded.kinds(self.slug)),
            **(self.link or {}),
        }

    def chosen(self) -> Chosen:
        """The task's settings as they stand now."""
        return settings.options(self.slug, self.options)

    def chance(self, options: Chosen) -> bool:
        """Whether there is more than one label of a sample with these settings."""
        return TASKS[self.slug].drawn if self.drawn is None else self.drawn(options)

    @property
    def seed(self) -> int:
        """The label seed."""
        return int(settings.value(self.slug, "label_seed", 0))

    @property
    def source(self) -> str:
        """The kind of sample that is chosen; empty where there is one."""
        return str(settings.value(self.slug, "pictures", self.sources[0])) if self.sources else ""

    @property
    def in_view_name(self) -> str:
        """By which one tells that another sample, label or setting is in view."""
        number = settings.value(self.slug, "sample", self.first)
        return f"{number}·{self.source}·{self.seed}·{self.chosen()}"

    def in_view(self, *, warn: bool = False) -> Sample:
        """The sample in view; where the visitor's own cannot be used, it is said and a bundled one stands there."""
        number = settings.value(self.slug, "sample", self.first)
        source = self.source
        own = self.own_input.in_view(self.slug)
        try:
            found = self.sample(number, source, own)
        except uploads.Refused as refused:
            if warn:
                st.warning(plain(str(refused)), icon=":material/edit_off:")
            return self.sample(number, source, self.own_input.nothing)
        if warn and (told := self.own_input.told(own)):
            remark(told)
        return found


def draw(page: TaskPage[Any, Any], quiz: Callable[[str], None], lesson_quiz: Callable[[str], None]) -> None:
    """Draw the page; `quiz` draws the quiz at its end, `lesson_quiz` that of its lesson."""
    link.tell(settings.check_link(page.slug, page.own_link))
    with put_off():
        if page.lesson is not None and views.view() != "lab":
            lesson_page.play(page.slug, page.lesson, page, lesson_quiz)
        else:
            _lab(page, quiz)


def _lab(page: TaskPage[Any, Any], quiz: Callable[[str], None]) -> None:
    """All of the page. The card comes first where it can be shown at once; else what needs no torch goes before it."""
    slug, hide = page.slug, hidden()
    with st.container(gap="xsmall"):
        left_out(hide)
        task_head(slug, page.lead, hide, lesson=page.lesson is not None)
        if page.variant:
            _choose_variant(slug, page.variant)
        card = st.container(key="sample_card", border=True, gap="xsmall")
        at_once = first_cards.at_once(page, current.show(slug), _depth())
        if at_once:
            _card(page, card)
        asked, run = st.columns([4, 8], gap="medium") if "guess" not in hide else (None, st.container())
        with run:
            run_panel(slug, hide, page.baselines)
        played = st.container()
        judged, rest = st.columns(2, gap="medium") if "learned" not in hide else (None, st.container(gap="small"))
        below = st.container(gap="small")
        _own_parts(page, "first", below, hide)
        if judged is not None:
            with judged.container(key="learned", border=True, gap="small"):
                st.fragment(lambda: _learned(slug))()
        if "quiz" not in hide:
            with rest, fold("Quiz", "three questions about this task, from its flashcards", "quiz"):
                st.fragment(lambda: quiz(slug))()
        if not at_once:
            _card(page, card)
        _own_parts(page, "card", played, hide)
        if asked is not None:
            with asked.container(key="guess", border=True, gap="small"):
                st.fragment(lambda: guess(slug, page.question))()
        if "code" not in hide:
            with rest, fold("Code", "the very functions that made the label above, and that training runs", "code"):
                code_panel(slug, page.code(), page.code_note)
        _own_parts(page, "last", below, hide)
        if page.foot is not None:
            page.foot()
    credit_line(page.credits(current.show(slug)))


def _own_parts(page: TaskPage[Any, Any], when: str, place: DeltaGenerator, hide: set[str]) -> None:
    """What only this page has; what is not played with stands folded."""
    for number, own in enumerate(page.parts):
        if own.when == when:
            about = "what this label teaches, and where it fails, as measured here"
            with place, nullcontext() if when == "card" else fold("Experiments", about, f"own_{number}"):
                own.draw(hide)


def _depth() -> str:
    """Of explanation, as it was chosen."""
    return st.session_state.get("depth") or "Basic"


def _learned(slug: str) -> None:
    """What was learned; while a run goes on, anew with each frame of its map."""
    view = current.show(slug)
    learned(slug, view, map_info)
    looks.follow(f"{slug}_learned", view, current.run(slug), "frames")


def _card(page: TaskPage[Any, Any], place: DeltaGenerator) -> None:
    """The sample card: its controls, then the sample; that alone is redrawn while a run goes on."""
    slug, around = page.slug, f"{page.slug}_around"

    def label_settings() -> None:
        key = settings.begin
        st.caption("These say which sample it is, and how its label is made.")
        st.number_input("Label seed", 0, 9999, key=key(slug, "label_seed", 0), **settings.KEPT)
        st.number_input(
            f"{page.thing.capitalize()} number", 0, page.most, key=key(slug, "sample", page.first),
            on_change=put_aside, args=(slug,), **settings.KEPT,
        )  # fmt: skip
        if page.sources:
            st.segmented_control(
                "Pictures", page.sources, required=True, key=key(slug, "pictures", page.sources[0]), **settings.KEPT
            )
        draw_controls(slug, page.controls)

    def show() -> None:
        depth = _depth()
        view, options = current.to_be_asked(slug), page.chosen()
        moving: Sequence[moves.Moving] = ()
        if not first_cards.show(page, view, depth):
            this, seed = page.in_view(warn=True), page.seed
            page.card(this, view, seed, options, depth)
            moving = moves.card(page, this, seed, options, depth)
        if other := trained_otherwise(view, options, page.variant):
            remark(other)
        if page.unseen is not None and (new := page.unseen(view, page.source)):
            remark(new)
        last(lambda: ahead.send(page, page.in_view(), view, options, depth, rerun=around))
        looks.follow(f"{slug}_card", view, current.run(slug), "step", moving)

    def body() -> None:
        options = page.chosen()
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(width="stretch"):
                part("Sample", page.hint if isinstance(page.hint, str) else page.hint(options))
            st.button(
                f"Another {page.thing}", icon=":material/skip_next:", key="another_sample", type="tertiary",
                on_click=another, args=(page,),
            )  # fmt: skip
            if aside(slug) and page.own_input.given(slug):
                st.button(
                    f"Back to your {page.own_input.name}", icon=":material/undo:", key="own_again", type="tertiary",
                    on_click=bring_back, args=(slug,),
                )  # fmt: skip
            chance = page.chance(options)
            st.button(
                page.redraw, icon=":material/casino:", key="new_label", type="tertiary", disabled=not chance,
                on_click=relabel, args=(page,),
                help=page.redrawn if chance else "Nothing is drawn: one sample has one label",
            )  # fmt: skip
            drawn_while_open(f"Label, seed {page.seed}", ":material/tune:", f"{slug}_label", label_settings)
            every = {**page.own_link, **page.options.described()}
            bound = {"recording", page.variant, *(page.link or {})}
            settings.keep_in_link(slug, {name: option for name, option in every.items() if name not in bound})
            with st.popover("Your own", icon=":material/edit:"):
                st.caption("What is yours is labelled and answered, never trained on, and kept for this visit only.")
                page.own_input.ask(slug)
        waiting = st.empty()
        if not startup.warm():
            with waiting:
                remark("The first new label takes a few seconds: PyTorch is being loaded.")
        st.fragment(show)()
        last(waiting.empty, waiting)  # now it is there, and so are those ahead

    with place:
        st.fragment(body, key=around)()


def _choose_variant(slug: str, name: str) -> None:
    """What is asked: the first thing to choose on such a page. Another variant is another question to guess, too."""
    option = TASKS[slug].fields[name]
    st.segmented_control(
        "What is asked", option.choices, default=option.default, required=True, key=f"{slug}_{name}",
        label_visibility="collapsed", on_change=start_over, args=(slug,), help="What is asked",
        **settings.SESSION,
    )  # fmt: skip
