"""What the tests know of the views: where they lie, who mounts them, and what they may be sent."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import re
import types
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from sslviz.ui.live import BUNDLE, frames

ROOT = Path(__file__).parents[1]
UI = ROOT / "sslviz" / "ui"
HEADER = re.compile(r'/\* Made by "make views"\. Sources: (.*) sha256: ([0-9a-f]{64}) \*/\n')


# where they lie


def sources(ending: str, ui: Path = UI) -> list[Path]:
    """All scripts or style sheets that people write."""
    return sorted(path for path in ui.rglob(f"*.{ending}") if BUNDLE.name not in path.relative_to(ui).parts)


def views(ui: Path = UI) -> list[str]:
    """Names of all views: scripts with a style sheet beside them."""
    scripts = (path.relative_to(ui).with_suffix("") for path in sources("js", ui) if path.with_suffix(".css").exists())
    return [path.as_posix() for path in scripts]


@dataclass(frozen=True)
class Bundled:
    """A bundle: its sources, below sslviz/ui; the hash that it carries; and the hash that it should carry."""

    sources: tuple[str, ...]
    says: str
    should: str


def bundled(view: str, ending: str, ui: Path = UI) -> Bundled:
    """What a bundle says of itself, and what is so; see live/build.mjs."""
    text = (ui / "live" / BUNDLE.name / f"{view}.{ending}").read_text("utf-8")
    header = HEADER.match(text)
    assert header, f"{view}.{ending} has no first line that says what it was made from"
    names, made = header[1].split(), hashlib.sha256()
    for name in names:
        made.update(f"{name}\n".encode() + (ui / name).read_bytes())
    made.update(text[header.end() :].encode())
    return Bundled(tuple(names), header[2], made.hexdigest())


# who mounts them


@dataclass(frozen=True)
class Mounted:
    """A call of `mount`: in which module and function."""

    view: str
    module: str
    function: str


@cache
def mounts() -> tuple[Mounted, ...]:
    """All calls of `mount` in the pages' code."""
    found = []
    for path in sorted(UI.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "mount":
                    assert isinstance(call.args[0], ast.Constant), f"{module} mounts a view that has no name"
                    found.append(Mounted(call.args[0].value, module, function.name))
    return tuple(found)


@cache
def data_types(view: str) -> tuple[type, ...]:
    """The TypedDicts that a view may be sent, by the names that its script gives: `View<A | B>`."""
    said = re.search(r"@type \{View<([^>]+)>\}", (UI / f"{view}.js").read_text("utf-8"))
    assert said, f"{view}.js does not say what it is sent"
    (module,) = {mount.module for mount in mounts() if mount.view == view}
    home = importlib.import_module(module)
    return tuple(getattr(home, name, None) or getattr(frames, name) for name in said[1].split(" | "))


@cache
def _components() -> dict[str, list[str]]:
    """The views that a component's name may stand for; to look for their files at each drawing takes a fifth of it."""
    found: dict[str, list[str]] = {}
    for view in views():
        found.setdefault(f"sslviz_{view.replace('/', '_')}", []).append(view)
    return found


def view_of(proto: Any) -> str:
    """The view that is mounted as a component."""
    (found,) = _components()[proto.component_name]
    return found


def sent(proto: Any) -> dict[str, Any]:
    """What a component was sent: its JSON, or the header of its frame."""
    found: dict[str, Any] = json.loads(proto.json) if proto.WhichOneof("data") == "json" else {}
    return found or frames.unpack(proto.bytes)[0]


# what they may be sent, in Python


def _unwrapped(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


@cache
def fields(typed: type) -> dict[str, tuple[Any, bool]]:
    """Type of each field of a TypedDict, and whether it may be missing."""
    hints = get_type_hints(typed, include_extras=True)
    optional: frozenset[str] = typed.__optional_keys__  # type: ignore[attr-defined]
    missing = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    return {name: (_unwrapped(hint), name in missing or name in optional) for name, hint in hints.items()}


def problem(value: Any, hint: Any, where: str = "data") -> str:
    """What is wrong with a value read from JSON; empty where it has the type."""
    if is_typeddict(hint):
        return _dict_problem(value, hint, where)
    kind, arguments = get_origin(hint), get_args(hint)
    if kind in (types.UnionType, Union):
        found = [problem(value, one, where) for one in arguments]
        return "" if "" in found else min(found, key=len)
    if kind is Literal:
        return "" if value in arguments else f"{where} is {value!r}, not one of {arguments}"
    if kind in (tuple, list, Sequence):
        return _list_problem(value, kind, arguments, where)
    wanted = {float: (int, float), int: (int,), str: (str,), bool: (bool,), type(None): (type(None),)}[hint]
    fits = isinstance(value, wanted) and (hint is bool or not isinstance(value, bool))
    return "" if fits else f"{where} is {value!r}, not {hint.__name__}"


def _list_problem(value: Any, kind: Any, arguments: tuple[Any, ...], where: str) -> str:
    if not isinstance(value, list) or (kind is tuple and len(value) != len(arguments)):
        return f"{where} is {value!r}, not a list of {len(arguments) if kind is tuple else 'any length'}"
    each = arguments if kind is tuple else arguments * len(value)
    return _first(problem(one, hint, f"{where}[{i}]") for i, (one, hint) in enumerate(zip(value, each, strict=True)))


def _dict_problem(value: Any, typed: type, where: str) -> str:
    if not isinstance(value, dict):
        return f"{where} is {value!r}, not a {typed.__name__}"
    known = fields(typed)
    if strange := sorted(set(value) - set(known)):
        return f"{where} has {strange}, which a {typed.__name__} has not"
    if lacking := sorted(name for name, (_, optional) in known.items() if name not in value and not optional):
        return f"{where} lacks {lacking} of a {typed.__name__}"
    return _first(problem(one, known[name][0], f"{where}.{name}") for name, one in value.items())


def _first(problems: Any) -> str:
    return next(filter(None, problems), "")


def sample(hint: Any) -> Any:
    """A value of a type, as small as it can be with one item in each list."""
    if is_typeddict(hint):
        return {name: sample(one) for name, (one, _) in fields(hint).items()}
    kind, arguments = get_origin(hint), get_args(hint)
    if kind in (types.UnionType, Union):
        return sample(next(one for one in arguments if one is not type(None)))
    if kind is Literal:
        return arguments[0]
    if kind is tuple:
        return tuple(sample(one) for one in arguments)
    if kind in (list, Sequence):
        return [sample(arguments[0])]
    return {} if hint is Any else hint()


def leaves(hint: Any) -> set[str]:
    """What a type is made of in the end, in JavaScript's words; a TypedDict by its name."""
    if is_typeddict(hint):
        return {hint.__name__}
    if get_origin(hint) is Literal:
        return {"string"}
    words = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
    return {words[hint]} if hint in words else set().union(*map(leaves, get_args(hint)))


# the same in JavaScript


@dataclass(frozen=True)
class Typedef:
    """A typedef of JavaScript that mirrors a TypedDict: its home in Python, and (leaves, may be missing) by field."""

    name: str
    home: str
    fields: dict[str, tuple[set[str], bool]]


@cache
def typedefs() -> dict[str, Typedef]:
    """All typedefs that mirror a TypedDict, by name."""
    comments = [
        (path, comment)
        for path in sources("js")
        for comment in re.findall(r"/\*\*(.*?)\*/", path.read_text(), re.DOTALL)
    ]
    aliases = {
        (path, found[2]): found[1]
        for path, comment in comments
        for found in re.finditer(r"@typedef \{(?!object\})([^}]*)\} (\w+)", comment)
    }
    found: dict[str, Typedef] = {}
    for path, comment in comments:
        if not (home := re.search(r"[Mm]irrors (\w+) in ([\w/]+)\.py", comment)):
            continue
        (name,) = re.findall(r"@typedef \{object\} (\w+)", comment)
        assert name == home[1], f"{path.name}: {name} mirrors {home[1]}"
        assert name not in found, f"{name} stands twice"
        rows = re.findall(r"@property \{([^}]*)\} (\[?)(\w+)", comment)
        found[name] = Typedef(
            name,
            f"sslviz.ui.{home[2].replace('/', '.')}",
            {field: (_words(path, said, aliases), bool(optional)) for said, optional, field in rows},
        )
    return found


def _words(path: Path, said: str, aliases: dict[tuple[Path, str], str]) -> set[str]:
    """The leaves of a type in JavaScript; a name for another type is followed, here or where it comes from."""
    result: set[str] = set()
    for word in re.findall(r"'[^']*'|\w+", said):
        elsewhere = [alias for (_, name), alias in aliases.items() if name == word]
        alias = aliases.get((path, word)) or (elsewhere[0] if len(elsewhere) == 1 else None)
        if word.startswith("'"):
            result.add("string")
        else:
            result |= _words(path, alias, aliases) if alias else {word}
    return result
