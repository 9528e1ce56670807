"""Two views, no negatives."""

from sslviz.ui.tasks import draw

draw("two_views")
