"""The views: each is mounted by the function that says what it is sent, and is what was made from its sources."""

import importlib
import json
import re
import shutil
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from streamlit.testing.v1 import AppTest

from tests.views import (
    ROOT,
    UI,
    bundled,
    data_types,
    fields,
    leaves,
    mounts,
    problem,
    sent,
    sources,
    typedefs,
    views,
)

BOTH = [(view, ending) for view in views() for ending in ("js", "css")]


# mounting


def test_every_view_is_mounted_by_one_function() -> None:
    assert sorted(mount.view for mount in mounts()) == views()


def page_with_all_views() -> None:
    """Each view, with data made from its types alone; run by AppTest."""
    import importlib
    from typing import get_type_hints

    import streamlit as st

    from tests import views
    from tests.unit import view_frames

    for mount in views.mounts():
        function = getattr(importlib.import_module(mount.module), mount.function)
        hints = get_type_hints(function)
        data = {
            name: view_frames.FRAMES[mount.function]() if hint is bytes else views.sample(hint)
            for name, hint in hints.items()
            if name not in {"key", "return", "on_event", "on_edit"}
        }
        if mount.function in view_frames.PARTS:  # arguments whose items another part of the app makes
            data |= view_frames.PARTS[mount.function]()
        with st.container(key=mount.view.replace("/", "_")):
            function(mount.view, **data)


@pytest.mark.parametrize("server", ["first", "second"])  # a view registered with one server is unknown to the next
def test_every_mounting_function_brings_its_own_view_to_the_page(server: str) -> None:
    page = AppTest.from_function(page_with_all_views, default_timeout=60).run()
    assert not page.exception, [one.message for one in page.exception]
    there = {component.key: component.proto for component in page.get("bidi_component")}
    assert sorted(there) == views()
    for view, proto in there.items():
        for ending, content in (("js", proto.js_content), ("css", proto.css_content)):
            assert content == (UI / "live" / "bundle" / f"{view}.{ending}").read_text("utf-8"), view
        data = sent(proto)
        problems = [problem(data, typed) for typed in data_types(view)]
        assert "" in problems, f"{view}: {problems}"


def test_what_cannot_be_said_in_json_is_left_out() -> None:
    def plot() -> None:
        from sslviz.ui.frame.views import loss_view

        about = {"run": "a", "budget": 10, "baselines": [], "height": 250, "unit": "nats", "mode": "live", "empty": ""}
        loss_view("loss", data={"curve": [[0, 2.0], (1, float("nan"))], "held": [[2, float("inf")]], **about})

    (component,) = AppTest.from_function(plot).run().get("bidi_component")
    data = json.loads(component.proto.json)
    assert (data["curve"], data["held"]) == ([[0, 2.0], [1, None]], [[2, None]])


def test_a_film_goes_on_where_the_browser_has_it_and_starts_over_where_it_says_so() -> None:
    def film_page() -> None:
        import numpy as np
        import streamlit as st

        from sslviz.ui.frame.views import embedding_view, film_frame
        from sslviz.ui.live.frames import Film, unpack

        count = st.session_state["count"] = st.session_state.get("count", 0) + 1
        places = np.zeros((count, 2, 2))
        film = Film("run", list(range(count)), places, None, [0, 1], ["a", "b"], ["x", "y"])
        frame = film_frame("map", film, hint="here", picked=1)
        st.session_state["header"] = unpack(frame)[0]
        embedding_view("map", frame=frame)

    page = AppTest.from_function(film_page).run()
    header = page.session_state["header"]
    assert (header["full"], header["first"], header["hint"], header["picked"]) == (True, 0, "here", 1)
    header = page.run().session_state["header"]
    assert (header["full"], header["first"], header["steps"], header["total"]) == (False, 1, [1], 2)
    del page.session_state["map:sent"]  # as it is when the view says that it lacks frames
    header = page.run().session_state["header"]
    assert (header["full"], header["first"], header["steps"]) == (True, 0, [0, 1, 2])


# types


