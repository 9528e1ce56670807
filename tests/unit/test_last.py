"""What is put off to the end of a page stands in its own place."""

from streamlit.testing.v1 import AppTest


def test_what_is_for_the_last_is_drawn_last_and_stands_where_it_was_asked_for() -> None:
    def page() -> None:
        import streamlit as st

        from sslviz.ui.frame.last import last, put_off

        order: list[str] = []

        def late() -> None:
            order.append("late")
            st.text("above")

        with put_off():
            last(late)
            order.append("soon")
            st.text("below")
        last(lambda: st.text(" ".join(order)))  # nothing is put off here

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    assert [text.value for text in shown.text] == ["above", "below", "soon late"]
