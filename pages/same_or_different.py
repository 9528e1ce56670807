"""Same or different."""

from sslviz.ui.tasks import draw

draw("same_or_different")
