"""What the data sets are called by people; their own names stand in links and files."""

from __future__ import annotations


def title(name: str) -> str:
    """The title of a data set; its name where it has none."""
    from sslviz.data import images, video, word_rows

    return {"pictures": "Clothes and emoji", **images.SETS, **word_rows.SETS, **video.SETS}.get(name, name)


def short(name: str) -> str:
    """The title up to its colon, for the middle of a sentence.

    >>> short("clothes_anywhere")
    'Clothes anywhere'
    """
    return title(name).split(":")[0]
