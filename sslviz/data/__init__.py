"""The bundled data: small, openly licensed pictures and sentences, with the credit that each one asks for.

Nothing here imports torch or streamlit. Everything is loaded on first use and kept for the life of the process;
arrays that are kept are read-only, so that no caller can change what the next one sees.
"""

from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@dataclass(frozen=True)
class Credit:
    """Who made a piece of data, and on what terms it is shown."""

    title: str
    author: str
    licence: str
    licence_url: str
    source: str  # a web address, or the name of the package that it was taken from
    changes: str  # what was changed here; empty if nothing

    def line(self) -> str:
        """The credit as one line of plain text."""
        changes = f" {self.changes[0].upper()}{self.changes[1:]}." if self.changes else ""
        return f"{self.title}, {self.author}, {self.licence}, {self.source}.{changes}"
