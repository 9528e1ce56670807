"""Same or different: two views of one picture belong together; that they do is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import current, page, settings
from sslviz.ui import pairs_card as pairs
from sslviz.ui.own_picture import own_picture
from sslviz.ui.pairs_page import LEAD, baseline_lines, question
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = "same_or_different", 999, 16
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Batch number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", pairs.SOURCES),
    "recording": Option("short", "Recorded run", ("short", "long")),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label itself."""
    st.segmented_control(
        "Pictures", pairs.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    for name in ("tau", "smallest", "strength"):
        o = OPTIONS[name]
        st.slider(o.title, float(o.low), float(o.high), o.default, 0.01, key=f"{SLUG}_{name}", **settings.SESSION)
    for name in ("crop", "flip", "jitter", "grey", "blur"):
        st.toggle(OPTIONS[name].title, OPTIONS[name].default, key=f"{SLUG}_{name}", **settings.SESSION)


def sample():
    """The pictures in view."""
    number, source = settings.value(SLUG, "sample", FIRST), settings.value(SLUG, "pictures", "mixed")
    return pairs.sample(number, source, st.session_state.get(f"{SLUG}_own"))


def draw_card():
    """Views, labels and the model's similarities as they are now."""
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    pairs.card(sample(), current.show(SLUG), seed, options, detailed)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "click a view: what was done to it, and whom it matches", "batch", MOST, FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks import augment
    from sslviz.tasks.same_or_different import SameOrDifferent, nt_xent_logits

    made, judged = (SameOrDifferent.draw, SameOrDifferent.apply), (nt_xent_logits, SameOrDifferent.loss)
    return [(f.__name__, f) for f in (*made, augment.crop, *judged)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(set_credits(current.show(SLUG).config.data))  # of card, map and guess; the card names its photos
