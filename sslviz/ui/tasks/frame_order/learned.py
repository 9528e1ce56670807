"""What was measured on the page Frame order: how far it holds, and what the switches against shortcuts do."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.data import video
from sslviz.training.results import ablation
from sslviz.ui.frame import current
from sslviz.ui.frame.learned import comparable
from sslviz.ui.frame.measured import Measure, ablation_bars
from sslviz.ui.frame.parts import part
from sslviz.ui.tasks.frame_order.clip import SLUG

SHORTCUT = (
    "Frames that follow each other look alike, pixel by pixel. **That alone is enough to sort many clips**, and a "
    "network may learn nothing else. So OPN shows each frame in one colour channel and moves it a little. Both make "
    "this shortcut much harder, and a person still sees what the frame shows. Both are off by default: with 45 shots "
    "to learn from, this small network then names far fewer orders. Switch them on in **Label**."
)
LOWER = "lower 95 % bootstrap bound"  # as figures.measures calls it
PIXELS = "pixels that change least"  # as the task calls the rule that needs no network
MEASURES = (
    Measure("order named", "accuracy", model=True),
    Measure("linear probe, 100 labels", "probe", hatched=True),
)


def measured(hide: set[str]) -> None:
    """How far the number holds beyond these clips, and what colours and pixels have to do with it."""
    view = current.show(SLUG)
    figures = view.figures or comparable(view)
    if "learned" in hide or figures is None or not figures.get("measures"):
        return
    found = ablation.read(SLUG)
    with st.container(key="shortcuts", border=True, gap="small"):
        part("How far it holds", "held-out shots, and shortcuts")
        left, right = st.columns([2, 3], gap="medium")
        left.markdown(beyond(figures))
        left.markdown(probed(figures))
        if "text" not in hide:
            left.markdown(SHORTCUT)
        with right:
            if found is None:
                st.caption("What the switches do has not been measured yet.")
            else:
                _switches(found, figures["chance"])


def _switches(found: dict[str, Any], rabbit: float) -> None:
    """Bars of what the switches do; `rabbit` is the share that always saying “the rabbit” gets right."""
    lines = [("guessing the order", found["baselines"]["guessing"]), ("always saying “the rabbit”", rabbit)]
    ablation_bars(found, MEASURES, lines, "right on held-out clips")
    row = found["rows"][0]
    st.caption(
        f"Mean and spread of {len(row['accuracy'])} run seeds, {row['steps']:,} steps each. Pixels that change "
        f"least, without a network: {found['baselines'][f'{PIXELS}, nothing else']:.0%} with frames as they are."
    )


def beyond(figures: dict[str, Any]) -> str:
    """What the bootstrap over shots says, and where it fails; empty where it was not measured in these settings."""
    alike = next((name for name in figures["measures"] if name.startswith("label") and name.endswith("alike")), None)
    if alike is None or not figures["baselines"]:
        return ""
    mean, low = (figures["measures"][name]["trained"] for name in (alike, f"{alike}, {LOWER}"))
    chance = figures["baselines"][0]["scores"]["label named"]
    shots = alike.split(", ")[1].split(" ")[0]
    text = (
        f"Clips of one shot are much alike, so it is the **shots** that count: over {shots} held-out shots, each "
        f"counted alike, **{mean:.0%}** of the labels are named. With other shots the result would differ: if shots "
        f"are drawn again from these, the average stays above **{low:.0%}** 39 times out of 40 (95% bootstrap "
        "interval, lower end). "
    )
    text += (
        f"Guessing gives {chance:.0%}, so this is more than luck. "
        if low > chance
        else f"Guessing gives {chance:.0%}, so this may be luck. "
    )
    if (pixels := alike.replace("label named", PIXELS)) in figures["measures"]:
        rule = figures["measures"][pixels]["trained"]
        text += f"But without a network, choosing the order in which pixels change least gives {rule:.0%}: "
        text += (
            "over shots, the network is no better than that. "
            if mean < rule + 0.05
            else f"the network adds {100 * (mean - rule):.0f} points. "
        )
    others = {name: figures["measures"][name]["trained"] for name in figures["measures"] if name.endswith("alone")}
    text += " ".join(f"Of {name.split(', ')[1].removesuffix(' alone')}: {value:.0%}." for name, value in others.items())
    if any("cat" in name for name in others):
        text += " The cat’s old photographs are unlike anything that the network was trained on."
    return text


def probed(figures: dict[str, Any]) -> str:
    """What the probe of this page asks, and how hard that is."""
    shots = []
    for split in video.SPLIT:
        clips = video.clips(split)
        shots.append(sum(bool(clips.shots[shot].character) for shot in np.unique(clips.shot)))
    few = {name: float(np.mean(figures["probes"][name]["few"])) for name in ("trained", "random", "raw")}
    return (
        "**The probe** asks who is in a shot, the rabbit or the rodents, as we noted by hand. This is hard: its "
        f"labels come from {shots[0]} shots, and it is judged on {shots[1]} others. Always saying “the rabbit” is "
        f"right {figures['chance']:.0%} of the time; raw pixels reach {few['raw']:.0%}, a random trunk "
        f"{few['random']:.0%}, this one {few['trained']:.0%}{_seeds(few['raw'])}. Nothing in the training asked who "
        "is in the clip."
    )


def _seeds(raw: float) -> str:
    """What the recorded run seeds gave, since one alone may be lucky; empty where nothing was measured."""
    found = ablation.read(SLUG)
    if found is None:
        return ""
    seeds = found["rows"][0]["probe"]
    text = f" (recorded run seeds: {', '.join(f'{seed:.0%}' for seed in seeds)}"
    close = sum(seed < raw + 0.05 for seed in seeds)
    return f"{text}; {close} of {len(seeds)} no better than raw pixels)" if close else f"{text})"
