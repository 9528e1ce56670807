"""The page Transfer: how many labels made by people a trunk needs that has learned from pseudo-labels."""

from __future__ import annotations

import streamlit as st

from sslviz.ui.frame import heading
from sslviz.ui.frame.parts import credit_line, hidden, left_out
from sslviz.ui.frame.pictures import set_credits
from sslviz.ui.labels.transfer import curve


def draw() -> None:
    """Draw the page."""
    hide = hidden()
    left_out(hide)
    heading.check_link(curve.PAGE, curve.options())
    with st.container(gap="xsmall"):
        heading.head(
            curve.TITLE, curve.LEAD, curve.PAGE, curve.BRINGS, parts=("learned",), own=curve.not_for_others()
        )  # fmt: skip
        curve.body(hide)
    credit_line(set_credits("pictures"))
