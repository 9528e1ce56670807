"""Buttons of Streamlit: what a click does is done before the page is drawn."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

UI = Path(__file__).parents[2] / "sslviz" / "ui"
# What may follow a click: drawing anew, or going away.
LEAVES = {"rerun", "switch_page", "go", "lesson", "tick", "page_file", "view"}


def acts(source: str) -> list[str]:
    """What is done in the body of an `if` that asks a button, other than to draw the page anew or to leave it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and any(_name(one) == "button" for one in ast.walk(node.test)):
            calls = [one for line in node.body for one in ast.walk(line) if isinstance(one, ast.Call)]
            found += [ast.unparse(one) for one in calls if _name(one) not in LEAVES]
            found += [ast.unparse(line) for line in node.body if isinstance(line, ast.Assign | ast.AugAssign)]
        if isinstance(node, ast.Assign) and _name(node.value) == "button":  # for an `if` further down
            found.append(ast.unparse(node.targets[0]))
    return found


def _name(node: ast.AST) -> str:
    called = node.func if isinstance(node, ast.Call) else None
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


@pytest.mark.parametrize("file", sorted(UI.rglob("*.py")), ids=lambda file: str(file.relative_to(UI)))
def test_no_click_waits_for_the_drawing(file: Path) -> None:
    """A drawing that is broken off for another one, as while a run goes on, loses a click that nobody has heeded."""
    assert not acts(file.read_text("utf-8"))


def test_it_would_be_noticed() -> None:
    assert acts("if st.button('Reset'):\n    start(slug).play()\n    st.rerun()") == [
        "start(slug).play()",
        "start(slug)",
    ]
    assert acts("if old and column.button('Undo'):\n    a = 1") == ["a = 1"]
    assert acts("clicked = st.button('Reset')") == ["clicked"]
    assert not acts("if st.button('Reset', on_click=start):\n    st.rerun()")


def test_a_click_is_heeded_once_and_the_page_is_drawn_though_the_button_is_off_by_then() -> None:
    def script() -> None:
        import streamlit as st

        from sslviz.ui.frame import clicks

        st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1

        def act(by: int) -> None:
            st.session_state["acted"] = st.session_state.get("acted", 0) + by

        off = "acted" in st.session_state
        st.button("Step", key="step", on_click=clicks.heed, args=(act, 2), disabled=off)
        clicks.follow()
        st.caption("the end")

    page = AppTest.from_function(script).run()
    assert page.session_state["drawn"] == 1
    page.button("step").click().run()
    assert page.button("step").disabled
    assert page.session_state["acted"] == 2
    assert page.session_state["drawn"] == 3  # once by the click, once anew
    page.run()
    assert (page.session_state["acted"], page.session_state["drawn"]) == (2, 4)
