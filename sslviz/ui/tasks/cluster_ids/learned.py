"""What the page Cluster IDs shows of the rounds: sizes, agreement, and the clusters as strips of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.data import images
from sslviz.evaluation import groups
from sslviz.evaluation.signed import signed
from sslviz.training.results import ablation
from sslviz.ui.frame import current, looks
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.learned import reached
from sslviz.ui.frame.measured import trained_on
from sslviz.ui.frame.parts import part
from sslviz.ui.tasks.cluster_ids import card as cards

if TYPE_CHECKING:
    from sslviz.training.loop import Learner
    from sslviz.training.results.run_view import RunView

SLUG = cards.SLUG
SHOWN_ROUNDS, CELLS, STRIPS = 8, 120, 8
FIRST, LATEST, ALONE = "First round", "Latest round", "Pixels alone"
WHICH = {
    FIRST: "k-means on what the trunk made of the pictures before its first step.",
    LATEST: "k-means on what the trunk made of them at the latest round.",
    ALONE: "k-means on the pixels, without any model: sorting alone, nothing is learned.",
}
USE = (
    "**When this label is useful:** where no better question is known. Any data that a network turns into vectors "
    "can be sorted, and even an untrained trunk sorts better than chance, which is enough to begin with. HuBERT "
    "(2021) learns speech this way.\n\n**When it is not:** the model never learns what the piles ignore. If pictures "
    "are sorted by brightness or background, it learns brightness or background. The rounds may also lead nowhere: "
    "the model makes its own label, and nobody outside checks it."
)


@dataclass(frozen=True)
class Grouping:
    """One way to sort: `ids` (N) of the training pictures; how far held-out pictures' groups agree with classes."""

    ids: NDArray[np.int64]
    agrees: groups.Agreement


@dataclass(frozen=True)
class Rounds:
    """What a run remembers of its rounds: `steps` (r), `nmi` (r) with the round before, −1 for none; `sizes` (r, K)."""

    steps: NDArray[np.int64]
    nmi: NDArray[np.float32]
    sizes: NDArray[np.int64]


# ---- the rounds -----------------------------------------------------------------------------------------------------


def rounds(hide: set[str]) -> None:
    """Round for round: sizes, empty clusters, agreement; the clusters as strips of pictures; what to make of it."""
    if {"text", "learned"} <= hide:
        return
    with st.container(key="rounds", border=True, gap="small"):
        part("Rounds", "sort, learn to name the piles, sort again with what was learned")
        st.fragment(_rounds)(hide)
        if "learned" not in hide and (measured := ablation.read(SLUG)) is not None:
            with st.container(key="ablation", gap="small"):
                _ways(measured)


def _rounds(hide: set[str]) -> None:
    view = current.to_be_asked(SLUG)
    found = history(view)
    left, right = (st.container(),) * 2 if "learned" in hide else st.columns(2, gap="medium")
    if "learned" not in hide:
        left.html(table(found))
        left.caption(TABLE_NOTE)
        with right:
            _strips(view, found)
    if "text" not in hide:
        left.markdown(f"{jumps(view, found)}\n\n{USE}")
    looks.follow("rounds", view, current.run(SLUG), "step")


TABLE_NOTE = (
    "One line for each round. Each square is a cluster, darker with more pictures, in the order of the latest sizes. "
    "Numbers are matched from round to round (Hungarian assignment), so a square in one place stays the same cluster "
    "as far as that is possible. NMI, 0 to 1 (arithmetic mean; the paper divides by the "
    "geometric one): how far the piles are those of the round before. That says how steady "
    "the piles are, not how good."
)


def _ways(found: dict[str, Any]) -> None:
    """The same model trained in several ways, each differing in one thing."""
    part("What matters?", "the same model and budget; only the number of piles, the rounds or the changes differ")
    seeds = f"mean and spread of {len(found['rows'][0]['probe'])} run seeds"
    rows = [(row["name"], [Bar(seeds, row["probe"], model=True)]) for row in found["rows"]]
    bars(rows, reached(SLUG, found.get("data", "")), "linear probe of the trunk, 100 labels", key=rows[0][1])
    st.caption(trained_on(found))
    st.markdown(meaning(found))


def meaning(found: dict[str, Any]) -> str:
    """What the ways say, in a few sentences; every number comes from the file."""
    usual = next(row for row in found["rows"] if not row["options"])
    probe, named = float(np.mean(usual["probe"])), float(np.mean(usual["accuracy"]))
    said = [f"{usual['name']}: {probe:.1%}, and {named:.0%} of the clusters named right."]
    for row in found["rows"]:
        if row is usual:
            continue
        gap = 100 * (float(np.mean(row["probe"])) - probe)
        said.append(f"{row['name']}: {signed(gap)} points, {np.mean(row['accuracy']):.0%} named right.")
    said.append("A label that is easier to name need not be the one that teaches more.")
    return " ".join(s[0].upper() + s[1:] for s in said) + f" {usual['steps']:,} steps each."


