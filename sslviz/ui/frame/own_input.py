"""A visitor's own sample: it is labelled and answered, never trained on, and kept for the visit only.

It stays while another page is open. Asking for another sample puts it aside, and one press brings it back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from numpy.typing import NDArray
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from sslviz.data import uploads
from sslviz.ui.frame.parts import plain

KEPT: dict[str, Any] = {"persist_state": "session"}  # what is typed is kept on other pages, and is never in the link


@dataclass(frozen=True)
class OwnInput:
    """How a page asks for the visitor's own sample.

    Attributes:
        name: what it is called.
        ask: draws the widgets of the page with this slug.
        value: what was given on the page with this slug, or `nothing`.
        nothing: what stands for no sample of one's own.
        told: what became of it where it is not shown as it was given.
    """

    name: str
    ask: Callable[[str], None]
    value: Callable[[str], Any]
    nothing: Any = None
    told: Callable[[Any], str] = lambda _value: ""

    def given(self, slug: str) -> bool:
        """Whether there is one, in view or put aside."""
        value = self.value(slug)
        return value is not None and (self.nothing is None or value != self.nothing)

    def in_view(self, slug: str) -> Any:
        """What was given, or `nothing` while it is put aside."""
        return self.nothing if aside(slug) else self.value(slug)


def aside(slug: str) -> bool:
    """Whether the own sample makes room for a bundled one."""
    return bool(st.session_state.get(f"{slug}_own_aside"))


def put_aside(slug: str) -> None:
    """Show a bundled sample in its place."""
    st.session_state[f"{slug}_own_aside"] = True
    st.session_state.pop(f"{slug}_refused", None)


def bring_back(slug: str) -> None:
    """Show it again, or a new one."""
    st.session_state[f"{slug}_own_aside"] = False


def own_sentence(example: str) -> OwnInput:
    """A sentence that is typed.

    The field has no limit of its own: it would show a count of characters, where words are limited, and cut in silence
    what `uploads.sentence` refuses in words.
    """

    def ask(slug: str) -> None:
        st.text_input(
            "Your own sentence", key=f"{slug}_own", placeholder=example, on_change=bring_back, args=(slug,), **KEPT,
        )  # fmt: skip

    return OwnInput("sentence", ask, lambda slug: st.session_state.get(f"{slug}_own", ""), "", uploads.told)


@dataclass(frozen=True)
class Given:
    """A file that was read: what it is called, and what is in it."""

    name: str
    value: NDArray[Any]


def ask_for_file(slug: str, kind: uploads.Kind, label: str, icon: str) -> None:
    """A field for a file, and what became of the last one.

    Args:
        slug: of the page.
        kind: what it should be.
        label: of the field; its limit is said by the field itself.
        icon: of a refusal.
    """
    key, most = widget_key(slug, "upload"), uploads.ACCEPTED[kind][0]
    st.file_uploader(
        label, key=key, max_upload_size=most // uploads.MEGABYTE, on_change=take, args=(slug, kind, key)
    )  # fmt: skip
    given = st.session_state.get(f"{slug}_given")
    if refused := st.session_state.get(f"{slug}_refused"):
        st.warning(plain(refused), icon=icon)
    if given is not None:
        st.caption(plain(f"{given.name} is {'put aside' if aside(slug) else 'in view'}."))
        st.button("Take it away", key=f"{slug}_take_away", icon=":material/delete:", on_click=_take_away, args=(slug,))


def widget_key(slug: str, name: str) -> str:
    """The key of a field for files. It changes with every file, so that the field is empty again."""
    return f"{slug}_{name}_{st.session_state.get(f'{slug}_taken', 0)}"


def take(slug: str, kind: uploads.Kind, key: str) -> None:
    """Read the file that was put into the field `key`, once, and free it at once."""
    file = st.session_state.get(key)
    if not isinstance(file, UploadedFile):
        return
    st.session_state[f"{slug}_taken"] = st.session_state.get(f"{slug}_taken", 0) + 1
    st.session_state.pop(f"{slug}_refused", None)
    try:
        value = uploads.decode(kind, file.getvalue(), file.name)
    except uploads.Refused as refused:
        st.session_state[f"{slug}_refused"] = str(refused)
    else:
        st.session_state[f"{slug}_given"] = Given(uploads.short(file.name), value)
        if kind == "picture":
            st.session_state[f"{slug}_selected"] = 0  # of several, the new one is the picture in view
        bring_back(slug)
    finally:
        _free(file)


def _take_away(slug: str) -> None:
    for name in ("given", "refused"):
        st.session_state.pop(f"{slug}_{name}", None)


def _free(file: UploadedFile) -> None:
    """Take the bytes from the server's memory, where Streamlit would keep them until the visitor leaves."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def read(slug: str) -> Any:
    """What was in the file that was given on this page; None where there is none."""
    given = st.session_state.get(f"{slug}_given")
    return None if given is None else given.value


def own_file(kind: uploads.Kind, name: str, label: str, icon: str) -> OwnInput:
    """A file of this kind."""
    return OwnInput(name, lambda slug: ask_for_file(slug, kind, label, icon), read)


OWN_PICTURE = own_file(  # (h, w, 3) uint8
    "picture", "picture", "Your own picture: JPEG, PNG, WebP, GIF, HEIC or AVIF", ":material/hide_image:"
)
