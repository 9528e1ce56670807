"""What was measured on the pages of sound: voice and language with very few labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sslviz.ui.frame import current
from sslviz.ui.frame.bars import Bar, bars
from sslviz.ui.frame.learned import comparable
from sslviz.ui.frame.parts import part


def few_labels(slug: str, why: str, hide: set[str]) -> None:
    """Voice and language with one, two and five labels a class; nothing where nothing was measured.

    Args:
        slug: of the task.
        why: the task gives no reason to learn voices, in a sentence; said where the trunk is not ahead.
        hide: the parts that a lesson leaves out.
    """
    view = current.show(slug)
    figures = view.figures or comparable(view)
    if "learned" in hide or figures is None or "few_labels" not in figures:
        return
    with st.container(key="few_labels", border=True, gap="small"):
        part("With very few labels", "whose voice, which language? a linear probe on the frozen trunk")
        columns = st.columns(2, gap="medium")
        for column, (name, found) in zip(columns, figures["few_labels"].items(), strict=True):
            rows = [
                (
                    f"{count} label{'s' if count > 1 else ''} a class",
                    [
                        Bar("this model" if view.figures else "the recorded model", found["trained"][i], model=True),
                        Bar("random trunk", found["random"][i]),
                        Bar(figures["raw_name"], found["raw"][i], hatched=True),
                    ],
                )
                for i, count in enumerate(found["labels"])
            ]
            with column:
                st.markdown(f"**{name.capitalize()}**")
                bars(rows, [("the commonest class", found["chance"])], "right on held-out recordings", key=rows[0][1])
        if "text" not in hide:
            st.markdown(few_meaning(figures, why))


def few_meaning(figures: dict[str, Any], why: str) -> str:
    """What the bars say, in words; every number comes from the run."""
    sentences, below, choices = [], False, 0
    for name, found in figures["few_labels"].items():
        trained, random, raw = ([float(np.mean(row)) for row in found[which]] for which in ("trained", "random", "raw"))
        choices = len(found["trained"][0])
        above = [str(count) for count, one, other in zip(found["labels"], trained, raw, strict=True) if one > other]
        better = [str(count) for count, one, other in zip(found["labels"], trained, random, strict=True) if one > other]
        sentences.append(
            f"{name.capitalize()}: above {figures['raw_name']} {_counts(above)}, above the random trunk "
            f"{_counts(better)}; with {found['labels'][-1]} labels a class **{trained[-1]:.0%}**, random trunk "
            f"{random[-1]:.0%}, {figures['raw_name']} {raw[-1]:.0%}."
        )
        below = below or trained[-1] < max(raw[-1], random[-1])
    end = f" Mean and spread of {choices} choices of labels; a difference smaller than the spread may be chance."
    if not below:
        return " ".join(sentences) + end
    return (
        f"{' '.join(sentences)}{end} **Why is it not further ahead?** Each voice was recorded in one room with one "
        f"microphone, and the mean loudness of each frequency band is almost enough to recognise these. {why}"
    )


def _counts(labels: list[str]) -> str:
    return f"with {' and '.join(labels)} label{'s' if labels != ['1'] else ''} a class" if labels else "nowhere"
