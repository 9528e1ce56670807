"""Masked words."""

from sslviz.ui.tasks import draw

draw("masked_words")
