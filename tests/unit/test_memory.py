"""How much memory there is, how many workers fit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from sslviz.training.live import memory
from sslviz.training.live.memory import COMPUTER, CONTAINER, LIMIT, SHARED, WORKER, Memory

GB = 10**9


def has(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available, total=64 * GB))


@pytest.fixture(autouse=True)
def a_large_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 GB free, no container, no `ulimit`."""
    has(monkeypatch, 64 * GB)
    monkeypatch.setattr(memory, "_limits", list)
    monkeypatch.delenv("SSLVIZ_WORKERS", raising=False)


def group(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")


def within(tmp_path: Path, line: str) -> Memory:
    group(tmp_path / "proc" / "self", cgroup=line)
    return memory.left(tmp_path / "proc", tmp_path / "cgroups")


# how much there is


def test_without_a_container_it_is_what_the_computer_has_free(tmp_path: Path) -> None:
    assert memory.left(tmp_path, tmp_path) == Memory(64 * GB, COMPUTER)
    assert memory.left().free > 0  # of this computer, whatever it is


def test_a_container_leaves_its_limit_less_what_is_held(tmp_path: Path) -> None:
    mine = tmp_path / "cgroups" / "docker" / "abc"
    files = f"anon 5\ninactive_file {GB}"
    group(mine, memory__max=4 * GB, memory__high="max", memory__current=3 * GB, memory__stat=files)
    group(tmp_path / "cgroups")  # the root of all has no limit
    assert within(tmp_path, "0::/docker/abc") == Memory(2 * GB, CONTAINER)


def test_a_group_further_out_may_be_the_scarcer_one(tmp_path: Path) -> None:
    group(tmp_path / "cgroups" / "user" / "mine", memory__max="max", memory__current=GB)
    group(tmp_path / "cgroups" / "user", memory__max=9 * GB, memory__high=5 * GB, memory__current=2 * GB)
    assert within(tmp_path, "0::/user/mine") == Memory(3 * GB, CONTAINER)


def test_inside_a_container_only_the_root_is_to_be_seen(tmp_path: Path) -> None:
    group(tmp_path / "cgroups", memory__max=2 * GB, memory__current=GB)
    assert within(tmp_path, "0::/host/path/of/it").free == GB


def test_the_older_kind_of_groups(tmp_path: Path) -> None:
    group(
        tmp_path / "cgroups" / "memory" / "job", memory__limit_in_bytes=3 * GB, memory__usage_in_bytes=2 * GB,
        memory__stat=f"inactive_file 1\ntotal_inactive_file {GB // 2}",
    )  # fmt: skip
    group(tmp_path / "cgroups" / "memory", memory__limit_in_bytes=2**63 - 4096, memory__usage_in_bytes=9 * GB)
    assert within(tmp_path, "4:cpu,cpuacct:/job\n3:memory:/job") == Memory(3 * GB // 2, CONTAINER)


def test_a_container_that_holds_more_than_its_limit_leaves_nothing(tmp_path: Path) -> None:
    group(tmp_path / "cgroups", memory__max=GB, memory__current=2 * GB)
    assert within(tmp_path, "0::/").free == 0


def test_ulimit_is_heeded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.undo()  # the real _limits
    has(monkeypatch, 64 * GB)
    allowed = {resource.RLIMIT_RSS: GB, resource.RLIMIT_DATA: 3 * GB, resource.RLIMIT_AS: resource.RLIM_INFINITY}
    monkeypatch.setattr(resource, "getrlimit", lambda which: (allowed[which], resource.RLIM_INFINITY))
    assert memory.left(tmp_path, tmp_path) == Memory(GB, LIMIT)


# how many workers


@pytest.mark.parametrize(
    ("cores", "free", "workers"),
    [
        (2, 16 * GB, 2),  # one a core
        (32, 64 * GB, 8),  # at most eight
        (8, 5 * WORKER + SHARED, 5),  # as many as fit
        (8, 5 * WORKER + SHARED - 1, 4),
        (8, 2 * GB, 1),
        (1, GB // 2, 1),  # and always one
    ],
)
def test_as_many_workers_as_cores_and_memory_allow(
    cores: int, free: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert memory.workers(cores, Memory(free, COMPUTER)) == workers
    monkeypatch.setenv("SSLVIZ_WORKERS", "3")
    assert memory.workers(cores, Memory(free, COMPUTER)) == 3


def test_two_gigabytes_are_enough_for_one() -> None:
    assert not Memory(2 * GB, COMPUTER).short
    assert Memory(GB // 2, COMPUTER).short
