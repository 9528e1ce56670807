"""The lesson of Span corruption: cut pieces out of a sentence; a text that tells what was in them is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a sentence",
        "People wrote this [[sample|sentence]]. Nobody wrote a [[label]] beside it. Soon we cut pieces out of it, and "
        "ask what was in them.",
        "Read it. If you like, take another one.", On("card", rows=1, bare=True), "Why pieces, not single words?",
        "Names and phrases have several words: “in the garden”. Who fills such a gap must find them all.",
        "If you cut out two words that belong together, which ones?", "Such as “good morning” or “at home”.",
    ),
    Scene(
        "Cut out a piece", "A letter stands for the whole piece",
        "Words that touch are one [[span]]. In its place stands one sign, the [[sentinel]]: ⟨X⟩ for the first span, "
        "⟨Y⟩ for the next. It is always one sign, however many words are gone.",
        "Click two words side by side, then one further on.", (On("card", rows=2, bare=True),),
        "What does the model not know?",
        "How many words a sign stands for. A [MASK] a word, as in Masked words, would tell.",
        "How many signs does it take to hide five words in a row?", "One. Five words apart from each other take five.",
        done=ticks.by_hand, another=True,
    ),
    Scene(
        "One text is the label", "The label is a text",
        "Each sign comes before the words that it stands for, and one more sign says: that was all. The data made this "
        "[[pseudo-label]]: the sentence has all its words. So whatever a task asks, its answer can be a text.",
        "Hide another word, and watch the label.", (On("card", rows=3),),
        "Why not the whole sentence?", "It works as well, but takes longer: most of it the model has before its eyes.",
        "Who made this label?", "The data: a rule cut words out, and the label tells which.",
        "The label is the sentence. (It has only what was cut out.)", done=ticks.by_hand, another=True,
    ),
    usual.guess(
        "One to three words are gone from this sentence; one of these texts stood there. You also see how it goes on "
        "behind the gap. A simple rule answers, too: it looks only at the word before the gap.",
        "Choose a text.", "Is a longer text less likely?",
        "To a model, yes: each further word makes it less sure. So it tends to choose a short one.",
        "What tells you how many words are missing?", "Nothing in the gap; only what makes a good sentence.",
    ),
    usual.learn(
        "The [[model]] writes word by word and reads what it wrote. When a span is full, it must write the next sign "
        "by itself. The [[loss]] says how little it expected the right text.",
        "Press Train, and watch its text.", On("learn", rows=4, skip=1), "Which part is the trunk?",
        "The encoder, which reads the sentence. A small decoder writes; it is thrown away afterwards.",
        "What does it learn first: the signs or the words?",
        "The signs: ⟨X⟩ always comes first, and there are few of them.",
        "A text with other words is wrong. (It is not the label, but often it fits.)",
    ),
    usual.good(
        "Now the [[trunk]] is [[frozen]]: it learns no more. A very simple model on top says of which kind a hidden "
        "word is: an animal, a food? ⟨X⟩ stands in its place, since this trunk never read [MASK]. Last bar: the words "
        "around alone.",
        "What does the second bar tell you?",
        "What an untrained network gives for free. Only what lies above was learned.",
        "T5 is good because spans are better than words. (In its paper that changes little; the label is shorter.)",
    ),
    usual.check(
        "What does the label of “Thank you ⟨X⟩ party ⟨Y⟩ week” look like?",
        "⟨X⟩ and its words, ⟨Y⟩ and its words, and a last sign, ⟨Z⟩.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("span_corruption"),
    "What it writes for the first span; the bar: how likely it finds the right words, and their end",
    good="tasks whose answer is a text: translate, sum up, answer. Question and answer are texts, as here.",
    poor="knowing what is true. It fills a gap with what often stands there.",
)  # fmt: skip
