"""Accessibility: axe finds nothing but what Streamlit itself brings and nobody can change from outside.

Each exception is a rule with the one thing that it may be about. Whatever else axe finds fails the test.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from visitor import Visitor

Visit = Callable[..., Visitor]


def ours(violation: dict[str, Any], address: str, width: int) -> list[str]:
    """Which of the places that a rule was broken at are ours to mend."""
    rule = violation["id"]
    theirs: tuple[str, ...] = ()
    if rule == "region":
        theirs = ("Skip to main content",)  # Streamlit's skip link stands outside of all landmarks
    elif rule in ("list", "listitem") and width < 768:
        theirs = ("stSidebarNav",)  # on a phone the navigation becomes a sidebar, with <div> between its <ul> and <li>
    elif rule == "presentation-role-conflict":
        theirs = ("stFileUploaderDropzoneInput", "stFileUploader")
    elif rule == "empty-table-header":
        theirs = ("stTable", "stDataFrame")
    return [
        f"{rule} ({violation['impact']}), {address or 'home'}: {node['html'][:200]}"
        for node in violation["nodes"]
        if not any(sign in f"{node['html']} {node['target']}" for sign in theirs)
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_nothing(visit: Visit, address: str, width: int, theme: str) -> None:
    visitor = visit(address, width=width, height=768 if width > 500 else 844, theme=theme)
    visitor.settle()
    if address:
        visitor.settled()  # nothing glides or fades in any more
    visitor.page.wait_for_function("() => document.getAnimations().every(a => a.playState !== 'running')")
    found = Axe().run(visitor.page).response["violations"]
    wrong = [line for violation in found for line in ours(violation, address, width)]
    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_in_what_opens(visit: Visit, slug: str) -> None:
    """The popovers of the card and of the run."""
    visitor = visit(slug)
    for part, name in (("sample_card", "Your own"), ("sample_card", "Label, seed"), ("transport", "Run")):
        visitor.popover(part, name).first.wait_for()
        found = Axe().run(visitor.page).response["violations"]
        wrong = [f"{name}: {line}" for violation in found for line in ours(violation, slug, 1366)]
        assert not wrong, "\n".join(wrong)
        visitor.page.keyboard.press("Escape")
