"""The lesson of Masked patches: most of a picture is covered; what was there is the label."""

from __future__ import annotations

from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Scene

SCENES = (
    usual.begin(
        "Take some pictures",
        "Drawings and clothes, 32 by 32 points each. The names are for you: the model never gets them. If a piece is "
        "covered, the picture still has the answer.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3), "What could be asked of a picture?",
        "What is missing in it. As with a hidden word, the picture itself has the answer.",
        "If you cover a piece of a picture, who knows what was there?", "The picture does, and whoever saw it before.",
    ),
    Scene(
        "Cover most of it", "Cover most of it: neighbours look alike",
        "Pieces side by side look alike: a single missing one could be continued without understanding. So 12 of 16 "
        "pieces are covered; of a sentence only one word in seven is hidden. Each piece is a [[patch]].",
        "Uncover pieces one by one. When do you know what it is?",
        (On("card", rows=0, panels=(0,), edge=290),),
        "Why so many?",
        "In a picture neighbours are alike. If only one piece is missing, it can be continued from its edges, and "
        "nothing about things must be learned. Of words one in seven is enough: each says more.",
        "How many pieces must you see to know what it is?",
        "It depends on the picture and on the pieces. From then on it is easy to say what is missing.",
        "More hidden is always better. (If all but one are hidden, many pictures would fit.)",
        relabel="Cover others", done=ticks.by_hand, another=True,
    ),
    Scene(
        "What is covered: label", "What is covered is the label",
        "The pieces framed in blue were covered. They are the [[pseudo-label]], point by point. The data made it: the "
        "picture itself has the answer.",
        "Click another piece, and watch it turn blue.",
        (On("card", rows=0, panels=(0, 2), edge=220),),
        "Does the model see the blue pieces?",
        "No. It gets the other pieces and their places, nothing else. Only afterwards its picture is compared with "
        "the blue pieces.",
        "Who made this label?", "The data: the picture itself.",
        "The label says what the picture shows. (It says how light each covered point is.)",
        relabel="Cover others", done=ticks.by_hand, another=True,
    ),
    usual.guess(
        "Twelve pieces are covered. One of these four stood at the “?”. A simple rule answers, too: it takes the "
        "piece that is most like its neighbours.", "Choose a letter.",
        "Must one know what it is?",
        "It helps. But often it is enough to continue a line, or to choose what is most like the neighbours: that is "
        "the answer “nearest patch”.",
        "How did you choose?", "By what the thing is; or by lines and light that go on.",
    ),
    usual.learn(
        "The [[model]] paints each covered piece, framed in orange: at first noise, soon grey, something between all "
        "that might be there. The [[loss]] says how far its points are from the true ones, so lower is better.",
        "Press Train, and watch the covered pieces.", On("learn", rows=2, pictures=1, panels=(1,), edge=165, far=170),
        "Why is it so blurred?",
        "Several pictures would fit. The answer with the smallest squared distance from all of them is their mean, "
        "and a mean is blurred.",
        "What does it paint at the beginning?",
        "Noise, then grey: something between all that might be there.",
        "A blurred picture means a bad model. (Nobody needs the picture. What it learned counts.)",
    ),
    usual.good(
        usual.CLOTHES, "Did painting help to name clothes?",
        "Compare with the untrained network, and with raw pixels: beating the first is not yet beating the second.",
        "Who paints well, understands. (Light and edges can be painted without knowing what a thing is.)",
    ),
    usual.check(
        "Why is so much more hidden of a picture than of a sentence?",
        "Neighbouring pieces are alike, so that a few missing ones could be continued without understanding anything.",
    ),
)  # fmt: skip


LESSON = Lesson(
    SCENES, usual.said("masked_patches"), "Its error here. ✓: smaller than by copying neighbours; the bar: by how much",
    good="very many pictures without labels, and large networks: for these it was made (MAE, 2021).",
    poor="a small model and little time. It learns light and edges first, and what a thing is much later.",
    before=True,
)  # fmt: skip
