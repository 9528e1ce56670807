"""What every page needs of the browser, and Streamlit leaves out. It draws nothing."""

from __future__ import annotations

from typing import TypedDict

from sslviz.ui.live import mount


class PageAbout(TypedDict):
    """What the view is sent: the page's title; which view of its pages the visitor has chosen last."""

    page: str
    view: str


def page_view(key: str, *, data: PageAbout) -> None:
    """Let a translator change the words, keep the keyboard's focus, one entry of the history a page, close the menu."""
    mount("live/page", key, data)
