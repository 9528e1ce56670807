"""Transfer."""

from sslviz.ui.course import labels_buy

labels_buy.draw()