def history(view: RunView) -> Rounds:
    """The rounds of the run in view; an untrained one has had its first."""
    from sslviz.tasks.cluster_ids import ClusterNet
    from sslviz.training.answers import ask

    def question(model: Learner) -> NDArray[np.float32]:
        assert isinstance(model.net, ClusterNet)  # noqa: S101 - only its own network has these parts
        return np.asarray(model.net.history.numpy().copy())

    rows = ask(view.config, view.weights, question, kept=view.kept)
    rows = rows[rows[:, 0] >= 0]
    return Rounds(rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2:].astype(np.int64))


def table(found: Rounds) -> str:
    """The rounds as a table; of many, the first and the last ones."""
    count = len(found.steps)
    shown = range(count) if count <= SHOWN_ROUNDS else [0, *range(count - SHOWN_ROUNDS + 1, count)]
    k = found.sizes.shape[1]
    order = np.argsort(-found.sizes[-1], kind="stable")[:CELLS]  # by the latest sizes, so that the eye finds a rule
    top = max(1, int(found.sizes.max()))
    lines = []
    for number in shown:
        sizes = found.sizes[number]
        squares = "".join(
            f"<i style='opacity:{size / top:.2f}' title='{cards.number(c)}: {size:,} pictures'></i>"
            for c, size in zip(order.tolist(), sizes[order].tolist(), strict=True)
        )
        nmi = "–" if found.nmi[number] < 0 else f"{found.nmi[number]:.2f}"
        lines.append(
            f"<tr><td>{found.steps[number]:,}</td><td>{nmi}</td><td>{sizes.min():,} – {sizes.max():,}</td>"
            f"<td>{int((sizes == 0).sum())}</td><td><div class='sizes' role='img' aria-label='sizes of {k} clusters, "
            f"{sizes.min():,} to {sizes.max():,}'>{squares}</div></td></tr>"
        )
    heads = ("at step", "NMI", "sizes", "empty", f"{k} clusters" if k <= CELLS else f"the {CELLS} largest of {k}")
    return (
        f"<div class='rounds' tabindex='0' role='region' aria-label='Rounds'><table><thead><tr>"
        f"{''.join(f'<th scope=col>{escape(head)}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _strips(view: RunView, found: Rounds) -> None:
    """Some clusters as strips of pictures, and how far they agree with classes that the model never sees."""
    which = st.segmented_control(
        "Sorted by", list(WHICH), default=LATEST, required=True, key=f"{SLUG}_which", label_visibility="collapsed"
    )
    ways = {name: grouping(view, found, name) for name in WHICH}
    chosen = ways[which]
    k = int(found.sizes.shape[1])
    sizes = np.bincount(chosen.ids, minlength=k)
    order = np.argsort(-sizes, kind="stable")
    picked = order[np.unique(np.linspace(0, k - 1, min(STRIPS, k)).round().astype(int))]
    st.caption(f"{WHICH[which]} From the largest pile to the smallest; pictures drawn at random from each.")
    st.html(
        "<div class='piles'>"
        + "".join(
            f"<b>{cards.number(c)}</b><span>"
            + "".join(
                f"<img src='{src}' alt='' width='32' height='32'>"
                for src in cards.strip(view.config.data, chosen.ids, c)
            )
            + f"</span><em>{sizes[c]:,}</em>"
            for c in picked.tolist()
        )
        + "</div>"
    )
    st.markdown(agreements(ways))


def agreements(ways: dict[str, Grouping]) -> str:
    """How far each way to sort agrees with the classes, as a table."""
    rows = "".join(
        f"| {name} | {way.agrees.ami:.2f} | {way.agrees.nmi:.2f} | {way.agrees.shuffled:.2f} |\n"
        for name, way in ways.items()
    )
    return (
        "Apart from all this, and **never seen by the model**: do the piles agree with the classes of held-out "
        f"pictures?\n\n| Sorted by | AMI | NMI | NMI, dealt at random |\n| :-- | --: | --: | --: |\n{rows}\nWith "
        f"many piles, NMI is above 0 even for random piles; AMI corrects for that. {verdict(ways)}"
    )


def verdict(ways: dict[str, Grouping]) -> str:
    """What the table says about learning, in two sentences; every number comes from it."""
    first, latest, alone = (100 * ways[name].agrees.ami for name in (FIRST, LATEST, ALONE))
    if latest == first:
        return "Nothing has been learned yet, so the latest round is the first."
    text = f"Learning changed the AMI by {signed(latest - first, 0)} points; sorting the pixels gives "
    text += f"{signed(alone - latest, 0)} points against the latest round. "
    if latest <= alone + 1:
        text += "So after learning the piles agree with the classes no better than piles of plain pixels do. "
    if alone > first:
        text += "Pixels are ahead of the untrained trunk, whose piles were the first labels: a lead to make up. "
    return text + "The probes below judge how useful the trunk is for other tasks."


def grouping(view: RunView, found: Rounds, which: str) -> Grouping:
    """The training pictures sorted in one of the ways, and what the classes say to it; kept, as it takes a second."""
    k, data = int(found.sizes.shape[1]), view.config.data
    if which == ALONE:
        return _alone(data, k)
    if which == FIRST or view.weights is None or len(found.steps) == 1:  # a run in its first round still has that
        return _sorted(f"{data} {k} {view.config.seed} untrained", view, _trained=len(found.steps) == 1)
    whose = f"{view.mode} {view.config.key} {view.device}"  # the same for a class with the same settings
    return _sorted(f"{whose} {found.steps[-1]}", view, _trained=True)


@st.cache_data(max_entries=64, show_spinner=False)
def _sorted(key: str, _view: RunView, *, _trained: bool) -> Grouping:  # noqa: ARG001 - the key says which it is
    import torch

    from sslviz.tasks.cluster_ids import CHUNK, ClusterNet
    from sslviz.training.answers import ask

    pictures, classes = judged(_view.config.data)
    pixels = torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())

    def question(model: Learner) -> tuple[Any, Any]:
        assert isinstance(model.net, ClusterNet)  # noqa: S101 - only its own network has these parts
        found = torch.cat([model.net.cluster(some) for some in pixels.split(CHUNK)])
        return model.net.ids.long().numpy().copy(), found.numpy()

    weights, kept = (_view.weights, _view.kept) if _trained else (None, None)
    ids, test = ask(_view.config, weights, question, kept=kept)
    return Grouping(ids, groups.agreement(test, classes))


