"""Words and questions of the page Frame order, and what the switches against shortcuts do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import READY
from sslviz.data import uploads, video
from sslviz.training import ablation
from sslviz.ui import current, live, page, settings
from sslviz.ui import frame_order_card as clips
from sslviz.ui.bars import Bar, bars
from sslviz.ui.frame_order_card import LETTERS, SLUG
from sslviz.ui.learned import comparable
from sslviz.ui.parts import part, plain

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

LEAD = {
    "Basic": "Photos of a jump have fallen on the floor. Whoever dropped them knows which came first, and nobody had "
    "to say what they show. To sort them you must see what moves, and how. Forwards or backwards does not matter: "
    "a door that opens looks like one that closes.",
    "Standard": "Four frames of a clip are shuffled. The label is how: the true place of each shown frame, such as "
    "3 1 2 4. The sorted order, 1 2 3 4, is the same for every clip and would teach nothing. A clip and the clip run "
    "backwards share a label, so 24 orders make 12 classes, and guessing costs ln 12 = 2.48. Still or swinging things "
    "have no order that can be seen, so parts with much movement are chosen more often.",
    "Detailed": "Minimise −ln p(class | shown frames). All 4 × 16 patches go through the trunk together, with a vector "
    "for the place where a frame is shown. Frames are then compared two by two, |vᵢ − vⱼ| patch by patch; a pair "
    "scores as one, two or three steps apart, and an order scores the sum over its six pairs. OPN asks it of "
    "towers that see one frame each, and lets an order share with its own reversed list (arXiv 1708.01246); here it is "
    "the clip run backwards that shares, 3 1 2 4 with 2 4 3 1. Shuffle and Learn asks whether b, c, d is in order, "
    "against b, a, d and b, e, d, three of four wrong (arXiv 1603.08561).",
}
WAYS = {
    "4 frames": "Four frames, twelve orders",
    "3 frames": "Three frames: which is the middle one?",
    "in order?": "Three frames: in order or not?",
}
HELP = {
    "motion": "Of each clip of two seconds, a part in which much changes is taken more often. At a gap of two quarters "
    "a part is nearly the whole clip, so it matters little; clips in which next to nothing moves are left out anyway.",
    "split": "Each frame is shown in one of its three colours, drawn for each on its own, so that colours cannot be "
    "compared from frame to frame.",
    "jitter": "Each frame is cut out up to a pixel off, on its own. A pixel is more than most things move here.",
}
SHORTCUT = (
    "Frames that follow each other look alike, pixel by pixel. **That alone sorts many clips**, and a network may "
    "learn no more than that. So OPN shows each frame in one colour of its own and cuts it out a little off. Both make "
    "that much harder and leave what is shown as it is. Both are off by default: with 45 shots to learn "
    "from, this small network then names far fewer orders. Switch them on in **Label**."
)
LOWER = "lower 95 % bootstrap bound"  # as figures.measures calls it
PIXELS = "pixels that change least"  # as the task calls the rule that needs no network
NAMED, PROBE = "order named", "linear probe, 100 labels"


def label_settings() -> None:
    """What may be changed about the label itself; what the way in view does not use is greyed out."""
    options, way = READY[SLUG].options, settings.value(SLUG, "way", "4 frames")
    st.slider(options["gap"].title, 1, 2, 2, key=f"{SLUG}_gap", **settings.SESSION)
    for name, text in HELP.items():
        st.toggle(options[name].title, options[name].default, key=f"{SLUG}_{name}", help=text, **settings.SESSION)
    st.slider(
        options["wrong"].title, 0.1, 0.9, 0.75, 0.05, key=f"{SLUG}_wrong", disabled=way != "in order?",
        help="In “in order?” only. Always saying no is right as often.", **settings.SESSION,
    )  # fmt: skip
    st.caption("The card follows at once; a run trains with these from its next Reset on.")


def own_clip(slug: str) -> None:
    """Ask for a file; the frames in it, (8, h, w, 3) uint8 or None, are then `session_state["<slug>_own"]`."""
    file = st.file_uploader(
        "Your own video or animated GIF: at most 20 MB and 60 seconds", key=f"{slug}_upload", max_upload_size=21
    )
    kept = st.session_state.get(f"{slug}_read")
    if file is None:
        st.session_state[f"{slug}_own"] = None
    elif kept is None or kept[0] != file.file_id:  # decoded once, not at every click
        found, told = None, ""
        try:
            found = uploads.clip(file.getvalue(), file.name)
        except uploads.Refused as refused:
            told = str(refused)
        st.session_state[f"{slug}_read"] = (file.file_id, told)
        st.session_state[f"{slug}_own"] = found
    if file is not None and (told := st.session_state[f"{slug}_read"][1]):
        st.warning(plain(told), icon=":material/videocam_off:")


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; where nothing was measured only guessing."""
    choices = view.config.choices
    if lines := page.loss_lines(view):
        return lines
    if choices["way"] == "in order?":
        wrong = choices["wrong"]
        value = float(-wrong * np.log(wrong) - (1 - wrong) * np.log(1 - wrong))
        return [{"name": f"always the same, as {wrong:.0%} are not in order", "value": value, "kind": "chance"}]
    count = {"4 frames": 12, "3 frames": 3}[choices["way"]]
    return [{"name": f"guessing: ln {count}", "value": float(np.log(count)), "kind": "chance"}]


