"""Compress and rebuild: a picture goes through a few numbers; the picture itself is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import autoencoding_card as codes
from sslviz.ui import current, page, settings
from sslviz.ui.autoencoding_page import LEAD, baseline_lines, question, worth
from sslviz.ui.own_picture import own_picture
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = codes.SLUG, 999, 16
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Batch number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", codes.SOURCES),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label, and about the bottleneck that makes it one."""
    st.segmented_control(
        "Pictures", codes.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    o = OPTIONS["width"]
    st.slider(o.title, int(o.low), int(o.high), o.default, key=f"{SLUG}_width", **settings.SESSION)
    st.toggle(OPTIONS["whole"].title, OPTIONS["whole"].default, key=f"{SLUG}_whole", **settings.SESSION)
    for name in ("noise", "dropped"):
        o = OPTIONS[name]
        st.slider(o.title, float(o.low), float(o.high), o.default, 0.05, key=f"{SLUG}_{name}", **settings.SESSION)


def chosen():
    """The settings of the label."""
    return {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}


def draw_card():
    """Codes, and what is rebuilt from them, as they are now."""
    number, source = settings.value(SLUG, "sample", FIRST), settings.value(SLUG, "pictures", "mixed")
    this = codes.sample(number, source, st.session_state.get(f"{SLUG}_own"))
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    codes.card(this, current.show(SLUG), seed, chosen(), detailed)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "what gets through a few numbers", "batch", MOST, FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG), lambda: bool(chosen()["noise"] or chosen()["dropped"]),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks.autoencoding import Autoencoding, SqueezeNet, components

    made, squeezed = (Autoencoding.draw, Autoencoding.apply), (SqueezeNet.code, SqueezeNet.rebuild)
    return [(f.__name__, f) for f in (*made, *squeezed, Autoencoding.loss, components)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    worth(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(set_credits(current.show(SLUG).config.data))  # of card, map and guess; the card names its photos
