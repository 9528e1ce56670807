"""Formulas: written as LaTeX, sent as MathML, which browsers draw by themselves, and as words for those who listen.

latex2mathml does the conversion. What it leaves undone is done here: no word that came from outside is read as LaTeX or
as markup, a function stands apart from what it is taken of, and a minus sign without a left side stands close.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert

from sslviz.ui.live.shared import FormulaLine

NAMES = "http://www.w3.org/1998/Math/MathML"
CLOAK = 0xE000  # private characters that stand for ASCII signs which LaTeX, or latex2mathml, would take for its own
CLOAKED = {code: chr(CLOAK + code) for code in range(128) if not chr(code).isalnum() and chr(code) != " "}
UNCLOAKED = {CLOAK + code: chr(code) for code in CLOAKED}
ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304"}
SPACES = {  # beside an operator, where its own are too wide or too narrow
    "/": {"lspace": "0", "rspace": "0"}, "‖": {"lspace": "0.1em", "rspace": "0.1em"},
    "…": {"lspace": "0.17em", "rspace": "0.17em"},
}  # fmt: skip
LOW = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
HIGH = str.maketrans("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
APART = {**dict.fromkeys("=≠∈+−×→", " {} "), "∣": " | ", ",": ", ", ";": "; ", ":": ": "}  # signs with a space beside

ET.register_namespace("", NAMES)


def line(*pieces: str) -> FormulaLine:
    """A line of mathematics, made of pieces of LaTeX.

    Where there is no room for the whole line it wraps between two pieces, so a piece begins with the sign that joins it
    to the one before.
    """
    made = [_piece(latex, first=not i) for i, latex in enumerate(pieces)]
    return {"pieces": [xml for xml, _ in made], "said": " ".join(said for _, said in made)}


def digits(value: float, how: str) -> str:
    """A number as LaTeX, formatted as `format` does; powers of ten as such."""
    text = format(value, how)
    if found := re.fullmatch(r"(-?[\d.]+)e([+-]\d+)", text):
        return rf"{found[1]} \times 10^{{{int(found[2])}}}"
    return text if re.fullmatch(r"-?\d+(\.\d+)?", text) else words(text)


def fraction(above: str, below: str) -> str:
    """A fraction of two pieces of LaTeX."""
    return rf"\frac{{{above}}}{{{below}}}"


def mean(terms: Sequence[str], count: int, *, sign: str = "") -> list[str]:
    """Pieces that say: equals the mean of these terms, or of `count` of which these are the first."""
    more = [r"\dots"] if count > len(terms) else []
    first, *others = [*terms, *more]
    pieces = [f"= {sign}{fraction('1', str(count))} \\, ({first}", *(f"+ {other}" for other in others)]
    return [*pieces[:-1], f"{pieces[-1]})"]


def words(text: str) -> str:
    r"""Words within a formula, as LaTeX; they may come from a visitor: nothing in them is read as LaTeX or markup."""
    allowed = "".join(c for c in " ".join(text.split()) if c.isprintable() and not CLOAK <= ord(c) < CLOAK + 128)
    return rf"\text{{{allowed.translate(CLOAKED)}}}"


@lru_cache(maxsize=4096)
def _piece(latex: str, *, first: bool) -> tuple[str, str]:
    """A piece as MathML and in words."""
    root = ET.fromstring(convert(latex, display="block"))  # noqa: S314, nothing from outside is in it as markup
    for node in root.iter():
        node.tag = _tag(node)
        if node.text:
            node.text = node.text.translate(UNCLOAKED)
        if node.tag == "mover":
            node.set("accent", "false" if node[1].text == "¯" else "true")  # the bar alone would touch its letter
            node[1].set("stretchy", "false")
        if node.tag == "mo" and node.text in SPACES:
            node.attrib |= SPACES[node.text]
        if node.tag == "mo" and (node.text or "").isalpha():  # as \operatorname makes it, with wide spaces
            node.tag = "mi"
    (top,) = root
    for row in root.iter("mrow"):
        _space(row, joined=row is top and not first)
    if top[0].tag == "mo":
        top[0].set("lspace", "0")  # there is a space between pieces anyway
    inside = ET.tostring(top, encoding="unicode")
    return f'<math xmlns="{NAMES}" displaystyle="true">{inside}</math>', _said(top).strip()


def _tag(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _space(row: ET.Element, *, joined: bool) -> None:
    """Set what is between the parts of a row; `joined`: something stands before it.

    A sign without a left side stands close to its right; the name of a function stands apart.
    """
    before = None
    for node in list(row):
        if node.tag == "mo" and node.text in {"+", "−"}:
            alone = not joined if before is None else _opens(before)
            node.set("form", "prefix" if alone else "infix")
        if before is not None and (
            (_function(before) and (_first(node).tag not in {"mo", "mspace"} or _first(node).text == "‖"))
            or (_function(node) and before.tag not in {"mo", "mspace"})
        ):
            row.insert(list(row).index(node), ET.Element("mspace", {"width": "0.17em"}))
        before = node


def _first(node: ET.Element) -> ET.Element:
    """What stands first in it, or the node itself if it is no row."""
    return _first(node[0]) if node.tag == "mrow" and len(node) else node


def _opens(node: ET.Element) -> bool:
    """Whether what follows has no left side."""
    return node.tag == "mo" and node.text not in {")", "]"} and node.get("form") != "postfix"


def _function(node: ET.Element) -> bool:
    """Whether it is the name of a function, perhaps with something below it."""
    core = _first(node[0] if node.tag in {"msub", "munder"} else node)
    return core.tag == "mi" and len(core.text or "") > 1


def _said(node: ET.Element) -> str:
    """A formula in words and signs on one line."""
    said, sign = [_said(child) for child in node], node.text or ""
    match node.tag, said:
        case "mfrac", (above, below):
            text = f"{_grouped(above)} / {_grouped(below)} "
        case "munderover", (what, low, high):
            text = f" {what.strip()} over {low.strip()} to {high.strip()} of "
        case (("msub" | "munder"), ("∑", low)):
            text = f" ∑ over {low.strip()} of "
        case (("msub" | "munder"), (what, low)):
            text = what + _shifted(low, LOW, "_")
        case "msup", (what, high):
            text = what + _shifted(high, HIGH, "^")
        case "mover", (what, accent):
            text = what + ACCENTS.get(accent.strip(), accent)
        case "msqrt", _:
            text = f"√({''.join(said).strip()})"
        case "mspace", _:
            text = " "
        case "mo", _:
            text = sign if node.get("form") == "prefix" else APART.get(sign, sign).format(sign)
        case _:
            text = sign + "".join(said)
    return re.sub(r" +(?=[ ,;)])", "", text.replace("\xa0", " "))  # which latex2mathml makes of spaces between words


def _grouped(said: str) -> str:
    """A part of a fraction, in parentheses where it has parts of its own."""
    said = outside = said.strip()
    while (shorter := re.sub(r"\([^()]*\)", "", outside)) != outside:
        outside = shorter
    return f"({said})" if " " in outside else said


def _shifted(said: str, signs: dict[int, int], mark: str) -> str:
    """What is written higher or lower, in signs that are so by themselves where there are such."""
    said = said.strip()
    if all(ord(c) in signs for c in said):
        return said.translate(signs)
    return said if said == "′" else mark + _grouped(said)
