"""Why pseudo-labels."""

from sslviz.ui.home import why

why.draw()
