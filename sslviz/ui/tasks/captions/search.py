"""Type a word, and see which pictures the model finds: pictures that it never saw, found by words alone."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import numpy as np
import streamlit as st

from sslviz.catalogue.captions import ENTRY
from sslviz.data import captions, images, uploads
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, looks, stage
from sslviz.ui.frame.own_input import KEPT
from sslviz.ui.frame.parts import note, part, plain
from sslviz.ui.frame.picture_samples import Figure, figures
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.tasks.captions import pairs

SLUG, KEY = ENTRY.slug, f"{ENTRY.slug}_search"
FIRST, SHOWN = "clock", 8


def search(hide: set[str]) -> None:
    """The part of the page; left out with what was learned."""
    if "learned" not in hide:
        with st.container(key="found_by_words", border=True, gap="small"):
            part("Type a word, and see what it finds", "among emoji that the model never saw; nobody sorted them")
            st.fragment(field)()


def field(size: str = "") -> None:
    """The field, and what is found."""
    st.session_state.setdefault(KEY, FIRST)
    shown: Any = "collapsed" if size else "visible"  # a lesson says what to type
    st.text_input("A word, or a few", key=KEY, max_chars=200, label_visibility=shown, **KEPT)
    st.fragment(results)()


def results() -> None:
    """The pictures nearest to what was typed; or one sentence about why there are none."""
    view, typed = current.show(SLUG), str(st.session_state.get(KEY, ""))
    if refusal := refused(typed):
        st.warning(plain(refusal), icon=":material/edit_off:")
        return
    found = nearest(view, typed)
    figures(found)
    if not stage.size():
        note(
            f"The {SHOWN} of {len(images.load(captions.DATA).held_out_images):,} pictures whose vectors are nearest to "
            f"that of “{typed.strip()}”, with their cosines. These pictures and their names were never trained on."
        )
    looks.follow(KEY, view, current.run(SLUG), "step")


def nearest(view: RunView, typed: str) -> list[Figure]:
    """The nearest pictures of different names, nearest first."""
    cosine = pairs.unseen_pictures(view) @ pairs.read(view, typed)
    emoji, names, cells = images.load(captions.DATA), images.emoji_names("held_out"), dict[str, Figure]()
    for row in np.argsort(-cosine):
        if names[row] not in cells:
            address = data_address(emoji.held_out_images[row], "PNG")
            cells[names[row]] = Figure(f"{names[row]}<br>{cosine[row]:.2f}", address, alt=names[row])
        if len(cells) == SHOWN:
            break
    return list(cells.values())


def refused(typed: str) -> str | None:
    """One sentence about a text that cannot be looked for, with words that are known; None where it can."""
    known, found = captions.vocabulary(), captions.words(typed)
    if not found:
        return "Nothing was typed that is a word: please type one or a few, such as red heart."
    if len(found) > captions.LONGEST:
        return f"That is {len(found)} words: please type at most {captions.LONGEST}."
    missing = next((word for word in found if word not in known), None)
    if missing is None:
        return None
    alike = get_close_matches(missing, known, 5, 0.6) or list(known)[:5]
    return (
        f"{uploads.short(missing)} is none of the {len(known):,} words in the captions it learned from: please try "
        f"words from there, such as {', '.join(alike)}."
    )
