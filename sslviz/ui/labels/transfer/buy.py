"""The part of the page Transfer where a few labels are bought: at random, spread out, and by the visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any, TypedDict

import numpy as np
import streamlit as st

from sslviz.data import images
from sslviz.evaluation.spread import mean_and_spread
from sslviz.training.results import active_learning, recorded, transfer
from sslviz.training.results.active_learning import SIZE
from sslviz.ui.frame import clicks
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.parts import note, part, plain
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.labels.transfer.work import PAGE, bound, busy, follow, model, start, started
from sslviz.ui.live import Event, Handler, mount
from sslviz.ui.live.events import anything

BUDGETS = ("10", "20", "50", "100")
EDGE = 44  # pixels on the screen of a picture whose label was bought
COLUMNS = 10  # of the sheet of pictures that the browser gets; how many it shows in a row is its own affair
YOU, SAME = "You", "Random buyers at your market"
FROM_ALL = dict(zip(transfer.STRATEGIES, ("Random buyers from all", "Spread-out buyers from all"), strict=True))
LEARNING = "Uncovering the classes, learning"
LEVEL = 1.0  # points; what is closer than that counts as level

Both = dict[str, dict[str, Any]]  # what `purchase` returns, by way


def buy(found: dict[str, Any], task: str, run: str) -> None:
    """A few labels to spend: bought at random, spread out over what the trunk sees, or chosen by the visitor."""
    part("You have a few labels: which would you buy?", "the same price for each; classes are known only afterwards")
    name, config, weights, kept = model(task, run)
    if transfer.group(task, config.data) not in transfer.JUDGES:
        note("Labels are for sale for pictures of clothes. Choose a task on pictures above.")
        return
    config = replace(config, data=transfer.PICTURES)  # the same pictures are for sale, whatever it was trained on
    with st.container(key="row_buy", horizontal=True, vertical_alignment="bottom", gap="small"):
        budget = int(st.segmented_control("Labels to buy", BUDGETS, required=True, **bound("labels", "20")))
        seed = int(st.number_input("Buyer (seed)", 0, 9999, width=130, **bound("buying", 0)))
        key = (name, budget, seed)
        st.button(
            "Buy", icon=":material/shopping_cart:", key="buy_now", type="primary", disabled=busy("buy"),
            on_click=clicks.heed,
            args=(lambda: start("buy", key, transfer.buying_stages(config, weights, kept, budget, seed)),),
        )  # fmt: skip
        clicks.follow()
    follow("buy", "Buying, labelling, learning")
    both, said = _both(found, task, run, key)
    note(said)
    if both is not None:
        for column, way in zip(st.columns(2, gap="medium"), transfer.STRATEGIES, strict=True):
            column.html(_basket(way, both[way]))
        st.markdown(bargain(both))
        note(
            f"From {transfer.CANDIDATES:,} training pictures. At random: drawn by seed. Spread out: k-means on the "
            "trunk’s vectors with as many groups as labels, and of each group the picture nearest its centre; no class "
            "is looked at. A class of which no label was bought can never be named. Probe and held-out pictures are "
            "those of the curve below."
        )
    if budget < SIZE:
        _own(key, lambda cells: active_learning.stages(
            config, weights, kept, budget, seed, cells, transfer.STRATEGIES if both is None else ()
        ), both)  # fmt: skip
    else:
        follow("market", LEARNING)
        note(f"{budget} labels would empty your own market of {SIZE}. With fewer you can choose yourself.")


def _both(found: dict[str, Any], task: str, run: str, key: tuple[str, int, int]) -> tuple[Both | None, str]:
    """What the buyers with a rule got, measured now or recorded, and where it comes from."""
    _, budget, seed = key
    for name in ("buy", "market"):
        about, work = started(name)
        if work is not None and work.found is not None and about[:3] == key:
            ways = work.found[-len(transfer.STRATEGIES) :]
            if len(ways) == len(transfer.STRATEGIES):
                return dict(zip(transfer.STRATEGIES, ways, strict=True)), f"● live, in {work.seconds:.0f} s"
    stored = found.get("bought", {})
    if budget == stored.get("labels") and seed == 0 and run != "live":
        both = stored["runs"].get(recorded.name(task, run))
        if both:
            return both, "◷ recorded"
    return None, "Press Buy: it takes a few seconds."


def _basket(way: str, one: dict[str, Any]) -> str:
    """What was bought, as pictures with their classes."""
    pictures = images.load(transfer.PICTURES).images
    figures = "".join(
        f"<figure style='margin:0'><img src='{data_address(pictures[place], 'PNG')}' alt='{escape(kind, quote=True)}' "
        f"title='{escape(kind, quote=True)}' width='{EDGE}' height='{EDGE}' loading='lazy'></figure>"
        for place, kind in zip(one["ids"], one["names"], strict=True)
    )
    kinds = len(set(one["names"]))
    head = f"{way.capitalize()}: {one['accuracies'][0]:.0%} right, {kinds} class{'' if kinds == 1 else 'es'} seen"
    counts = ", ".join(f"{kind} {one['names'].count(kind)}" for kind in dict.fromkeys(one["names"]))
    return (
        f"<h3 style='margin:0 0 .3rem;font-size:.95rem'>{head}</h3>"
        f"<div class='views' style='gap:.25rem'>{figures}</div><p class='remark' style='font-size:.8rem'>"
        f"{escape(counts)}</p>"
    )


def bargain(both: Both) -> str:
    """Which way was the better buy, over all repetitions and not this one alone."""
    right = {way: mean_and_spread(both[way]["accuracies"]) for way in transfer.STRATEGIES}
    means, spreads = ({way: pair[n] for way, pair in right.items()} for n in range(2))
    kinds = {way: float(np.mean(both[way]["classes"])) for way in transfer.STRATEGIES}
    random, spread = transfer.STRATEGIES
    gap = 100 * (means[spread] - means[random])
    said = (
        "the spread-out ones were the better buy" if gap > 1 else "neither was the better buy"
        if gap > -1 else "the random ones were the better buy"
    )  # fmt: skip
    times = len(both[random]["accuracies"])
    return (
        f"**Over {times} buyers {said}**: {means[spread]:.0%} ± {100 * spreads[spread]:.0f} points spread out, "
        f"{means[random]:.0%} ± {100 * spreads[random]:.0f} at random, with {kinds[spread]:.1f} and "
        f"{kinds[random]:.1f} classes seen. One buyer alone may be lucky."
    )


# ---- the visitor's own choice ----------------------------------------------------------------------------------------


def _own(key: tuple[str, int, int], stages: Any, both: Both | None) -> None:
    """A market, what the visitor bought there, and who was ahead."""
    _, budget, seed = key
    state, name = st.session_state, str(seed)
    kept = state.get(f"{PAGE}_market_kept", ("", []))

    def on_event(event: dict[str, Any]) -> None:
        state[f"{PAGE}_market_turn"] = state.get(f"{PAGE}_market_turn", 0) + 1
        try:
            if event.get("id") != name:
                msg = "The market has changed since; please choose again."
                raise ValueError(msg)
            cells = active_learning.picked(event.get("cells"), budget)
        except ValueError as problem:
            state[f"{PAGE}_market_refused"] = str(problem)
            return
        if not busy("market"):
            state[f"{PAGE}_market_kept"] = (name, cells.tolist())
            start("market", (*key, tuple(cells.tolist())), stages(cells))
            state[f"{PAGE}_market_begun"] = True

    with st.container(key="market", gap="small"):
        offer_view(
            "market_card",
            data={
                "id": name, "title": "Or choose yourself",
                "hint": f"{SIZE} of the {transfer.CANDIDATES:,}, drawn by the buyer’s seed: pick {budget}",
                "sheet": _sheet(seed), "columns": COLUMNS, "count": SIZE, "budget": budget,
                "chosen": kept[1] if kept[0] == name else [], "busy": busy("market"),
                "turn": state.get(f"{PAGE}_market_turn", 0),
            },
            on_event=on_event,
        )  # fmt: skip
        if state.pop(f"{PAGE}_market_begun", False):
            st.rerun()  # in full, which begins the polling
        if refused := state.pop(f"{PAGE}_market_refused", ""):
            st.warning(plain(refused), icon=":material/error:")
        work = follow("market", LEARNING)
        if work is None or work.found is None or started("market")[0][:3] != key:
            return
        _outcome(work.found[0], both or {}, work.seconds)


def _outcome(found: dict[str, dict[str, Any]], both: Both, seconds: float) -> None:
    """The visitor's basket, beside the buyers with whom it must be compared."""
    own, same = found["own"], found["same"]
    left, right = st.columns(2, gap="medium")
    left.html(_basket(YOU, own))
    with left:
        note(f"● live, in {seconds:.0f} s")
    times = len(same["accuracies"])
    others = {SAME: same["accuracies"]}
    others |= {f"{FROM_ALL[way]} {transfer.CANDIDATES:,}": one["accuracies"] for way, one in both.items()}
    with right:
        kinds = [Bar("you, once", own["accuracies"], model=True)]
        kinds.append(Bar(f"{times} buyers: mean and spread", same["accuracies"], model=True, hatched=True))
        rows = [(YOU, kinds[:1])]
        rows += [(name, [Bar(kinds[1].name, some, model=True, hatched=True)]) for name, some in others.items()]
        bars(rows, [], "right on held-out pictures", key=kinds)
    st.markdown(ahead(own["accuracies"][0], others))
    note(
        "All buyers pay for as many labels and train the same linear probe. Random buyers at your market draw from the "
        f"{SIZE} pictures that you saw, so only the choice differs; the others choose from all "
        f"{transfer.CANDIDATES:,}. You may choose again, but now you know some classes: another seed is a fresh market."
    )


