"""Next word: a sentence moved by one place is its own label (GPT)."""

from sslviz.ui.tasks import draw

draw("next_word")
