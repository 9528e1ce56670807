"""Masked patches: most of a picture is covered; what was there, is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import current, page, settings
from sslviz.ui import masked_patches_card as patches
from sslviz.ui.masked_patches_page import LEAD, baseline_lines, question, worth
from sslviz.ui.own_picture import own_picture
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = patches.SLUG, 999, 16
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Batch number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", patches.SOURCES),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label itself."""
    st.segmented_control(
        "Pictures", patches.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    o = OPTIONS["share"]
    st.slider(o.title, o.low, o.high, o.default, 0.05, key=f"{SLUG}_share", format="percent", **settings.SESSION)
    st.toggle(OPTIONS["normalise"].title, key=f"{SLUG}_normalise", **settings.SESSION)
    st.caption("What is drawn from normalised patches needs their true mean and variance: the card shows that leak.")


def draw_card():
    """Masks, labels and what the model paints, as they are now."""
    number, source = settings.value(SLUG, "sample", FIRST), settings.value(SLUG, "pictures", "mixed")
    this = patches.sample(number, source, st.session_state.get(f"{SLUG}_own"))
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    patches.card(this, current.show(SLUG), seed, options, detailed)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "cover and uncover patches by hand", "batch", MOST, FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks.masked_patches import MaskedPatches, normalised, take

    made, judged = (MaskedPatches.draw, MaskedPatches.apply), (MaskedPatches.loss, normalised)
    return [(f.__name__, f) for f in (*made, take, *judged)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    worth(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(set_credits(current.show(SLUG).config.data))  # of card, map and guess; the card names its photos
