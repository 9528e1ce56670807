"""What a link says, checked before any widget reads it.

A page says of one parameter at a time why it cannot be used; all that cannot be used is taken out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st
from streamlit.runtime.state.session_state_proxy import get_session_state

from sslviz.catalogue import Option
from sslviz.ui.frame.parts import plain

MOST_NOTES = 12

Fault = Callable[[str, str], str]  # (a parameter's name, its value) → why not, in a sentence; empty where it may stay


def check(fault: Fault) -> list[str]:
    """Take out of the link what cannot be used.

    Args:
        fault: of a parameter; what belongs to other pages is none of its business and stays.

    Returns:
        One sentence for each value that was taken out, in the order of the link.
    """
    notes = []
    for name, text in st.query_params.to_dict().items():
        if why := fault(name, text):
            del st.query_params[name]
            notes.append(why)
    if notes:
        # Bound widgets read the link as it was when the page was opened, and a whole number of "1e400" ends the script.
        with get_session_state().query_params() as link:
            link.set_initial_query_params_from_current()
    return notes if len(notes) <= MOST_NOTES else [*notes[:MOST_NOTES], f"And {len(notes) - MOST_NOTES} more such."]


def tell(notes: Iterable[str]) -> None:
    """Say what was taken out."""
    for note in notes:
        st.warning(plain(note), icon=":material/link_off:")


def unusable(option: Option, text: str) -> str:
    """Why a text is no value of a setting; empty if it is one."""
    try:
        option.parse(text)
    except ValueError:
        return f"{option.title}: “{text[:20]}” is not {option.accepted}, so {option.default} is used instead."
    return ""
