"""What the page Masked sound asks, and the flashcards: which sound, or which code, stood in the gap?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sslviz.catalogue.masked_sound import MaskedSoundOptions
from sslviz.data import audio
from sslviz.ui.frame import current, guess
from sslviz.ui.frame.guess import Question
from sslviz.ui.frame.label_question import CHOICES, LETTERS, LabelQuestion
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.sound_guess import Asked
from sslviz.ui.frame.sound_samples import Sample, sample
from sslviz.ui.frame.sounds import cut_out, piece_picture
from sslviz.ui.tasks.masked_sound.codes import SLUG, STREAM, ModelAnswer, answer, label, named

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView

APART = 3  # steps that the sounds of a question lie apart at least, so that they can be told from each other
TRIES = 50  # recordings that are looked at for a question


@dataclass(frozen=True)
class Gap:
    """A covered step of a recording, and four covered steps of which it is one.

    Attributes:
        recording: it.
        mel: (T, 32) its log-mel.
        answers: what the model answers about it.
        steps: the four, in the order in which they are shown.
        right: which of them is the gap, 0 to 3.
        picked: which of them the model takes, 0 to 3.
    """

    recording: Sample
    mel: NDArray[np.float32]
    answers: ModelAnswer
    steps: tuple[int, ...]
    right: int
    picked: int

    @property
    def asked(self) -> Asked:
        """The recording, the gap and the four sounds."""
        sounds = [
            (letter, cut_out(self.recording.samples, one)) for letter, one in zip(LETTERS, self.steps, strict=True)
        ]
        step, masked = self.steps[self.right], self.answers.masked
        return Asked(self.recording, self.mel, masked, step, sounds, "150 ms")


def question() -> Question:
    """One gap, and four sounds of the same recording that stood in gaps."""
    gap = gap_of(current.show(SLUG), guess.number(SLUG))
    asked = gap.asked
    return Question(
        text="Which sound stood in the blue frame?", choices=LETTERS, truth=LETTERS[gap.right],
        model=LETTERS[gap.picked], chance=1 / len(LETTERS), show=asked.show,
        about=asked.about,
    )  # fmt: skip


def label_question(rng: np.random.Generator) -> LabelQuestion:
    """Which code is the label of a gap?"""
    gap = gap_of(current.recorded_or_untrained(SLUG), int(rng.integers(100_000)))
    pieces = [
        (letter, data_address(piece_picture(gap.mel, step), "PNG"))
        for letter, step in zip(LETTERS, gap.steps, strict=True)
    ]
    return LabelQuestion(
        "Which code is the label in the blue frame?",
        tuple(f"{x}: code {named(gap.answers.codes[step])}" for x, step in zip(LETTERS, gap.steps, strict=True)),
        gap.right,
        f"That is what sounded there. The others are codes of other covered steps of {gap.recording.title}.",
        "Log-mel of a recording with covered spans, and four pieces of it:",
        images=(("what is heard", gap.asked.picture), *pieces),
        credits=audio.credits(),
    )  # fmt: skip


def gap_of(view: RunView, number: int) -> Gap:
    """A covered step of a held-out recording and three others of it, with other codes and some way off.

    Raises:
        LookupError: where no such recording is found.
    """
    for attempt in range(TRIES):
        rng = np.random.default_rng((number, STREAM, 99, attempt))
        recording = sample(int(rng.integers(1000)), None)
        labelled = label(recording.samples, number + attempt, view, MaskedSoundOptions())
        answers = answer(view, labelled)
        for i in rng.permutation(len(answers.asked)).tolist():
            columns = _apart(answers, i)
            if len(columns) == CHOICES:
                order = rng.permutation(CHOICES).tolist()
                return Gap(
                    recording=recording,
                    mel=labelled.inputs["whole"][0].numpy(),
                    answers=answers,
                    steps=tuple(int(answers.steps[i, columns[place]]) for place in order),
                    right=order.index(0),
                    picked=order.index(int(answers.p[i, columns].argmax())),
                )
    msg = f"no recording has {CHOICES} covered steps that lie apart"
    raise LookupError(msg)


def _apart(answers: ModelAnswer, i: int) -> list[int]:
    """Of the candidates of question `i` the true one and up to three others, some way off each other."""
    columns = [0]
    for column in range(1, answers.p.shape[1]):
        *taken, step = answers.steps[i, [*columns, column]]
        far = np.abs(np.array(taken) - step).min() >= APART
        if answers.p[i, column] > 0 and step >= 0 and far and len(columns) < CHOICES:
            columns.append(column)
    return columns
