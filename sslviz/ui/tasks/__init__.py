"""One folder a task, with the same names in each: page, card, guess, learned. A page is found by its task's slug."""

from importlib import import_module

from sslviz.ui.flashcards.quiz import end_quiz, lesson_quiz
from sslviz.ui.frame import task_page


def draw(slug: str) -> None:
    """Draw the page of this task: `PAGE` in its folder."""
    task_page.draw(import_module(f"sslviz.ui.tasks.{slug}.page").PAGE, end_quiz, lesson_quiz)
