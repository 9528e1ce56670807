"""Word and context: a word's neighbours are its label."""

from sslviz.ui.tasks import draw

draw("word_and_context")
