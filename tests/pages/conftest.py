"""The app as AppTest runs it: without a browser, and with an engine that computes a slice when the test says so."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["SSLVIZ_LAZY"] = "1"  # no engine, no import in the background
os.environ["SSLVIZ_DATABASE"] = str(Path(tempfile.mkdtemp()) / "progress.db")  # never the user's own

import pytest
from streamlit import config as streamlit_config
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from sslviz.training.config import RunConfig
from sslviz.training.results import recorded
from sslviz.ui import held_ahead
from sslviz.ui.frame import ahead
from tests import views
from tests.stand_ins import Engine, cheapen, forget

# AppTest looks for components in every installed package, once a visitor: half a second each. Ours are registered by
# the pages themselves.
BidiComponentManager.discover_and_register_components = lambda *_args, **_options: None  # type: ignore[method-assign]


def _wait(runner: LocalScriptRunner, timeout: float = 3) -> None:
    """Until a script is through. AppTest asks a thousand times a second, which slows down what it waits for."""
    assert runner._script_thread is not None
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        _ask(runner, timeout)


_ask, local_script_runner.require_widgets_deltas = local_script_runner.require_widgets_deltas, _wait

streamlit_config.get_config_options()  # reads config.toml
streamlit_config.set_option("client.showErrorDetails", "full")  # visitors get a sentence, a test the reason

ROOT = Path(__file__).parents[2]
SHELL = ROOT / "sslviz" / "ui" / "shell.py"
TINY = {"steps": "20", "batch": "16", "device": "cpu"}  # the smallest run there is


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Slices wait here until the test lets them be computed."""
    from sslviz.training.live.runs import Runs
    from sslviz.ui import startup

    one = Engine()
    monkeypatch.setattr(startup, "_held", {})
    startup.use(Runs(one))
    return one


@pytest.fixture(autouse=True)
def few_ahead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No label is made in advance, which would only cost time, but for a test that reads it."""
    if "made_ahead" not in request.fixturenames:
        monkeypatch.setattr(ahead, "FEW", dict.fromkeys(ahead.FEW, (0, 0)))
        monkeypatch.setattr(ahead, "NEAR", ())


@pytest.fixture
def made_ahead() -> Callable[[Page], dict[tuple[Any, ...], Any]]:
    """Reads what was made in advance for a page, by sample and label seed, or by slider and value."""

    def read(page: Page) -> dict[tuple[Any, ...], Any]:
        found = {}
        for step in page.component(f"{page.slug}_ahead")["next"]:
            text = held_ahead.read(step["name"], None)
            assert text is not None
            card = json.loads(text)
            asks = (step["slider"], step["value"]) if step["slider"] else (step["sample"], step["seed"])
            found[asks] = card.get("data") or base64.b64decode(card["frame"])
        return found

    return read


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Evaluations and figures that cost next to nothing."""
    from sslviz.training.live import runs
    from sslviz.training.results.recorded import MapInfo
    from sslviz.ui.frame import transport

    whole = transport.map_info

    def map_info(config: Any) -> MapInfo:
        info = whole(config)
        return MapInfo(info.classes[:40], info.names, info.texts[:40], info.ids[:40], info.pictures)

    cheapen(monkeypatch)
    monkeypatch.setattr(runs, "_figures", figures)
    monkeypatch.setattr(transport, "map_info", map_info)
    yield
    forget()


def figures(config: str, state: Any) -> dict[str, Any]:
    """Figures in the shape of the real ones."""
    probes = {"knn": 0.5, "few": [0.4, 0.5, 0.6], "many": 0.7}
    real = recorded.read(RunConfig.from_json(config).task)
    assert real is not None
    scores = dict.fromkeys(real.figures["scores"], 0.25)
    return {
        "loss": 3.0, "scores": scores,
        "baselines": [{"name": "guessing: ln 6,403", "loss": 8.8, "scores": scores, "constant": True}],
        "probes": {"trained": probes, "random": probes, "raw": probes},
        "per_class": 10, "labels": 100, "many_labels": 2000, "chance": 0.1, "raw_name": "raw input", "classes": 10,
    }  # fmt: skip


