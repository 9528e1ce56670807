"""Lesson one: what a pseudo-label is."""

from sslviz.ui.course import first

first.draw()
