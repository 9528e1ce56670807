"""The lesson of Replaced words: a small model forges a few words, and every word of the sentence gets a label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a sentence",
        "People wrote this [[sample|sentence]]. Nobody wrote a [[label]] beside it. Soon a small model will change a "
        "word of it.",
        "Read it. If you like, take another one.", On("card", rows=1, bare=True), "Who changes the word?",
        "A small [[model]], called the [[generator]]. It learns to fill gaps, as in Masked words.",
        "How would you change a word so that nobody notices?", "With a word that fits what stands around.",
    ),
    Scene(
        "A word is replaced", "The generator puts a word there",
        "A word is hidden, and the [[generator]] puts one in its place. It draws by chance: a likely word often, an "
        "unlikely one now and then. The number says how likely it found the word.",
        "Click another word to hide it, too.", (On("card", rows=2),),
        "Why does it not always take the best word?",
        "Then the same places would always get the same words. Drawn ones differ each time.",
        "What if it happens to draw the very word that stood there?", "Then nothing has changed.",
        done=ticks.by_hand, another=True,
    ),
    Scene(
        "A label at every word", "Every word has a label",
        "Original or replaced: we watched, so we know it for every word. The model made this [[pseudo-label]]: its "
        "generator put the words in. A word that came back as it was is original.",
        "Hide another word, and watch the labels. Count them.", (On("card", rows=3),),
        "How many labels would Masked words have here?",
        "One at each hidden word, about 15% of them. Here all words have one; but it says only yes or no.",
        "Who made this label?", "A model: without the generator there would be none.",
        "Replaced means wrong. (It only means: another word than the one that stood there.)",
        done=ticks.by_hand, another=True,
    ),
    usual.guess(
        "The generator put in one of these words: often it does not go with the words around it. A simple rule "
        "answers, too: it points to the rarest word.",
        "Choose a word.", "Can it be impossible to tell?",
        "Yes. A good generator puts in a word that fits as well. The label calls it replaced all the same.",
        "What gives a replaced word away?", "It does not go with the words around it.",
    ),
    usual.learn(
        "The [[discriminator]] says of every word how likely it was replaced; ✓ if the word that it suspects most was. "
        "Most words are original: to say so everywhere gives the [[loss]] of the dashed line. It hardly gets below.",
        "Press Train, and watch its answers.", On("learn", rows=4, skip=1), "Does the generator learn, too?",
        "Yes, at the same time, but only to fill gaps. It is not rewarded for deceiving anybody.",
        "Why is it easy to be right at most words?", "Most are original. To say so everywhere costs nothing.",
        "They play against each other. (Each has a loss of its own; no [[gradient]] goes from one to the other.)",
    ),
    usual.good(
        "The generator is thrown away. The discriminator’s [[trunk]] is [[frozen]]. A very simple model on top must "
        "say what kind of word is hidden: an animal, a food? The trunk never read [MASK] before, and yes or no teaches "
        "little.",
        "Why may these bars be short?",
        "The trunk never read [MASK] while it learned. And a label of two answers says little at a time.",
        "More labels always teach more. (It depends on what each says; the lab compares it with Masked words.)",
    ),
    usual.check(
        "What is the label, and who makes it?",
        "Original or replaced, at every word; a small model made it by filling hidden places.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("replaced_words"),
    "The word it suspects most, ✓ if it was replaced; the bar: how likely it finds that",
    good="getting more out of the same text, where the model is large enough and trained for long.",
    poor="writing. It learns to judge words, not to name them.",
)  # fmt: skip
