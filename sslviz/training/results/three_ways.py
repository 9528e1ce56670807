"""Supervised, unsupervised and self-supervised learning on the same two hundred pictures, each measured.

Only the network and the pictures are the same; what is given with them differs. Semi-supervised pseudo-labelling
(Lee 2013, "Pseudo-Label") stands beside them, since its name is easily taken for what this project is about: there the
model guesses the *classes* of people; here the data, the batch or the model itself makes the label, and it is no guess
at such a class.

The results lie in `assets/runs/three_ways.json`, made by `python -m sslviz three-ways`; a page only reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sslviz.data import images
from sslviz.evaluation import probes
from sslviz.training.results import provenance, recorded

DATA, PER_CLASS, CLASSES, TESTED = "clothes_anywhere", 20, 10, 2000
PICTURES = PER_CLASS * CLASSES
LABELS = (20, 50, 100, PICTURES)  # how many of the two hundred labels are used
CLUSTERS, STARTS = 10, 10  # k-means: groups, and beginnings of which the tightest is kept
SURE = 0.9  # an answer counts as a label from this probability on; chosen beforehand, not on the test pictures
ALONE = {"steps": 400, "batch": 64, "lr": 5e-3}  # the pretext task on the two hundred pictures and no other
PRETEXT, BEST = "masked_patches", "same_or_different"
USED = {"recorded": (PRETEXT, "elsewhere"), "longest": (BEST, "long")}  # the recorded trunks: of which task, which run
SHOWN = 6  # pictures of which the page shows all three labels

Ids = NDArray[np.int64]
Say = Callable[[str], None]


@lru_cache(maxsize=1)
def rows() -> Ids:
    """(200,) places of the pictures in the training part of the set: 20 of every class, always the same."""
    return probes.stratified(images.load(DATA).labels, PER_CLASS, 0)


def pictures() -> NDArray[np.uint8]:
    """(200, 32, 32, 3) the pictures themselves."""
    return images.load(DATA).images[rows()]


def classes() -> Ids:
    """(200,) what each shows, as people labelled it."""
    return images.load(DATA).labels[rows()]


def names() -> tuple[str, ...]:
    """The ten classes."""
    return images.load(DATA).class_names


def tested() -> Ids:
    """(2000,) places of the held-out pictures on which all is measured: those of every other page of pictures."""
    return np.random.default_rng(0).permutation(len(images.load(DATA).held_out_labels))[:TESTED]


def labelled(labels: int, seed: int) -> Ids:
    """Which of the two hundred pictures (their places among them) have a label: equally many of every class."""
    return probes.stratified(classes(), labels // len(names()), seed)


def groups(k: int, seed: int = 0) -> Ids:
    """(200,) the group of each picture by k-means on its pixels; needs no torch.

    Args:
        k: how many groups, 2 to 200.
        seed: of the beginnings.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        fit = KMeans(k, n_init=STARTS, random_state=seed).fit(raw(pictures()))
    return fit.labels_.astype(np.int64)


def agreement(ids: Ids) -> dict[str, float]:
    """How far groups (200,) agree with the classes that people gave.

    Returns:
        `ari` and `ami`, 0 for groups by chance; `nmi`, which is not 0 for groups by chance, and `shuffled`, the NMI of
        the same groups dealt out at random; `named`, the share that is right if each group is named by its
        commonest class.
    """
    from sklearn.metrics import adjusted_rand_score

    from sslviz.evaluation.groups import agreement as compare

    true, both = classes(), compare(ids, classes())
    right = sum(int(np.bincount(true[ids == k]).max()) for k in np.unique(ids))
    ari = float(adjusted_rand_score(true, ids))
    return {"ari": ari, "ami": both.ami, "nmi": both.nmi, "shuffled": both.shuffled, "named": right / len(true)}


