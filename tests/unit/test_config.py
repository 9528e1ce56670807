"""A run's config: what it accepts, and that JSON and links give it back."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sslviz.catalogue import TASKS
from sslviz.catalogue.queue import QueueOptions
from sslviz.catalogue.same_or_different import SameOrDifferentOptions
from sslviz.training.config import DEVICES, NUMBERS, RunConfig, default, from_query


def value(option: Any) -> st.SearchStrategy[Any]:
    if isinstance(option.default, bool):
        return st.booleans()
    if option.choices:
        return st.sampled_from(option.choices)
    whole = isinstance(option.default, int)
    return st.integers(option.low, option.high) if whole else st.floats(option.low, option.high)


@st.composite
def configs(draw: st.DrawFn, *, complete: bool = False) -> RunConfig:
    """Any config that is accepted; its options all given, or some left at their defaults."""
    entry = TASKS[draw(st.sampled_from(list(TASKS)))]
    options = {k: draw(value(o)) for k, o in sorted(entry.fields.items()) if complete or draw(st.booleans())}
    numbers = {name: draw(value(option)) for name, option in NUMBERS.items()}
    return RunConfig(
        entry.slug, draw(st.sampled_from(entry.data)), device=draw(st.sampled_from(DEVICES)),
        options=entry.options(**options), **numbers,
    )  # fmt: skip


@given(configs(complete=True))
def test_json_gives_the_config_back(config: RunConfig) -> None:
    assert RunConfig.from_json(config.to_json()) == config


@given(configs())
def test_json_gives_an_equal_run_back(config: RunConfig) -> None:
    again = RunConfig.from_json(config.to_json())
    assert again.to_json() == config.to_json()
    assert again.key == config.key
    assert again.choices == config.choices
    json.loads(config.to_json(), parse_constant=pytest.fail)  # no NaN, no Infinity


@pytest.mark.parametrize("slug", list(TASKS))
def test_configs_of_the_same_run_are_equal(slug: str) -> None:
    config = default(slug)
    assert RunConfig.from_json(config.to_json()) == config


@given(configs())
def test_a_link_gives_the_config_back(config: RunConfig) -> None:
    query = config.to_query()
    again, notes = from_query(config.task, query)
    assert notes == []
    assert again.to_json() == config.to_json()
    assert all(k.startswith(f"{config.task}_") and isinstance(v, str) for k, v in query.items())


@pytest.mark.parametrize("slug", list(TASKS))
def test_defaults_need_no_parameters(slug: str) -> None:
    assert default(slug).to_query() == {}
    assert from_query(slug, {}) == (default(slug), [])
    assert default(slug, "long").steps == TASKS[slug].long_steps > default(slug).steps


@given(configs())
def test_a_link_holds_only_what_differs(config: RunConfig) -> None:
    plain = json.loads(default(config.task).to_json())
    mine = json.loads(config.to_json())
    flat = {**{k: v for k, v in mine.items() if k != "options"}, **mine["options"]}
    usual = {**{k: v for k, v in plain.items() if k != "options"}, **plain["options"]}
    changed = {f"{config.task}_{k}" for k in flat if flat[k] != usual[k] and k != "task"}
    assert set(config.to_query()) == changed


RUBBISH = st.one_of(
    st.text(max_size=30), st.integers().map(str), st.floats().map(str),
    st.sampled_from(["", "nan", "inf", "-inf", "1e400", "9" * 5000, "0x10", "True", "TRUE", "none", "²", "½", "<b>",
                     "\x00", "-0.0", "1_0", " 7 ", "auto", "cuda", "emoji", "../../etc/passwd"]),
)  # fmt: skip


@settings(max_examples=200)
@given(data=st.data(), slug=st.sampled_from(list(TASKS)))
def test_rubbish_in_a_link_gives_notes_and_defaults(data: st.DataObject, slug: str) -> None:
    known = ["data", "seed", "steps", "batch", "lr", "device", *TASKS[slug].fields]
    query = {
        f"{slug}_{k}": v for k, v in data.draw(st.dictionaries(st.sampled_from([*known, "x"]), RUBBISH)).items()
    } | data.draw(st.dictionaries(st.text(max_size=12), RUBBISH, max_size=3))
    config, notes = from_query(slug, query)
    assert isinstance(config, RunConfig)
    plain = {**vars(default(slug)), **default(slug).choices}
    mine = {**vars(config), **config.choices}
    asked = [k for k in known if f"{slug}_{k}" in query]
    kept = [k for k in asked if mine[k] == plain[k]]
    assert len(notes) <= len(kept)  # each note stands for a value that stayed at its default
    assert all(mine[k] == plain[k] for k in known if k not in asked)
    assert all(note.endswith("used instead.") and len(note) < 250 for note in notes)


@pytest.mark.parametrize(
    ("slug", "name", "text", "words"),
    [
        ("masked_words", "seed", "-1", "Run seed: “-1” is not 0 to 9999, so 0 is used instead."),
        ("masked_words", "lr", "nan", "Learning rate: “nan” is not 1e-05 to 1e+09, so 0.005 is used instead."),
        ("masked_words", "share", "0.9", "Share of words chosen: “0.9” is not 0.05 to 0.5, so 0.15 is used instead."),
        ("masked_words", "masking", "x", "Masks: “x” is not dynamic or static, so dynamic is used instead."),
        ("same_or_different", "blur", "yes", "Blur: “yes” is not true or false, so False is used instead."),
        ("same_or_different", "batch", "12.5", "Batch size: “12.5” is not 16 to 512, so 128 is used instead."),
    ],
)
def test_notes_say_what_is_accepted(slug: str, name: str, text: str, words: str) -> None:
    assert from_query(slug, {f"{slug}_{name}": text}) == (default(slug), [words])


def test_one_bad_value_does_not_spoil_the_others() -> None:
    query = {"masked_words_seed": "5", "masked_words_steps": "many", "masked_words_share": "0.3"}
    config, notes = from_query("masked_words", query)
    assert (config.seed, config.steps, config.choices["share"]) == (5, default("masked_words").steps, 0.3)
    assert len(notes) == 1


def test_parameters_of_another_page_are_left_alone() -> None:
    assert from_query("masked_words", {"same_or_different_seed": "x", "seed": "x"}) == (default("masked_words"), [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"task": "nothing"}, "these are ready"),
        ({"data": "emoji"}, "can train on sentences"),
        ({"device": "tpu"}, "auto, cpu, cuda, mps"),
        ({"seed": -1}, "0 to 9999"),
        ({"seed": 10_000}, "0 to 9999"),
        ({"steps": 19}, "20 to 20000"),
        ({"batch": 513}, "16 to 512"),
        ({"batch": True}, "16 to 512"),
        ({"lr": float("nan")}, "not nan"),
        ({"lr": float("inf")}, "not inf"),
        ({"lr": "0.1"}, "not '0.1'"),
        ({"options": {"share": 0.51}}, "share of masked_words accepts 0.05 to 0.5, not 0.51"),
        ({"options": {"masking": "none"}}, "masking of masked_words accepts dynamic or static, not 'none'"),
        ({"options": {"tau": 0.5}}, "tau of masked_words accepts share, masking, not 0.5"),
    ],
)
def test_what_is_out_of_range_is_refused_with_what_is_accepted(change: dict[str, Any], words: str) -> None:
    plain = json.loads(default("masked_words").to_json())
    with pytest.raises(ValueError, match=words):
        RunConfig.from_json(json.dumps({**plain, **change}))


def test_options_of_another_task_are_refused() -> None:
    with pytest.raises(ValueError, match="masked_words takes MaskedWordsOptions, not QueueOptions"):
        replace(default("masked_words"), options=QueueOptions())


@pytest.mark.parametrize("name", ["seed", "steps", "batch"])
def test_fractions_of_steps_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="goes from"):
        replace(default("masked_words"), **{name: 64.5})


def test_limits_are_accepted() -> None:
    for name, option in NUMBERS.items():
        for limit in (option.low, option.high):
            assert getattr(replace(default("masked_words"), **{name: limit}), name) == limit


def test_the_key_stands_for_everything() -> None:
    plain = default("same_or_different")
    others = [
        replace(plain, **change)
        for change in ({"seed": 1}, {"steps": 701}, {"batch": 255}, {"lr": 0.002}, {"device": "cpu"}, {"data": "emoji"},
                       {"options": SameOrDifferentOptions(tau=0.3)})
    ]  # fmt: skip
    assert len({c.key for c in [plain, *others]}) == 8
    assert replace(plain, options=SameOrDifferentOptions(tau=0.2)).key == plain.key  # a default that is written out
    assert len(plain.key) == 12


def test_links_and_configs_need_no_torch() -> None:
    code = "import sys, sslviz.training.config as c; c.from_query('masked_words', {}); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
