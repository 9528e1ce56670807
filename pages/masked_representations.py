"""Masked representations."""

from sslviz.ui.tasks import draw

draw("masked_representations")
