"""A visitor's own picture: it is labelled and answered, never trained on."""

from __future__ import annotations

import streamlit as st

from sslviz.data import uploads
from sslviz.ui.parts import plain


def own_picture(slug: str) -> None:
    """Ask for a file; what is in it, (h, w, 3) uint8 or None, is then `session_state["<slug>_own"]`."""
    file = st.file_uploader(
        "Your own picture: JPEG, PNG, WebP or GIF, at most 5 MB", key=f"{slug}_upload", max_upload_size=6
    )
    st.session_state[f"{slug}_own"] = None
    if file is not None:
        try:
            st.session_state[f"{slug}_own"] = uploads.picture(file.getvalue(), file.name)
            if st.session_state.get(f"{slug}_seen") != file.file_id:  # a new one is the picture in view
                st.session_state.update({f"{slug}_seen": file.file_id, f"{slug}_selected": 0})
        except uploads.Refused as refused:
            st.warning(plain(str(refused)), icon=":material/hide_image:")
