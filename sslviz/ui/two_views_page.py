"""Words and questions of the page Two views, and the collapse lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.training import ablation, recorded
from sslviz.ui import current, page, pairs_card, two_views_card
from sslviz.ui.bars import Bar, bars
from sslviz.ui.learned import reached
from sslviz.ui.parts import part
from sslviz.ui.pictures import data_address
from sslviz.ui.two_views_card import SLUG

if TYPE_CHECKING:
    from sslviz.training.shown import Shown

LEAD = {
    "Basic": "Two people look at one thing from two sides, and one must guess what the other will say of it. Whoever "
    "is always right may have understood, or both always say the same word. Which of the two, the score does not tell.",
    "Standard": "Every picture is changed at random, twice. From one view the model must foretell the vector that a "
    "slower copy of it, the target, gives to the other view. No picture has to be told from another one. So always the "
    "same vector would do; a predictor on one side only, and no gradient into the target, are there against that.",
    "Detailed": "ℓ = 2 − 2 cos(q(z), sg(z′)), with the views once this and once the other way round; z = projector of "
    "encoder, q the predictor, z′ from the target; 0 to 4, unrelated vectors cost 2 (the paper adds both directions "
    "up: 4). After each step ξ ← m ξ + (1 − m) θ; m = 0 makes the target the model itself: SimSiam. BYOL: arXiv "
    "2006.07733, section 3.1; SimSiam: 2011.10566, section 3, and section 4 for what each part is needed for.",
}
SPREAD, COSINE, RANK = (
    "spread, share of the most possible", "mean cosine", "effective rank, share of the directions",
)  # fmt: skip
LETTERS = "ABCD"
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; in another setting those that are always known."""
    return page.loss_lines(view) or [
        {"name": "unrelated vectors", "value": 2.0, "kind": "chance"},
        {"name": "always the same vector", "value": 0.0, "kind": "baseline"},
    ]


def collapse_lab(hide: set[str]) -> None:
    """What happens without predictor, stop-gradient or momentum: recorded runs, each with its meters."""
    if "learned" in hide:
        return
    found = ablation.read(SLUG)
    with st.container(key="collapse_lab", border=True, gap="small"):
        part("Collapse lab", "the same model trained in several ways: which ones are dead?")
        if "text" not in hide:
            st.markdown(LAB)
        if found is None:
            st.caption("These runs have not been recorded yet.")
            return
        left, right = st.columns([3, 2], gap="medium")
        with left:
            seeds = len(found["rows"][0]["accuracy"])
            spread = f"spread of the output, share of 1/√128, {seeds} run seeds"
            rows = [
                (row["name"], [Bar(spread, row["measures"][SPREAD]), Bar("linear probe", row["probe"], hatched=True)])
                for row in found["rows"]
            ]
            bars(rows, reached(SLUG), "share; the probe names held-out clothes", key=rows[0][1])
        with right:
            st.markdown(table(found))
            st.caption("Spread as a share of 1/√128; mean cosine of two pictures; effective rank, of 128 directions.")
            st.markdown(f"{meaning(found)}\n\n{other_view()}")


LAB = (
    "Nothing in the loss forbids to say the same of every picture: that costs 0. Such a model is *collapsed*: dead, "
    "with the lowest loss there is. Switch the parts yourself: in the card under *Label*, then Reset and Play, and "
    "look at its meters. **When this task is useful:** no negatives, so no large batch and no queue, and two shoes "
    "need not be told apart. **When not:** where nobody looks at the meters."
)


def table(found: dict[str, Any]) -> str:
    """The numbers, a row a way, means over run seeds."""
    lines = "| Way | loss | spread | cosine | rank | probe |\n"
    lines += "| :-- | --: | --: | --: | --: | --: |\n"
    for row in found["rows"]:
        spread, cosine, rank = (float(np.mean(row["measures"][name])) for name in (SPREAD, COSINE, RANK))
        lines += (
            f"| {row['name']} | {loss(np.mean(row['loss']))} | {spread:.3f} | {cosine:.2f} | {128 * rank:.1f} | "
            f"{np.mean(row['probe']):.1%} |\n"
        )
    return lines


def loss(value: float) -> str:
    """Three digits, or the power of ten where these would be zeros."""
    if value >= 0.001 or value <= 0:
        return f"{value:.3f}"
    digit, power = f"{value:.0e}".split("e-")
    return f"{digit} · 10⁻{str(int(power)).translate(SUPERSCRIPT)}"