def raw(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 32, 32, 3) → (n, 3072) in 0…1, channel by channel as on the other pages."""
    return pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1).astype(np.float32) / 255  # type: ignore[return-value]


def measure(seeds: Sequence[int] = (0, 1, 2), say: Say = print) -> dict[str, Any]:
    """Train and judge everything; about six minutes of one core.

    Args:
        seeds: of the networks, and of the choices of labels that they learn from; frozen trunks and pixels are probed
            with all of `probes.CHOICES`.
        say: is told each result as it comes.

    Returns:
        `labels`; `right`, arm → a row for each of `labels` with the accuracy of each choice of labels on held-out
        pictures: those of `seeds` where a network was trained, else `probes.CHOICES`;
        `groups`, the k-means of the page with its agreement; `covered`, the patches that the pretext task covered;
        `semi`, what one round of pseudo-labelling did; `trunks`, what is known of each trunk; and `config`, `seeds`,
        `code`.

    Raises:
        ValueError: without a seed.
    """
    if not seeds:
        msg = "At least one seed is needed."
        raise ValueError(msg)
    test_y = images.load(DATA).held_out_labels[tested()]
    trunks = _trunks(seeds, say)
    ids = groups(CLUSTERS)
    result: dict[str, Any] = {
        "config": {
            "data": DATA, "pictures": len(rows()), "tested": len(test_y), "clusters": CLUSTERS, "starts": STARTS,
            "sure": SURE, "alone": ALONE, "per_class": PER_CLASS, **_supervised_about(),
        },
        "seeds": list(seeds), "labels": list(LABELS), "code": code(),
        "chance": float(np.bincount(test_y).max() / len(test_y)),
        "groups": {"ids": ids.tolist(), **agreement(ids)},
        "covered": covered(), "trunks": {name: one["about"] for name, one in trunks.items()},
    }  # fmt: skip
    right: dict[str, list[list[float]]] = {name: [] for name in ("supervised", "pixels", *trunks)}
    semi = []
    flat = raw(pictures()), raw(images.load(DATA).held_out_images[tested()])
    for labels in LABELS:
        found: dict[str, list[float]] = {name: [] for name in right}
        for seed in seeds:
            some = labelled(labels, seed)
            found["supervised"].append(_right(_supervised(some, classes()[some], seed), test_y))
            if labels == LABELS[0]:
                semi.append(_semi(some, seed, test_y))
                say(f"pseudo-labels, seed {seed}: {json.dumps({k: v for k, v in semi[-1].items() if k != 'answers'})}")
        for choice in probes.CHOICES:
            some = labelled(labels, choice)
            for name, one in trunks.items():
                known, held_out = one["vectors"][choice % len(one["vectors"])]
                found[name].append(probes.linear(known[some], classes()[some], held_out, test_y))
            found["pixels"].append(probes.linear(flat[0][some], classes()[some], flat[1], test_y))
        for name, values in found.items():
            right[name].append(values)
        say(f"{labels} labels: {json.dumps({k: round(float(np.mean(v)), 3) for k, v in found.items()})}")
    return {**result, "right": right, "semi": semi}


def code() -> provenance.Code:
    """Fingerprints of the modules behind the figures."""
    own = ("sslviz.training.supervised", "sslviz.training.results.three_ways", "sslviz.evaluation.probes")
    return {**provenance.behind(PRETEXT), **provenance.behind(BEST), **provenance.fingerprints(own)}


def weights_hash(run: recorded.Recording) -> str:
    """Sixteen letters that change with what a recorded network has learned."""
    return hashlib.sha256(run.weights.tobytes()).hexdigest()[:16]


def path() -> Path:
    """Where the results lie."""
    return recorded.RUNS / "three_ways.json"


def save(result: dict[str, Any]) -> Path:
    """Write the results down, and say where."""
    path().write_text(json.dumps(result) + "\n", encoding="utf-8")
    return path()


def read() -> dict[str, Any] | None:
    """The stored results; None where there are none. Needs no torch."""
    try:
        found: dict[str, Any] = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


# ---- networks; torch from here on


def _tensor(pixels: NDArray[np.uint8]) -> Any:
    """(n, 32, 32, 3) → (n, 3, 32, 32) as the networks read it."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))


def _supervised(some: Ids, y: Ids, seed: int, budget: int = 0) -> Any:
    """The network, trained from scratch on these pictures (places among the two hundred) with these classes."""
    from sslviz.training import supervised

    return supervised.train(_tensor(pictures()[some]), y, len(names()), seed, budget=budget)


def _semi_steps() -> int:
    """Steps of every network in a round of pseudo-labels: those that all two hundred labels would have got.

    Before and after share them, since otherwise more labels would also mean more training.
    """
    from sslviz.training import supervised

    return supervised.steps(len(rows()))


def _supervised_about() -> dict[str, Any]:
    """How the supervised networks are trained: for each of `LABELS` the steps, and for a round of pseudo-labels."""
    from sslviz.training import supervised

    protocol = {**supervised.about(), "steps": [supervised.steps(labels) for labels in LABELS]}
    return {"supervised": protocol, "semi_steps": _semi_steps()}


def _right(net: Any, test_y: Ids) -> float:
    from sslviz.training import supervised

    return supervised.right(net, _tensor(images.load(DATA).held_out_images[tested()]), test_y)


