"""The way through the course: eight lessons, each with the page that it stands on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A lesson on the way.

    Attributes:
        slug: of its page.
        title: of the lesson.
        minutes: that it takes.
        goal: what a student can do after it, in a sentence.
    """

    slug: str
    title: str
    minutes: int
    goal: str


COURSE = (
    Place("pseudo_label", "What a pseudo-label is", 5, "Say what a pseudo-label is, and who makes it."),
    Place("masked_words", "Masking words", 7, "Make a label by hiding a word, and see a model learn to name it."),
    Place("next_word", "Next word", 6, "Say why a text without labels asks as many questions as it has words."),
    Place("patch_order", "Pictures in pieces", 6, "Make a label by moving the pieces of a picture."),
    Place("same_or_different", "Same or different", 7, "Say what makes two views “the same”, and what does not."),
    Place("two_views", "Collapse", 7, "Recognise a model that has the lowest loss and has learned nothing."),
    Place("cluster_ids", "Clusters", 6, "Say how a model can make labels for itself."),
    Place("transfer", "What labels buy", 6, "Say how many labels a pretrained model saves, and when it saves none."),
)


def place(slug: str) -> Place | None:
    """The place of a page on the way; None for a page that lies beside it."""
    return next((one for one in COURSE if one.slug == slug), None)


def after(slug: str) -> Place | None:
    """The lesson that follows; None after the last one, and for a page that lies beside the way."""
    here = place(slug)
    return None if here is None else next(iter(COURSE[COURSE.index(here) + 1 :]), None)


def nth(slug: str) -> int:
    """Which lesson it is, from 1; 0 for a page that lies beside the way."""
    here = place(slug)
    return 0 if here is None else COURSE.index(here) + 1
