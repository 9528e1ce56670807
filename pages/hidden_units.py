"""Hidden units."""

from sslviz.ui.tasks import draw

draw("hidden_units")
