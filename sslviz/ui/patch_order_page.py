"""Words and questions of the page Patch order, and the lab that shows what a shortcut does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import READY
from sslviz.training import ablation
from sslviz.ui import current, page, settings
from sslviz.ui import patch_order_puzzle as patches
from sslviz.ui.bars import Bar, bars
from sslviz.ui.learned import reached
from sslviz.ui.parts import part
from sslviz.ui.patch_order_puzzle import LIES, SLUG, SWITCHES, TITLES, TURNS

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

LEAD = {
    "Basic": "Cut a picture into pieces and shuffle them, as in a jigsaw puzzle. Where was each piece? Whoever did it "
    "knows, and nobody had to say what the picture shows. A shirt has its collar on top; a clear sky is blue all over, "
    "and no piece of it has a place of its own.",
    "Standard": "16 patches are shuffled, and none is told where it lies: from what is in it and in the others, each "
    "must say where it was. That is a good label where parts have their places, as in clothes and faces, and a poor "
    "one for sand, sky or a plain border: identical patches cannot be told apart. Guessing costs ln 16 = 2.77. "
    "Other ways ask for the order as a whole, for the way from one tile to another, or for how far it was turned.",
    "Detailed": "Minimise −ln p(order[i] | patch i, the others), mean over i. There is no place embedding: shuffling "
    "what it reads shuffles its answers and changes none. Jigsaw: one softmax over a set of orders; of 3×3 tiles a "
    "hundred, each chosen as far from the nearest as can be (Hamming). Relative position: eight directions. Rotation: "
    "k of rot90. Unlike in the papers, the trunk reads all tiles at once. arXiv 1603.09246, 1505.05192, 1803.07728.",
}
YOUR_TURN = {"relative position": "choose two of its tiles", "rotation": "turn it yourself"}  # else: put it in order
APPLIES = {
    "gap": ("jigsaw 3x3", "relative position"),
    "jitter": ("jigsaw 3x3", "relative position"),
    "normalise": ("jigsaw 2x2", "jigsaw 3x3", "relative position"),
    "lens": tuple(TITLES),
    "drop": tuple(TITLES),
}
HELP = {
    "gap": "Tiles of 8 pixels out of cells of 10, so that the edges of neighbours do not meet; in the "
    "papers the gap is wider, up to half a tile. Off: tiles touch.",
    "jitter": "Each tile from a random place in its cell, up to 2 pixels off. It needs the gap.",
    "normalise": "Every tile gets the same mean and spread, so that brightness does not tell which belong together.",
    "lens": "Red is drawn together and blue spread out, as a simple lens does. Fringes then tell where a tile was.",
    "drop": "One of the three colour channels, drawn at random, stands for all three (as in OPN; Doersch puts noise "
    "into the other two). It ends what a lens gives away.",
}
SHORTCUT = (
    "A network takes the easiest way to the label. If something else than what is shown gives the place away, it "
    "learns that. Doersch and others (2015) found their network reading the **colour fringes** of camera lenses, which "
    "differ from the middle of a photo to its rim ([arXiv 1505.05192](https://arxiv.org/abs/1505.05192), section 3.1). "
    "Our small pictures went through no lens, so here one is put in front of them: red drawn together by 1/16, blue "
    "spread out as much, at most one pixel. You see it with the switch in **Label**."
)
NAMED, PROBE = "label named", "linear probe, 100 labels"
TOUCHING = {"gap": False, "jitter": False, "normalise": False}
MOST = "the most that can be"  # as the task calls it: the most patches named, so the least loss
ANSWERS = {"places": 16, "jigsaw 2x2": 24, "jigsaw 3x3": 100, "relative position": 8, "rotation": 4}
LETTERS = "ABCD"
MENDED = {"lens": True, "drop": True}


def label_settings() -> None:
    """What may be changed about the label itself; what the way in view does not use is greyed out."""
    options, way = READY[SLUG].options, settings.value(SLUG, "way", "places")
    st.segmented_control(
        "Pictures", patches.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    for name in SWITCHES:
        st.toggle(
            options[name].title, options[name].default, key=f"{SLUG}_{name}", help=HELP[name],
            disabled=way not in APPLIES[name], **settings.SESSION,
        )  # fmt: skip
    st.caption(
        "The card follows at once; a run trains with these from its next Reset on. With rotation, a step has four "
        "copies of every picture and takes about four times as long."
    )


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; where nothing was measured only guessing."""
    count = ANSWERS[view.config.choices["way"]]
    lines = page.loss_lines(view) or [
        {"name": f"guessing: ln {count}", "value": float(np.log(count)), "kind": "chance"}
    ]
    return [{**line, "name": line["name"].replace(MOST, "the least, for identical patches")} for line in lines]


