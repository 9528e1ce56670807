"""Served by startup.py: the smallest page there is, as the floor below which no page of Streamlit comes."""

import streamlit as st

st.html("<p id='drawn'>empty</p>")
