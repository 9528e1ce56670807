"""A question about a recording with covered spans: the recording, to be seen and heard, and a sound for each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.data import audio
from sslviz.ui.frame import stage
from sslviz.ui.frame.guess import About
from sslviz.ui.frame.pictures import data_address
from sslviz.ui.frame.sound_samples import Sample
from sslviz.ui.frame.sounds import gap_picture, silenced, sound_address

HEIGHTS = {"present": 64}  # px of the picture of a recording, where it is not 96


@dataclass(frozen=True)
class Asked:
    """What is asked about one covered step.

    Attributes:
        recording: it.
        mel: (T, 32) its log-mel.
        masked: (T,) True for a covered step.
        step: the one that is asked for.
        sounds: letter and samples of each answer.
        length: what is said of the length of a sound, in a few words.
    """

    recording: Sample
    mel: NDArray[np.float32]
    masked: NDArray[np.bool_]
    step: int
    sounds: Sequence[tuple[str, audio.Samples]]
    length: str

    @property
    def picture(self) -> str:
        """What is heard, and the step in a blue frame, as a data address."""
        return data_address(gap_picture(self.mel, self.masked, self.step), "PNG")

    def show(self) -> None:
        """The recording with its gaps, and the sounds."""
        silent = silenced(self.recording.samples, self.masked)
        alt = f"Log-mel of a recording, {int(self.masked.sum())} of {len(self.masked)} steps covered"
        height = HEIGHTS.get(stage.size(), 96)
        st.html(f"<img src='{self.picture}' alt='{alt}' style='width: 100%; height: {height}px; border-radius: 4px'>")
        at = (self.step + 0.625) * 0.02  # s, the middle of what a step hears
        st.caption(f"{self.recording.title}, with the covered spans silent. The frame is at {at:.2f} s.")
        st.audio(silent, sample_rate=audio.RATE)
        alone = stage.now() is None
        a_row = 2 if alone else len(self.sounds)  # in the lab four players in a row lose their buttons
        for first in range(0, len(self.sounds), a_row):
            row = self.sounds[first : first + a_row]
            for column, (letter, sound) in zip(st.columns(len(row)), row, strict=True):
                if alone:
                    column.caption(f"{letter}, {self.length}")
                else:
                    column.html(f"<p class='nth'><b>{letter}</b></p>")
                column.audio(sound, sample_rate=audio.RATE)

    def about(self) -> About:
        """The same for phones, each of which may play the sounds."""
        whole = ("what is heard", sound_address(silenced(self.recording.samples, self.masked)))
        pieces = [(letter, sound_address(sound)) for letter, sound in self.sounds]
        return About(images=(("what is heard", self.picture),), sounds=(whole, *pieces))
