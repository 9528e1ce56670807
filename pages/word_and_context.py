"""Word and context: a word's neighbours are its label."""

import streamlit as st

from sslviz.catalogue import READY, Option
from sslviz.data import uploads
from sslviz.data.running import running
from sslviz.ui import context_card as context
from sslviz.ui import current, page, settings
from sslviz.ui.context_page import LEAD, baseline_lines, nearest_part, question
from sslviz.ui.parts import credit_line, hidden, plain
from sslviz.ui.transport import run_panel

SLUG, MOST, FIRST = "word_and_context", 3624, 168
OPTIONS = READY[SLUG].options
OWN = {
    "label_seed": Option(0, "Label seed", low=0, high=9999),
    "sample": Option(FIRST, "Sentence number", low=0, high=MOST),
    "recording": Option("short", "Recorded run", page.recordings(SLUG)),
}

hide = hidden()
page.link_notes(SLUG, OWN)


def label_settings():
    """What may be changed about the label itself."""
    way, threshold = OPTIONS["way"], OPTIONS["threshold"]
    st.segmented_control(
        way.title, way.choices, default=way.default, required=True, key=f"{SLUG}_way", **settings.SESSION,
        help="Skip-gram: the centre is asked for each neighbour. CBOW: all neighbours together for the centre.",
    )  # fmt: skip
    for name, step, said in (
        ("window", 1, "Each centre draws its own reach from 1 to this, so near words count more often."),
        ("negatives", 1, "k: so many noise words are drawn anew for every label."),
        ("exponent", 0.05, "Noise words come with p ∝ count^exponent. 0: any word alike; 1: as common as it is."),
    ):
        o = OPTIONS[name]
        kind = type(o.default)
        st.slider(
            o.title, kind(o.low), kind(o.high), o.default, step, key=f"{SLUG}_{name}", help=said, **settings.SESSION
        )
    st.number_input(
        threshold.title, threshold.low, threshold.high, threshold.default, 1e-3, format="%g", key=f"{SLUG}_threshold",
        help="t: a word that is the share f of all words stays with a chance of √(t/f) + t/f. 1 keeps every word.",
        **settings.SESSION,
    )  # fmt: skip
    st.caption("The card follows at once; a run trains with these from its next Reset on.")


def sample(warn=False):
    """The sentence in view: a held-out one, or the visitor's own."""
    data = current.show(SLUG).config.data
    number, own = settings.value(SLUG, "sample", FIRST), st.session_state.get(f"{SLUG}_own", "")
    try:
        return context.sample(data, number, own)
    except uploads.Refused as refused:
        if warn:
            st.warning(plain(str(refused)), icon=":material/edit_off:")
        return context.sample(data, number, "")


def draw_card():
    """The sentence with its windows, and the model's scores as they are now."""
    options = {name: settings.value(SLUG, name, o.default) for name, o in OPTIONS.items()}
    seed, detailed = settings.value(SLUG, "label_seed", 0), st.session_state.get("depth") == "Detailed"
    context.card(sample(warn=True), current.show(SLUG), seed, options, detailed)


def own_sentence():
    """The visitor's own sentence; it is labelled and answered, never trained on."""
    st.text_input(
        "Your own sentence", key=f"{SLUG}_own", max_chars=uploads.MAX_CHARACTERS * 50,
        placeholder="the king and the queen drink tea",
    )  # fmt: skip


def draw_sample():
    """The card and the nearest words, in the places that were kept for them: both need torch."""
    page.card(
        place, SLUG, "click a word, or use the arrow keys: it becomes the centre", "sentence", MOST, FIRST,
        label_settings, draw_card, own_sentence,
    )  # fmt: skip
    if "learned" not in hide:
        with near.container(key="nearest", border=True, gap="small"):
            st.fragment(nearest_part)()


def functions():
    """The code on the page."""
    from sslviz.tasks import word_and_context as task

    made = (task.WordAndContext.draw, task.WordAndContext.apply, task.windows)
    drawn = (task.keep_probability, task.noise_probability, task.WordAndContext.loss)
    return [(f.__name__, f) for f in (*made, *drawn)]


with st.container(gap="xsmall"):
    page.head(SLUG, LEAD, hide)
    place = st.container(key="sample_card", border=True, gap="xsmall")
    run_panel(SLUG, hide, baseline_lines)
    near = st.container()
    page.below(SLUG, hide, draw_sample, question, functions)
credit_line(running(current.show(SLUG).config.data).credits)