@pytest.mark.parametrize("view", views())
def test_the_mounting_function_takes_what_the_script_is_sent(view: str) -> None:
    (mount,) = [one for one in mounts() if one.view == view]
    function = getattr(importlib.import_module(mount.module), mount.function)
    taken = set(get_type_hints(function).values())
    if bytes not in taken:  # a frame says what is in it by itself
        code = (
            Path(function.__code__.co_filename).read_text("utf-8").split(f"def {mount.function}(")[1].split("\ndef ")[0]
        )
        for typed in data_types(view):
            assert re.search(rf"\b{typed.__name__}\b", code), f"{mount.function} does not speak of {typed.__name__}"


@pytest.mark.parametrize("view", views())
def test_types_in_javascript_mirror_those_in_python(view: str) -> None:
    waiting, seen = list(data_types(view)), set()
    while waiting:
        typed = waiting.pop()
        if typed.__name__ in seen:
            continue
        seen.add(typed.__name__)
        twin = typedefs().get(typed.__name__)
        assert twin is not None, f"no typedef in JavaScript mirrors {typed.__name__}"
        home = importlib.import_module(twin.home)
        assert getattr(home, twin.name) is typed, f"{twin.name} is not in {twin.home}"
        said = {name: (leaves(hint), optional) for name, (hint, optional) in fields(typed).items()}
        assert twin.fields == said, typed.__name__
        inside = {word for words, _ in twin.fields.values() for word in words} - {"string", "number", "boolean", "null"}
        waiting += [getattr(importlib.import_module(typedefs()[name].home), name) for name in inside]


def test_no_typedef_mirrors_what_no_view_is_sent() -> None:
    reached, waiting = set(), [typed.__name__ for view in views() for typed in data_types(view)]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in typedefs():
            continue
        reached.add(name)
        waiting += [word for words, _ in typedefs()[name].fields.values() for word in words]
    assert reached == set(typedefs())


# bundles


@pytest.mark.parametrize(("view", "ending"), BOTH)
def test_the_bundle_is_what_its_sources_gave(view: str, ending: str) -> None:
    made = bundled(view, ending)
    assert made.says == made.should, 'run "make views", which needs node, and commit what it writes'
    assert f"{view}.{ending}" in made.sources


def test_a_bundle_is_there_for_every_view_and_for_nothing_else() -> None:
    bundle = UI / "live" / "bundle"
    there = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*.*")}
    assert there == {f"{view}.{ending}" for view, ending in BOTH}


def test_every_source_is_in_a_bundle() -> None:
    """So an error in any of them makes a bundle stale. A script that holds only types is in none.

    That of the first look is written into pages as it is; a browser runs it in its own tests.
    """
    used = {name for view, ending in BOTH for name in bundled(view, ending).sources} | {"first_look/begin.js"}
    for path in sources("js"):
        if path.relative_to(UI).as_posix() not in used:
            assert re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL).strip() == "export {}", (
                path
            )


@pytest.mark.parametrize("changed", ["live/shared.js", "live/lattice.css", "live/bundle/home/hero.js"])
def test_a_change_makes_the_bundles_stale_that_it_concerns(tmp_path: Path, changed: str) -> None:
    ui = tmp_path / "ui"
    shutil.copytree(UI, ui, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with (ui / changed).open("a") as file:
        file.write("}\n")  # a syntax error
    stale = {f"{v}.{e}" for v, e in BOTH if bundled(v, e, ui).says != bundled(v, e, ui).should}
    concerned = {f"{v}.{e}" for v, e in BOTH if changed in (*bundled(v, e).sources, f"live/bundle/{v}.{e}")}
    assert stale == concerned
    assert stale


@pytest.mark.parametrize("view", views())
def test_a_view_puts_in_text_only_and_fetches_nothing(view: str) -> None:
    """A linter says the same of the sources; here of what reaches a browser. One view may ask how a run stands."""
    for ending in ("js", "css"):
        text = (UI / "live" / "bundle" / f"{view}.{ending}").read_text("utf-8")
        sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|fetch\(|XMLHttpRequest|import\(|eval\(|@import"
        found = re.findall(sinks, text)
        # The two that fetch, from this server: a card by a name that it was sent, and how a run stands, with its card.
        assert found == (["fetch("] if (view, ending) in (("frame/ahead", "js"), ("frame/look", "js")) else [])
        assert not re.search(r"(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.\w", text)


def test_the_lock_file_names_no_registry() -> None:
    """So that `npm ci` takes the one that the computer is set to."""
    lock: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
