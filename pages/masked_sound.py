"""Masked sound: spans of a recording are covered; the code of the sound that was there is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.data import audio
from sslviz.ui import current, page, settings
from sslviz.ui import masked_sound_codes as sounds
from sslviz.ui.masked_sound_card import card
from sslviz.ui.masked_sound_page import (
    LEAD,
    baseline_lines,
    few_labels,
    label_settings,
    own_sound,
    question,
    who_speaks,
)
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.transport import run_panel

SLUG, MOST = sounds.SLUG, 279
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(sounds.FIRST, "Recording number", low=0, high=MOST),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def draw_card():
    """Recording, codes and the model's answers as they are now."""
    options = {name: settings.value(SLUG, name, OPTIONS[name].default) for name in sounds.LABEL_OPTIONS}
    number, seed = settings.value(SLUG, "sample", sounds.FIRST), settings.value(SLUG, "label_seed", 0)
    this = sounds.sample(number, st.session_state.get(f"{SLUG}_own"))
    card(this, current.show(SLUG), seed, options, st.session_state.get("depth") == "Detailed")


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "listen, then click a code", "recording", MOST, sounds.FIRST, label_settings, draw_card, own_sound
    )


def functions():
    """The code on the page."""
    from sslviz.models.quantiser import diversity, straight_through
    from sslviz.tasks import masked_sound as task

    own = task.MaskedSound
    made = (own.draw, task.spread_starts, task.cover, task.others, own.apply, own.teach, own.loss, task.candidates)
    return [(f.__name__, f) for f in (*made, straight_through, diversity)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    few_labels(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
    who_speaks()
credit_line(audio.credits())
