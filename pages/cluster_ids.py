"""Cluster IDs."""

from sslviz.ui.tasks import draw

draw("cluster_ids")
