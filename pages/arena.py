"""Arena."""

from sslviz.ui.labels.arena import page

page.draw()
