"""Served by embedding_frame.py: the same moving points twice, in the app's own view and in st.plotly_chart."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sslviz.ui.frame.views import embedding_view, film_frame
from sslviz.ui.live.frames import Film

POINTS, MOST, CLASSES = 1000, 200, 10


@st.cache_data
def film() -> tuple[np.ndarray, np.ndarray]:
    """Frames (MOST, POINTS, 2) of ten groups that drift apart, and the class of each point."""
    rng = np.random.default_rng(0)
    classes = rng.integers(CLASSES, size=POINTS)
    ways = rng.normal(size=(CLASSES, 2))[classes] * 0.2 + rng.normal(size=(POINTS, 2)) * 0.05
    return rng.normal(size=(POINTS, 2)) * 3 + np.arange(MOST)[:, None, None] * ways, classes


def go_on(key: str) -> None:
    """One frame more."""
    st.session_state[key] = st.session_state.get(key, 0) + 1


@st.fragment
def ours() -> None:
    """The app's own view."""
    st.button("Next", key="next_ours", on_click=go_on, args=("ours_at",))
    (points, classes), frames = film(), st.session_state.get("ours_at", 0) + 1
    names, words = [f"group {k}" for k in range(CLASSES)], [f"word{i}" for i in range(POINTS)]
    shown = Film("film", range(frames), points[:frames], None, classes, names, words)
    with st.container(key="ours"):
        embedding_view("view", frame=film_frame("view", shown))


@st.fragment
def plotly() -> None:
    """The usual way."""
    st.button("Next", key="next_plotly", on_click=go_on, args=("plotly_at",))
    (points, classes), at = film(), st.session_state.get("plotly_at", 0)
    x, y = points[at].T
    groups = [go.Scatter(x=x[classes == k], y=y[classes == k], mode="markers") for k in range(CLASSES)]
    with st.container(key="plotly"):
        st.plotly_chart(go.Figure(groups, {"title": f"frame {at}", "height": 262}), key="chart")


left, right = st.columns(2)
with left:
    ours()
with right:
    plotly()
