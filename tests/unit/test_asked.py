"""What a view would be sent is told without drawing it."""

import pytest

from sslviz.ui.live import asked, mount


def test_what_is_sent_to_the_first_view_is_told_and_nothing_after_it_happens() -> None:
    after: list[int] = []

    def draw() -> None:
        mount("tasks/masked_words/card", "one", {"id": "x"})
        after.append(1)

    assert asked.sent_by(draw) == asked.Sent("one", {"id": "x"}, "tasks/masked_words/card", "event")
    assert not after


def test_where_nothing_is_mounted_that_is_a_fault_and_so_is_what_goes_wrong() -> None:
    with pytest.raises(ValueError, match="no view"):
        asked.sent_by(lambda: None)
    with pytest.raises(ZeroDivisionError):
        asked.sent_by(lambda: print(1 // 0))
    asked.tell(asked.Sent("one", {}))  # nobody asks any more
