"""Three ways to learn."""

from sslviz.ui.labels.three_ways import page

page.draw()
