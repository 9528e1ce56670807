"""For teachers: plans, worksheets, and what to ask."""

from sslviz.ui.course import teaching

teaching.draw()
