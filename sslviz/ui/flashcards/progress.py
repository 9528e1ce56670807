"""Progress: what comes back when, how much is remembered, which days were used, how far each task is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from sslviz.flashcards import schedule
from sslviz.flashcards.connection import Unavailable
from sslviz.flashcards.deck import deck
from sslviz.flashcards.imported import Refused, told
from sslviz.flashcards.progress_file import MAX_EXPORT, MAX_REVIEWS
from sslviz.flashcards.schedule import MATURE, Progress
from sslviz.flashcards.store import Merged, store
from sslviz.ui.flashcards import learner as cards_learner
from sslviz.ui.flashcards import links as cards_links
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.lesson import keeper
from sslviz.ui.frame.parts import drawn_while_open, note, part, plain

DAYS, WEEKS = 30, 26
KINDS = (
    ("mature", f"known for {MATURE} days or more"),
    ("young", "known"),
    ("learning", "being learned"),
    ("new", "new"),
)
STEPS = (0, 1, 10, 30, 60)  # reviews a day from which a square of the heat map is darker


def page_progress() -> None:
    """The part Progress of the page."""
    who, known, now = cards_learner.token(), cards_learner.known(), cards_learner.now()
    past = list(known.past)
    try:
        past = cards_learner.tried(lambda: store().past(who)) if who else past
    except Unavailable as trouble:
        st.warning(f"{plain(str(trouble))} Below is what was known last.", icon=":material/cloud_off:")
    cards = known.deck.of(cards_links.task(), cards_links.level())
    chosen = {card.id for card in cards}
    past = [one for one in past if one.card in chosen]
    memories = {card: memory for card, memory in known.memories.items() if card in chosen}
    days = schedule.streak(past, known.settings, now)
    st.html(
        f"<p class='sums'><span><b>{len(past):,}</b> {'review' if len(past) == 1 else 'reviews'}</span>"
        f"<span><b>{len(memories):,}</b> of "
        f"{len(cards):,} cards seen</span><span><b>{days}</b> {'day' if days == 1 else 'days'} in a row</span></p>"
    )
    left, right = st.columns(2, gap="medium")
    with left.container(key="cards_forecast", border=True, gap="small"):
        part("Forecast", f"cards that come back in the next {DAYS} days, new ones left out")
        st.html(columns(schedule.forecast(chosen, memories, known.settings, now, DAYS)))
    with right.container(key="cards_retention", border=True, gap="small"):
        part("Retention", "how often a known card was still known")
        _retention(schedule.retention(past), known.settings.retention)
    with left.container(key="cards_heat", border=True, gap="small"):
        part("Days", f"reviews a day in the last {WEEKS} weeks")
        weekday = schedule.day_of(now, known.settings.zone).weekday()
        st.html(heat(schedule.heat(past, known.settings, now, 7 * (WEEKS - 1) + weekday + 1)))
    with right.container(key="cards_tasks", border=True, gap="small"):
        part("Tasks", "how far the cards of each are")
        st.html(tasks(schedule.progress(cards, memories, now)))
    with st.container(key="cards_keep", border=True, gap="small"):
        _keep(who)


def _retention(found: schedule.Retention, aim: float) -> None:
    shares = (
        (f"Young: under {MATURE} days", found.young_share, found.young),
        ("Mature", found.mature_share, found.mature),
    )
    rows = [
        (f"{name} ({number:,})", [Bar("right", [] if share is None else [share])]) for name, share, number in shares
    ]
    bars(rows, [("aimed at", aim)], "share of reviews graded Hard, Good or Easy")
    if found.young_share is None and found.mature_share is None:
        note("Nothing is measured yet: a card counts here when it comes back after a day or more.")


def columns(days: Sequence[tuple[date, int]]) -> str:
    """A column a day, the first one today."""
    most = max(1, *(count for _, count in days))
    said = "; ".join(f"{day.day} {day:%b}: {count}" for day, count in days if count) or "no card comes back"
    drawn = "".join(
        f"<i style='height:{100 * count / most:.1f}%' title='{day:%a} {day.day} {day:%b}: {count}'></i>"
        for day, count in days
    )
    ticks = "".join(
        f"<span style='left:{100 * (n + 0.5) / len(days):.1f}%'>{name}</span>" for n, name in _ticks(len(days))
    )
    return (
        f"<div class='forecast' role='img' aria-label='Cards that come back: {escape(said, quote=True)}'>"
        f"<span class='most'>{most}</span><div class='columns'>{drawn}</div><span></span>"
        f"<div class='days'>{ticks}</div></div>"
        "<p class='axis'>cards a day · days from today</p>"
    )


def _ticks(count: int) -> list[tuple[int, str]]:
    return [(n, "today" if n == 0 else f"{n}") for n in (0, 7, 14, 21, 28) if n < count]


def heat(days: Sequence[tuple[date, int]]) -> str:
    """A square a day, a column a week from Monday on; today is the last."""
    squares = "".join(
        f"<i class='h{sum(count >= least for least in STEPS[1:])}' title='{day:%a} {day.day} {day:%b}: {count}'></i>"
        for day, count in days
    )
    used = [(day, count) for day, count in days if count]
    each = "; ".join(f"{day.day} {day:%b}: {count}" for day, count in used[-40:]) or "no review yet"
    said = f"Reviews on {counted(len(used), 'day')}. {each}"
    months = "".join(
        f"<span style='grid-column:{n // 7 + 1}'>{day:%b}</span>"
        for n, (day, _) in enumerate(days)
        if day.day <= 7 and n % 7 == 0
    )
    key = "".join(
        f"<span><i class='h{n}'></i>{least if n == 0 else f'{least}+'}</span>" for n, least in enumerate(STEPS)
    )
    return (
        f"<div class='heat' role='img' aria-label='{escape(said, quote=True)}'>"
        f"<div class='months'>{months}</div><div class='weekdays'><span>Mon</span><span>Thu</span>"
        "<span>Sun</span></div>"
        f"<div class='squares'>{squares}</div></div><p class='heat key'>reviews a day: {key}</p>"
    )


def tasks(found: dict[str, Progress]) -> str:
    """A bar a task, cut into what is known, learned and new."""
    rows, said = [], []
    for task, its in found.items():
        counts = {kind: getattr(its, kind) for kind, _ in KINDS}
        pieces = "".join(
            f"<i class='{kind}' style='width:{100 * count / its.cards:.2f}%'></i>"
            for kind, count in counts.items()
            if count
        )
        name = cards_links.TASK_NAMES[task]
        seen = its.cards - its.new
        chance = "" if its.remembered is None else f" · {its.remembered:.0%}"
        rows.append(f"<span>{escape(name)}</span><div class='cut'>{pieces}</div><em>{seen}/{its.cards}{chance}</em>")
        said.append(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    key = "".join(f"<span><i class='{kind}'></i>{title}</span>" for kind, title in KINDS)
    return (
        f"<div class='tasks' role='img' aria-label='{escape('; '.join(said), quote=True)}'>{''.join(rows)}</div>"
        f"<p class='tasks key'>{key}<span>Right: cards seen · chance to remember those now</span></p>"
    )


def counted(number: int, name: str) -> str:
    """A number and what it counts: 1 review, 2 reviews."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


