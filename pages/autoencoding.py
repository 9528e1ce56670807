"""Compress and rebuild."""

from sslviz.ui.tasks import draw

draw("autoencoding")
