"""Next sentence: B follows A or was put there; which, is the label."""

from sslviz.ui.tasks import draw

draw("next_sentence")
