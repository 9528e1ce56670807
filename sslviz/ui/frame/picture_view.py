"""The view of a few pictures, from the raw one down to the model's answer, and panels about a chosen one."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from sslviz.ui.live import Handler, mount
from sslviz.ui.live.shared import BarLine, BarRow, Formula


class PictureCell(TypedDict):
    """A picture at one stage: address of an image, and what is said of it; `kind` is "", "target" or "answer"."""

    image: NotRequired[str]
    text: NotRequired[str]
    kind: NotRequired[str]
    title: NotRequired[str]
    wrong: NotRequired[bool]


class PictureColumn(TypedDict):
    """One picture from top to bottom; a cell a head."""

    name: str
    cells: Sequence[PictureCell]


class Tile(TypedDict):
    """A piece of a picture, or a field of a table; `kind` is "", "target", "answer" or "hidden".

    share: how much of the table's colour a field has, from 0 to 1.
    """

    image: NotRequired[str]
    share: NotRequired[float]
    text: NotRequired[str]
    kind: NotRequired[str]
    title: NotRequired[str]
    wrong: NotRequired[bool]
    right: NotRequired[bool]
    pressed: NotRequired[bool]


class _Panel(TypedDict):
    """What all panels have. wide: it has a row of its own; fold: words behind which it is hidden until it is wanted."""

    title: str
    hint: NotRequired[str]
    mode: NotRequired[str]
    note: NotRequired[str]
    wide: NotRequired[bool]
    fold: NotRequired[str]


class Tiles(_Panel):
    """Tiles in so many columns, and what a visitor can do with them.

    act: "" nothing; "toggle" each is hidden or not; "choose" one or two are chosen; "swap" two change places. made: the
    places that are hidden or chosen, or which tile lies at each place. A visitor changes it; the tiles follow at once.
    sides, tops: of a table, what its rows (pictures) and columns (words) are; tint: its colour, "target" or "answer".
    """

    kind: Literal["tiles"]
    columns: int
    tiles: Sequence[Tile]
    act: NotRequired[str]
    made: NotRequired[Sequence[int]]
    sides: NotRequired[Sequence[Tile]]
    tops: NotRequired[Sequence[str]]
    tint: NotRequired[str]


class Bars(_Panel):
    """Rows with bars, and a line across them."""

    kind: Literal["bars"]
    rows: Sequence[BarRow]
    line: NotRequired[BarLine | None]


class Strip(TypedDict):
    """A row of small pictures; `fade` from 0 to 1."""

    name: str
    text: str
    kind: str
    images: Sequence[str]
    fade: NotRequired[float]
    title: NotRequired[str]


class Strips(_Panel):
    """Rows of small pictures."""

    kind: Literal["strips"]
    rows: Sequence[Strip]


class Meter(TypedDict):
    """A number between `low` and `high`, with (value, text) marks; None where there is none yet."""

    name: str
    value: float | None
    text: str
    low: float
    high: float
    marks: Sequence[Sequence[float | str]]
    kind: str


class Meters(_Panel):
    """Rows of meters."""

    kind: Literal["meters"]
    rows: Sequence[Meter]


Panel = Tiles | Bars | Strips | Meters


class PictureCardData(TypedDict):
    """What the picture card is sent.

    id: changes with sample, seed and settings; heads: (kind, text) of each row, kind being "", "label" or "guess";
    selected: number of the column that the panels are about; edits: what was made by
    hand of each picture, see `Tiles`, or nothing; heard: number of the visitor's last change that came; size: of a
    stage, "large" or "present"; edge: px of a picture there. A column without cells is not shown.
    """

    id: str
    model: str
    title: NotRequired[str]
    hint: NotRequired[str]
    heads: Sequence[Sequence[str]]
    columns: Sequence[PictureColumn]
    selected: int
    edits: Sequence[Sequence[int]]
    heard: int
    panels: Sequence[Panel]
    note: str
    formula: Formula | None
    size: NotRequired[str]
    edge: NotRequired[int]


def picture_view(key: str, *, card: PictureCardData, on_event: Handler = None) -> None:
    """Show a few pictures from the raw one down to the model's answer, and panels about the one that is chosen.

    What a visitor makes is {"selected": a column, "edits": by picture, "at": the picture changed last, or None}.
    """
    mount("live/picture_card", key, card, "made", on_event)
