"""Which code stands behind a recorded figure, and whether it is still the code of today.

A recording keeps a fingerprint of each module that its figures depend on. So a change names the recordings that it
concerns, and a recording names the modules that were changed since. A fingerprint is of what the code does: its syntax
tree without imports, docstrings, comments and annotations. Needs no torch.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sslviz.catalogue import TASKS
from sslviz.data import ASSETS

RUNS = ASSETS / "runs"
SHARED = (
    "sslviz.models.trunk", "sslviz.models.tokens", "sslviz.training.loop", "sslviz.evaluation.projection",
    "sslviz.evaluation.probes",
)  # fmt: skip
OWN = ("sslviz.tasks.", "sslviz.models.")  # what a task's module imports of these counts, too
Code = dict[str, str]  # module → fingerprint


def behind(task: str) -> Code:
    """Fingerprints of the modules that a run of this task depends on."""
    own = TASKS[task].module.split(":")[0]
    used = [name for name in _imports(own) if name.startswith(OWN) and not name.endswith(".base")]
    return fingerprints((*SHARED, own, *used))


def fingerprints(modules: Iterable[str]) -> Code:
    """Fingerprint of each module, by name."""
    return {name: fingerprint(source(name)) for name in sorted(set(modules))}


def fingerprint(code: str) -> str:
    """Sixteen letters for what a piece of source code does.

    >>> fingerprint("import a; x: int = 1  # one") == fingerprint("x = 1")
    True
    >>> fingerprint("x = 1") == fingerprint("x = 2")
    False
    """
    tree = _Bare().visit(ast.parse(code))
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:16]


def changed(stored: Mapping[str, str]) -> list[str]:
    """The modules whose code is another one than when these fingerprints were taken, or which are gone."""
    return [name for name, old in stored.items() if _spec(name) is None or fingerprint(source(name)) != old]


def recorded(runs: Path | None = None) -> dict[str, Code]:
    """What is recorded, as `file` or `file:part`, and the fingerprints that it was made with."""
    found: dict[str, Code] = {}
    runs = runs or RUNS
    for file in sorted(runs.glob("*.npz")):
        with np.load(file) as arrays:
            found[file.name] = json.loads(str(arrays["json"]))["meta"]["code"]
    for file in sorted(runs.rglob("*.json")):
        name, plain = file.relative_to(runs).as_posix(), json.loads(file.read_text("utf-8"))
        found |= {f"{name}{part}": code for part, code in _codes(plain, "")}
    return found


def stale(runs: Path | None = None) -> dict[str, list[str]]:
    """What is recorded with other code than that of today, and the modules that were changed since."""
    every = {name: changed(code) for name, code in recorded(runs).items()}
    return {name: modules for name, modules in every.items() if modules}


def concerned(module: str, runs: Path | None = None) -> list[str]:
    """What would have to be recorded anew if this module did something else."""
    return [name for name, code in recorded(runs).items() if module in code]


def _codes(plain: object, at: str) -> Iterable[tuple[str, Code]]:
    """Every "code" in nested results, with the names on the way to it."""
    if not isinstance(plain, dict):
        return
    for name, value in plain.items():
        if name == "code":
            yield at, value
        else:
            yield from _codes(value, f"{at}:{name}")


class _Bare(ast.NodeTransformer):
    """Takes out of a syntax tree what changes nothing of what the code does."""

    def visit_Import(self, _: ast.Import) -> None:
        """Where a name comes from."""

    def visit_ImportFrom(self, _: ast.ImportFrom) -> None:
        """Where a name comes from."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """An argument, without its type."""
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """`x: int = 1` as `x = 1`; `x: int` alone, a field, as `x`."""
        target = self.visit(node.target)
        return ast.Expr(target) if node.value is None else ast.Assign([target], self.visit(node.value))

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Nothing is left of `if TYPE_CHECKING:`."""
        self.generic_visit(node)
        return node if node.body else None

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """What is inside, without docstring and without the type of what is returned."""
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        return super().generic_visit(node)


@cache
def source(module: str) -> str:
    """The text of one of our own modules."""
    origin = _spec(module)
    if origin is None:
        msg = f"There is no module {module}."
        raise ValueError(msg)
    return Path(origin).read_text("utf-8")


def _spec(name: str) -> str | None:
    """The file of a module; None for what is none, such as a name inside a module."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    origin = spec.origin if spec else None
    return origin if origin and origin.endswith(f"{name.rsplit('.', 1)[-1]}.py") else None


def _imports(module: str) -> list[str]:
    """Modules of this project that a module imports."""
    found = []
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sslviz"):
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in found if _spec(name)]
