"""The lesson of Word and context: the words that stand near a word are its labels."""

from __future__ import annotations

from sslviz.ui.frame.lesson import usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a sentence",
        "A [[sample|sentence]] that nobody labelled. This time nothing in it will be hidden. What a word means often "
        "shows in the words around it.",
        "Read it. If you like, take another one.", On("card", rows=1),
        "Are all words used?",
        "No. “The” and “of” stand beside everything, so they say little. Very common words are left out now and then, "
        "and are then struck through.",
        "How could a child learn what “lantern” means without being told?",
        "From the words around it: dark, hold, light, night.",
    ),
    Scene(
        "Look around a word", "Look at the words around a word",
        "One word is the centre. A window reaches some words before and after it: that is its company. Near “king” one "
        "expects queen or castle. Words struck through are left out this time: they are very common.",
        "Click another word: the window moves.",
        (On("card", rows=2),),
        "Why is the window not always as wide?",
        "Its reach is drawn by chance, from 1 to 5 words. So near words are asked for more often than far ones.",
        "Which words do you expect near “king”?", "Queen, castle, old, daughter: whatever the tales speak of.",
        another=True,
    ),
    Scene(
        "The neighbours", "Its neighbours are the labels",
        "From the centre the model must name the words around it: each is a [[pseudo-label]]. The data made "
        "these labels: the words stand there.",
        "Click another word: it has other labels.",
        (On("card", rows=3),),
        "What is it good for to know neighbours?",
        "Words with the same company mean alike things: cat and dog both stand near “fed”. So they get alike "
        "[[vector|vectors]].",
        "Who made these labels?", "The data: the text itself.",
        "The order counts. (It does not: only which words are near.)",
        another=True,
    ),
    Scene(
        "Noise words", "Wrong answers by chance",
        "With each label come words that were drawn by chance: its noise. The model must give a higher score to the "
        "label than to them.",
        "Find a noise word that would fit as well.",
        (On("card", rows=4),),
        "Why not compare with all words?",
        "There are thousands of them. To compare with a few is much quicker, and teaches nearly the same.",
        "Can a noise word be a good answer?", "Yes, by bad luck: it was only drawn. That is rare enough.",
        "Noise words are known to be wrong. (They were only drawn at random.)",
        another=True,
    ),
    usual.guess(
        "A word of a new sentence, and a place near it, the “?”; the other words are hidden. One of the four stood "
        "there: which goes with the word? A simple rule answers, too: it counts which words stand near each other.",
        "Choose a word.",
        "Is that fair?", "You see no more than the model: one word, and four to choose from.",
        "How did you know?", "From what goes together: what one often reads side by side.",
    ),
    usual.learn(
        "Each word has a [[vector]] of its own, nothing else. Vectors of words in the same company move together. One "
        "word does not fix its neighbour: the model learns what is likelier, and never gets all right.",
        "Press Train, and watch the answers change.", On("learn", rows=5),
        "Where is the Transformer?",
        "There is none here: Word2Vec (2013) learns a table with a vector for each word, and no more.",
        "Why does it never get all of them right?",
        "One word is not enough to know its neighbour. It learns what is likelier.",
    ),
    usual.good(
        "Now the vectors are [[frozen]]: they change no more. From the vector of a word alone, a very simple model "
        "must say of which kind it is: an animal, a food, a colour?",
        "What does the second bar tell you?", "What vectors do that were drawn by chance: nothing was learned in "
        "them.",
        "The vectors know what words mean. (They know in whose company words stand.)",
        because="By a [[linear probe]]: a very simple model that sees only these vectors, and a few true labels.",
    ),
    usual.check(
        "How do words get vectors from the company that they keep?",
        "From each word its neighbours are predicted; words with alike neighbours get alike vectors.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("word_and_context"),
    "How many labels it scores above all of their noise words, with each word of the sentence as centre",
    good="words by themselves: finding alike ones, sorting them, searching.",
    poor="words with two meanings: “bank” has one vector, whether of a river or of money.",
    before=True,
)  # fmt: skip
