"""Masked patches."""

from sslviz.ui.tasks import draw

draw("masked_patches")
