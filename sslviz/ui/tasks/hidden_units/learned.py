"""What was measured on the page Hidden units: two rounds, the labels of wav2vec 2.0 beside its own, words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue.hidden_units import HiddenUnitsOptions
from sslviz.data import audio
from sslviz.evaluation import groups
from sslviz.evaluation.lead import Lead, lead
from sslviz.evaluation.signed import signed
from sslviz.training.results import ablation, recorded
from sslviz.ui.frame import current
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.few_labels import few_labels
from sslviz.ui.frame.learned import reached
from sslviz.ui.frame.measured import Ablation, Line, Measure, Row, draw_ablation, mean, numbers, protocol, usual
from sslviz.ui.frame.once import once
from sslviz.ui.frame.parts import part
from sslviz.ui.tasks.hidden_units.units import SLUG, Book, answer, book, label, named

if TYPE_CHECKING:
    from sslviz.training.results.run_view import RunView
    from sslviz.ui.frame.sound_samples import Sample

RIVAL = "masked_sound"
WORDS = "words of "  # how the names of the measures begin
SHOWN = 12  # covered steps of the comparison
WAYS = (
    Measure("voice, linear probe with 98 labels, {seeds} run seeds", "probe", model=True),
    Measure("word, by another voice", "words", hatched=True),
)
WHY = (
    "And the task gives no reason to learn voices: the clusters say which sound it is, and one voice goes through all "
    "of a recording."
)


def measured(this: Sample, seed: int, options: Any, hide: set[str]) -> None:
    """All of it, one below the other."""
    if {"text", "learned"} <= hide:
        return
    view = current.to_be_asked(SLUG)
    left, right = st.columns(2, gap="medium")
    with left.container(key="hidden_rounds", border=True, gap="small"):
        part("Two rounds", "first by the sound, then by what the trunk makes of it")
        st.markdown(rounds_told(view))
    with right.container(key="beside_codes", border=True, gap="small"):
        part("Beside wav2vec 2.0", "the same recording, the same covered steps: what each takes as the label")
        st.markdown(labels_beside(this, seed, options, view))
    if "learned" in hide:
        return
    with left.container(key="other_voice", border=True, gap="small"):
        part("Which word, by another voice?", "a word said once by one voice is looked for in another one")
        _words()
    ways()
    few_labels(SLUG, WHY, hide)


# the rounds


@once
def rounds_told(view: RunView) -> str:
    """A table of the rounds, and how far the clusters changed."""
    one, two = book(view, first=True), book(view)
    at = answer(view, label(audio.load().clips[0].samples, 0, HiddenUnitsOptions())).sorted_at
    rounds = {"first, by the sound": agreement(f"{view.id} first", one)}
    if at:
        rounds[f"latest, by the trunk, step {at:,}"] = agreement(f"{view.id} {at}", two)
    lines = "".join(f"| {name} | {' | '.join(f'{x:.2f}' for x in found)} |\n" for name, found in rounds.items())
    text = (
        f"| Round | voice | language | which word |\n| :-- | --: | --: | --: |\n{lines}\nHow far the cluster of a step "
        "tells the true class, which the model never sees (adjusted mutual information, 0 is chance, 1 is all). A good "
        "list tells words apart, and does not care who speaks. Voice and language: held-out recordings; words: those "
        "that two voices say in one language. "
    )
    if not at:
        return text + "There was one round so far: train on, and the steps are sorted by what the trunk has learned."
    there = two.codes >= 0
    kept = float((one.codes == two.codes)[there].mean())
    voice, _, word = (after - before for before, after in zip(*rounds.values(), strict=True))
    return text + (
        f"From the first round to the latest {kept:.0%} of all steps kept their number (numbers are matched, so that "
        f"as many as can be stay); NMI of both: {groups.agreement(one.codes[there], two.codes[there]).nmi:.2f}. The "
        f"latest tells {'more' if voice > 0 else 'less'} about the voice ({signed(voice, 2)}) and "
        f"{'more' if word > 0 else 'less'} about the word ({signed(word, 2)})."
    )


@st.cache_data(max_entries=32, show_spinner=False)
def agreement(key: str, _found: Book) -> list[float]:  # noqa: ARG001 - the key says which it is
    """How far the clusters of all steps agree with voice, language and word (adjusted, 0 is chance)."""
    from sslviz.tasks.sounds import word_pairs

    clips = audio.load()
    of_words = np.unique(np.concatenate([rows for pair in word_pairs("voices") for rows in pair]))
    judged: list[tuple[NDArray[np.int64], list[Any]]] = [
        (clips.held_out, [clip.voice for clip in clips.clips]),
        (clips.held_out, [clip.language for clip in clips.clips]),
        (of_words, [f"{clip.language} {clip.name}" for clip in clips.clips]),
    ]
    found = []
    for rows, names in judged:
        ids, classes = _found.codes[rows, :, 0], np.unique(names, return_inverse=True)[1][rows]
        there = ids >= 0
        found.append(groups.agreement(ids[there], np.repeat(classes[:, None], ids.shape[1], 1)[there]).ami)
    return found


# beside wav2vec 2.0


def labels_beside(this: Sample, seed: int, options: Any, view: RunView) -> str:
    """The clusters and the codes of the first covered steps, and what each label costs."""
    from sslviz.training.answers import ask

    run = recorded.read(RIVAL)
    if run is None:
        return ""
    labelled = label(this.samples, seed, options)
    x, answers = labelled.inputs, answer(view, labelled)
    at = answers.asked[:SHOWN]

    def codes(model: Any) -> tuple[Any, int]:
        made_by = model.net.quantiser
        found = made_by.codes(model.net.tokens(x["whole"]))[0, at].numpy().copy()
        return found, sum(weight.numel() for weight in made_by.parameters())

    theirs, weights = ask(run.config, run.weights, codes, kept=run.buffers)
    cells = {
        "covered step": [str(step + 1) for step in at.tolist()],
        "**HuBERT**: cluster": [named(int(answers.clusters[step])) for step in at.tolist()],
        "**wav2vec 2.0**: code": ["·".join(str(entry + 1) for entry in code) for code in theirs.tolist()],
    }
    head, *rows = (f"| {' | '.join(row)} |" for row in (cells, *zip(*cells.values(), strict=True)))
    table = "\n".join([head, f"|{' :-- |' * len(cells)}", *rows])
    return (
        f"{table}\n\n**HuBERT is simpler:** its list stands still while the trunk learns, so that no quantiser has to "
        f"be trained along ({weights:,} weights of Masked sound), no wrong answers have to be picked from the "
        f"recording, and no second loss has to keep the list in use: it is a plain choice among {len(answers.share)} "
        "clusters. The codes are those of the recorded run of Masked sound, without noise."
    )


# which word, by another voice?


def word_rows(slug: str, which: str) -> list[list[float]]:
    """Shares of words that are named: a row a run seed for which it was measured, a column a pair of voices."""
    run = recorded.read(slug)
    found = [] if run is None else [figures["measures"] for figures in (run.figures, *run.repeats)]
    rows = [[one[which] for name, one in measures.items() if name.startswith(WORDS)] for measures in found]
    return [row for row in rows if row]


@cache
def _raw_words() -> list[float]:
    """What the raw log-mel names: a share for each pair of voices."""
    from sslviz.tasks.sounds import raw_words

    return list(raw_words("voices").values())


def _words() -> None:
    from sslviz.tasks.sounds import word_pairs

    ours, random, theirs = word_rows(SLUG, "trained"), word_rows(SLUG, "random"), word_rows(RIVAL, "trained")
    if not ours or not theirs:
        st.caption("Nothing has been recorded yet.")
        return
    raw = [_raw_words()]
    guess = float(np.mean([1 / len(known) for known, _ in word_pairs("voices")]))
    told = f"mean of 4 pairs of voices, and spread of {len(ours)} run seeds; Masked sound: {len(theirs)}"

    def row(name: str, found: list[list[float]], *, model: bool = False) -> tuple[str, list[Bar]]:
        return name, [Bar(told, [float(np.mean(one)) for one in found], model)]

    rows = [
        row("Hidden units", ours, model=True), row("Masked sound", theirs), row("random trunk", random),
        row("raw log-mel", raw),
    ]  # fmt: skip
    bars(rows, [("guessing", guess)], "words named rightly", key=rows[0][1])
    st.markdown(words_told(ours, theirs, random, raw))


def words_told(
    ours: list[list[float]], theirs: list[list[float]], random: list[list[float]], raw: list[list[float]]
) -> str:
    """What the bars say, with standard errors."""
    rivals = {"raw log-mel": raw, "the random trunk": random, "Masked sound": theirs}
    said = []
    for name, other in rivals.items():
        found = lead(ours, other)
        standing = "level with" if not found.clear else "ahead of" if found.points > 0 else "behind"
        said.append(f"{standing} {name}: {found.size if found.clear else found.told}")
    return (
        f"This trunk is {'; '.join(said)}. A lead within two standard errors is none. Two pairs of voices speak one "
        "language: June and Armelle (French), Carlo and Paola (Italian). Each word of the one is compared with all "
        "words of the other, by the cosine, and the nearest names it. A word’s vector is made of the means over its "
        "beginning, middle and end, standardised for each voice by itself; the same for all four. This way was chosen "
        "after a simpler one, the mean of the whole recording, had named hardly any word, trained or not. The trunks "
        "have heard most of these recordings while they learned, but no names."
    )


# other ways to make the clusters


def ways() -> None:
    """What other clusters, and other steps in the loss, teach; nothing where that was not measured."""
    found = ablation.read(SLUG)
    if found is None:
        return
    for row in found["rows"]:
        row["measures"] = {**row["measures"], "words": np.mean(words_of(row), axis=1).tolist()}
    with st.container(key="hidden_ways", border=True, gap="small"):
        draw_ablation(SHOWN_WAYS, found)


def words_of(row: Row) -> list[list[float]]:
    """Shares of words that are named by another voice: a row a run seed, a column a pair of voices."""
    pairs = [numbers(row, name) for name in row["measures"] if name.startswith(WORDS)]
    return [list(seed) for seed in zip(*pairs, strict=True)]


def lines(_found: dict[str, Any]) -> list[Line]:
    """What the raw log-mel reaches of both."""
    return [*reached(SLUG), ("words by raw log-mel", float(np.mean(_raw_words())))]


def meaning(found: dict[str, Any]) -> str:
    """The ways in a table, and which of them is ahead of the usual one, with standard errors."""
    first = usual(found)
    table = "| Way | cluster named | voice | word | seconds a run |\n| :-- | --: | --: | --: | --: |\n"
    said = []
    for row in found["rows"]:
        table += (
            f"| {row['name']} | {mean(row, 'accuracy'):.0%} | {mean(row, 'probe'):.1%} | {np.mean(words_of(row)):.1%} "
            f"| {mean(row, 'seconds'):.0f} |\n"
        )
        if row is not first:
            voice = lead([[one] for one in numbers(row, "probe")], [[one] for one in numbers(first, "probe")])
            word = lead(words_of(row), words_of(first))
            said.append(f"“{row['name']}”: voice {with_error(voice)}; word {with_error(word)}")
    return (
        f"{table}\nAgainst “{first['name']}”, run by run: {'. '.join(said)}. {against_raw(found)} “Cluster named” does "
        "not compare ways with other clusters: fewer are easier to name, and those of the sound were not made by the "
        f"trunk that names them. {protocol(found)}"
    )


def with_error(over: Lead) -> str:
    """A difference, and whether it is one."""
    return over.told if over.clear else f"{over.told}, no difference"


def against_raw(found: dict[str, Any]) -> str:
    """Which ways tell words apart better than the raw log-mel does."""
    raw = [_raw_words()]
    over = {row["name"]: lead(words_of(row), raw) for row in found["rows"]}
    ahead = [f"“{name}” ({one.told})" for name, one in over.items() if one.clear and one.points > 0]
    if not ahead:
        return "No way is ahead of raw log-mel in naming words."
    return f"Ahead of raw log-mel in naming words: {'; '.join(ahead)}."


SHOWN_WAYS = Ablation(
    SLUG, "Other clusters, other steps", "recorded runs of the same number of steps", WAYS, "right on held-out samples",
    meaning, lines,
)  # fmt: skip
