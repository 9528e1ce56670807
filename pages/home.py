"""Home."""

from sslviz.ui.home import page

page.draw()