# keeping


def _keep(who: str | None) -> None:
    """Save, bring, forget."""
    keeper.keep()
    part("Keep", "progress lies under a secret that this browser holds; no name, no account")
    if who is None:
        note("Your browser has not answered yet.")
        return
    save, bring, forget = st.columns(3, gap="medium")
    with save:
        _save(who)
    with bring:
        _bring(who)

    def sure() -> None:
        st.write(
            "All reviews, limits and own cards of this browser are deleted, and what is done of the lessons. "
            "This cannot be undone."
        )
        ticked = st.checkbox("Yes, delete all of it", key="cards_sure")
        st.button("Delete", key="cards_forget", disabled=not ticked, on_click=_forget, args=(who,))

    with forget:
        drawn_while_open("Forget everything", ":material/delete:", "cards_forgetting", sure)
    if said := st.session_state.pop("cards_said", None):
        kind, lines = said
        getattr(st, kind)("\n\n".join(plain(line) for line in lines))


def _save(who: str) -> None:
    now = cards_learner.now()
    try:
        whole = cards_learner.tried(lambda: store().export(who, now, keeper.done()))
    except Unavailable as trouble:
        note(str(trouble))
        return
    st.download_button(  # made at once: what is made when it is pressed is lost if the page is drawn anew meanwhile
        "Save progress", whole, f"sslviz-progress-{now:%Y-%m-%d}.json", "application/json", key="cards_save",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    note(
        f"A file with all reviews (of more than {MAX_REVIEWS:,} the latest), own cards and what is done of the "
        "lessons, without the secret."
    )


def _bring(who: str) -> None:
    with st.popover("Bring progress", icon=":material/upload:"):
        st.write("A file that was saved here or on another computer. What is there already stays as it is.")
        file = st.file_uploader(
            "File of progress", type=["json"], key=f"cards_bring_{st.session_state.get('cards_brought', 0)}",
            max_upload_size=MAX_EXPORT // 1_000_000,
        )  # fmt: skip
        st.button("Bring it in", key="cards_merge", disabled=file is None, on_click=_merge, args=(who, file))


def _merge(who: str, file: Any) -> None:
    if file is None:
        return
    try:
        if file.size > MAX_EXPORT:
            raise Refused(f"This file is larger than the {MAX_EXPORT // 1_000_000} MB allowed for progress.")
        raw = file.getvalue()
        found = cards_learner.tried(lambda: store().merge(who, raw, cards_learner.now(), deck().ids))
    except (Refused, Unavailable) as trouble:
        st.session_state["cards_said"] = ("warning", [str(trouble)])
        return
    st.session_state["cards_brought"] = st.session_state.get("cards_brought", 0) + 1
    st.session_state["cards_said"] = ("success", _merged(found, keeper.bring(found.lessons)))


def _merged(found: Merged, scenes: int) -> list[str]:
    first = f"Brought in: {counted(found.reviews, 'review')} and {counted(found.cards, 'own card')}"
    if scenes:
        first += f", {counted(scenes, 'scene')} of the lessons"
    again = f"{counted(found.known, 'review')} {'was' if found.known == 1 else 'were'} here already."
    return [
        f"{first}; {again}",
        *told(found.notes, "Number"),
    ]


def _forget(who: str) -> None:
    try:
        cards_learner.tried(lambda: store().forget(who))
    except Unavailable as trouble:
        st.session_state["cards_said"] = ("warning", [str(trouble)])
        return
    cards_learner.begin_anew()
    keeper.forget()
    st.session_state["cards_said"] = ("success", ["All of it is deleted. This browser begins anew."])
