"""Same or different, with a queue."""

from sslviz.ui.tasks import draw

draw("queue")