# guess


def question(slug: str) -> dict[str, Any]:
    """One clip in the way in view: its frames, lettered as they are shown, are to be sorted."""
    from sslviz.tasks.frame_order import least_change

    number, way = st.session_state.get(f"{slug}_guess", 0), settings.value(slug, "way", "4 frames")
    options = {**{name: option.default for name, option in READY[slug].options.items()}, "way": way}
    view = current.show(slug)
    one = clips.clip_of(clips.sample(5 * number + 4), view, number + 5000, options)
    count = len(one.said.p)
    least = int(least_change(one.labelled.inputs["frames"], way)[0])
    asked = "Are they in order, forwards or backwards?" if way == "in order?" else "Which order, forwards or backwards?"
    return {
        "question": asked,
        "choices": [lettered(way, i) for i in range(count)],
        "truth": lettered(way, one.truth),
        "model": lettered(way, one.best) if view.config.choices["way"] == way else None,  # else it learned another task
        "others": {"pixels that change least": lettered(way, least)},
        "chance": 1 / count,
        "show": lambda: _sort(slug, number, one),
    }


def lettered(way: str, number: int) -> str:
    """A label in the letters of the frames as they are shown, in the order in time."""
    if way == "in order?":
        return clips.YES_NO[number]
    return " ".join(LETTERS[place] for place in clips.sorted_by(way, number))


def _sort(slug: str, number: int, one: clips.Clip) -> None:
    """The frames, to be sorted by hand; once that is done, the clip in the order of the model and in the true one."""
    widget, k = f"{slug}_guess_{number}", len(one.images)
    done = bool(st.session_state.get(f"{widget}_done"))
    sorting = one.way != "in order?" and not done

    def on_event(event: dict[str, Any]) -> None:
        if event["kind"] == "done" and event.get("id") == widget and sorting:
            order = [int(place) for place in event["order"]]
            play = order if order[0] < order[-1] else order[::-1]
            st.session_state[widget] = " ".join(LETTERS[place] for place in play)

    live.clip_view(
        f"{slug}_sort",
        card={
            "id": widget, "model": "", "title": "", "hint": "", "head": "", "act": sorting, "rows": [],
            "frames": [
                {
                    "image": one.images[i], "name": f"{LETTERS[i]} = {one.ranks[i]}" if done else LETTERS[i],
                    "title": f"frame {LETTERS[i]}" + (f", in time frame {one.ranks[i]}" if done else ""),
                }
                for i in range(k)
            ],
            "submit": "This is my order" if sorting else "",
            "players": _reels(slug, number, one) if done else [
                {"title": "As they lie", "text": "", "kind": "", "frames": list(one.images), "follows": True}
            ],
            "play": "The clip", "play_hint": "", "plays": widget if done else "", "bars": None, "formula": None,
            "note": "Drag a frame onto another, or click two, to swap them; or choose below." if sorting else "",
            "narrow": True, "steps": [],
        },
        on_event=on_event,
    )  # fmt: skip


def _reels(slug: str, number: int, one: clips.Clip) -> list[dict[str, Any]]:
    """The clip as the model sorted it when it was asked, and as it was."""
    said = st.session_state.get(f"{slug}_asked_{number}", {}).get("model")
    reels = clips.players(one)
    if one.way == "in order?":
        return reels
    if said is None:
        return reels[1:]
    places, truth = [LETTERS.index(letter) for letter in said.split()], np.argsort(one.order).tolist()
    right = places in (truth, truth[::-1])
    if right or sum(map(int.__eq__, places[::-1], truth)) > sum(map(int.__eq__, places, truth)):
        places = truth if right else places[::-1]
    reels[0] |= {"frames": [one.images[place] for place in places], "text": "✓ right" if right else "✕ wrong"}
    return reels


