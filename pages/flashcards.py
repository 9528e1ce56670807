"""Flashcards."""

from sslviz.ui.flashcards import page

page.draw()
