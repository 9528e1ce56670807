"""Same or different, with a queue: which of many keys is that of my own picture? Its key is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import current, page, pairs_card, settings
from sslviz.ui import queue_card as keys
from sslviz.ui.own_picture import own_picture
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits
from sslviz.ui.queue_page import LEAD, baseline_lines, first_rises, question
from sslviz.ui.transport import run_panel

SLUG, MOST = keys.SLUG, 999
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(keys.FIRST, "Batch number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", pairs_card.SOURCES),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label and about who makes it."""
    st.segmented_control(
        "Pictures", pairs_card.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    for name in ("tau", "m", "smallest", "strength"):
        o = OPTIONS[name]
        step = 0.001 if name == "m" else 0.01
        st.slider(o.title, float(o.low), float(o.high), o.default, step, key=f"{SLUG}_{name}", **settings.SESSION)
    o = OPTIONS["keys"]
    st.slider(o.title, int(o.low), int(o.high), o.default, 64, key=f"{SLUG}_keys", **settings.SESSION)
    for name in ("crop", "flip", "jitter", "grey", "blur"):
        st.toggle(OPTIONS[name].title, OPTIONS[name].default, key=f"{SLUG}_{name}", **settings.SESSION)
    st.caption("Momentum and number of keys are those of a run: Reset, then Play, trains one with what is set here.")


def draw_card():
    """Queries, keys and the model's answers as they are now."""
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    number, source = settings.value(SLUG, "sample", keys.FIRST), settings.value(SLUG, "pictures", "mixed")
    this = pairs_card.sample(number, source, st.session_state.get(f"{SLUG}_own"))
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    keys.card(this, current.show(SLUG), seed, options, detailed)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "click a picture: its query among the keys", "batch", MOST, keys.FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks.momentum_queue import MomentumQueue, queue_logits
    from sslviz.tasks.same_or_different import SameOrDifferent

    own = (MomentumQueue.apply, MomentumQueue.teach, queue_logits, MomentumQueue.loss, MomentumQueue.after_step)
    return [("draw", SameOrDifferent.draw), ("views", SameOrDifferent.apply), *((f.__name__, f) for f in own)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    first_rises(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(set_credits(current.show(SLUG).config.data))  # of the map, the queue and the guess
