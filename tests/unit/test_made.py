"""What a browser says was made by hand is taken only where it can be."""

import pytest

from sslviz.ui.live.made import order, places, whole
from sslviz.ui.tasks.masked_patches.card import by_hand as mask
from sslviz.ui.tasks.masked_words.card import by_hand as words


@pytest.mark.parametrize("value", [None, True, -1, 4, 1.0, "1", [1], {}])
def test_what_is_no_number_below_the_count_is_the_fallback(value: object) -> None:
    assert whole(value, 4, 2) == 2
    assert [whole(one, 4, 2) for one in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize("value", [None, "012", [0, 0], [4], [-1], [[0]], [None], {0: 1}, [True, 0]])
def test_what_is_no_list_of_different_places_is_none(value: object) -> None:
    assert places(value, 4) is None
    assert places([3, 0], 4) == [3, 0]


@pytest.mark.parametrize("value", [[2, 5], [5, 2, 2], [2, 5, 6], [2, 5, 7, 0], "257", None])
def test_an_order_has_every_number_once(value: object) -> None:
    assert order(value, [7, 2, 5]) is None
    assert order([2, 5, 7], [7, 2, 5]) == [2, 5, 7]
    assert order([], []) == []


def test_of_patches_one_at_least_is_covered_and_one_visible() -> None:
    assert [mask(edit) is not None for edit in ([], list(range(16)), [3], list(range(15)), [16], "ab")] == [
        False, False, True, True, False, False,
    ]  # fmt: skip


def test_each_word_has_one_of_four_fates_and_the_ends_none() -> None:
    assert words(["hide", "swap", "keep", "hide"], 4) == ["", "swap", "keep", ""]
    for edit in (["", "swap", ""], ["", "swap", "eat", ""], ["", ["swap"], "", ""], "abcd", None):
        assert words(edit, 4) is None
