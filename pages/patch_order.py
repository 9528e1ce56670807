"""Patch order."""

from sslviz.ui.tasks import draw

draw("patch_order")
