"""`python -m sslviz check`: what is wrong with a classroom's computer is said before the lesson."""

import socket
from pathlib import Path

import pytest

import sslviz.__main__ as command
from sslviz import check
from sslviz.classroom import addresses
from sslviz.training.live import memory


@pytest.fixture(autouse=True)
def well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer on which all is well."""
    monkeypatch.setenv("SSLVIZ_DATABASE", str(tmp_path / "progress.db"))
    monkeypatch.delenv("SSLVIZ_WORKERS", raising=False)
    monkeypatch.setattr(memory, "left", lambda: memory.Memory(6_000_000_000, memory.COMPUTER))
    monkeypatch.setattr(addresses, "own_numbers", lambda: ["192.168.1.20"])
    monkeypatch.setattr(check, "STEPS", 2)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("", 0))
        return int(one.getsockname()[1])


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    assert command.main(["check", "--port", str(port)]) == 0
    said = capsys.readouterr().out
    assert "✗" not in said
    assert f"http://192.168.1.20:{port}" in said
    assert "6.0 GB of memory are free (this computer)" in said
    assert "steps of Masked words a second on cpu" in said or "on cuda" in said
    assert said.rstrip().endswith("All is well.")


def test_what_is_wrong_has_a_cross_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "left", lambda: memory.Memory(900_000_000, memory.CONTAINER))
    monkeypatch.setattr(addresses, "own_numbers", list)
    monkeypatch.setenv("SSLVIZ_DATABASE", "nosuch://place")
    (tmp_path / "requirements.txt").write_text("numpy>=99  # none\nno-such-package-at-all>=1\npytest\n", "utf-8")
    monkeypatch.setattr(check, "REQUIREMENTS", tmp_path / "requirements.txt")
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        assert not check.tell(port, print)
    said = capsys.readouterr().out
    lines = {line.split(":")[0].removeprefix("✗ "): line for line in said.splitlines() if line.startswith("✗")}
    assert set(lines) == {"packages", "memory", "database", "port", "phones"}
    assert "numpy>=99, no-such-package-at-all>=1." in lines["packages"]
    assert "0.9 GB of memory are free (the container" in lines["memory"]
    assert f"--server.port {port + 100}" in lines["port"]
    assert "put right what has a ✗" in said


def test_looking_makes_no_cards_and_no_rooms(tmp_path: Path) -> None:
    assert check.progress().well
    assert str(tmp_path / "progress.db") in check.progress().said
