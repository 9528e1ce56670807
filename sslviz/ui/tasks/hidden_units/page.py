"""The page of Hidden units: spans of a recording are covered; the cluster of the sound that was there is the label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.hidden_units import ENTRY, HiddenUnitsOptions
from sslviz.data import audio
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.own_sound import OWN_SOUND
from sslviz.ui.frame.sound_samples import Sample, numbered, who_speaks
from sslviz.ui.frame.task_page import Part, TaskPage
from sslviz.ui.tasks.hidden_units.card import card
from sslviz.ui.tasks.hidden_units.guess import question
from sslviz.ui.tasks.hidden_units.learned import measured
from sslviz.ui.tasks.hidden_units.lesson import LESSON

FIRST = 108  # an English word of which the recorded model names most of the covered clusters
LEAD = {
    "Basic": "Cut recordings into pieces of 20 ms and sort them into piles that sound alike; number the piles. Then "
    "cover a part of a recording. Which pile’s sound stood there? The number of the pile is the label.",
    "Standard": "k-means sorts all 20 ms of all training recordings into clusters, at first by their sound alone; the "
    "number of its cluster is the label of a step. Spans are covered as in wav2vec 2.0, and the trunk must name the "
    "cluster of each covered step from what is around it. After some steps all is sorted anew, by what the trunk makes "
    "of the sounds: better clusters, and so better labels.",
    "Detailed": "Round 1: zₜ = nearest of k centroids of 13 MFCC; later rounds: of the frozen trunk’s vectors. "
    "p(c | t) = exp(cos(A oₜ, e_c)/0.1) / Σ exp(cos(A oₜ, e_c′)/0.1); ℓ = −ln p(zₜ), mean over the covered steps (α = "
    "1 in the paper), plus a weight times the same over heard ones. p = 0.08 and spans of 10 steps as in the paper. "
    "Unlike the paper: log-mel in place of convolutions over the wave; MFCC of the standardised log-mel, without "
    "derivatives; few clusters, not 100 and then 500; in the second round the same trunk goes on, with new vectors "
    "e_c, where the paper trains a new model, and its last layer is clustered, not the 6th of 12. arXiv 2106.07447, "
    "section II.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; where nothing was measured, guessing among all clusters."""
    return loss_lines(view) or [even_chance(view.config.choices["clusters"])]


def code() -> Sequence[Listing]:
    """Who makes the label, what is covered, and the loss."""
    from sslviz.tasks import rounds
    from sslviz.tasks.hidden_units import HiddenUnits, UnitNet, mfcc
    from sslviz.tasks.sounds import cover, silence, spans, spread_starts

    return (
        HiddenUnits.refresh, mfcc, UnitNet.units, rounds.nearest, HiddenUnits.draw, spans, spread_starts, cover,
        HiddenUnits.apply, silence, HiddenUnits.targets_from_model, UnitNet.forward, HiddenUnits.loss,
    )  # fmt: skip


def experiments(hide: set[str]) -> None:
    """What was measured, and the labels of the sample in view beside those of wav2vec 2.0."""
    measured(PAGE.in_view(), PAGE.seed, PAGE.chosen(), hide)


PAGE = TaskPage[Sample, HiddenUnitsOptions](
    slug=ENTRY.slug, options=HiddenUnitsOptions, lead=LEAD, thing="recording", most=279, first=FIRST,
    sample=numbered, own_input=OWN_SOUND, card=card, hint="listen, then click a number",
    controls=(
        Control("p", step=0.005, help="0.08 in the paper, with spans of 10 steps."),
        Control("span", help="A step is 20 ms. The paper takes 10 steps; its recordings are about 15 times as long."),
        Control("clusters", help="100 in the first round of the paper, 500 in the second."),
        Control("clustered", help="“The sound”: one round, by MFCC. “Then the trunk”: anew after each round."),
        Control("every", step=10, help="In the paper a round is a whole training run."),
        Control("uncovered", step=0.1, help="0 in the paper: only covered steps count. At 1 heard ones do as much."),
        Note("Spans change at once. The rest holds for the next run, after Reset and Play."),
    ),
    lesson=LESSON, question=question, code=code, baselines=baselines, parts=(Part(experiments, when="last"),),
    foot=who_speaks, credits=lambda _: audio.credits(),
)  # fmt: skip
