"""Frame order: frames are shuffled; how they were shuffled is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import current, page, settings
from sslviz.ui import frame_order_card as clips
from sslviz.ui.frame_order_page import (
    LEAD,
    baseline_lines,
    functions,
    label_settings,
    measured,
    own_clip,
    question,
)
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = clips.SLUG, 999, 0
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Clip number", low=0, high=MOST),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def draw_card():
    """Frames, label and the model's answer as they are now."""
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    seed, depth = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") or "Basic"
    this = clips.sample(settings.value(SLUG, "sample", FIRST), st.session_state.get(f"{SLUG}_own"))
    clips.card(this, current.show(SLUG), seed, options, depth)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "drag the frames: the label follows", "clip", MOST, FIRST,
        label_settings, draw_card, lambda: own_clip(SLUG),
    )  # fmt: skip


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    page.choose_way(SLUG)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    measured(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(clips.set_credits())
