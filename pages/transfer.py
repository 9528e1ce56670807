"""Transfer."""

from sslviz.ui.labels.transfer import page

page.draw()