class Page:
    """One page of the app in one visitor's session."""

    def __init__(self, slug: str, link: dict[str, str] | None = None) -> None:
        self.slug, self.at = slug, AppTest.from_file(SHELL, default_timeout=120)
        self.at.run()
        self.at.session_state["view"] = "lab"  # what these tests are about; a link says otherwise
        for name, value in (link or {}).items():
            self.at.query_params[name] = value
        self.go(slug)

    def go(self, slug: str) -> Page:
        """Another page, in the same session."""
        self.slug = slug
        for popover in (f"{slug}_label", "cards_limit", "cards_forgetting"):
            self.at.session_state[popover] = True  # they are open
        self.at.switch_page(f"../../pages/{slug}.py")
        return self.run()

    def run(self) -> Page:
        """Draw the page again, and find no error on it."""
        self.at.run()
        return self.well()

    def well(self) -> Page:
        """No error on the page, and every view was sent what its type says."""
        assert not self.at.exception, [e.message for e in self.at.exception]
        for part in self.at.get("bidi_component"):
            data = views.sent(part.proto)
            problems = [views.problem(data, typed) for typed in views.data_types(views.view_of(part.proto))]
            assert "" in problems, (part.key, problems)
        return self

    def press(self, key: str) -> Page:
        self.at.button(key=key).click()
        return self.run()

    def train(self) -> Page:
        """Train: a run of one's own where a recorded one is shown, else what the button Play stands for."""
        return self.press("train" if "train" in self.keys else "play")

    def untrained(self) -> Page:
        """A run of one's own that stands at the beginning."""
        if "train" in self.keys:
            self.press("train")
        return self.press("reset")

    def set(self, kind: str, name: str, value: Any) -> Page:
        """Set a widget of this page, named without the slug."""
        getattr(self.at, kind)(key=f"{self.slug}_{name}").set_value(value)
        return self.run()

    def upload(self, name: str, raw: bytes) -> Page:
        """Choose a file for the page's own sample."""
        (field,) = [field for field in self.at.file_uploader if str(field.key).startswith(f"{self.slug}_upload_")]
        field.upload(name, raw)
        return self.run()

    @property
    def keys(self) -> set[str]:
        """The keys of all parts and widgets on the page."""
        return set(self.order)

    @property
    def order(self) -> list[str]:
        """The same from the top of the page to its end."""
        found: list[str] = []

        def walk(block: Any) -> None:
            for child in getattr(block, "children", {}).values():
                found.append(getattr(child, "key", None) or "")
                walk(child)

        walk(self.at.main)
        return [key for key in found if key]

    @property
    def html(self) -> str:
        """All HTML of the page but its style sheet."""
        return "\n".join(h.proto.body for h in self.at.get("html") if "<style>" not in h.proto.body)

    @property
    def notes(self) -> list[str]:
        """What the page warns of or tells, as a visitor reads it."""
        shown = [*self.at.warning, *self.at.info, *self.at.error]
        return [note.value.replace("\\", "") for note in shown]

    @property
    def texts(self) -> str:
        """All that is rendered as Markdown."""
        return "\n".join(e.value for kind in ("markdown", "caption", "warning", "info") for e in self.at.get(kind))

    def component(self, key: str) -> dict[str, Any]:
        """What was sent to a view: its JSON, or the header of its bytes."""
        (part,) = [c for c in self.at.get("bidi_component") if c.key == key]
        return views.sent(part.proto)

    def steps(self) -> dict[str, Any]:
        """What the view of slow motion was sent."""
        (key,) = [c.key for c in self.at.get("bidi_component") if c.proto.component_name == "sslviz_live_steps_view"]
        return self.component(key)

    @property
    def play(self) -> str:
        """What the button Play says."""
        return self.at.button(key="play").label

    @property
    def param(self) -> dict[str, Any]:
        return dict(self.at.query_params)


@pytest.fixture
def visit(engine: Engine) -> Callable[..., Page]:
    """Open a page, with settings of the link that the slug is put before, unless they have `__` in front."""

    def opened(slug: str, **link: str) -> Page:
        named = {(k[2:] if k.startswith("__") else f"{slug}_{k}"): v for k, v in link.items()}
        return Page(slug, named)

    return opened
