"""The lesson of Next word: the word that follows is the label, at every place of a text."""

from __future__ import annotations

from typing import Any

from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene

SCENES = (
    usual.begin(
        "Take a sentence",
        "A [[sample|sentence]] that nobody labelled. Read it as you read a book, from left to right. The striped words "
        "come later: act as if you did not know them yet.",
        "Read it word by word. If you like, take another one.", On("card", rows=1), "What is ⟨begin⟩?",
        "A mark that says: here a sentence starts. With it even the first word can be asked for.",
        "How is reading aloud different from looking at a sentence?", "You know only what you have read so far.",
    ),
    Scene(
        "Hide what comes later", "What comes later is hidden from the model",
        "At each place the [[model]] may look only at that place and to its left. The [[causal mask]] hides all words "
        "after it. If it saw the next word, it would only copy it.",
        "Click a word: from there the model cannot see the striped words.",
        (On("card", rows=1),),
        "Why hide it?",
        "Whoever copies is always right, and learns nothing about words.",
        "What would the model learn if it saw the next word?",
        "To copy it. The loss would be almost zero at once.",
        "The words are taken out of the input. (They are there; only looking at them is forbidden.)",
        another=True,
    ),
    Scene(
        "The next is the label", "The next word is the label",
        "At every place the word that follows is the [[pseudo-label]]. The data made these labels: the text itself "
        "has every answer. So a text asks one question for each of its words, and one more for its end.",
        "Compare the two rows: the blue one is the sentence, moved by one.",
        (On("card", rows=2),),
        "What is the last label?",
        "⟨end⟩: the model must also learn where a sentence stops.",
        "How many labels does a sentence of eight words have?",
        "Nine: one for each word, and one for the end.",
        another=True,
    ),
    usual.guess(
        "A sentence stops in the middle. One of these four words really came next. Often several fit; after “once upon "
        "a” only one. A simple rule answers, too: it counts which word often follows the last one.", "Choose a word.",
        "Is that how chat programs work?",
        "Yes. They answer this one question again and again: which word is next? Then they write it and ask again.",
        "How sure can anyone be of the next word?",
        "Rarely sure: often several words fit. After “once upon a” nearly everybody is.",
    ),
    usual.learn(
        "The model answers at every place at once. It learns the full stop and ⟨end⟩ first. The [[loss]] says how "
        "little it expected the words that really came: lower is better.",
        "Press Train, and watch its answers change.", On("learn", rows=3, skip=1), "Why are many answers wrong?",
        "Often several words fit. A good model gives the right one a high share even where another one comes "
        "first.",
        "Which words does it get right first?", "The full stop and ⟨end⟩: they come in nearly every sentence.",
        "It plans the sentence. (It is asked for one word at a time.)",
    ),
    usual.good(
        "Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no more. A very simple model on "
        "top of it says of which kind the next word is: an animal, a food? Last bar: from the two words before alone.",
        "What does the second bar tell you?", "What an untrained network gives for free.",
    ),
    usual.check(
        "Why does next-word prediction need no labels by people?", "Every text has the answer already: its next word.",
    ),
)  # fmt: skip


def said(this: Any, view: RunView, _seed: int, _options: Any) -> Said:
    """What the model answers at the fourth place of the sentence in view."""
    from sslviz.ui.tasks.next_word.card import said as answer

    return answer(this, view)


LESSON = Lesson(
    SCENES, said, "Its answer at the fourth place; the bar: how sure it was of the right one",
    good="writing. GPT and its followers learn only this, from very much text.",
    poor="what is true. The likeliest word is not always the right one.",
    before=True,
)  # fmt: skip