# guess


def question(slug: str) -> dict[str, Any]:
    """One picture in the way in view."""
    number, way = st.session_state.get(f"{slug}_guess", 0), settings.value(slug, "way", "places")
    this = patches.sample(number + 1000, "mixed", None)
    options = {**{name: option.default for name, option in READY[slug].options.items()}, "way": way}
    row, view = number % len(this.pixels), current.show(slug)
    draw, labelled = patches.label(this.pixels[row : row + 1], number + 5000, options, {})
    said = patches.answer(view, labelled, way, 1)
    puzzle = patches.Puzzle(way, draw, labelled, said, patches.tiles_of(labelled, way))
    found = {"places": _place, "relative position": _direction, "rotation": _turn}.get(way, _order)(puzzle, number)
    if view.config.choices["way"] != way:
        found["model"] = None  # it learned another task
    return {**found, "chance": 1 / len(found["choices"])}


def _place(puzzle: patches.Puzzle, number: int) -> dict[str, Any]:
    """One patch that looks like no other, and four places."""
    from sslviz.catalogue import load

    rng, order, tiles = np.random.default_rng((number, patches.PAGE, 99)), puzzle.draw["order"][0], puzzle.tiles[0]
    alone = np.flatnonzero(puzzle.same(0).sum(1) == 1)
    at = int(rng.choice(alone if len(alone) else np.arange(16)))
    truth = int(order[at])
    places = sorted([truth, *rng.permutation(np.delete(np.arange(16), truth))[:3].tolist()])
    mean = load(SLUG).pool("pictures")["mean"].numpy()[places]
    nearest = int(((mean - tiles[truth].reshape(-1)) ** 2).sum(1).argmin())
    names = {place: f"row {place // 4 + 1}, column {place % 4 + 1}" for place in places}
    return {
        "question": "Where was this patch? Rows count from the top.",
        "choices": [names[place] for place in places],
        "truth": names[truth],
        "model": names[max(places, key=lambda place: float(puzzle.said.p[0][at, place]))],
        "others": {"mean patch": names[places[nearest]]},
        "show": _show([("this patch", patches.sheet(tiles[truth][None])), ("all 16", patches.seen(puzzle, 0))]),
    }


def _order(puzzle: patches.Puzzle, number: int) -> dict[str, Any]:
    """Four ways to put the tiles back, of which one is right."""
    from sslviz.tasks.patch_order import WAYS as CUTS
    from sslviz.tasks.patch_order import fitting, orders_of
    from sslviz.tasks.permutations import inverse

    rng, orders, truth = np.random.default_rng((number, patches.PAGE, 99)), orders_of(puzzle.way), puzzle.truth(0)
    some = rng.permutation([truth, *rng.permutation(np.delete(np.arange(len(orders)), truth))[:3]]).tolist()
    shown = puzzle.tiles[0][puzzle.draw["order"][0]]
    letter = dict(zip(some, LETTERS, strict=True))
    fits = some[int(fitting(puzzle.labelled.inputs["pixels"], orders[some], CUTS[puzzle.way].tile)[0])]
    laid = [(letter[one], patches.sheet(shown[inverse(orders[one])])) for one in some]
    return {
        "question": "Which one puts the picture together?",
        "choices": list(LETTERS),
        "truth": letter[truth],
        "model": letter[max(some, key=lambda one: float(puzzle.said.p[0][one]))],
        "others": {"edges that fit": letter[fits]},
        "show": _show([("shuffled", patches.seen(puzzle, 0)), *laid]),
    }


def _direction(puzzle: patches.Puzzle, number: int) -> dict[str, Any]:  # noqa: ARG001 - the tiles are the question
    first, second = puzzle.tiles[0][puzzle.draw["order"][0]]
    return {
        "question": "Where does tile 2 lie, seen from tile 1?",
        "choices": list(LIES),
        "truth": LIES[puzzle.truth(0)],
        "model": LIES[puzzle.best(0)],
        "others": {},
        "show": _show([("1", patches.sheet(first[None])), ("2", patches.sheet(second[None]))]),
    }


def _turn(puzzle: patches.Puzzle, number: int) -> dict[str, Any]:  # noqa: ARG001 - the turn is the question
    return {
        "question": "By how much was it turned, against the clock?",
        "choices": list(TURNS),
        "truth": TURNS[puzzle.truth(0)],
        "model": TURNS[puzzle.best(0)],
        "others": {},
        "show": _show([("turned", patches.seen(puzzle, 0))]),
    }


