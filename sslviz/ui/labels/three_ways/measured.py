"""Words and parts of the page Three ways to learn."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import TASKS, Option
from sslviz.evaluation.lead import on_both
from sslviz.evaluation.signed import signed
from sslviz.evaluation.spread import mean_and_spread
from sslviz.training.results import three_ways
from sslviz.ui.frame import settings
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.parts import note, part
from sslviz.ui.frame.pictures import data_address

TITLE = "Three ways to learn"
PICTURES, FEWEST = three_ways.PICTURES, three_ways.LABELS[0]
LEAD = {
    "Basic": f"{PICTURES} pictures, three ways to learn from them. Somebody tells you every name; nobody tells you "
    "anything; or you cover a part and ask yourself what was there.",
    "Standard": f"The same {PICTURES} pictures of clothes, anywhere and of any size, and the same small network. What "
    "differs is what is given, "
    f"what is asked, and who made the answer. All are judged on the same {three_ways.TESTED:,} other pictures, and "
    "what each costs is counted in labels that a person must give.",
    "Detailed": "Supervised: min over θ, W of −Σ ln p(y | x), y by a person. Unsupervised: min over groups of "
    "Σ ‖x − c(x)‖², no y. Self-supervised: min over θ of ‖f(visible patches) − hidden patches‖², the target cut from x "
    f"itself; then θ is frozen, and only a linear W is fitted to n labels. Semi-supervised: y by a person for "
    f"{FEWEST}, and ŷ = argmax p(y | x) for the others, where max p ≥ {three_ways.SURE:g}.",
}
OWN = {
    "groups": Option(three_ways.CLUSTERS, "Groups", low=2, high=30),
    "labels": Option("20", "Labels", tuple(str(n) for n in three_ways.LABELS)),
}
BRINGS = "It brings the number of labels that are paid and of groups. All figures are recorded, so they are the same."
STRIP, SURE_ONES, WRONG_ONES = 18, 6, 4
HATCH, HATCH_GROUND, BLANK = (122, 127, 135), (233, 231, 224), (233, 231, 224)
NAMES = {
    "supervised": "Supervised, from scratch",
    "alone": "Self-supervised on these 200, then a probe",
    "recorded": "Self-supervised on many, then a probe",
    "longest": "Self-supervised, the longest run, then a probe",
    "random": "Untrained trunk, then a probe",
    "pixels": "Raw pixels, then a probe",
}
LEARNED = ("alone", "recorded", "longest")  # trunks that learned without labels
MISSING = "These figures have not been recorded yet: python -m sslviz three-ways does it, in a few minutes."
NOT_THIS = (
    "**Pseudo-label, the other one.** Lee (2013, “Pseudo-Label”) meant a *class* that a model guesses: some labels are "
    "bought, a model learns from them, its answers for the other pictures become labels, and it learns again. On the "
    "other pages the data, the batch or the model itself makes the label, and it is never a guess at a class that a "
    "person would give. A guessed class can be wrong, and then the error is learned, too."
)


def ways() -> None:
    """Three cards: the same six pictures with what each way gives and asks."""
    found = three_ways.read()
    pictures, names, classes = three_ways.pictures(), three_ways.names(), three_ways.classes()
    places = three_ways.shown().tolist()
    covered = found["covered"] if found else three_ways.covered()
    ids = _groups(three_ways.CLUSTERS, found)
    told = [_figure(pictures[p], names[classes[p]]) for p in places]
    bare = [_figure(pictures[p], "no label", f"{names[classes[p]]}, without a label") for p in places]
    hidden = [_figure(hide(pictures[p], covered[str(p)]), "given", "a picture with covered patches") for p in places]
    asked = [
        _figure(only(pictures[p], covered[str(p)]), "asked", "the covered patches alone, the label", target=True)
        for p in places
    ]
    cards = (
        _way("Supervised", told, {
            "Given": f"{PICTURES} pictures, each with the name of what it shows",
            "Label": "the true class", "Made by": "a person, one picture at a time",
            "Comes out": f"a network that names {three_ways.CLASSES} classes", "Costs": f"{PICTURES} labels",
        }),
        _way("Unsupervised", bare, {
            "Given": f"{PICTURES} pictures", "Label": "none: nothing is asked", "Made by": "nobody",
            "Comes out": f"groups of pictures that look alike, numbered 0 to {len(set(ids)) - 1}; no number has a name",
            "Costs": f"0 labels to sort; {len(set(ids))} to name the groups",
        }),
        _way("Self-supervised", [*hidden, *asked], {
            "Given": f"{PICTURES} pictures, a part of each covered",
            "Label": "the part that was covered: a pseudo-label",
            "Made by": "the rule that covered it; it is always right",
            "Comes out": "a trunk whose vectors describe a picture; a few labels then name things",
            "Costs": "0 labels to train; n to name things",
        }),
    )  # fmt: skip
    part(f"The same {len(places)} of the {PICTURES} pictures", "what each way is given, and what it is asked")
    st.html(f"<div class='ways'>{''.join(cards)}</div>")


def costs() -> None:
    """How many held-out pictures are right with how many bought labels."""
    part("What the labels bought", f"◷ recorded · right on {three_ways.TESTED:,} held-out pictures")
    found = three_ways.read()
    if found is None:
        st.info(MISSING, icon=":material/hourglass_empty:")
        return
    count = st.segmented_control(
        "Labels that somebody paid for", [str(n) for n in found["labels"]], default=OWN["labels"].default,
        required=True, key="ways_labels", **settings.SESSION,
    )  # fmt: skip
    place = found["labels"].index(int(str(count)))
    names = [name for name in NAMES if name in found["right"]]
    every = found["labels"][place] == found["config"]["pictures"]
    rows = []
    for name in names:
        values, one = found["right"][name][place], _runs(found, name) == 1
        title = f"{NAMES[name]} (one trunk)" if one else NAMES[name]
        # With all labels, nothing differs from seed to seed but networks: what has none is measured once.
        rows.append(
            (title, [Bar("right", values[:1] if every and _runs(found, name) < 2 else values, name in LEARNED)])
        )
    kinds = [Bar("self-supervised trunk", [], model=True), Bar("everything else", [])]
    axis = "right on held-out pictures (accuracy); whiskers: one standard deviation over choices of labels"
    bars(rows, [("always the commonest class", found["chance"])], axis, key=kinds)
    note(cost_words(found, place))
    note(protocol(found))


def _runs(found: dict[str, Any], name: str) -> int:
    """How many networks a way trained: one for each seed, one that was recorded, or none."""
    if name == "supervised":
        return len(found["seeds"])
    return int(found["trunks"][name]["runs"]) if name in found["trunks"] else 0


def cost_words(found: dict[str, Any], place: int) -> str:
    """What the bars say, in words, with what each trunk has seen without labels; whoever is ahead is named."""
    means = {name: mean_and_spread(values[place])[0] for name, values in found["right"].items()}
    best = max(means, key=lambda name: means[name])
    last = {name: values[place] for name, values in found["right"].items()}
    level = [n for n in means if n != best and not on_both(last[best], last[n]).clear]
    tied = (
        f", a tie with {' and '.join(f'“{NAMES[n]}” ({means[n]:.0%})' for n in level)} within two standard errors"
        if level
        else ""
    )
    seen = {name: about["seen"] for name, about in found["trunks"].items()}
    tasks = {name: TASKS[about["task"]].title for name, about in found["trunks"].items()}
    gain = 100 * (means["alone"] - means["random"])
    first = (
        f"With {found['labels'][place]} labels “{NAMES[best]}” is best ({means[best]:.0%}){tied}; supervised from "
        f"scratch reaches {means['supervised']:.0%}, raw pixels {means['pixels']:.0%}. On the same "
        f"{seen['alone']} pictures alone, {tasks['alone']} brings {signed(gain, 0)} points over an untrained trunk: so "
        f"much are {seen['alone']} pictures without labels worth to it."
    )
    lines = [
        f"“{NAMES[name]}”: {tasks[name]}, which saw {seen[name]:,} pictures without any label."
        for name in ("recorded", "longest")
        if name in seen
    ]
    return " ".join([first, *lines])


def protocol(found: dict[str, Any]) -> str:
    """What varies from seed to seed, and how the networks were trained and judged."""
    config = found["config"]
    taught, alone = config["supervised"], config["alone"]
    return (
        f"What varies: which of the {config['pictures']} pictures have a label, equally many of every class: "
        f"{len(found['right']['pixels'][0])} choices for the probes, the first {len(found['seeds'])} of them for the "
        "networks that are trained from scratch, each with weights of its own. A lead is compared on the same choices, "
        f"and is none within two standard errors. With all {config['pictures']} labels nothing varies for a recorded "
        "trunk and for raw pixels. Probe: logistic regression on vectors standardised with the labelled rows, its "
        "penalty chosen on those rows alone. Vectors: the mean over the patches. Supervised: "
        f"{taught['steps'][0]} to {taught['steps'][-1]} steps, more with more labels; the highest learning rate, "
        f"{taught['lr']:g}, is one for all pages, chosen on training pictures set aside. The pretext task on these "
        f"{config['pictures']} alone: {alone['steps']} steps of {alone['batch']}, learning rate {alone['lr']:g}. "
        "Nothing was tuned on held-out pictures."
    )


def piles() -> None:
    """k-means on the pixels: groups as strips of pictures, and how far they agree with the classes."""
    part("What comes out without any label", "k-means on the pixels, computed here; groups from large to small")
    count = st.slider("Groups", 2, 30, three_ways.CLUSTERS, key="ways_groups", **settings.SESSION)
    ids = np.array(_groups(count, three_ways.read()))
    pictures, classes, names = three_ways.pictures(), three_ways.classes(), three_ways.names()
    sizes = np.bincount(ids, minlength=count)
    lines = []
    for k in np.argsort(-sizes, kind="stable").tolist():
        members = np.flatnonzero(ids == k)
        common = np.bincount(classes[members], minlength=len(names))
        strip = "".join(f"<img src='{_address(p)}' alt='' width='32' height='32'>" for p in members[:STRIP].tolist())
        lines.append(
            f"<b style='color:inherit'>{k}</b><span>{strip}</span>"
            f"<em>{common.max()} of {sizes[k]} {escape(names[int(common.argmax())])}</em>"
        )
    st.html(f"<div class='piles'>{''.join(lines)}</div>")
    found = three_ways.read()
    usual = found is not None and count == found["config"]["clusters"]
    agrees = found["groups"] if found and usual else _agreement(tuple(ids.tolist()))
    note(
        f"The words on the right are true classes; k-means never saw them ({len(pictures)} pictures, best of "
        f"{three_ways.STARTS} beginnings). Agreement with them: ARI {agrees['ari']:.2f}, AMI {agrees['ami']:.2f} (both "
        f"0 for groups by chance), NMI {agrees['nmi']:.2f} (the same groups dealt out at random: "
        f"{agrees['shuffled']:.2f}). If a person names each group after the class commonest in it, {count} labels "
        f"are paid, and {agrees['named']:.0%} of these same pictures are named right."
    )


def semi() -> None:
    """Semi-supervised pseudo-labels: the neighbour that is confused with the label of this project."""
    part(
        "The neighbour it is confused with",
        "semi-supervised pseudo-labels: a model guesses classes, and believes itself",
    )
    st.markdown(NOT_THIS)
    found = three_ways.read()
    if found is None:
        st.info(MISSING, icon=":material/hourglass_empty:")
        return
    st.html(semi_table(found))
    note(semi_words(found))
    st.html(f"<div class='told'>{''.join(_answers(found))}</div>")
    note(
        f"Of run seed {found['seeds'][0]}: the {SURE_ONES} answers that the model was surest of, then, of the others, "
        "the surest wrong ones. ✓ and ✕ come from the true classes, which the model cannot see: to it, both kinds are "
        "labels."
    )


def semi_table(found: dict[str, Any]) -> str:
    """A row a run seed: before, and after with sure answers and with all."""
    sure = found["config"]["sure"]
    heads = (
        "Run seed", f"Before: {found['labels'][0]} labels", f"Answers with p ≥ {sure:g}", "of them true",
        "After, with those", "All answers: true", "After, with all",
    )  # fmt: skip
    lines = ["".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)]
    for seed, one in zip(found["seeds"], found["semi"], strict=True):
        some, every = one["sure"], one["all"]
        cells = (
            f"{seed}", f"{one['before']:.1%}", f"{some['labels']} of {every['labels']}", f"{some['true']:.0%}",
            f"{some['after']:.1%}", f"{every['true']:.0%}", f"{every['after']:.1%}",
        )  # fmt: skip
        lines.append("".join(f"<td>{cell}</td>" for cell in cells))
    rows = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<div class='masks' tabindex='0' role='region' aria-label='before and after'><table>{rows}</table></div>"


def semi_words(found: dict[str, Any]) -> str:
    """What the round brought, beside what 200 true labels bring."""
    before = float(np.mean([one["before"] for one in found["semi"]]))
    after = {name: float(np.mean([one[name]["after"] for one in found["semi"]])) for name in ("sure", "all")}
    true = float(np.mean(found["right"]["supervised"][-1]))
    gain = {name: _gain(found, name) for name in after}
    few, all_, steps = found["labels"][0], found["labels"][-1], found["config"]["semi_steps"]
    return (
        f"Right on held-out pictures, mean of {len(found['seeds'])} run seeds: {before:.1%} before; "
        f"{after['sure']:.1%} after with sure answers ({gain['sure']}); {after['all']:.1%} with all ({gain['all']}). "
        f"{all_} true labels bring {true:.1%}. Cost: {few} labels. Each of these networks trains anew for {steps} "
        "steps, before and after alike, so that only the labels differ. (Among the bars above, where steps grow with "
        f"labels, {few} labels get {found['config']['supervised']['steps'][0]}.) One round, and a threshold of "
        f"{found['config']['sure']:g} fixed beforehand; Lee takes every answer at every step, with a weight that grows."
    )


def _gain(found: dict[str, Any], name: str) -> str:
    """What a round brought, in points, with its spread over the run seeds."""
    gains = [100 * (one[name]["after"] - one["before"]) for one in found["semi"]]
    mean, spread = mean_and_spread(gains)
    told = f"{signed(mean)} points, spread {spread:.1f}"
    return told if abs(mean) > spread else f"{told}: neither gain nor harm"


def hide(picture: NDArray[np.uint8], patches: list[int]) -> NDArray[np.uint8]:
    """(32, 32, 3) with the covered patches hatched."""
    result = picture.copy()
    y, x = np.mgrid[:8, :8]
    hatch = np.where(((x + y) % 4 == 0)[..., None], np.array(HATCH), np.array(HATCH_GROUND)).astype(np.uint8)
    for number in patches:
        row, column = divmod(number, 4)
        result[8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = hatch
    return result


def only(picture: NDArray[np.uint8], patches: list[int]) -> NDArray[np.uint8]:
    """(32, 32, 3) with nothing but the covered patches: the label."""
    result = np.full_like(picture, BLANK)
    for number in patches:
        row, column = divmod(number, 4)
        place = np.s_[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        result[place] = picture[place]
    return result


def _answers(found: dict[str, Any]) -> list[str]:
    names, classes = three_ways.names(), three_ways.classes()
    answers = sorted(found["semi"][0]["answers"], key=lambda one: -one[2])
    wrong = [one for one in answers[SURE_ONES:] if classes[one[0]] != one[1]]
    drawn = []
    for place, said, p in [*answers[:SURE_ONES], *wrong[:WRONG_ONES]]:
        right = classes[place] == said
        mark = f"<span class='said{'' if right else ' wrong'}'>{'✓' if right else '✕'} {escape(names[said])}</span>"
        share = f"p = {p:.2f}" if p < 0.995 else "p &gt; 0.99"  # none is certain, however it is rounded
        below = f"{mark}<br>{share}" + ("" if right else f"<br>is: {escape(names[classes[place]])}")
        drawn.append(f"<figure><img src='{_address(place)}' alt='{escape(names[classes[place]])}'>{below}</figure>")
    return drawn


def _way(name: str, figures: list[str], facts: dict[str, str]) -> str:
    told = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts.items())
    return f"<section class='way'><h3>{name}</h3><div class='shots'>{''.join(figures)}</div><dl>{told}</dl></section>"


def _figure(picture: NDArray[np.uint8], below: str, alt: str = "", *, target: bool = False) -> str:
    source = data_address(picture, "PNG")
    kind = " class='target'" if target else ""
    return f"<figure><img{kind} src='{source}' alt='{escape(alt or below)}'>{escape(below)}</figure>"


@lru_cache(maxsize=256)
def _address(place: int) -> str:
    """One of the two hundred as a data: address."""
    return data_address(three_ways.pictures()[place], "PNG")


def _groups(k: int, found: dict[str, Any] | None) -> list[int]:
    """The groups, recorded where they are the usual number, so that the page need not wait for scikit-learn."""
    return list(found["groups"]["ids"]) if found and k == found["config"]["clusters"] else list(_computed(k))


@lru_cache(maxsize=32)
def _computed(k: int) -> tuple[int, ...]:
    return tuple(three_ways.groups(k).tolist())


@lru_cache(maxsize=32)
def _agreement(ids: tuple[int, ...]) -> dict[str, float]:
    return three_ways.agreement(np.array(ids))
