"""The way through the course: eight lessons, and more beside it, each with the page that it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from sslviz.catalogue import TASKS


@dataclass(frozen=True)
class Place:
    """A lesson on the way.

    Attributes:
        slug: of its page.
        title: of the page, and so of the lesson.
        minutes: that it takes.
        scenes: how many it has; home says so, and to import the lessons for it would hold up the first page.
        goal: what a student can do after it, in a sentence.
    """

    slug: str
    title: str
    minutes: int
    scenes: int
    goal: str


def _of(slug: str, minutes: int, scenes: int, goal: str) -> Place:
    """The lesson of a task, which is called like the task."""
    return Place(slug, TASKS[slug].title, minutes, scenes, goal)


COURSE = (
    Place("pseudo_label", "What a pseudo-label is", 5, 7, "Say what a pseudo-label is, and who makes it."),
    _of("masked_words", 7, 7, "Make a label by hiding a word, and see a model learn to name it."),
    _of("next_word", 6, 7, "Say why a text without labels asks as many questions as it has words."),
    _of("patch_order", 6, 7, "Make a label by moving the pieces of a picture."),
    _of("same_or_different", 7, 7, "Say what makes two views “the same”, and what does not."),
    _of("two_views", 7, 8, "Recognise collapse: a model that has the lowest loss and has learned nothing."),
    _of("cluster_ids", 6, 7, "Say how a model can make labels for itself."),
    Place(
        "transfer", "Transfer: what the labels bought", 6, 6,
        "Say how many labels a pretrained model saves, and when it saves none.",
    ),
)  # fmt: skip
MORE = (
    _of("masked_patches", 6, 7, "Say why so much more of a picture is hidden than of a sentence."),
    _of("autoencoding", 6, 8, "Say what a model must learn when a picture has to pass through a few numbers."),
    _of("masked_sound", 6, 8, "Say what stands in the place of words when sound is hidden."),
    _of("word_and_context", 6, 8, "Say how words get vectors from the company that they keep."),
    _of("next_sentence", 5, 7, "Say how a label can be right and still teach little."),
    _of("frame_order", 6, 7, "Make a label from time, and say why it has no direction."),
    _of("queue", 6, 8, "Say how a small batch can have a thousand wrong answers."),
    _of("colourisation", 7, 8, "Say what a model can answer where the colour is not in the picture."),
    _of("redundancy", 7, 8, "Say what keeps vectors apart when nothing counts as different."),
    _of("captions", 7, 8, "Say how words that came with pictures can stand in for a list of classes."),
    _of("replaced_words", 6, 7, "Say what a label at every word is worth, when each says only yes or no."),
    _of("span_corruption", 7, 7, "Say how a label can be a text, and what the model must then find out by itself."),
    _of("hidden_units", 6, 8, "Say how sorting sounds makes labels, and why one sorts again."),
    _of("self_distillation", 7, 8, "Tell two ways to collapse apart, and say what prevents each."),
    _of("masked_representations", 7, 8, "Say what is gained and what is risked when vectors are the label."),
)
EVERY = (*COURSE, *MORE)
TITLES = {one.slug: one.title for one in EVERY}


def place(slug: str) -> Place | None:
    """The lesson that stands on a page; None where there is none."""
    return next((one for one in EVERY if one.slug == slug), None)


def after(slug: str) -> Place | None:
    """The lesson that follows; None after the last one, and for a lesson that lies beside the way."""
    return next((COURSE[at + 1] for at, one in enumerate(COURSE[:-1]) if one.slug == slug), None)


def nth(slug: str) -> int:
    """Which lesson it is, from 1; 0 for one that lies beside the way."""
    return next((at for at, one in enumerate(COURSE, 1) if one.slug == slug), 0)


def where(slug: str) -> str:
    """Which lesson it is, and how long it takes, in a few words."""
    here, number = place(slug), nth(slug)
    if here is None:
        return "Lesson"
    return f"{f'Lesson {number} of {len(COURSE)}' if number else 'Beside the course'} · {here.minutes} minutes"
