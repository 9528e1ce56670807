"""What lesson eight says of the recorded figures is what they say."""

from typing import Any

import pytest

from sslviz.ui.course import labels_buy
from sslviz.ui.frame.lesson.words import plain


def said(name: str) -> str:
    return plain(next(scene.says for scene in labels_buy.SCENES if scene.name == name))


def test_a_hundred_labels_after_pretraining_beat_two_thousand_without() -> None:
    assert "a hundred labels after pretraining beat two thousand without" in said("With more labels")
    first = labels_buy.runs(labels_buy.FIRST)[0]
    assert (first["labels"], first["many_labels"]) == (100, 2000)
    after, without = labels_buy.shares(labels_buy.FIRST)["trained"], labels_buy.shares(labels_buy.FIRST, "many")
    assert after > without["random"]
    assert after > without["raw"]
    assert labels_buy.saved().endswith("So here it saves more than 1,900 labels.")


def test_where_fewer_labels_are_saved_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    probes: dict[str, Any] = {who: {"few": [share], "many": 0.5} for who, share in (("trained", 0.4), ("random", 0.2))}
    figures = {"labels": 10, "many_labels": 1010, "probes": {**probes, "raw": {"few": [0.3], "many": 0.6}}}
    monkeypatch.setattr(labels_buy, "runs", lambda _: [figures])
    assert labels_buy.saved() == (
        "10 labels after pretraining: 40%. 1,010 labels without it: 60%. So here it saves fewer than 1,000 labels."
    )


def test_with_things_in_the_middle_raw_pixels_are_ahead_and_the_untrained_network_is_behind() -> None:
    assert "though it beats the untrained network" in said("When it saves none")
    for labels in ("few", "many"):
        found = labels_buy.shares(labels_buy.CENTRED, labels)
        assert found["random"] < found["trained"] < found["raw"]


@pytest.mark.parametrize("slug", ["masked_sound", "next_sentence"])
def test_no_labels_are_saved_where_the_lesson_says_so(slug: str) -> None:
    found = labels_buy.shares(slug)
    assert found["trained"] < found["raw"]