def _semi(some: Ids, seed: int, test_y: Ids) -> dict[str, Any]:
    """One round: the network answers for the pictures without a label; its answers become labels; it trains anew.

    Lee takes every answer in every step, and lets its weight grow; here one round is enough to see what happens, once
    with the answers that the network is sure of, once with all. All three networks train for as many steps.
    """
    import torch

    net = _supervised(some, classes()[some], seed, _semi_steps())
    others = np.setdiff1d(np.arange(len(rows())), some)
    with torch.no_grad():
        p, answers = (a.numpy() for a in net(_tensor(pictures()[others])).softmax(1).max(1))
    true, after = classes()[others], {}
    for name, kept in (("sure", p >= SURE), ("all", np.ones(len(p), bool))):
        both = np.concatenate([some, others[kept]])
        again = _supervised(both, np.concatenate([classes()[some], answers[kept]]), seed, _semi_steps())
        after[name] = {
            "labels": int(kept.sum()), "true": float((answers == true)[kept].mean()) if kept.any() else 0.0,
            "after": _right(again, test_y),
        }  # fmt: skip
    each = [[int(a), int(b), round(float(c), 3)] for a, b, c in zip(others, answers, p, strict=True)]
    return {"before": _right(net, test_y), **after, "answers": each}


def _trunks(seeds: Sequence[int], say: Say) -> dict[str, dict[str, Any]]:
    """Frozen trunks: `vectors`, a pair a run (known (200, d), held_out (2000, d)), and what to say about each.

    `about` holds `runs`, how many trunks there are: one a seed, or a single recorded one, which has `weights`, sixteen
    letters that change with its weights.

    "alone" has seen the two hundred pictures and no other, without their labels; the recorded ones have seen the
    unlabelled pictures of a whole set; "random" has not learned.
    """
    from sslviz.catalogue import load
    from sslviz.training import answers

    task = load(PRETEXT)
    batches: Any = (task.batch(DATA, "train", rows()), task.batch(DATA, "held_out", tested()))
    found: dict[str, dict[str, Any]] = {}
    alone = [_alone(seed) for seed in seeds]
    about = {"task": PRETEXT, "seen": len(rows()), "runs": len(alone), **ALONE}
    found["alone"] = {"about": about, "vectors": [tuple(one.features(b) for b in batches) for one in alone]}
    say("the pretext task on the two hundred pictures alone: done")
    for name, (slug, which) in USED.items():
        run = recorded.read(slug, which)
        if run is None:
            continue
        about = {
            "task": slug, "seen": int(load(slug).size(run.config.data, "train")), "data": run.config.data,
            "steps": run.config.steps, "batch": run.config.batch, "runs": 1, "weights": weights_hash(run),
        }  # fmt: skip
        both = tuple(answers.vectors(run.config, run.weights, batch, run.buffers) for batch in batches)
        found[name] = {"about": about, "vectors": [both]}
    random = []
    for one in alone:
        one.load(one.fresh())
        random.append(tuple(one.features(b) for b in batches))
    found["random"] = {"about": {"task": PRETEXT, "seen": 0, "runs": len(random)}, "vectors": random}
    return found


def _alone(seed: int) -> Any:
    """A learner of the pretext task that has seen nothing but the two hundred pictures."""
    from sslviz.tasks.base import Batch
    from sslviz.training import whole
    from sslviz.training.config import RunConfig
    from sslviz.training.loop import Learner

    class Alone(Learner):
        """Draws every batch from the two hundred."""

        def batch(self, step: int) -> Batch:
            rng = np.random.default_rng((self.config.seed, 31, step))
            some = rng.choice(rows(), self.config.batch, replace=False)
            return self.task.batch(self.config.data, "train", some).to(self.device)

    return whole.unwatched(Alone(RunConfig(PRETEXT, DATA, seed=seed, device="cpu", **ALONE)))  # type: ignore[arg-type]


def covered() -> dict[str, list[int]]:
    """Place among the two hundred → the patches (0 to 15) that the pretext task covers, for the pictures shown."""
    from sslviz.catalogue import TASKS, load

    task, places = load(PRETEXT), shown()
    batch = task.batch(DATA, "train", rows()[places])
    draw = task.draw(batch, np.random.default_rng(0), task.info(DATA), TASKS[PRETEXT].options())
    return {str(p): np.flatnonzero(one).tolist() for p, one in zip(places, draw["covered"], strict=True)}


def shown() -> Ids:
    """(6,) the pictures (places among the two hundred) that stand for all: the first of the first classes."""
    return np.array([np.flatnonzero(classes() == k)[0] for k in range(SHOWN)])
