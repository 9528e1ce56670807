"""The lesson of Frame order: frames of a film are shuffled; how they lay is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take a film", "A second of film. Nobody said what happens in it.",
        "Press Play. If you like, take another one.", On("card", rows=1),
        "What does a film have that pictures have not?", "An order in time, which costs nothing: the camera writes "
        "it.",
        "What could you ask about a film without saying what it shows?", "Which picture came first, which last.",
    ),
    Scene(
        "Shuffle the frames", "Shuffle its frames",
        "Four frames, single pictures of the film, are taken out and shuffled. The numbers say when each one was "
        "filmed. Without them, look at what moves, and where to.",
        "Click two frames: they change places.",
        (On("card", rows=2),),
        "Does the model see the numbers?", "No, only the frames. The numbers are for you.",
        "How would you find out the order if there were no numbers?", "By what moves, and where to.",
        relabel="Shuffle again", done=ticks.by_hand, another=True,
    ),
    Scene(
        "The order is the label", "Their order in time is the label",
        "We shuffled them, so we know the order in time: the [[pseudo-label]]. Forwards and backwards count as the "
        "same: counted from the end, 1 becomes 4, and 2 becomes 3. The data made it: time itself.",
        "Swap two frames, and watch the label follow.",
        (On("card", rows=3),),
        "Why both directions?",
        "Nobody can see from a few frames whether a door opens or closes. A label that asks for the impossible "
        "teaches "
        "nothing.",
        "Who made this label?", "The data: time itself.",
        "Of four frames there are 24 orders, so 24 labels. (Half of them: 12, since each counts with its reverse.)",
        relabel="Shuffle again", done=ticks.by_hand, another=True,
    ),
    usual.guess(
        "Four frames of a new film. In which order were they, forwards or backwards? A simple rule answers, too: it "
        "takes the order in which least changes.", "Choose an order.",
        "What is “pixels that change least”?",
        "A rule without any learning: of all orders it takes the one in which least changes from frame to frame.",
        "How did you find the order?", "Something moves a little further in each frame.",
    ),
    usual.learn(
        "The [[model]] names one of twelve orders; pure guessing is right once in twelve times. It need not know what "
        "moves: little changes from one frame to the next.",
        "Press Train, and watch its answer.", On("learn", rows=4),
        "Why does it learn so slowly?",
        "There is little film here, a few minutes. Its [[trunk]] must find by itself that things move steadily.",
        "Does it have to know what moves?",
        "Not really: it is enough that little changes between neighbours. The rule of pixels uses just that.",
        "It understands what happens. (It may only see which frames are most alike.)",
    ),
    usual.good(
        "Now the [[trunk]], the part that all tasks share, is [[frozen]]: it learns no more. For a few clips people "
        "say who is in them, the rabbit or a rodent. How often is it right on new ones? So little film "
        "teaches little.",
        "What do the bars say?",
        "Compare with raw pixels and with pure guessing: on so little film this label teaches little.",
        "Time is the best teacher. (It needs very much film, and things that really move.)",
    ),
    usual.check(
        "Why has the label of a shuffled film no direction?",
        "Forwards and backwards often look equally natural, so the direction cannot be told.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("frame_order"), "Its order of the frames as they lie; the bar: how sure it was of the right "
    "one",
    good="films in which bodies move: sports, gestures, traffic.",
    poor="films in which nothing moves, or everything at once: there no order can be seen.",
    before=True,
)  # fmt: skip
