"""The lesson of Two views: a model may have the lowest loss and have learned nothing. It collapses as one watches."""

from __future__ import annotations

from typing import Any

from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene
from sslviz.ui.frame.lesson.switches import Switches, Way

SLUG = "two_views"
BREAK = Way(
    "collapse", "Make it collapse", ":material/compress:", {"predictor": False, "stop_gradient": False},
    "Trains anew without predictor and without stop-gradient",
)  # fmt: skip
BACK = Way("repair", "Put the parts back", ":material/build:", {"predictor": True, "stop_gradient": True})
SWITCHES = Switches(SLUG, (BREAK,), BACK)

SCENES = (
    usual.begin(
        "Take some pictures",
        "Pictures. Their names are for you: the [[model]] never gets them. In the lesson before, some pairs were "
        "“different”. Here nothing is ever called “different”. So what if everything became the same?",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3), "Why no “different”?",
        "Comparing with many others needs large batches, and it calls two shirts “different”. Methods such as BYOL "
        "do without.",
        "What could go wrong if nothing is ever “different”?", "Everything could be made the same.",
    ),
    Scene(
        "Make two views", "Make two views",
        "From each picture two [[view|views]] are made by chance. View A goes to the model, view B to a slower copy "
        "of it. The copy changes slowly, so that the model has a steady goal.",
        "Take other views.",
        (On("card", rows=3, pictures=2),),
        "What is the slower copy?",
        "The same network, whose weights follow the model’s with a delay: the [[momentum]] copy, or [[target]].",
        "Why a slower copy?",
        "Its answers change slowly, so that the model has a steady goal.",
        relabel="Other views", done=ticks.redrawn, another=True,
    ),
    Scene(
        "The copy’s label", "What the copy says is the label",
        "The slower copy turns view B into a [[vector]], a list of numbers. That vector is the [[pseudo-label]]. The "
        "model made it, by its slower copy. From view A the model must predict it. ✓: no other picture’s vector is "
        "nearer.",
        "Compare the blue vector with the orange one.",
        (On("card", rows=5, skip=1, pictures=1, edge=165),),
        "What are the squares?",
        "A vector as a picture: one field for each number, the darker the larger. Alike vectors look alike.",
        "Who made this label?",
        "The model itself, or rather its slower copy.",
        "A label must be right. (This one is only an opinion of the copy, and it changes during training.)",
        relabel="Other views", another=True,
    ),
    usual.guess(
        "The model reads one view and predicts a vector. To which of the four views does it belong? A simple rule "
        "answers, too: it only compares pixels.", "Choose a letter.",
        "Is it bad if it is wrong?",
        "It was never asked to tell pictures apart, only to give two views of one picture the same vector.",
        "What would a model answer that gives every view the same vector?", "Any of the four: all are the same to it.",
    ),
    usual.learn(
        "The [[loss]] falls: good. But look at the spread, too: how much the vectors of different pictures differ. "
        "Below the first mark, a tenth of the most, all are nearly the same.",
        "Press Train, and watch the spread: it must stay up.",
        On("learn", rows=0, panels=(1,), edge=120), "What are the other two meters?",
        "Mean cosine: how alike the vectors of two pictures are on average; at 1 all are the same. Effective rank: in "
        "how many directions the vectors differ; at 1 all lie on one line. 1/√128: the spread of vectors with 128 "
        "numbers that point in all directions alike, the most possible.",
        "Is a falling loss enough to be glad?", "No. Look at the spread as well.",
    ),
    Scene(
        "Make it collapse", "Make it collapse",
        "Two parts keep it alive: the [[predictor]], a network that only the model has, and the [[stop-gradient]]: "
        "the loss never moves the goal. Without them one answer for everything makes the loss 0.",
        "Press “Make it collapse”. Loss and spread fall to 0, the cosine rises to 1.",
        (On("own", draw=SWITCHES.draw), On("learn", rows=0, panels=(1,), edge=120)),
        "Why does it collapse?",
        "If every picture gets the same vector, each prediction is perfect. The loss is 0, and nothing was learned. "
        "This is [[collapse]].",
        "How do you notice it, when the loss looks so good?",
        "The spread is nearly 0, the mean cosine nearly 1.",
        "The lowest loss is the best model. (Here it is the worst.)",
        done=SWITCHES.tried,
    ),
    usual.good(
        "Back to the healthy model. Its [[trunk]] is [[frozen]]: it learns no more. People name a few pictures of "
        "things that lie anywhere: shirt, shoe, bag. How many new ones are named correctly? This "
        "[[linear probe|probe]] and the spread tell what the loss does not.",
        "Which number would you watch during training?", "The spread, and the probe; never the loss alone.",
        why="Does a collapsed model score as badly as guessing?",
        because="Not always: the meters look at the last layer, the probe at the trunk before it. The lab has the "
            "figures of both.",
    ),
    usual.check(
        "What is collapse?", "The model gives the same vector to everything, and its loss is low all the same.",
    ),
)  # fmt: skip


def said(_this: Any, view: RunView, _seed: int, _options: Any) -> Said:
    """The spread of its vectors, as a share of what it could be."""
    from sslviz.ui.frame.vectors import meters

    now = meters(view)
    share = now.spread * now.width**0.5
    return Said(f"{share:.0%}", None, share)


LESSON = Lesson(
    SCENES, said, "The spread of its vectors over time, as a share of the most possible",
    good="learning without “different”: no large batch is needed, and two shirts need not be told apart.",
    poor="runs of which one watches the loss alone: a collapse does not show in it.",
)  # fmt: skip