def other_view() -> str:
    """How often the recorded model finds the other view of a picture, which is not what it was asked for."""
    run = recorded.read(SLUG)
    if run is None:
        return ""
    name = next(iter(run.figures["scores"]))
    mine = float(np.mean([figures["scores"][name] for figures in (run.figures, *run.repeats)]))
    raw = next(b["scores"][name] for b in run.figures["baselines"] if b["name"] == "raw pixels")
    told = f"**{name[0].upper()}{name[1:]}** among 250: this model {mine:.0%}, raw pixels {raw:.0%}. "
    if mine >= raw:
        return told
    return told + (
        "So at this it is worse than pixels. It was never asked to tell pictures apart, only to say the same of two "
        "views: compare it by meters and probe."
    )


def meaning(found: dict[str, Any]) -> str:
    """What the numbers say, in a few sentences; all of them come from the file."""
    rows = [
        (row["name"], float(np.mean(row["loss"])), float(np.mean(row["measures"][SPREAD]))) for row in found["rows"]
    ]
    counted = {row["name"]: sum(s < 0.1 for s in row["measures"][SPREAD]) for row in found["rows"]}
    dead = [name for name, count in counted.items() if count]
    seeds = len(found["rows"][0]["accuracy"])
    lowest = min(rows, key=lambda row: row[1])
    probes = {row["name"]: float(np.mean(row["probe"])) for row in found["rows"]}
    best = max(probes, key=lambda name: probes[name])
    fate = "dead: its spread is below a tenth of 1/√128" if counted[lowest[0]] == seeds else "not dead in every run"
    named = ", ".join(f"{name} ({counted[name]} of {seeds} runs)" for name in dead)
    return (
        f"The lowest loss ({loss(lowest[1])}) has **{lowest[0]}**, and that model is {fate}. "
        + (f"Collapsed: {named}. " if dead else "None collapsed within this budget. ")
        + "The meters read what the model says at its end; the probe reads the trunk before that, which may be alive "
        f"still. The best probe ({probes[best]:.1%}) has **{best}**. {_batch(found)}So judge by meters and "
        "probe, never by this loss alone."
    )


def _batch(found: dict[str, Any]) -> str:
    """What it changes if the heads see one picture at a time; nothing where that was not tried."""
    probes = {row["name"]: row["probe"] for row in found["rows"]}
    usual, alone = (probes.get(name) for name in ("as BYOL", "heads normalised by picture"))
    if usual is None or alone is None:
        return ""
    needed = (
        "so here the other pictures of a batch matter, though the loss never names them"
        if max(alone) < min(usual)
        else "the runs overlap, so three of them do not tell whether the other pictures of a batch matter"
    )
    return (
        f"With heads that normalise each picture for itself the probe is {np.mean(alone):.1%} instead of "
        f"{np.mean(usual):.1%}: {needed}. "
    )


def question(slug: str) -> dict[str, Any]:
    """A view, and four others of which one is of the same picture."""
    number = st.session_state.get(f"{slug}_guess", 0)
    this = pairs_card.sample(number + 1000, "mixed", None)
    rng = np.random.default_rng((number, two_views_card.PAGE, 99))
    labelled = two_views_card.label(this.pixels, number + 5000, {})
    n, views, view = len(this.pixels), labelled.inputs["views"], current.show(slug)
    said = two_views_card.answer(view, labelled)
    asked = int(rng.integers(n))
    shown = [int(i) for i in rng.permutation([asked, *[i for i in rng.permutation(n) if i != asked][:3]])]
    letter = dict(zip(shown, LETTERS, strict=True))
    pixels = views.flatten(1) - views.flatten(1).mean(0)
    pixels = pixels / pixels.norm(dim=1, keepdim=True)

    def best(row: Any) -> str:
        return letter[max(shown, key=lambda i: float(row[i]))]

    def show() -> None:
        small = pairs_card._bytes(views)
        cells = [("this view", asked), *((letter[i], i + n) for i in shown)]
        st.html(
            "<div class='views'>"
            + "".join(
                f"<figure><img src='{data_address(small[i], 'PNG')}' alt='{name}' width='72' height='72'>"
                f"<figcaption>{name}</figcaption></figure>"
                for name, i in cells
            )
            + "</div>"
        )

    return {
        "question": "The target’s words on one of these are foretold from this view. On which?",
        "choices": list(LETTERS),
        "truth": letter[asked],
        "model": best(said.cosines(asked)),
        "others": {"raw pixels": best(pixels[n:] @ pixels[asked])},
        "chance": 1 / len(shown),
        "show": show,
    }
