"""What is shown in the guess of Next sentence: no pair can be told by how its book was printed."""

from collections import Counter

import numpy as np
import pytest

from sslviz.catalogue.next_sentence import NextSentenceOptions
from sslviz.data.stories import stories
from sslviz.data.text import tokenise
from sslviz.ui.tasks.next_sentence import card, guess
from sslviz.ui.tasks.next_sentence.typography import even

STYLES = {"straight": '"', "single": "‘", "curly": "“", "low": "„", "angle": "«»"}
LEFT = ('"', "'", "‘", "„", "«", "»", "`", "--", "–", "..", "  ", "_", "*")  # signs that only some books have


def styles(text: str) -> set[str]:
    """Which quotation marks a sentence has; a straight ' or a ’ within a word is none."""
    found = {name for name, signs in STYLES.items() if any(sign in text for sign in signs)}
    return found | ({"plain"} if text.startswith("'") or " '" in text else set())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("‘Husband,’ said she, ‘go to the fish!", "“Husband,” said she, “go to the fish!"),
        ('"I am tired--" said Susan.', "“I am tired—” said Susan."),
        ("'Oh, hush!' the Rabbit said - in a _low_ tone.", "“Oh, hush!” the Rabbit said—in a low tone."),
        ("said, 'Do as you think best'\"", "said, “Do as you think best”"),
        ('stooping to kiss her--"would you', "stooping to kiss her—“would you"),
        ("the traitors’ heads and the boys' caps", "the traitors’ heads and the boys’ caps"),
        ("'tis five o'clock; don't wake 'em", "’tis five o’clock; don’t wake ’em"),
        ("so she  waited . . . and waited...", "so she waited… and waited…"),
        ("well-known tree-tops", "well-known tree-tops"),
        ("«No», „yes“", "“No”, “yes”"),
    ],
)  # fmt: skip
def test_a_sentence_is_printed_in_one_way(raw: str, shown: str) -> None:
    assert even(raw) == shown
    assert even(shown) == shown


def test_no_drawn_pair_is_told_by_its_style_of_quotes() -> None:
    """As the books print them, two styles in a pair give every stranger away that has them; as shown, none does."""
    rng, raw = np.random.default_rng(0), Counter()
    for _ in range(1000):
        this = card.held_out_pair(int(rng.integers(card.HELD_OUT)))
        _, both = card.sides(this, int(rng.integers(10_000)), NextSentenceOptions(masks=False))
        for side, label in zip(both, card.LABELS, strict=True):
            a, b = styles(this.raw[0]), styles(side.b)
            raw[label] += bool(a and b and a.isdisjoint(b))
            for text in guess.shown(this, side):
                assert styles(text) <= {"curly"}, text
                assert not [sign for sign in LEFT if sign in text], text
    assert raw["NotNext"] > 50  # else this test would see nothing
    assert raw["IsNext"] < raw["NotNext"] / 20


def test_the_words_stay_what_they_are() -> None:
    """The model and the visitor are asked about the same words."""
    for raw in stories().sentences:
        shown = even(raw)
        assert tokenise(shown) == tokenise(raw)
        assert not [sign for sign in LEFT if sign in shown], shown
