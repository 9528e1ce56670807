"""The run to take along, as a visitor gets it: by two clicks, into the folder of downloads."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, expect
from safetensors import safe_open
from visitor import Visitor

from sslviz.training.config import RunConfig
from sslviz.training.results import recorded

Visit = Callable[..., Visitor]


def fetch(visitor: Visitor, opened: Locator, name: str, folder: Path) -> Path:
    """Press a button of the popover, and keep what comes under the name that it has."""
    with visitor.page.expect_download() as coming:
        opened.get_by_role("button", name=name).click()
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def test_script_and_weights_are_downloaded(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("masked_words")
    opened = visitor.popover("learned", "Take this run along")
    expect(opened.get_by_role("button")).to_have_count(5)
    script = fetch(visitor, opened, "Script", tmp_path)
    assert script.suffix == ".py"
    compile(script.read_text("utf-8"), script.name, "exec")
    assert "compares its figures" in script.read_text("utf-8")
    recording = recorded.read("masked_words")
    assert recording is not None
    with safe_open(fetch(visitor, opened, "Weights", tmp_path), "numpy") as weights:
        config = RunConfig.from_json(weights.metadata()["config"])
        assert config == recording.config
        sizes = [weights.get_tensor(name).size for name in weights.keys()]  # noqa: SIM118 - it is no dict
        assert np.isfinite(weights.get_tensor("trunk.norm.weight")).all()
    assert sum(sizes) >= len(recording.weights)
    assert script.stem in {file.stem for file in tmp_path.iterdir() if file.suffix == ".safetensors"}
