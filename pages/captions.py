"""Picture and caption: CLIP."""

from sslviz.ui.tasks import draw

draw("captions")
