"""Where the pages are: Streamlit knows a page by its file."""

from __future__ import annotations

from pathlib import Path

from sslviz.data import ASSETS


def page_file(name: str) -> Path:
    """The file of a page, by the name that stands in its address: a slug, "home", "transfer" and so on."""
    return ASSETS.parent / "pages" / f"{name}.py"
