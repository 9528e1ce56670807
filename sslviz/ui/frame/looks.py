"""Looks at a run that goes on: what has changed since the last one, by a small request and without a script run.

The browser asks (`look_view`), `answer` answers; loss, map, the line of figures and cards (`moves`) then move in the
browser alone. What only Python can draw, it draws when `mark` says that there is something: another state, the first
map, a word about why a run waits. A script run for every look would take thirty visitors all of a server's processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from starlette.responses import JSONResponse, Response

from sslviz.training.results import run_view
from sslviz.training.results.run_view import RunView
from sslviz.ui import startup
from sslviz.ui.frame import moves
from sslviz.ui.live import mount
from sslviz.ui.live.events import whole
from sslviz.ui.live.frames import Film, join, pack_film
from sslviz.ui.visitors import COOKIE, is_number

if TYPE_CHECKING:
    from starlette.requests import Request

    from sslviz.training.live.runs import Run

PATH, CARDS = "/looks/{number}", "/moves/{number}/{name}"
NEVER = {"Cache-Control": "no-store"}
LIVE = ("playing", "pausing")
FOR_MANY = (2, 3, 5, 10, 20, 30, 50, 100)  # at so many who train together, the page says so anew
WAITING, AGAIN = 20.0, 10.0  # seconds without a slice, after which the page says why; and until it says it anew


class LookAbout(TypedDict):
    """What the view is sent: whose run, and what of it is drawn by now.

    run: its id; film: of its map; mark, step, frames: as drawn; follows: of which of them a change makes Python draw
    anew; "all": of the mark or the step; moves: name of what a look brings instead, where the step is another; or "".
    """

    run: str
    film: str
    follows: Literal["mark", "step", "frames", "all"]
    mark: str
    step: int
    frames: int
    moves: str


class LookHeader(TypedDict):
    """What a look is answered, before the bytes of the map's new frames.

    run: its id, by which what shows another run by now leaves the answer alone; gone: it is no longer there; line: the
    figures of the run, in HTML; curve, held, budget, mode: as in LossPlot; film: whether frames follow.
    """

    run: str
    gone: bool
    mark: str
    step: int
    frames: int
    line: str
    curve: list[list[float]]
    held: list[list[float]]
    budget: int
    mode: str
    film: bool


def follow(
    key: str,
    view: RunView,
    run: Run | None,
    follows: Literal["mark", "step", "frames", "all"],
    moving: Sequence[moves.Moving] = (),
) -> None:
    """Have this fragment drawn anew when something of a run that goes on has changed; none, where it stands still.

    Args:
        key: of the fragment.
        view: the run as it is drawn.
        run: the run.
        follows: of what a change has it drawn anew.
        moving: what of it changes with each step, if that is all: a look then brings that, and Python draws nothing.
    """
    live = run is not None and view.status in LIVE
    held = moves.hold(key, run.id if run else "", moving if live else ())
    if run is not None and live:
        look_view(
            f"{key}_look",
            data={
                "run": run.id, "film": view.id, "follows": follows, "mark": mark(run), "step": view.step,
                "frames": len(view.frames), "moves": held,
            },
        )  # fmt: skip


def look_view(key: str, *, data: LookAbout) -> None:
    """Look at a run again and again. It draws nothing."""
    mount("frame/look", key, data, tells={"moved": {"turn": whole(0, 2**53)}})


def mark(run: Run) -> str:
    """What only Python draws: the state of a run, its first map, its notes, why it waits, who else trains."""
    waits = run.waits
    why = int(waits // AGAIN) if waits >= WAITING else 0
    others = startup.runs().training() > (run.status == "playing")
    return f"{run.status} {bool(run.evaluations)} {len(run.phases)} {len(run.note)} {why} {others} {for_many(run)}"


def for_many(run: Run) -> str:
    """For how many visitors a run is trained at once, roughly, in words; "" where it is for one alone.

    Roughly, since each new number has the page of each of them drawn anew.
    """
    many = startup.runs().together(run)
    reached = [least for least in FOR_MANY if many >= least]
    return f"{reached[-1]}{' or more' if reached[-1] > FOR_MANY[0] else ''}" if reached else ""


def answer(request: Request) -> Response:
    """What a look is answered: nothing, where nothing has changed."""
    if (run := _own(request)) is None:
        return _framed({"gone": True})
    run.look()
    asked = request.query_params
    now = mark(run)
    if (asked.get("mark"), asked.get("step"), asked.get("frames")) == (now, str(run.step), str(len(run.evaluations))):
        return Response(status_code=204)
    view = run_view.from_run(run, refit=asked.get("film", "").endswith("-refit"))
    seen = asked.get("frames", "")
    since = min(int(seen) if seen.isdecimal() else 0, len(view.frames))
    told: LookHeader = {
        "run": run.id, "gone": False, "mark": now, "step": view.step, "frames": len(view.frames),
        "line": line(view, time_left(run)),
        "curve": [[step, round(loss, 5)] for step, loss in view.curve], "held": view.held_out,
        "budget": max(view.config.steps, view.step), "mode": view.mode, "film": since < len(view.frames),
    }  # fmt: skip
    if not told["film"]:
        return _framed(told)
    film = Film(view.id, view.frames, view.points, view.pca, range(view.points.shape[1]), (), ())
    return _framed(told, pack_film(film, since=since, full=False))


def cards(request: Request) -> Response:
    """What `moves` draws under a name for the run as it is: {"step", "moved"}, null where only Python can draw it.

    A request of its own: a look, by which the line of figures moves, does not wait for a network that is asked.
    """
    if (run := _own(request)) is None:
        return JSONResponse({"step": 0, "moved": None}, headers=NEVER)
    own = request.cookies.get(COOKIE)
    view = run_view.from_run(run)
    moved = moves.drawn(request.path_params["name"], own if is_number(own) else None, view)
    return JSONResponse({"step": view.step, "moved": moved}, headers=NEVER)


def _own(request: Request) -> Run | None:
    """The run that is asked about, where it is that visitor's."""
    run = startup.known(request.path_params["number"])
    if run is None or (is_number(run.viewer) and request.cookies.get(COOKIE) != run.viewer):
        return None
    return run


