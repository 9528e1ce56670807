"""Self-distillation: DINO."""

from sslviz.ui.tasks import draw

draw("self_distillation")
