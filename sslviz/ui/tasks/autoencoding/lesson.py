"""The lesson of Autoencoding: a picture has to pass through a few numbers; the picture itself is the label."""

from __future__ import annotations

from typing import Any

from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import picture_card
from sslviz.ui.frame.lesson import ticks, usual
from sslviz.ui.frame.lesson.scene import Lesson, On, Said, Scene

SCENES = (
    usual.begin(
        "Take some pictures",
        "Drawings and clothes. Each has 32 by 32 points in three colours: 3,072 numbers. By telephone one would say "
        "less: what it is, how large, how bright, where it lies.",
        "Look at them. If you like, take others.", On("card", rows=1, pictures=3),
        "Does one need so many numbers?",
        "For any picture at all, yes. But things look alike in much, and what is alike need not be said each time.",
        "You may say 16 numbers over the phone, and somebody must draw the picture. What would you say?",
        "What it is, how large, how bright, where it lies.",
    ),
    Scene(
        "Squeeze it", "Press it through a few numbers",
        "Now only a few numbers may be said. A simple rule without training, called PCA, keeps as many as you choose, "
        "and draws the picture from them. The rest is lost.",
        "Click the numbers from 1 on. When do you know what it is?",
        (On("card", rows=1, panels=(0,), pictures=1, edge=230, far=400),),
        "What rule is it?",
        "Principal components (PCA). Among all rules that only add and multiply, it loses the least. A model must be "
        "better than that to be worth its training.",
        "From how many numbers on do you know what it is?",
        "It depends: a plain thing shows early, a drawing with details late.",
        done=ticks.by_hand, another=True,
    ),
    Scene(
        "Its own label", "The picture itself is the label",
        "An [[encoder]] turns the picture into a short code, the grey fields. A [[decoder]] builds it again. The data "
        "made the label: the picture itself. The code has room for what is special only; what all pictures have in "
        "common, the model must learn.",
        "Compare the label with the picture.",
        (On("card", rows=4, pictures=2, edge=130, far=280),),
        "Is that not too easy?",
        "It would be if all numbers could pass: then copying is enough. The few numbers in the middle make it hard.",
        "Who made this label?", "The data. Nothing is hidden, nothing is moved: question and answer are the same.",
        "Something is hidden from the model. (It sees all of the picture; the code is narrow.)",
        another=True,
    ),
    usual.guess(
        "One of the four pictures went through the code; “rebuilt” is what came out. Details got lost: what only few "
        "pictures have. PCA, the simple rule, answers, too.", "Choose a letter.",
        "Why are the four so alike?",
        "If one were a shoe and the others shirts, it would be too easy. Among alike pictures details decide, and "
        "these get lost first.",
        "What was lost on the way?", "Patterns, letters, buttons: all that only few pictures have.",
    ),
    usual.learn(
        "The [[loss]] says how far the model’s answer is from the [[label]]: lower is better. At first it draws noise, "
        "soon something grey that is nearly the same for all pictures.",
        "Press Train, and watch the picture appear.", On("learn", rows=5, skip=3, pictures=1, edge=220, far=250),
        "What is the ✓?",
        "Closer to the picture than PCA with as many numbers. That rule needs no training at all.",
        "What does it draw first?",
        "Noise; then something grey, nearly the same for all: one is never very wrong with their mean.",
    ),
    Scene(
        "One number", "What does one number mean?",
        "Take the code of one picture, and turn a single number up and down. The [[decoder]] draws what comes of it. "
        "Sometimes it has a name, such as brightness or width; often there is no word for it.",
        "What changes from left (low) to right (high)?",
        (On("card", rows=0, panels=(2,), pictures=1),),
        "Who gave the numbers a meaning?",
        "Nobody. The model found what is worth saying: often brightness or width, sometimes nothing that has a name.",
        "Can you name what this number stands for?", "Sometimes: brightness, width, sleeves. Often there is no word.",
        another=True,
    ),
    usual.good(
        usual.CLOTHES, "Is a model that draws well a model that knows things apart?",
        "Not always. Compare with raw pixels: to rebuild, brightness counts as much as what a thing is.",
        "A small loss means good vectors. (It means small distances between points.)",
    ),
    usual.check(
        "What must a model learn when a picture has to pass through a few numbers?",
        "What pictures have in common, since only that can be left unsaid.",
    ),
)  # fmt: skip


def said(this: Any, view: RunView, seed: int, options: Any) -> Said:
    """How far off the rebuilt picture is, beside PCA with as many numbers."""
    from sslviz.tasks.autoencoding import WIDEST
    from sslviz.ui.tasks.autoencoding import card

    i = picture_card.selected(card.SLUG, this)
    labelled = card.label(this.pixels[[i]], seed, options)
    count = min(WIDEST, card.numbers(view.config.choices))
    (rival,) = card.components(labelled, view.config.data, count)[1]
    return Said.of_error(card.rebuild(view, labelled).errors[0], rival)


LESSON = Lesson(
    SCENES, said, "Its error on the first picture. ✓: smaller than by PCA; the bar: by how much",
    good="making things small, taking noise away, and finding what is odd: what it cannot rebuild is unlike the rest.",
    poor="telling things apart where brightness and place do not matter: it keeps just these.",
    before=True,
)  # fmt: skip