@st.cache_data(max_entries=8, show_spinner=False)
def _alone(data: str, k: int) -> Grouping:
    from sslviz.catalogue import load

    pictures, classes = judged(data)
    train = cards.pictures(data, np.arange(load(SLUG).size(data, "train")))
    ids, test = groups.pixels_alone(train, pictures, k)
    return Grouping(ids, groups.agreement(test, classes))


def judged(data: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """At most 2,000 held-out pictures (n, 32, 32, 3) with their classes; for "pictures" those of the clothes."""
    whole = images.load("fashion_mnist" if data == "pictures" else data)
    rows = np.random.default_rng(0).permutation(len(whole.held_out_labels))[:2000]
    return whole.held_out_images[rows], whole.held_out_labels[rows]


def jumps(view: RunView, found: Rounds) -> str:
    """Why the held-out loss jumps, with the numbers of this very run, and what becomes of empty piles."""
    every = view.config.choices["every"]
    empty = int((found.sizes == 0).sum())
    text = (
        f"**Why the loss jumps.** Every {every:,} steps the question changes: new piles, and a head that knows none of "
        "them. So the loss leaps up and comes down again; only values within one round can be compared. "
    )
    if (leap := largest_leap(view, found)) is not None:
        (before, low), (after, high) = leap
        text += f"Here, on held-out pictures, from {low:.2f} at step {before:,} to {high:.2f} at step {after:,}. "
    return text + (
        "The head must start anew because numbers mean nothing: in the paper pile 7 of one round has nothing to do "
        "with pile 7 of the next. Ours are matched, but for your eyes only.\n\n"
        "**Empty piles.** A pile that loses its last picture while k-means runs is refilled at once with the picture "
        "that lies farthest from its own centroid (scikit-learn’s rule; the paper splits a full pile instead). "
        f"So {f'piles were empty {empty} times' if empty else 'no pile was empty at the end of a round'} here. "
        "Without that rule, and without drawing batches evenly over the piles, a few piles could swallow everything: "
        "one pile is the easiest label of all, and teaches nothing."
    )


def largest_leap(view: RunView, found: Rounds) -> tuple[tuple[int, float], tuple[int, float]] | None:
    """The two neighbouring held-out losses with a round between them where it rose most; None where it never did."""
    pairs = [
        ((int(a[0]), a[1]), (int(b[0]), b[1]))
        for a, b in zip(view.held_out, view.held_out[1:], strict=False)
        if any(a[0] <= step < b[0] for step in found.steps.tolist()) and b[1] > a[1]
    ]
    return max(pairs, key=lambda pair: pair[1][1] - pair[0][1]) if pairs else None
