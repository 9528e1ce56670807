"""Frame order."""

from sslviz.ui.tasks import draw

draw("frame_order")