def _show(cells: list[tuple[str, str]]) -> Callable[[], None]:
    """Small pictures with a name each."""

    def show() -> None:
        st.html(
            "<div class='views'>"
            + "".join(
                f"<figure><img src='{source}' alt='{name}' width='72' height='72'>"
                f"<figcaption>{name}</figcaption></figure>"
                for name, source in cells
            )
            + "</div>"
        )

    return show


# the shortcut lab


def lab(hide: set[str]) -> None:
    """What switches do to the task and to what is learned; nothing where nothing was measured."""
    found = None if "learned" in hide else ablation.read(SLUG)
    if found is None:
        return
    with st.container(key="shortcuts", border=True, gap="small"):
        part("Shortcut lab", "a task that is solved better need not teach more")
        left, right = st.columns([2, 3], gap="medium")
        if "text" not in hide:
            left.markdown(SHORTCUT)
        left.markdown(meaning(found))
        drawn = [
            (
                f"{row['name']} (guessing: {_guessing(row)})",
                [Bar(NAMED, row["accuracy"], model=True), Bar(PROBE, row["probe"], hatched=True)],
            )
            for row in found["rows"]
        ]
        with right:
            bars(drawn, reached(SLUG), "right on held-out samples", key=drawn[0][1])
            st.caption(protocol(found))


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; every number comes from the file."""
    plain, lens, mended = (_row(found, way="relative position", **o) for o in ({}, {"lens": True}, MENDED))
    if plain is None or lens is None:
        return ""
    task, probe = (100 * (_mean(lens, key) - _mean(plain, key)) for key in ("accuracy", "probe"))
    told = (
        f"Through the lens, **{_mean(lens, 'accuracy'):.0%}** of the directions are named instead of "
        f"{_mean(plain, 'accuracy'):.0%} ({task:+.0f} points). The probe: **{_mean(lens, 'probe'):.0%}** instead of "
        f"{_mean(plain, 'probe'):.0%} ({probe:+.0f}). "
    )
    told += (
        "The label is named far more often, and the probe gains only a part of that: a shortcut. "
        if task > 5 and probe < task / 4
        else "So in these runs the fringes are no shortcut worth the name. "
    )
    if mended is not None:
        told += (
            f"With one colour in place of three there are no fringes: {_mean(mended, 'accuracy'):.0%} are named, and "
            f"the probe says {_mean(mended, 'probe'):.0%}."
        )
    return told + _touching(found)


def _touching(found: dict[str, Any]) -> str:
    """What gap, jitter and evened tiles do to the jigsaw of nine."""
    apart, touch = (_row(found, way="jigsaw 3x3", **options) for options in ({}, TOUCHING))
    if apart is None or touch is None:
        return ""
    told = (
        f" Jigsaw 3×3: with gap, jitter and evened tiles {_mean(apart, 'accuracy'):.0%} of the orders are named, with "
        f"touching tiles as they are {_mean(touch, 'accuracy'):.0%} (probe {_mean(apart, 'probe'):.0%} and "
        f"{_mean(touch, 'probe'):.0%}). "
    )
    more, less = (apart, touch) if _mean(apart, "accuracy") > _mean(touch, "accuracy") else (touch, apart)
    if more is apart:
        told += "So edges that meet are no shortcut for this small network. "
    if _mean(more, "probe") <= _mean(less, "probe"):
        told += "Solving more of the puzzles does not mean knowing more of what they show."
    return told


def _row(found: dict[str, Any], **options: Any) -> dict[str, Any] | None:
    """The way that has these settings, the others as usual."""
    plain = {name: option.default for name, option in READY[SLUG].options.items()}
    wanted = {**plain, **options}
    return next((row for row in found["rows"] if {**plain, **row["options"]} == wanted), None)


def _guessing(row: dict[str, Any]) -> str:
    return f"1 in {ANSWERS[row['options'].get('way', 'places')]}"


def protocol(found: dict[str, Any]) -> str:
    """How it was measured."""
    row = found["rows"][0]
    return (
        f"Mean and spread of {len(row['accuracy'])} run seeds, {row['steps']:,} steps each. Each way has its own "
        "number of answers, so only rows of one way compare in how often the label is named; probes compare in all. "
        "They judge pictures that went through the same lens, in the same colours, evened out the same way."
    )


def _mean(row: dict[str, Any], key: str) -> float:
    return float(np.mean(row[key]))
