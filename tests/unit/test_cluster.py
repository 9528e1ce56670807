"""How many workers the own engine has."""

import pytest

from sslviz.training.live.cluster import count

GB = 10**9


@pytest.mark.parametrize(
    ("cores", "memory", "workers"),
    [
        (2, 16 * GB, 2),  # one a core
        (32, 64 * GB, 8),  # at most eight
        (8, 8 * GB, 5),  # as many as fit
        (4, 4 * GB, 2),
        (1, GB, 1),  # and always one
    ],
)
def test_as_many_workers_as_cores_and_memory_allow(
    cores: int, memory: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSLVIZ_WORKERS", raising=False)
    assert count(cores, memory) == workers
    monkeypatch.setenv("SSLVIZ_WORKERS", "3")
    assert count(cores, memory) == 3
