"""Span corruption."""

from sslviz.ui.tasks import draw

draw("span_corruption")
