"""What a link says and no page can use is taken out, in the same words on every kind of page."""

import pytest
from streamlit.testing.v1 import AppTest

SENTENCES = {
    "task": {
        "same_or_different_seed=1e400": "Run seed: “1e400” is not 0 to 9999, so 0 is used instead.",
        "same_or_different_crop=perhaps": "Crop: “perhaps” is not true or false, so True is used instead.",
        "same_or_different_sample=-1": "Batch number: “-1” is not 0 to 999, so 16 is used instead.",
        "same_or_different_wings=2": "The link sets “wings”, which this page does not have; it is left out.",
        "depth=Deep": "Depth: “Deep” is not Basic, Standard, Detailed, so Basic is used instead.",
    },
    "other": {
        "transfer_task=dance": "Task: “dance” is not a or b, so a is used instead.",
        "transfer_seed=1e400": "Choice: “1e400” is not 0 to 9, so 0 is used instead.",
        "transfer_wings=2": "The link sets “transfer_wings”, which this page does not have; it is left out.",
        "depth=Deep": "Depth: “Deep” is not Basic or Standard or Detailed, so Basic is used instead.",
    },
    "flashcards": {
        "cards_view=" + 30 * "x": f"The link names a part “{20 * 'x'}”, which is not here; it is left out.",
        "cards_task=dance": "The link names a task “dance”, which is not here; it is left out.",
        "cards_level=4": "The link names a level “4”, which is not here; it is left out.",
        "cards_seed=12345": "The link names a quiz “12345”, which is not here; it is left out.",
        "cards_wings=2": "The link names a cards_wings “2”, which is not here; it is left out.",
    },
}
KEPT = {
    "task": ["same_or_different_seed=5", "same_or_different_run=gone", "same_or_different_sample=7", "depth=Detailed"],
    "other": ["transfer_task=b", "transfer_seed=3", "depth=Standard", "transferred=1"],
    "flashcards": ["cards_view=quiz", "cards_level=2", "cards_seed=0042", "cards_find=dance", "depth=Deep"],
}


def page() -> None:
    """A script that checks its link as a page of that kind does."""
    import streamlit as st

    from sslviz.catalogue import Option
    from sslviz.ui.flashcards import links
    from sslviz.ui.frame import heading, link, settings

    kind = st.query_params["kind"]
    if kind == "task":
        link.tell(settings.check_link("same_or_different", {"sample": Option(16, "Batch number", low=0, high=999)}))
        st.number_input("Run seed", 0, 9999, 0, key="same_or_different_seed", **settings.SESSION)
    elif kind == "other":
        own = {"task": Option("a", "Task", ("a", "b")), "seed": Option(0, "Choice", low=0, high=9)}
        heading.check_link("transfer", own)
    else:
        link.tell(links.check_link())


def opened(kind: str, *parameters: str) -> tuple[list[str], set[str]]:
    """(what is said, what is left in the link) after a visit."""
    at = AppTest.from_function(page, default_timeout=30)
    for parameter in (f"kind={kind}", *parameters):
        name, value = parameter.split("=")
        at.query_params[name] = value
    at.run()
    assert not at.exception
    left = {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}
    assert left.pop("kind") == kind
    return [warning.value.replace("\\", "") for warning in at.warning], {"=".join(one) for one in left.items()}


@pytest.mark.parametrize("kind", SENTENCES)
def test_what_cannot_be_used_is_named_and_taken_out_and_the_rest_stays(kind: str) -> None:
    others = ["masked_words_seed=rubbish", "utm_source=mail"]
    for parameter, sentence in SENTENCES[kind].items():
        kept = [one for one in KEPT[kind] if one.split("=")[0] != parameter.split("=")[0]]
        assert opened(kind, *kept, parameter, *others) == ([sentence], {*kept, *others})
    assert opened(kind, *KEPT[kind], *others) == ([], {*KEPT[kind], *others})
    assert opened(kind, *SENTENCES[kind]) == (list(SENTENCES[kind].values()), set())


def test_after_twelve_sentences_the_others_are_counted() -> None:
    notes, left = opened("other", *(f"transfer_{n}=x" for n in range(15)))
    assert notes[11:] == [
        "The link sets “transfer_11”, which this page does not have; it is left out.",
        "And 3 more such.",
    ]
    assert left == set()
    assert len(opened("other", *(f"transfer_{n}=x" for n in range(12)))[0]) == 12
