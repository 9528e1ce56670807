"""Redundancy reduction: VICReg and Barlow Twins."""

from sslviz.ui.tasks import draw

draw("redundancy")