def ahead(own: float, others: dict[str, list[float]]) -> str:
    """Who was ahead, the visitor or one of the others, of whom the first are the random buyers at the same market.

    Args:
        own: accuracy with the visitor's choice, 0 to 1.
        others: accuracies of the repetitions, by name of the buyers.
    """
    means = {YOU: own} | {name: float(np.mean(some)) for name, some in others.items()}
    first, second = sorted(means, key=lambda name: -means[name])[:2]
    gap = 100 * (means[first] - means[second])
    if gap < LEVEL:
        first, second = sorted((first, second), key=lambda name: name != YOU)  # you come first
        head = f"**{first} and {_inside(second)} are level** with {means[first]:.1%} and {means[second]:.1%}"
    else:
        head = f"**{first} were ahead** with {means[first]:.0%}"
        head += f", {gap:.0f} points more than {_inside(second)}" if first == YOU else ""
    if YOU not in ((first, second) if gap < LEVEL else (first,)):
        head += f"; you got {own:.0%}"
    same = next(iter(others.values()))
    better, (mean, spread) = sum(one > own for one in same), mean_and_spread(same)
    return (
        f"{head}, but one buyer may be lucky: of {len(same)} random buyers at your market, who got "
        f"{mean:.0%} ± {100 * spread:.0f} points, {better or 'none'} did better than you."
    )


