"""Words and questions of the page Masked sound, the visitor's own recording, and who recorded the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from sslviz.catalogue import READY
from sslviz.data import audio, uploads
from sslviz.ui import current, page, settings
from sslviz.ui import masked_sound_codes as sounds
from sslviz.ui.bars import Bar, bars
from sslviz.ui.learned import comparable
from sslviz.ui.masked_sound_codes import SLUG
from sslviz.ui.parts import part, plain
from sslviz.ui.pictures import data_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from sslviz.training.shown import Shown

LEAD = {
    "Basic": "The line crackles, and you miss a syllable; from what comes before and after you guess it. Here pieces "
    "of a recording are covered. Each short sound has a number, its code, from a list that the model draws up itself: "
    "the code of the covered sound is the label.",
    "Standard": "A quantiser turns every 20 ms of sound into a code: one entry out of each of two small tables. Spans "
    "are covered, and at each covered step the trunk must pick the true code among those of other covered steps of "
    "the same recording. So voice and room tell nothing. The codes are learned along with the rest; a diversity loss "
    "sees to it that all entries are used, for one code for everything would make the task empty.",
    "Detailed": "ℓ = −ln [ exp(cos(c, q₊)/0.1) / Σ exp(cos(c, q)/0.1) ], the sum over the true q and at most 10 "
    "distractors; one with the true code is left out. Codes: argmax of scores + Gumbel noise; the gradient passes as "
    "softmax((scores + noise)/τ), τ from 2 down to 0.5, straight through. Plus 0.1 · (GV − perplexity)/GV. p = 0.065 "
    "and M = 10 as in the paper, but our recordings last 0.25 to 1.6 s, not 15 s. Unlike the paper: log-mel frames in "
    "place of convolutions over the wave, 10 distractors, not 100, and far fewer entries. arXiv 2006.11477, sections "
    "2 and 3.",
}
HELP = {
    "p": "0.065 in the paper, with spans of 10 steps: then half of a long recording is covered.",
    "span": "A step is 20 ms. 10 in the paper, whose recordings are ten times as long.",
    "groups": "Each group gives one number; together they are the code.",
    "entries": "320 in the paper.",
    "diversity": "0.1 in the paper. Try 0: do all entries stay in use?",
}
LETTERS = "ABCD"
APART = 3  # steps that the sounds of a question lie apart at least, so that they can be told from each other
MENARDI = (
    "Paola’s voice: these sound files were made by Marco Menardi and his wife Paola Dal Zot, "
    "http://www.voip.ammdomus.it (there are more of them, and newer ones)."
)


def label_settings() -> None:
    """What may be changed about the label, and about who makes it."""
    options = READY[SLUG].options
    for name in ("p", "diversity"):
        o = options[name]
        st.slider(
            o.title, float(o.low), float(o.high), o.default, 0.005 if name == "p" else 0.05, key=f"{SLUG}_{name}",
            help=HELP[name], **settings.SESSION,
        )  # fmt: skip
    for name in ("span", "groups", "entries"):
        o = options[name]
        st.slider(
            o.title, int(o.low), int(o.high), o.default, key=f"{SLUG}_{name}", help=HELP[name], **settings.SESSION
        )
    st.caption("Spans follow at once. Groups, entries and diversity are those of a run: Reset, then Play, trains one.")


def own_sound() -> None:
    """Record or upload; what is in it, (n,) int16 or None, is then `session_state["masked_sound_own"]`."""
    spoken = st.audio_input("Say a word or two", sample_rate=8000, key=f"{SLUG}_microphone")
    file = st.file_uploader(
        "Or a file: WAV, FLAC, OGG or MP3, at most 30 s and 10 MB", key=f"{SLUG}_upload", max_upload_size=11
    )
    st.session_state[f"{SLUG}_own"] = None
    chosen = file or spoken
    if chosen is None:
        return
    if file and spoken:
        st.caption("The file is used; take it away to hear what you said.")
    try:
        st.session_state[f"{SLUG}_own"] = uploads.sound(chosen.getvalue(), chosen.name)
        st.caption("Of a longer recording the loudest 1.6 s are used: the model knows no longer ones.")
    except uploads.Refused as refused:
        st.warning(plain(str(refused)), icon=":material/volume_off:")


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot; where nothing was measured, guessing among all eleven."""
    alike = {"name": "guessing: ln 11", "value": float(np.log(11)), "kind": "chance"}
    return page.loss_lines(view) or [alike]


# guess


def question(slug: str) -> dict[str, Any]:
    """One gap, and four sounds of the same recording that stood in gaps."""
    number = st.session_state.get(f"{slug}_guess", 0)
    view = current.show(slug)
    asked = ask(view, number)
    return {
        "question": "Which sound stood in the blue frame?",
        "choices": list(LETTERS[: len(asked["sounds"])]),
        "truth": LETTERS[asked["right"]],
        "model": LETTERS[asked["picked"]],
        "others": {},
        "chance": 1 / len(asked["sounds"]),
        "show": _show(asked),
    }


