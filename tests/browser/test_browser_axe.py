"""Accessibility: axe finds nothing but what Streamlit itself brings and nobody can change from outside.

Each exception is a rule with the one thing that it may be about. Whatever else axe finds fails the test.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from visitor import Visitor

from tests.conftest import ALIKE

Visit = Callable[..., Visitor]


STREAMLIT = {
    "region": "a[href='#stMain']",  # its skip link stands outside of all landmarks
    "presentation-role-conflict": "[data-testid=stFileUploader]",
    "list": "[data-testid=stSidebarNav]",  # on a phone it puts the groups' names between the entries
    "listitem": "[data-testid=stSidebarNav]",
    "empty-table-header": "[data-testid=stTable], [data-testid=stDataFrame]",
}


# What fades in or out has other colours than it will have; what moves for ever is not waited for.
STANDS = """() => document.getAnimations().every(
  one => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity
)"""


def look(visitor: Visitor) -> list[str]:
    """What axe finds and is not Streamlit's own."""
    rules = STREAMLIT
    visitor.page.wait_for_function(STANDS)
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]} at {node['target']}"
        for violation in Axe().run(visitor.page).response["violations"]
        for node in violation["nodes"]
        if not (violation["id"] in rules and inside(visitor, node["target"], rules[violation["id"]]))
    ]


def inside(visitor: Visitor, target: list[Any], selector: str) -> bool:
    """Whether the one place that axe names, outside of our own parts, is inside of this part of Streamlit."""
    if len(target) != 1 or not isinstance(target[0], str):
        return False
    return visitor.page.evaluate("([a, b]) => !!document.querySelector(a)?.closest(b)", [target[0], selector])


def test_axe_finds_nothing_and_nothing_is_too_wide(visit: Visit, address: str) -> None:
    """Pages that are no task; those of tasks are looked at where each of them is opened."""
    nothing_wrong_and_nothing_too_wide(visit(address, width=390, theme="dark", still=True))


def nothing_wrong_and_nothing_too_wide(visitor: Visitor) -> None:
    """Of a page that is open, with all that folds, on a phone and on a large screen, light and dark."""
    address = urlparse(visitor.page.url).path.strip("/")
    visitor.page.emulate_media(reduced_motion="reduce")
    if address != "teaching":  # whose twenty folds are much the same
        visitor.unfold()
    for screen in visitor.screens():
        # What axe may find follows from the theme and from the width, hardly ever from both: two of four are enough.
        if address in ("", *ALIKE) or screen in ("390 px, dark", "1366 px, light"):
            wrong = look(visitor)
            assert not wrong, f"{screen}:\n" + "\n".join(wrong)
        assert visitor.beyond() == [], screen


def test_axe_finds_nothing_in_what_opens(visit: Visit, slug: str) -> None:
    """The popovers of the card, of the run, and of what it learned."""
    visitor = visit(slug, still=True)
    opened = [("sample_card", "Your own"), ("sample_card", "Label, seed"), ("transport", "Run")]
    for part, name in (*opened, ("learned", "Take this run along")):
        opens = visitor.popover(part, name)
        opens.wait_for()
        wrong = look(visitor)
        assert not wrong, f"{name}:\n" + "\n".join(wrong)
        visitor.page.keyboard.press("Escape")
        expect(opens).to_have_count(0)  # what fades out before the page has its colours no more