def _inside(name: str) -> str:
    """A name within a sentence."""
    return name[0].lower() + name[1:]


@lru_cache(maxsize=20)
def _sheet(seed: int) -> str:
    """The market of a seed as one picture, COLUMNS in a row."""
    clothes = images.load(transfer.PICTURES)
    rows = np.flatnonzero(clothes.labels >= 0)  # as the probe counts them
    some = clothes.images[rows[active_learning.places(seed, len(rows))]]  # (SIZE, 32, 32, 3)
    side = some.shape[1]
    sheet = some.reshape(-1, COLUMNS, side, side, 3).swapaxes(1, 2).reshape(-1, COLUMNS * side, 3)
    return data_address(np.ascontiguousarray(sheet), "PNG")


# ---- the view --------------------------------------------------------------------------------------------------------


class Offer(TypedDict):
    """What the view is sent.

    id: changes with what is for sale, and the choice then starts anew; sheet: address of one picture with all of them,
    `columns` in a row; count: how many are for sale; budget: how many must be chosen; chosen: the choice that a new
    browser page begins with; busy: a purchase goes on; turn: changes with every purchase that was taken or refused.
    """

    id: str
    title: str
    hint: str
    sheet: str
    columns: int
    count: int
    budget: int
    chosen: Sequence[int]
    busy: bool
    turn: int


def offer_view(key: str, *, data: Offer, on_event: Handler = None) -> Event | None:
    """Show pictures for sale; the visitor chooses as many as there are labels, without a round trip, and buys them.

    Returns {"kind": "buy", "id", "cells": [places in the sheet]} in the run that it caused, or None.
    """
    return mount("labels/transfer/market", key, data, handler=on_event, tells={"buy": {"cells": anything}})
