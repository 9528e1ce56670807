"""The lesson of Next sentence: B follows A or was put there; which of the two is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take two sentences", "Two sentences of a story, one after the other. Nobody said what they are about.",
        "Read them. If you like, take another pair.", On("card", rows=1),
        "Why two?",
        "To answer a question about a text, one must see how its sentences belong together. BERT (2018) was to learn "
        "that besides words.",
        "What could you ask about two sentences without reading them?",
        "Whether one follows the other. The book knows.",
    ),
    Scene(
        "Toss a coin", "Toss a coin",
        "Heads: the second sentence, B, stays. Tails: one of another story takes its place. Often its names and things "
        "give it away.",
        "Press “Replace B”, and read both again.",
        (On("card", rows=2),),
        "Who is the stranger?",
        "Any sentence of another story or chapter, drawn by chance.",
        "Could you tell a stranger from the right one? By what?",
        "Often, by names and things: A speaks of a king, and B of a steam engine.",
        another=True, relabel="Toss again",
    ),
    Scene(
        "The coin: label", "The coin is the label",
        "We tossed the coin, so we know. IsNext: B follows A. NotNext: it does not. That is the [[pseudo-label]]. "
        "The data made it: the order of the book, and our coin.",
        "Press “Replace B”, and watch the label.",
        (On("card", rows=3),),
        "What is a pure guess worth?", "Half of all answers are right by tossing another coin.",
        "Who made this label?", "The data: the order of the book, and our coin.",
        "NotNext means that the sentences contradict each other. (It means that B is from elsewhere.)",
        another=True, relabel="Toss again",
    ),
    usual.guess(
        "Does B follow A? Look at names and things, and at who speaks. Two simple rules answer, too: one compares the "
        "words, the other one the lengths.", "Choose one.",
        "How do the two rules decide?",
        "“Topic alone” counts words that stand in both; “length alone” looks at how long they are. Neither reads.",
        "What did you go by?", "Names, things, who speaks: mostly the topic.",
    ),
    usual.learn(
        "The [[model]] reads both sentences and says how likely it is that B follows. The [[loss]] of tossing a coin "
        "is 0.69; here it hardly gets below. To look at the topic is often enough, so nothing else must be learned.",
        "Press Train, and watch its answer.", On("learn", rows=4, skip=1),
        "Why is it so slow?",
        "One pair has one label: yes or no. A sentence with hidden words has a label of thousands of possible words, "
        "and so teaches much more.",
        "What is the easiest way to be right often?", "To look whether both speak of the same things.",
        "Right answers mean that it follows the story. (The topic alone gives most of them.)",
    ),
    usual.good(
        "Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no more. A very simple model on "
        "top of it must say from which book a sentence is.",
        "What do the bars say about this label?",
        "Look at the untrained network, and at counted words. A label can be right and still teach little.",
        "A task that sounds clever teaches much. (RoBERTa left this one out in 2019, and lost nothing.)",
    ),
    usual.check(
        "How can a label be right and still teach little?",
        "It can be answered by something simple, such as the topic, so nothing else must be learned.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("next_sentence"), "Its answer to this pair; the bar: how sure it was of the right one",
    good="telling whether two texts have one topic; but to count their words tells that, too.",
    poor="following a story. A later model, ALBERT, asks which of two neighbours comes first: the topic cannot tell.",
)  # fmt: skip