def ask(view: Shown, number: int) -> dict[str, Any]:
    """A covered step of a held-out recording and three others of it, with other codes and some way off."""
    options = {name: READY[SLUG].options[name].default for name in sounds.LABEL_OPTIONS}
    for attempt in range(50):
        rng = np.random.default_rng((number, sounds.PAGE, 99, attempt))
        this = sounds.sample(int(rng.integers(1000)), None)
        labelled = sounds.label(this.samples, number + attempt, view, options)
        said = sounds.answer(view, labelled)
        for i in rng.permutation(len(said.asked)).tolist():
            far = [0]
            for column in range(1, said.p.shape[1]):
                steps = said.steps[i, [*far, column]]
                apart = np.abs(steps[:-1] - steps[-1]).min()
                if said.p[i, column] > 0 and steps[-1] >= 0 and apart >= APART and len(far) < len(LETTERS):
                    far.append(column)
            if len(far) == len(LETTERS):
                order = rng.permutation(len(far)).tolist()
                p = said.p[i, far]
                return {
                    "this": this, "said": said, "labelled": labelled, "step": int(said.asked[i]),
                    "steps": [int(said.steps[i, far[one]]) for one in order],
                    "sounds": [sounds.cut_out(this.samples, int(said.steps[i, far[one]])) for one in order],
                    "right": order.index(0), "picked": order.index(int(p.argmax())),
                }  # fmt: skip
    msg = "no recording has four covered steps that lie apart"
    raise LookupError(msg)


def _show(asked: dict[str, Any]) -> Callable[[], None]:
    this, said, step = asked["this"], asked["said"], asked["step"]

    def show() -> None:
        mel = asked["labelled"].inputs["whole"][0].numpy()
        picture = data_address(sounds.gap_picture(mel, said.masked, step), "PNG")
        alt = f"Log-mel of a recording, {int(said.masked.sum())} of {len(said.masked)} steps covered"
        st.html(f"<img src='{picture}' alt='{alt}' style='width: 100%; height: 96px; border-radius: 4px'>")
        st.caption(f"{this.title}, with the covered spans silent. The frame is at {(step + 0.625) * 0.02:.2f} s.")
        st.audio(sounds.silenced(this.samples, said.masked), sample_rate=audio.RATE)
        for column, letter, piece in zip(st.columns(len(LETTERS)), LETTERS, asked["sounds"], strict=True):
            column.caption(f"{letter}, 150 ms")
            column.audio(piece, sample_rate=audio.RATE)

    return show


# what it learned, with very few labels


def few_labels(hide: set[str]) -> None:
    """Voice and language with one, two and five labels a class; nothing where nothing was measured."""
    view = current.show(SLUG)
    figures = view.figures or comparable(view)
    if "learned" in hide or figures is None or "few_labels" not in figures:
        return
    with st.container(key="few_labels", border=True, gap="small"):
        part("With very few labels", "whose voice, which language? a linear probe on the frozen trunk")
        columns = st.columns(2, gap="medium")
        for column, (name, found) in zip(columns, figures["few_labels"].items(), strict=True):
            rows = [
                (
                    f"{count} label{'s' if count > 1 else ''} a class",
                    [
                        Bar("this model" if view.figures else "the recorded model", found["trained"][i], model=True),
                        Bar("random trunk", found["random"][i]),
                        Bar(figures["raw_name"], found["raw"][i], hatched=True),
                    ],
                )
                for i, count in enumerate(found["labels"])
            ]
            with column:
                st.markdown(f"**{name.capitalize()}**")
                bars(rows, [("the commonest class", found["chance"])], "right on held-out recordings", key=rows[0][1])
        if "text" not in hide:
            st.markdown(few_meaning(figures))


def few_meaning(figures: dict[str, Any]) -> str:
    """What the bars say; every number comes from the run."""
    told, below, choices = [], False, 0
    for name, found in figures["few_labels"].items():
        mine, bare, raw = ([float(np.mean(row)) for row in found[who]] for who in ("trained", "random", "raw"))
        choices = len(found["trained"][0])
        above = [str(count) for count, one, other in zip(found["labels"], mine, raw, strict=True) if one > other]
        better = [str(count) for count, one, other in zip(found["labels"], mine, bare, strict=True) if one > other]
        told.append(
            f"{name.capitalize()}: above {figures['raw_name']} {_counts(above)}, above the random trunk "
            f"{_counts(better)}; with {found['labels'][-1]} labels a class **{mine[-1]:.0%}**, random trunk "
            f"{bare[-1]:.0%}, {figures['raw_name']} {raw[-1]:.0%}."
        )
        below = below or mine[-1] < max(raw[-1], bare[-1])
    end = f" Mean and spread of {choices} choices of labels; what is less than the spread apart may be chance."
    if not below:
        return " ".join(told) + end
    return (
        f"{' '.join(told)}{end} **Why is it not further ahead?** Each voice was recorded in one room with one "
        "microphone, which the mean loudness of each band tells almost by itself. And the task gives no reason to "
        "know a voice: all candidates are from the same recording, so it is the same in all of them."
    )


def _counts(labels: list[str]) -> str:
    return f"with {' and '.join(labels)} label{'s' if labels != ['1'] else ''} a class" if labels else "nowhere"


# who speaks


def who_speaks() -> None:
    """Who recorded the voices, where everybody sees it."""
    with st.container(key="who_speaks", border=True, gap="xsmall"):
        part("Who speaks", "real people, who made these recordings for telephone systems")
        st.markdown(
            "Seven voices: Allison Smith in English and in Spanish, June Wallack and Armelle Desjardins in French, "
            "Carlo Flora and Paola Dal Zot in Italian, and ivrvoice.ru in Russian."
        )
        st.text(MENARDI)
