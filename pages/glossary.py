"""Glossary."""

from sslviz.ui.course import glossary

glossary.draw()