# what was measured


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
                return
            drawn = [
                (row["name"], [Bar(NAMED, row["accuracy"], model=True), Bar(PROBE, row["probe"], hatched=True)])
                for row in found["rows"]
            ]
            lines = [
                ("guessing the order", found["baselines"]["guessing"]),
                ("always saying “the rabbit”", figures["chance"]),
            ]
            bars(drawn, lines, "right on held-out clips", key=drawn[0][1])
            row = found["rows"][0]
            st.caption(
                f"Mean and spread of {len(row['accuracy'])} run seeds, {row['steps']:,} steps each. Pixels that change "
                f"least, without a network: {found['baselines']['pixels that change least, nothing else']:.0%} with "
                "frames as they are."
            )


def beyond(figures: dict[str, Any]) -> str:
    """What the bootstrap over shots says, and where it fails, as far as it was measured."""
    alike = next((name for name in figures["measures"] if name.startswith("label") and name.endswith("alike")), None)
    if alike is None:
        return ""
    mean, low = (figures["measures"][name]["trained"] for name in (alike, f"{alike}, {LOWER}"))
    chance = figures["baselines"][0]["scores"]["label named"]
    shots = alike.split(", ")[1].split(" ")[0]
    told = (
        f"Clips of one shot are much alike, so it is the **shots** that count: over {shots} held-out shots, each "
        f"counted alike, **{mean:.0%}** of the labels are named. With other shots that would differ: drawn anew from "
        f"these, the average stays above **{low:.0%}** 39 times out of 40 (95 % bootstrap interval, lower end). "
    )
    told += (
        f"Guessing gives {chance:.0%}, so this is more than luck. "
        if low > chance
        else f"Guessing gives {chance:.0%}, so this may be luck. "
    )
    if (pixels := alike.replace("label named", PIXELS)) in figures["measures"]:
        rule = figures["measures"][pixels]["trained"]
        told += f"But without a network, choosing the order in which pixels change least gives {rule:.0%}: "
        told += (
            "over shots, the network is no better than that. "
            if mean < rule + 0.05
            else f"the network adds {100 * (mean - rule):.0f} points. "
        )
    others = {name: figures["measures"][name]["trained"] for name in figures["measures"] if name.endswith("alone")}
    told += " ".join(f"Of {name.split(', ')[1].removesuffix(' alone')}: {value:.0%}." for name, value in others.items())
    if any("cat" in name for name in others):
        told += " The cat’s old photographs are unlike anything that the network was trained on."
    return told


def probed(figures: dict[str, Any]) -> str:
    """What the probe of this page asks, and how hard that is."""
    shots = []
    for part_name in video.SPLIT:
        clips_of = video.clips(part_name)
        shots.append(sum(bool(clips_of.shots[shot].who) for shot in np.unique(clips_of.shot)))
    few = {name: float(np.mean(figures["probes"][name]["few"])) for name in ("trained", "random", "raw")}
    return (
        "**The probe** asks who is in a shot, the rabbit or the rodents, as we noted by hand. It is a hard one: its "
        f"labels come from {shots[0]} shots, and it is judged on {shots[1]} others. Always saying “the rabbit” is "
        f"right {figures['chance']:.0%} of the time; raw pixels reach {few['raw']:.0%}, a random trunk "
        f"{few['random']:.0%}, this one {few['trained']:.0%}{_seeds(few['raw'])}. Nothing in its training asked who is "
        "there."
    )


def _seeds(raw: float) -> str:
    """What the recorded run seeds gave, since one alone may be lucky; empty where nothing was measured."""
    found = ablation.read(SLUG)
    if found is None:
        return ""
    seeds = found["rows"][0]["probe"]
    told = f" (recorded run seeds: {', '.join(f'{seed:.0%}' for seed in seeds)}"
    close = sum(seed < raw + 0.05 for seed in seeds)
    return f"{told}; {close} of {len(seeds)} no better than raw pixels)" if close else f"{told})"


def functions() -> list[tuple[str, Callable[..., Any]]]:
    """The code on the page."""
    from sslviz.tasks import frame_order as task
    from sslviz.tasks.permutations import inverse

    made = (task.FrameOrder.draw, task.FrameOrder.apply, task.labels, inverse, task.roles)
    return [(f.__name__, f) for f in (*made, task.FrameOrder.loss)]
