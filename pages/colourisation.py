"""Colourisation: grey in, colour out."""

from sslviz.ui.tasks import draw

draw("colourisation")
