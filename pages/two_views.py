"""Two views, no negatives: foretell what a slower copy says of the other view; what it says is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import current, page, pairs_card, settings
from sslviz.ui import two_views_card as views
from sslviz.ui.own_picture import own_picture
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits
from sslviz.ui.transport import run_panel
from sslviz.ui.two_views_page import LEAD, baseline_lines, collapse_lab, question

SLUG, MOST = views.SLUG, 999
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(views.FIRST, "Batch number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", pairs_card.SOURCES),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the views, and about who makes the label."""
    st.segmented_control(
        "Pictures", pairs_card.SOURCES, default="mixed", required=True, key=f"{SLUG}_pictures", **settings.SESSION
    )
    for name in ("predictor", "stop_gradient"):
        st.toggle(OPTIONS[name].title, OPTIONS[name].default, key=f"{SLUG}_{name}", **settings.SESSION)
    o = OPTIONS["norm"]
    st.segmented_control(o.title, o.choices, default=o.default, required=True, key=f"{SLUG}_norm", **settings.SESSION)
    for name in ("m", "smallest", "strength"):
        o = OPTIONS[name]
        st.slider(o.title, float(o.low), float(o.high), o.default, 0.01, key=f"{SLUG}_{name}", **settings.SESSION)
    for name in ("crop", "flip", "jitter", "grey", "blur"):
        st.toggle(OPTIONS[name].title, OPTIONS[name].default, key=f"{SLUG}_{name}", **settings.SESSION)
    st.caption("How the model is built, and its momentum, belong to a run: Reset, then Play, trains one as set here.")


def draw_card():
    """Views, the target's words and the model's answers as they are now."""
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    number, source = settings.value(SLUG, "sample", views.FIRST), settings.value(SLUG, "pictures", "mixed")
    this = pairs_card.sample(number, source, st.session_state.get(f"{SLUG}_own"))
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    views.card(this, current.show(SLUG), seed, options, detailed)


def draw_sample():
    """The card, in the place that was kept for it."""
    page.card(
        place, SLUG, "click a picture: what was foretold, beside all that is said", "batch", MOST, views.FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks import collapse
    from sslviz.tasks.same_or_different import SameOrDifferent
    from sslviz.tasks.two_views import TwoViews

    own = (TwoViews.apply, TwoViews.teach, TwoViews.loss, TwoViews.after_step)
    named = [(f.__name__, f) for f in (*own, collapse.spread, collapse.effective_rank)]
    return [("draw", SameOrDifferent.draw), ("views", SameOrDifferent.apply), *named]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    collapse_lab(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(set_credits(current.show(SLUG).config.data))  # of the map, the meters and the guess
