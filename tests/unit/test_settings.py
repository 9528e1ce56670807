"""Settings in the link: checked before any widget reads them. Drawn as a page by AppTest, without a page."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    """A script that checks its link and says what came of it."""
    import streamlit as st

    from sslviz.catalogue import TASKS, Option
    from sslviz.ui.frame import settings
    from sslviz.ui.frame.parts import hidden

    slug = "same_or_different"
    own = {"sample": Option(16, "Batch number", low=0, high=999)}
    st.session_state["notes"] = settings.check_link(slug, own)
    st.session_state["config"] = settings.config(slug)
    st.session_state["values"] = {
        "sample": settings.value(slug, "sample", 16),
        **{name: settings.value(slug, name, option.default) for name, option in TASKS[slug].fields.items()},
    }
    st.session_state["hidden"] = hidden()


def opened(**link: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=30)
    for name, value in link.items():
        at.query_params[name if name in {"hide", "depth"} else f"same_or_different_{name}"] = value
    at.run()
    assert not at.exception
    return at


def test_an_empty_link_is_the_default() -> None:
    from sslviz.training.config import default

    at = opened()
    assert at.session_state["notes"] == []
    assert at.session_state["config"] == default("same_or_different")
    assert at.session_state["values"]["sample"] == 16


def test_what_is_in_range_is_taken() -> None:
    at = opened(seed="5", lr="0.01", tau="0.5", crop="false", data="emoji", sample="7")
    assert at.session_state["notes"] == []
    config = at.session_state["config"]
    assert (config.seed, config.lr, config.data) == (5, 0.01, "emoji")
    assert config.choices["tau"] == 0.5
    assert config.choices["crop"] is False
    values = at.session_state["values"]
    assert (values["sample"], values["tau"], values["crop"], values["flip"]) == (7, 0.5, False, True)


def test_what_is_not_is_named_and_taken_out() -> None:
    at = opened(seed="x", tau="9", crop="maybe", sample="-1", colour="red", depth="Deep")
    notes = at.session_state["notes"]
    assert len(notes) == 6
    for name in ("Run seed", "Temperature", "Crop", "Batch number", "colour", "Depth"):
        assert any(name in note for note in notes), name
    assert dict(at.query_params) == {}
    assert at.session_state["values"]["sample"] == 16


def test_parameters_of_other_pages_are_left_alone() -> None:
    at = AppTest.from_function(page, default_timeout=30)
    at.query_params["masked_words_seed"] = "rubbish"
    at.query_params["utm_source"] = "mail"
    at.run()
    assert at.session_state["notes"] == []
    assert set(at.query_params) == {"masked_words_seed", "utm_source"}


def test_long_rubbish_is_cut_in_its_note() -> None:
    (note,) = opened(seed="9" * 5000).session_state["notes"]
    assert len(note) < 120


def test_only_parts_that_may_be_left_out_are() -> None:
    assert opened(hide="guess,code,sample_card,<b>").session_state["hidden"] == {"guess", "code"}
