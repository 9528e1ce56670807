"""The visitor's own recording on the pages of sound."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from sslviz.ui.frame.own_input import OwnInput, ask_for_file, read, take, widget_key


def lends_microphone(address: str | None) -> bool:
    """Whether a browser lets a page at this address hear: over https, or from the same computer."""
    parts = urlsplit(address or "")
    host = parts.hostname or ""
    return (
        parts.scheme != "http" or host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
    )


def _ask(slug: str) -> None:
    if lends_microphone(st.context.url):
        key = widget_key(slug, "microphone")
        st.audio_input("Say a word or two", sample_rate=8000, key=key, on_change=take, args=(slug, "sound", key))
    else:
        st.caption(
            "A browser lends its microphone only to pages over https or from the same computer, and this page comes "
            "over plain http from another one; a recording that your phone or computer makes will do."
        )
    ask_for_file(slug, "sound", "A recording: WAV, FLAC, OGG, MP3, M4A or WebM, at most 30 s", ":material/volume_off:")
    st.caption("Of a longer recording the loudest 1.6 s are used: the model was trained on nothing longer.")


OWN_SOUND = OwnInput("recording", _ask, read)  # (n,) int16 at 8 kHz
