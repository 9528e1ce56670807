"""The page of Masked sound: spans of a recording are covered; the code of the sound that was there is the label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sslviz.catalogue.masked_sound import ENTRY, MaskedSoundOptions
from sslviz.data import audio
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.few_labels import few_labels
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_sound import OWN_SOUND
from sslviz.ui.frame.sound_samples import Sample, numbered, who_speaks
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.masked_sound.card import card
from sslviz.ui.tasks.masked_sound.guess import question
from sslviz.ui.tasks.masked_sound.lesson import LESSON

LEAD = {
    "Basic": "On a bad telephone line you miss a syllable and guess it from what comes before and after. Here pieces "
    "of a recording are covered. Each short sound has a number, its code, from a list that the model makes itself. "
    "The code of the covered sound is the label.",
    "Standard": "A quantiser turns every 20 ms of sound into a code: one entry out of each of two small tables. "
    "Spans are covered, and at each covered step the trunk must pick the true code among those of other covered "
    "steps of the same recording. All of them have the same voice and room, so these do not help. The codes are "
    "learned together with the trunk. A diversity loss makes sure that all entries are used: with one code for "
    "everything the task would be trivial.",
    "Detailed": "ℓ = −ln [ exp(cos(c, q₊)/0.1) / Σ exp(cos(c, q)/0.1) ], the sum over the true q and at most 10 "
    "distractors; one with the true code is left out. Codes: argmax of scores + Gumbel noise; the gradient passes as "
    "softmax((scores + noise)/τ), τ from 2 down to 0.5, straight through. Plus 0.1 · (GV − perplexity)/GV. p = 0.065 "
    "and M = 10 as in the paper, but our recordings last 0.25 to 1.6 s, not 15 s. Unlike the paper: log-mel frames in "
    "place of convolutions over the wave; 10 distractors, not 100, drawn without replacement; far fewer entries; "
    "diversity over all steps, not the covered ones; no penalty on the features; at least one span a recording, which "
    "may begin in the last nine steps and is then cut short. arXiv 2006.11477, sections 2 and 3.",
}
WHY = (
    "And the task gives no reason to learn voices: all candidates come from the same recording, so the voice is the "
    "same in all of them."
)


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured, guessing among all eleven."""
    return loss_lines(view) or [even_chance(11)]


def code() -> Sequence[Listing]:
    """What covers, what the codes come from, and the loss."""
    from sslviz.models.quantiser import diversity, straight_through
    from sslviz.tasks.masked_sound import MaskedSound, candidates, others
    from sslviz.tasks.sounds import cover, silence, spans, spread_starts

    return (
        MaskedSound.draw, spans, spread_starts, cover, others, MaskedSound.apply, silence,
        MaskedSound.targets_from_model, MaskedSound.loss, candidates, straight_through, diversity,
    )  # fmt: skip


PAGE = TaskPage[Sample, MaskedSoundOptions](
    slug=ENTRY.slug, options=MaskedSoundOptions, lead=LEAD, thing="recording", most=279, first=208,
    sample=numbered, own_input=OWN_SOUND, card=card, hint="listen, then click a code",
    controls=(
        Control(
            "p", step=0.005,
            help="0.065 in the paper, with spans of 10 steps: about half of a long recording is then covered.",
        ),
        Control("diversity", step=0.05, help="0.1 in the paper. Try 0: do all entries stay in use?"),
        Control("span", help="A step is 20 ms. The paper takes 10 steps; its recordings are about 17 times as long."),
        Control("groups", help="Each group gives one number; together they are the code."),
        Control("entries", help="320 in the paper."),
        Note("Spans change at once. Groups, entries and diversity hold for the next run, after Reset and Play."),
    ),
    lesson=LESSON, question=question, code=code, baselines=baselines,
    parts=(Part(partial(few_labels, ENTRY.slug, WHY)),), foot=who_speaks,
    credits=lambda _: audio.credits(),
)  # fmt: skip
