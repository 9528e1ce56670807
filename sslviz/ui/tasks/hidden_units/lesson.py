"""The lesson of Hidden units: all sounds are sorted into piles; the pile of the covered sound is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a recording",
        "A voice. Nobody wrote down what it says. In a text the words would be there already; sound has no words to "
        "choose from.",
        "Listen to it. If you like, take another one.", On("card", rows=2),
        "What is the grey picture?",
        "How loud high sounds (on top) and low ones (below) are over time. The model gets this picture, cut into steps "
        "of 20 ms.",
        "What could stand in the place of words?",
        "Pieces of sound that are alike: a hiss, a vowel, a pause.",
    ),
    Scene(
        "Sort all sounds", "Sort all sounds into piles",
        "All recordings are cut into steps of 20 ms. The computer sorts them into piles that sound alike, each a "
        "[[cluster]]. Nobody says what a pile stands for.",
        "Listen to one pile: what do its sounds have in common?",
        (On("card", rows=0),),
        "How does it know what is alike?",
        "Each step is a list of numbers: how loud high and low sounds are. Near lists go into one pile.",
        "Are the piles letters?",
        "No. They follow what sounds alike. A letter may have many piles, and two letters may share one.",
        another=True,
    ),
    Scene(
        "Cover a span", "Cover some of it",
        "Whole stretches are covered. The [[model]] does not hear what was there. It must tell from what comes before "
        "and after.",
        "Listen to both. Can you still understand it?",
        (On("card", rows=3),),
        "Why stretches, not single steps?",
        "A single step of 20 ms can be continued from its neighbours: nothing about speech must be learned.",
        "How do you fill a gap on a bad telephone line?",
        "From what comes before and after; and you know the language.",
        relabel="Cover others", done=ticks.redrawn, another=True,
    ),
    Scene(
        "Its pile is the label", "The number of its pile is the label",
        "Each step has a number: that of its pile. At a covered step this number is the [[pseudo-label]]. The model "
        "made it, no person: it sorts first and learns the piles after, so the label stands still.",
        "Find the covered steps, framed in blue.",
        (On("card", rows=4, skip=1),),
        "Who made this label?",
        "The model. At first it sorts by the sound alone, for it has learned nothing yet; later its [[trunk]] sorts.",
        "What does number 7 mean?",
        "Nothing. Only this counts: which steps have the same number.",
        "A pile is a letter. (Nobody said what it stands for.)",
        relabel="Cover others", another=True,
    ),
    usual.guess(
        "A step is hidden in the blue frame. Each letter plays three pieces of one pile, by other voices, too. Which "
        "pile does the hidden step belong to?", "Listen, then choose a letter.",
        "Why may it be hard?",
        "Two piles may sound nearly alike. The step belongs to the nearest one, even if another is almost as near.",
        "What did you go by?", "By the sounds before and after the gap.",
    ),
    usual.learn(
        "The [[model]] learns to name the piles of the covered steps. Half-way all sounds are sorted again, this time "
        "by the trained [[trunk]]: new piles, and the loss jumps.",
        "Press Train, and watch the answers.", On("learn", rows=5, skip=2),
        "Why sort again?",
        "The first piles know only how loud high and low sounds are. The trunk has learned what comes before and "
        "after, so its piles may be better labels.",
        "Why does the loss jump?", "The question changes: new piles, whose names must be learned anew.",
        title="Learn, then sort again",
    ),
    usual.good(
        "Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no more. For a few recordings "
        "people say which of seven voices speaks. How often is it right on new ones?",
        "Why is raw sound so good here, without any training?",
        "A voice is mostly how loud high and low sounds are, and raw sound has that already.",
        "The piles are voices. (They are sounds; but alike sounds of one voice often share a pile.)",
    ),
    usual.check(
        "What stands in the place of words when sound is hidden?",
        "The number of a pile: all steps of all recordings were sorted by what sounds alike.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("hidden_units"), "Of how many covered steps of this recording it names the pile",
    good="speech with few transcripts: HuBERT learned from sound alone, and then from ten minutes with text.",
    poor="telling which word it is, whoever speaks: after so short a training it is no better at that than raw sound.",
)  # fmt: skip
