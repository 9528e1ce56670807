"""Masked sound."""

from sslviz.ui.tasks import draw

draw("masked_sound")
