"""The slow copy: it follows by the rule, and no gradient reaches it."""

import pytest
import torch
from torch import nn

from sslviz.models.momentum import momentum_copy, move, take_over


def pair() -> tuple[nn.Linear, nn.Linear]:
    torch.manual_seed(0)
    fast = nn.Linear(3, 2)
    slow = momentum_copy(fast)
    assert isinstance(slow, nn.Linear)
    return fast, slow


def test_a_copy_has_the_same_weights_of_its_own_and_none_is_trained() -> None:
    fast, slow = pair()
    assert torch.equal(slow.weight, fast.weight)
    assert slow.weight.data_ptr() != fast.weight.data_ptr()
    assert not any(p.requires_grad for p in slow.parameters())
    assert all(p.requires_grad for p in fast.parameters())


@pytest.mark.parametrize(("m", "expected"), [(0.0, 5.0), (0.9, 1.4), (0.99, 1.04), (1.0, 1.0)])
def test_one_step_after_the_original(m: float, expected: float) -> None:
    fast, slow = pair()
    with torch.no_grad():
        for p in slow.parameters():
            p.fill_(1.0)
        for p in fast.parameters():
            p.fill_(5.0)
    move(slow, fast, m)
    for p in slow.parameters():
        torch.testing.assert_close(p, torch.full_like(p, expected))
    assert all(bool((p == 5).all()) for p in fast.parameters())


def test_many_steps_close_the_gap_by_m_each() -> None:
    fast, slow = pair()
    with torch.no_grad():
        fast.weight.add_(1.0)
    for _ in range(50):
        move(slow, fast, 0.9)
    torch.testing.assert_close(fast.weight - slow.weight, torch.full_like(slow.weight, 0.9**50), rtol=0, atol=1e-6)


def test_taken_over_it_is_the_original() -> None:
    fast, slow = pair()
    with torch.no_grad():
        fast.weight.add_(1.0)
    take_over(slow, fast)
    assert torch.equal(slow.weight, fast.weight)


@pytest.mark.parametrize("m", [-0.1, 1.1])
def test_a_momentum_outside_is_refused(m: float) -> None:
    fast, slow = pair()
    with pytest.raises(ValueError, match="between 0 and 1"):
        move(slow, fast, m)
