"""The lesson of Masked sound: spans of a recording are covered; the code of the sound that was there is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a recording",
        "A voice. Nobody wrote down what it says: somebody would have to listen and type, many hours for one hour of "
        "speech.",
        "Listen to it. If you like, take another one.", On("card", rows=2),
        "What is the grey picture?",
        "How loud high sounds (on top) and low ones (below) are over time. This is what the model gets; it hears no "
        "wave.",
        "Why is it expensive to label speech?",
        "Somebody must listen to it and type: an hour of speech takes many hours.",
    ),
    Scene(
        "Cover a span", "Cover some of it",
        "Spans, whole stretches of the recording, are covered. The [[model]] does not hear what was there. It must "
        "tell from what comes before and after, as you do on a bad telephone line.",
        "Listen to both. Can you still understand it?",
        (On("card", rows=3),),
        "Why spans, not single moments?",
        "A moment lasts 20 ms here. If only one is missing, it can be continued from its neighbours: nothing about "
        "speech must be learned.",
        "How do you fill the gap on a bad telephone line?",
        "From what comes before and after; and you know the language.",
        relabel="Cover others", done=ticks.redrawn, another=True,
    ),
    Scene(
        "The code: label", "The code of the sound is the label",
        "Sounds have no words to choose from. So the model keeps two numbered lists of sounds, its [[codebook]]. Each "
        "moment gets two numbers, one from each list, for what sounds nearest. They are the [[pseudo-label]]. The "
        "model made it.",
        "Find the covered moments, framed in blue.",
        (On("card", rows=4, skip=1),),
        "Why two numbers?",
        "Two short lists together can say much more than one of the same length. The lines below are the numbers "
        "again, a colour for each. You see a piece of the recording, around the first gap.",
        "Who made this label?", "The model: the codebook is learned together with everything else.",
        "A code is a letter. (Nobody said what it stands for; one letter may have many codes.)",
        relabel="Cover others", another=True,
    ),
    Scene(
        "One code", "What does a code sound like?",
        "Here are other places with the very same code, in all recordings. They should sound alike. Another model "
        "would have other codes: the numbers mean nothing by themselves.",
        "Listen: what do they have in common?",
        (On("card", rows=0),),
        "Why are they not letters?",
        "The codes were never told of letters. They follow what sounds alike: a hiss, a vowel, a pause.",
        "Would another model have the same codes?", "No. The numbers mean nothing by themselves.",
        another=True,
    ),
    usual.guess(
        "One of four short sounds stood in the blue frame. Go by the sounds before and after it. All four are from "
        "this recording, so the voice does not tell.", "Listen, then choose a letter.",
        "Why are the four of one recording?",
        "They share the voice and the room. If they did not, one would not have to hear what fits.",
        "What did you go by?", "By the sounds before and after the gap.",
    ),
    usual.learn(
        "At each covered moment the [[model]] must find the true code among those of other covered moments of this "
        "recording: from elsewhere, the voice alone would tell. The dashed line is pure guessing.",
        "Press Train, and watch the answers.", On("learn", rows=5, skip=2),
        "Could all sounds get the same code?",
        "That would be easy, and nothing would be learned. A second part of the loss asks that all entries be used.",
        "Why are wrong answers taken from the same recording?",
        "Elsewhere the voice alone would give the right one away.",
    ),
    usual.good(
        "Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no more. For a few recordings "
        "people say which of seven voices speaks. How often is it right on new ones?",
        "Which bar is the longest, and why?",
        "A voice is little more than how loud high and low sounds are. Raw sound has that already.",
        "More training is always better for everything. (Here the model was asked what is said, not who speaks.)",
    ),
    usual.check(
        "What stands in the place of words when sound is hidden?",
        "A code: the number of an entry in a list that the model makes itself.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("masked_sound"), "How many covered moments of this recording it names correctly",
    good="languages with few transcripts: wav2vec 2.0 learned to transcribe from ten minutes of labelled speech.",
    poor="telling who speaks: loudness of high and low sounds alone does that as well.",
    before=True,
)  # fmt: skip
