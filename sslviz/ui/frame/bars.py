"""Horizontal bars that stand still, as plain HTML.

Plotly's script of 4 MB kept a page that is opened with an empty cache waiting for seconds, so it is left to what a
visitor asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from sslviz.evaluation.spread import mean_and_spread

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
STYLES = ("dashed", "dotted", "solid")


@dataclass(frozen=True)
class Bar:
    """One bar: what it measures, its value or its repeated values (0 to 1), and whether it is the model's own."""

    name: str
    values: Sequence[float]
    model: bool = False
    hatched: bool = False


def bars(
    rows: Sequence[tuple[str, Sequence[Bar]]], lines: Sequence[tuple[str, float]], axis: str, key: Sequence[Bar] = ()
) -> None:
    """Draw rows of bars, with thin lines across them for what is to be beaten, each in a style of its own.

    Args:
        rows: a name and its bars; a bar without values is left out. Of several values the mean is drawn, and their
            spread (one standard deviation either way).
        lines: name and value of each line, at most three.
        axis: what is measured, in words.
        key: one bar of each kind, to be explained below.
    """
    styles = dict(zip(lines, STYLES, strict=False))
    marks = "".join(f"<i class='line {styles[line]}' style='left:{100 * line[1]:.1f}%'></i>" for line in lines)
    drawn, said = [], []
    for name, some in rows:
        shown = [bar for bar in some if len(bar.values)]
        drawn.append(
            f"<span>{escape(name)}</span><div class='track'>{marks}{''.join(_bar(bar) for bar in shown)}</div>"
        )
        said += [f"{name}, {bar.name}: {mean_and_spread(bar.values)[0]:.0%}" for bar in shown]
    said += [f"{name}: {value:.0%}" for name, value in lines]
    ticks = "".join(f"<i style='left:{100 * t:.0f}%'>{t:.0%}</i>" for t in TICKS)
    kinds = "".join(f"<span><i class='{_kind(bar)}'></i>{escape(bar.name)}</span>" for bar in key)
    dashed = "".join(f"<span><i class='line {styles[n, v]}'></i>{escape(n)}: {v:.0%}</span>" for n, v in lines)
    st.html(
        f"<div class='bars' role='img' aria-label='{escape('; '.join(said), quote=True)}'>{''.join(drawn)}"
        f"<span></span><div class='ticks'>{ticks}</div><span></span><p>{escape(axis)}</p></div>"
        f"<p class='key'>{kinds}{dashed}</p>"
    )


def _bar(bar: Bar) -> str:
    mean, spread = mean_and_spread(bar.values)
    whisker = ""
    if len(bar.values) > 1:
        low, high = max(0.0, mean - spread), min(1.0, mean + spread)
        whisker = f"<i class='spread' style='left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%'></i>"
    return (
        f"<div class='row'><b class='{_kind(bar)}' style='width:{100 * mean:.1f}%'></b>{whisker}"
        f"<em style='left:{100 * min(1.0, mean + (spread if whisker else 0)):.1f}%'>{mean:.0%}</em></div>"
    )


def _kind(bar: Bar) -> str:
    return f"bar{' model' if bar.model else ''}{' hatched' if bar.hatched else ''}"
