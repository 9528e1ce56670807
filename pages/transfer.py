"""Transfer: how many labels made by people a trunk needs that has learned from pseudo-labels."""

import streamlit as st

from sslviz.ui import heading
from sslviz.ui import transfer_page as parts
from sslviz.ui.parts import credit_line, hidden
from sslviz.ui.pictures import set_credits

hide = hidden()
heading.check_link(parts.PAGE, parts.options())
with st.container(gap="xsmall"):
    heading.head(parts.TITLE, parts.LEAD)
    parts.body(hide)
credit_line(set_credits("pictures"))
