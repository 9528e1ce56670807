"""Patch order: tiles are shuffled; where each one was, is the label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.ui import current, page, settings
from sslviz.ui import patch_order_puzzle as patches
from sslviz.ui.own_picture import own_picture
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.patch_order_card import card
from sslviz.ui.patch_order_page import LEAD, YOUR_TURN, baseline_lines, lab, label_settings, question
from sslviz.ui.pictures import set_credits
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = patches.SLUG, 999, 39
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Sample number", low=0, high=MOST),
    "pictures": Option("mixed", "Pictures", patches.SOURCES),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def draw_card():
    """Tiles, labels and the model's answers as they are now."""
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    seed, depth = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") or "Basic"
    number, source = settings.value(SLUG, "sample", FIRST), settings.value(SLUG, "pictures", "mixed")
    this = patches.sample(number, source, st.session_state.get(f"{SLUG}_own"))
    card(this, current.show(SLUG), seed, options, depth)


def draw_sample():
    """The card, in the place that was kept for it."""
    todo = YOUR_TURN.get(settings.value(SLUG, "way", "places"), "put it in order yourself")
    page.card(
        place, SLUG, f"click a picture, then {todo}", "sample", MOST, FIRST,
        label_settings, draw_card, lambda: own_picture(SLUG),
    )  # fmt: skip


def functions():
    """The code on the page."""
    from sslviz.tasks import patch_order as task
    from sslviz.tasks.permutations import far_apart, inverse

    made = (task.PatchOrder.draw, task.PatchOrder.apply, task.labels)
    return [(f.__name__, f) for f in (*made, inverse, far_apart.__wrapped__, task.PatchOrder.loss)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    page.choose_way(SLUG)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    lab(hide)
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(set_credits(current.show(SLUG).config.data))  # of card, map and guess; the card names its photos
