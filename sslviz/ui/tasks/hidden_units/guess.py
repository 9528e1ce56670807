"""What the page Hidden units asks, and the flashcards: which of four clusters stood in the gap?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sslviz.catalogue.hidden_units import HiddenUnitsOptions
from sslviz.data import audio
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import CHOICES, LETTERS, LabelQuestion
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.sound_guess import Asked
from sslviz.ui.frame.sound_samples import every, examples, sample
from sslviz.ui.frame.sounds import medley, piece_picture
from sslviz.ui.tasks.hidden_units.units import SLUG, STREAM, answer, book, label, named

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

PIECES = 3  # of a cluster, from other recordings
PAUSE = 10  # columns of a picture between two of them


@dataclass(frozen=True)
class Gap:
    """A covered step, and four clusters of which one is its own.

    Attributes:
        asked: the recording, the step, and what each cluster sounds like.
        clusters: the four, in the order in which they are shown.
        places: (clip, step) of pieces of each.
        right: which of them is the label, 0 to 3.
        picked: which of them the model finds likeliest, 0 to 3.
    """

    asked: Asked
    clusters: tuple[int, ...]
    places: tuple[list[tuple[int, int]], ...]
    right: int
    picked: int


def question() -> Question:
    """One gap, and sounds of four clusters."""
    gap = gap_of(current.show(SLUG), guess.number(SLUG))
    return Question(
        text="Which cluster is hidden in the blue frame?", choices=LETTERS, truth=LETTERS[gap.right],
        model=LETTERS[gap.picked], chance=1 / len(LETTERS), show=gap.asked.show, about=gap.asked.about,
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which cluster is the label of a gap?"""
    gap = gap_of(current.recorded_or_untrained(SLUG), int(rng.integers(100_000)))
    pieces = [(letter, pictures(places)) for letter, places in zip(LETTERS, gap.places, strict=True)]
    return LabelQuestion(
        "Which cluster is the label in the blue frame?",
        tuple(f"{letter}: {named(cluster)}" for letter, cluster in zip(LETTERS, gap.clusters, strict=True)),
        gap.right,
        f"The sound that is hidden there, of {gap.asked.recording.title}, is nearest to that cluster.",
        "Log-mel of a recording with covered spans, and pieces of four clusters from other recordings:",
        images=(("what is heard", gap.asked.picture), *pieces), credits=audio.credits(),
    )  # fmt: skip


def gap_of(view: RunView, number: int) -> Gap:
    """A covered step of a held-out recording, its cluster, and three others that are heard in other recordings."""
    rng = np.random.default_rng((number, STREAM, 99))
    at = int(rng.integers(1000))
    recording, clips = sample(at, None), audio.load()
    own = int(clips.held_out[at % len(clips.held_out)])
    labelled, known = label(recording.samples, number, HiddenUnitsOptions()), book(view)
    answers = answer(view, labelled)
    i = int(rng.integers(len(answers.asked)))
    step, p = int(answers.asked[i]), answers.p[i]
    places: dict[int, list[tuple[int, int]]] = {}
    for cluster in (int(answers.clusters[step]), *rng.permutation(len(p)).tolist()):
        if len(places) == CHOICES:
            break
        found = known.where(np.array([cluster]))
        elsewhere = examples(found[found[:, 0] != own], number)[:PIECES]
        if len(elsewhere) == PIECES or not places:
            places.setdefault(cluster, elsewhere)
    clusters = [list(places)[j] for j in rng.permutation(len(places)).tolist()]
    sounds = [(letter, medley(places[cluster])) for letter, cluster in zip(LETTERS, clusters, strict=True)]
    mel = labelled.inputs["whole"][0].numpy()
    return Gap(
        asked=Asked(recording, mel, answers.masked, step, sounds, f"{PIECES} pieces of it"),
        clusters=tuple(clusters),
        places=tuple(places[cluster] for cluster in clusters),
        right=clusters.index(int(answers.clusters[step])),
        picked=int(p[clusters].argmax()),
    )


def pictures(places: list[tuple[int, int]]) -> str:
    """The log-mel around each of some places, side by side, as a data address."""
    mel, visible = every()
    pieces = [piece_picture(mel[clip, visible[clip]].numpy(), step) for clip, step in places]
    gap = np.full((pieces[0].shape[0], PAUSE, 3), 255, np.uint8)
    return data_address(np.concatenate([part for piece in pieces for part in (piece, gap)][:-1], 1), "PNG")
