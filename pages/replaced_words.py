"""Replaced words."""

from sslviz.ui.tasks import draw

draw("replaced_words")
