"""Cluster IDs: the model sorts the pictures itself; the number of its pile is a picture's label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import cluster_ids_card as cards
from sslviz.ui import current, page, settings
from sslviz.ui.cluster_ids_page import LEAD, baseline_lines, question, rounds
from sslviz.ui.own_picture import own_picture
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = cards.SLUG, 999, 16
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Batch number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", cards.SOURCES),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label and about the view that must do to find it."""
    st.segmented_control(
        "Pictures", cards.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    for name, step in (("clusters", 5), ("every", 10)):
        o = OPTIONS[name]
        st.slider(o.title, int(o.low), int(o.high), o.default, step, key=f"{SLUG}_{name}", **settings.SESSION)
    for name in ("smallest", "light"):
        o = OPTIONS[name]
        st.slider(o.title, float(o.low), float(o.high), o.default, 0.05, key=f"{SLUG}_{name}", **settings.SESSION)
    st.toggle(OPTIONS["flip"].title, OPTIONS["flip"].default, key=f"{SLUG}_flip", **settings.SESSION)
    st.caption("Clusters and rounds are those of a run: Reset, then Play, trains one with what is set here.")


def draw_card():
    """Views, clusters and the model's answers as they are now."""
    number, source = settings.value(SLUG, "sample", FIRST), settings.value(SLUG, "pictures", "mixed")
    this = cards.sample(number, source, st.session_state.get(f"{SLUG}_own"))
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    cards.card(this, current.show(SLUG), seed, options, detailed)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "click a picture: who else is in its pile", "batch", MOST, FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks import rounds as parts
    from sslviz.tasks.cluster_ids import ClusterIds

    made, judged = (ClusterIds.refresh, ClusterIds.teach, parts.nearest), (ClusterIds.draw, ClusterIds.apply)
    return [(f.__name__, f) for f in (*made, *judged, ClusterIds.loss, parts.evenly, parts.match)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    later = st.container()
    page.below(SLUG, hide, draw_sample, question, functions)
    with later:  # last, since sorting by pixels takes a second that the card need not wait for
        rounds(hide)
credit_line(set_credits(current.show(SLUG).config.data))  # of the map, the piles and the guess
