"""The lesson of Redundancy reduction: a table to reach, and what happens if one term of the loss is left out."""

from __future__ import annotations

from typing import Any

from sslviz.catalogue.redundancy import ENTRY
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene
from sslviz.ui.frame.lesson.switches import Switches, Way

SLUG = ENTRY.slug
BREAKS = (
    Way(
        "no_variance", "Numbers need not vary", ":material/compress:", {"variance": False, "covariance": True},
        "Trains anew without the variance term",
    ),
    Way(
        "no_covariance", "Numbers may repeat", ":material/content_copy:", {"variance": True, "covariance": False},
        "Trains anew without the covariance term",
    ),
)  # fmt: skip
BACK = Way("whole", "Put both back", ":material/build:", {"variance": True, "covariance": True})
SWITCHES = Switches(SLUG, BREAKS, BACK)

SCENES = (
    usual.begin(
        "Take some pictures",
        "The names are for you: the model never gets them. Each picture will get a [[vector]]: think of a "
        "questionnaire with 128 answers. It is badly made if all fill it in alike, or if two questions ask the same.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3), "Who wrote the questions?",
        "Nobody. The model finds them by itself while it trains; a person may not be able to put them in words.",
        "When is a questionnaire badly made?", "When all fill it in alike, or when two questions ask the same.",
    ),
    Scene(
        "Make two views", "Make two views",
        "From each picture two [[view|views]] are made by chance. The batch made the [[pseudo-label]]: these two are "
        "of one picture. So both questionnaires must say the same.",
        "Press “Other views”: what changes, and what stays?", (On("card", rows=3, pictures=2),),
        "Is that a label?",
        "Yes: we cut both views out of one picture, so we know. No person looked at what it shows.",
        "What would be an easy way to fill in both alike?", "Always write the same, whatever the picture.",
        relabel="Other views", done=ticks.redrawn, another=True,
    ),
    Scene(
        "The table", "What we ask for, as a table",
        "The table compares every answer of view A with every one of view B. Blue is the [[target]], the same for "
        "every batch: it is what we ask for. Each number agrees with itself, and no number repeats another.",
        "Compare the blue table with the orange one.", (On("card", rows=0, panels=(0, 1), edge=165),),
        "What is this table called?",
        "The identity matrix: 1 on the diagonal, 0 elsewhere. The orange one holds correlations over many pictures.",
        "Who made the blue table?", "It is the same for every batch; it follows from what we ask for.",
        "The table compares pictures. (It compares numbers of the vector, over many pictures.)",
    ),
    usual.guess(
        "One view, and four others. Which one must get the same vector? No picture is pushed away. But each number "
        "must vary, and none may repeat another. A simple rule answers, too: it only compares points.",
        "Choose a letter.",
        "What happens to the other three?", "Nothing. There are no negatives; no picture is pushed away.",
        "What pushes vectors apart, if no picture does?", "Each number must vary, and none may repeat another.",
    ),
    usual.learn(
        "The [[loss]] falls, and both views agree more and more: in the orange table a clear diagonal appears. There "
        "each number of view A meets the same number of view B.",
        "Press Train, and watch the orange table.", On("learn", rows=0, panels=(1,), edge=130, far=230),
        "Why do both views never quite agree?",
        "Cropped views of one picture do differ, and 128 numbers are many for what these small pictures show.",
        "What happens to the orange table meanwhile?",
        "Its diagonal becomes clear: each number agrees with itself. The fields beside it fade a little.",
    ),
    Scene(
        "Leave a part out", "Leave out a part of the loss",
        "If numbers need not vary ([[variance]]), all vectors become nearly one, a [[collapse]]: cosine 1. If they may "
        "repeat ([[covariance]]), vectors differ in few ways only: a low rank, in spite of a large spread.",
        "Press a button. Which bar changes most?",
        (On("own", draw=SWITCHES.draw), On("learn", rows=0, panels=(3,), edge=120)),
        "Why do they fail in two different ways?",
        "One part asks each number to vary (variance). Another asks them to vary each in its own way (covariance). One "
        "does not give the other.",
        "How do you tell the two failures apart?",
        "By the meters: cosine near 1 in the first; a low rank in spite of a large spread in the second.",
        "A low loss shows a good model. (Without variance the loss is lower than ever.)",
        done=SWITCHES.tried,
    ),
    usual.good(
        "Back to the model with the whole loss. Its [[trunk]] is [[frozen]]: it learns no more. People name a few "
        "pictures: shirt, shoe, bag, each anywhere in its picture. How many new pictures are then named correctly?",
        "Does it need a second network, as BYOL does?", "No. Both views go through one network, and both learn.",
    ),
    usual.check(
        "What is the label here?",
        "That two views are of one picture. They get one vector, and no number repeats another.",
    ),
)  # fmt: skip


def said(_this: Any, view: RunView, _seed: int, _options: Any) -> Said:
    """How far both views agree, as the mean of the table's diagonal."""
    from sslviz.ui.tasks.redundancy.card import table

    agreed = table(view).agreed
    return Said(f"{agreed:.2f}", None, max(0.0, agreed))


LESSON = Lesson(
    SCENES, said, "How far both views agree: the mean of the diagonal, over time",
    good="learning without negatives and without a second network: what keeps it alive stands in the loss.",
    poor="very small batches: from a few pictures the table cannot be measured well.",
)  # fmt: skip