def _framed(told: Any, film: bytes = b"") -> Response:
    return Response(join(told, film), media_type="application/octet-stream", headers=NEVER)


def line(view: RunView, left: str = "") -> str:
    """How a run stands, in one line of HTML; `left` is what is left of its time."""
    budget = max(view.config.steps, view.step)
    mode = {"recorded": "◷ recorded", "live": "● live", "untrained": "○ untrained"}[view.mode]
    where = {"cpu": "one CPU core", "cuda": "GPU (CUDA)", "mps": "GPU (MPS)"}.get(view.device.split(":")[0], "")
    spent = f"<span><b>{view.seconds:,.0f}</b> s on {where}</span>" if where else ""
    if view.mode == "recorded" and view.device == "cpu":
        spent = f"<span><b>{view.seconds:,.0f}</b> s of one CPU core</span>"
    state = f"<span>{view.status}</span>" if view.status in ("pausing", "paused") else ""
    if view.status == "showing":
        state, spent = "<span>film</span>", ""
    if view.status == "playing":
        state = f"<span>{'measuring what it learned' if view.step >= budget else f'about {left} left'}</span>"
    now = [*list(view.scores.items())[:1], *([("k-NN", view.knn)] if view.knn is not None else [])]
    over = "all held-out samples" if view.figures and view.status != "showing" else "a part of the held-out samples"
    scores = "".join(f"<span title='{over}'>{name} <b>{share(value)}</b></span>" for name, value in now)
    return (
        f"<div class='run' data-run='{view.run}'><span>step <b>{view.step:,}</b> of {budget:,}</span>"
        f"<progress max='{budget}' value='{view.step}' aria-label='steps done'></progress>{state}{scores}"
        f"<span>run seed <b>{view.config.seed}</b></span>{spent}<span class='mode'>{mode}</span></div>"
    )


def share(value: float) -> str:
    """A share as a percentage; a dash where there was nothing to be measured.

    >>> share(0.5), share(float("nan"))
    ('50%', '–')
    """
    return "–" if value != value else f"{value:.0%}"  # noqa: PLR0124 - only NaN is not itself


def time_left(run: Run | None) -> str:
    """How long a run that plays needs while the others go on, too, in words; "" for one that does not play."""
    if run is None or run.status != "playing":
        return ""
    seconds = startup.runs().seconds_left(run)
    for size, name in ((1, "s"), (60, "min")):
        if seconds < 100 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds / 3600:.0f} h"
