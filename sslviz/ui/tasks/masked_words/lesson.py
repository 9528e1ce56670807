"""The lesson of Masked words: hide a word, that word is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a sentence",
        "People wrote this [[sample|sentence]]. Nobody wrote a [[label]] beside it: no topic, no translation. One "
        "question needs no such label: which word stands at a place?",
        "Read it. If you like, take another one.", On("card", rows=1, bare=True), "Where are the sentences from?",
        "From Tatoeba, where people collect short sentences. 48,000 of them are used for [[training]]; the ones "
        "that you see here were kept back, so the [[model]] has never met them.",
        "What could you ask about this sentence without knowing English?",
        "Which word stands at a place. The sentence itself has the answer.",
        "A label needs an expert. (Here it does not: the data has it already.)",
    ),
    Scene(
        "Hide a word",
        "Hide a word",
        "Nobody labelled this sentence. Cover one word, and the sentence itself knows what is missing. Small words "
        "such as “the” are easy to guess. Names and numbers are hard.",
        "Click the word that you want to hide.",
        (On("card", rows=2, bare=True),),
        "Why only one?", "BERT hides about one word in seven, by chance. If more is hidden, less is left from which "
         "the hidden words can be guessed; if less is hidden, a sentence teaches less.",
        "Which words are easy to guess when they are hidden, and which are hard?",
        "Easy: small words such as “the”, “is”, “on”. Hard: names and numbers.",
        done=ticks.by_hand, another=True,
    ),
    Scene(
        "That word is the label",
        "The hidden word is the label",
        "You know the right answer, because you hid it. The data made this label; no person did. Such a label is "
        "called a [[pseudo-label]].",
        "Hide another word, and watch its label come down.",
        (On("card", rows=3),),
        "Why “pseudo”?", "Because nobody wants to know this word for its own sake. It is practice, like filling gaps "
        "in an exercise book: whoever fills them well must know a lot about the language.",
        "Who made this label?",
        "The data. A rule hid the word, and the word that stood there is the label.",
        "The pseudo-label says what the sentence means. (It says only which word stood there.)",
        done=ticks.by_hand, another=True,
    ),
    usual.guess(
        "A word is hidden in a new sentence. One of these four stood there. Another may fit as well: the label does "
        "not know that. A simple rule answers, too: it counts which word often follows the one before.",
        "Choose a word.",
        "Is there only one right answer?",
        "Several words may fit. Only one stood there, and only that one counts as the label. So even a perfect "
        "model is “wrong” now and then.",
        "Can a wrong answer be a good one?", "Yes: another word may fit as well. The label does not know that.",
        "If the model is wrong, it has learned nothing. (Look at how sure it was of the label.)",
    ),
    usual.learn(
        "The [[model]] sees the sentence with the gap and names a word: first any word, soon the commonest ones "
        "everywhere, “.” and “the”, then one that fits. The [[loss]] says how little it expected the right one: lower "
        "is better.",
        "Press Train, and watch its answer change.", On("learn", rows=4, skip=1), "What is the dashed line?",
        "What pure guessing costs: every word of the [[vocabulary]] is as likely as any other. The number behind “ln” "
        "is how many words there are. A curve below the line has learned something.",
        "Why does the model soon say “.” or “the” everywhere?",
        "These are the commonest. To say them always is the first thing that lowers the loss.",
        "The loss should reach 0. (Several words fit, so it cannot.)",
    ),
    usual.good(
        "Filling gaps was practice. Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no "
        "more. A very simple model on top says of which kind a hidden word is: an animal, a food? Last bar: the words "
        "around alone.",
        "What does the second bar tell you?",
        "What an untrained network gives for free. Only what lies above it was learned.",
        "A good loss means a good model for everything. (Measure it on what you need.)", why="How is it judged?",
        because="By a [[linear probe]]: a very simple model that sees only the vectors of the trunk, and a few "
            "true labels. If it does well, the vectors hold what it needs.",
    ),
    usual.check(
        "Say in your own words what a pseudo-label is.",
        "An answer that the data has already, so that nobody needs to write it.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("masked_words"), "Its answer at the hidden word; the bar: how sure it was of the right one",
    good="text without labels, of which there is very much. Search, translation and chat begin with a model like "
    "this.",
    poor="knowing what is true. It learns which words go together, not whether a sentence is right.",
    before=True,
)  # fmt: skip
