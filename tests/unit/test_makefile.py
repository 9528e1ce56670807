"""`make run` makes an environment; where the Python that it is told to use has a fitting PyTorch, that one is used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("make") is None or os.name == "nt", reason="needs make and a shell")


@pytest.mark.parametrize(
    ("wanted", "own", "used"),
    [
        ("torch>=2.0,<99", True, True),
        ("torch>=2.0,<99", False, False),  # of an environment the new one would see nothing
        ("torch>=98.0,<99", True, False),
        ("torch>=1.0,<1.9", True, False),
        ("numpy>=1", True, False),  # no such line: no guess
    ],
)
def test_a_fitting_torch_is_not_installed_again(tmp_path: Path, wanted: str, *, own: bool, used: bool) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").write_text(f"streamlit\n{wanted}  # a comment\n")
    python = tmp_path / "python"
    prefix = f"import sys; sys.prefix = {'sys.base_prefix' if own else '1'}; exec(sys.argv[1])"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{prefix}' \"$2\"\n")
    python.chmod(0o755)
    command = ["make", "-n", "new/bin/python", "VENV=new", f"PYTHON={python}"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert ("-m venv --system-site-packages new" in told) is used
