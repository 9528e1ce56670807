"""Tests in a real browser: Chromium or Chrome without a window, and a server for all of them.

Every test here is marked `browser`. Where no browser is found they are skipped with a line that says how to get one;
with CI=true they fail instead.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from visitor import NO_BROWSER, WAIT, Server, Visitor, find_browser

from sslviz.catalogue import TASKS
from tests.conftest import ALIKE

HERE = Path(__file__).parent
FLAGS = [
    "--no-sandbox",  # needed as root, as in a container; the browser only ever sees our own pages
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
]
Visit = Callable[..., Visitor]
expect.set_options(timeout=WAIT)


# A page in a browser keeps two cores busy for seconds. The fast suite takes what everybody does, each kind of part
# once; all else here is slow.
FAST = {
    "test_home_opens", "test_every_page_shows_labels_that_follow_buttons_and_link_and_trains",
    "test_axe_finds_nothing_and_nothing_is_too_wide",
    "test_depth_changes_the_explanation_in_place",
    "test_what_was_typed_into_the_link_is_text",
    "test_a_lesson_link_leaves_parts_out",
    "test_a_word_is_hidden_swapped_and_kept_by_hand", "test_a_picture_of_ones_own",
    "test_guess_first_then_the_model_and_the_truth", "test_a_click_on_the_map_names_the_neighbours",
    "test_the_film_of_the_map", "test_training_is_seen_paused_reloaded_and_shared",
    "test_play_on_a_recording_plays_its_film", "test_reset_step_and_slow_motion", "test_the_keyboard_is_enough",
    "test_a_translated_page_goes_on",
    "test_by_keyboard_a_guess_leads_to_the_verdict_and_on_to_the_next_question",
    "test_back_leaves_a_page_however_many_settings_were_made_on_it", "test_ten_cards_by_keyboard_and_a_reload",
    "test_one_press_does_one_thing", "test_a_quiz_to_the_end", "test_a_board_keeps_eleven_swaps",
    "test_the_sounds_play_and_a_click_shows_what_is_behind_a_code", "test_frames_are_swapped_and_the_label_follows",
    "test_recorded_runs_stand_side_by_side", "test_a_curve_is_there_and_labels_are_bought",
    "test_three_cards_and_as_many_groups_as_are_chosen", "test_script_and_weights_are_downloaded",
    "test_a_lesson_is_walked_by_keyboard_on_one_screen_and_back_on_a_projector",
    "test_hands_are_counted_by_keys_and_r_shows_the_answer",
    "test_what_was_done_and_the_view_are_remembered_by_the_browser",
    "test_the_phones_page_is_light",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")
            if getattr(item, "originalname", item.name) not in FAST:
                item.add_marker("slow")


# What each page must show for itself; the rest is common to all, and tried on two.
# Pages that are no task; the flashcards have tests of their own.
OTHERS = ("transfer", "three_ways", "arena", "teaching", "glossary", "pseudo_label", "why")
AXE = "test_axe_finds_nothing_and_nothing_is_too_wide"
EACH = "test_every_page_shows_labels_that_follow_buttons_and_link_and_trains"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`slug` is every task that has a page; `address` those and home, and others.

    What all pages have in common is tried on two of them; EACH on all of them. The fast suite takes home and
    one page: a page in a browser keeps two cores busy for seconds.
    """
    name = metafunc.function.__name__

    def each(slug: str) -> Any:
        fast = slug in ("", ALIKE[0])
        return pytest.param(slug, id=slug or "home", marks=() if fast else pytest.mark.slow)

    pages = TASKS if name == EACH else () if name == AXE else ALIKE
    own = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "slug" in metafunc.fixturenames and "slug" not in own:
        metafunc.parametrize("slug", [each(slug) for slug in pages])
    if "address" in metafunc.fixturenames:
        more = OTHERS if name == AXE else ()
        metafunc.parametrize("address", [each(slug) for slug in ("", *pages, *more)])


# Of this folder, not of the session: Playwright keeps an event loop running, which other tests must not meet.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser itself."""
    with sync_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        if path is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_BROWSER)
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Server]:
    """Starts a server that listens when this returns; whoever calls it ends it."""

    def start() -> Server:
        server = Server(tmp_path_factory.mktemp("server") / "log.txt")
        server.wait()
        return server

    return start


@pytest.fixture(scope="package")
def server(browser: Browser, start_server: Callable[[], Server]) -> Iterator[Server]:
    """The server that most tests share. When it ends, its engine must have ended, too."""
    running = start_server()
    yield running
    end, commands = time.monotonic() + 30, list[str]()
    # After one quick test it may not run yet; after tests that were on no page of a task there is none.
    while not any("sslviz.training.live.cluster" in command for command in commands) and time.monotonic() < end:
        time.sleep(0.2)
        commands = [" ".join(child.cmdline()) for child in running.children()]
    end_well(running)


def end_well(running: Server) -> None:
    """No traceback was printed, and nothing outlives the server."""
    said = (
        running.said()
    )  # before the end: a heartbeat that is under way then makes Dask print one, at which no one errs
    left = running.stop()
    assert not left, f"these outlived the server: {left}"
    assert "Traceback" not in said, said


@pytest.fixture
def fresh(browser: Browser, start_server: Callable[[], Server]) -> Iterator[Server]:
    """A server that nobody has visited."""
    running = start_server()
    yield running
    end_well(running)


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens a page as a new visitor: `visit("masked_words?depth=Detailed", theme="dark")`.

    At the end of the test no visitor may have seen an error, and no page have asked another host for anything.
    """
    visitors: list[Visitor] = []

    def open_page(
        address: str, server: Server | None = None, width: int = 1366, theme: str = "light", still: bool = False
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 768 if width > 500 else 844},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        visitors.append(Visitor(context, server or request.getfixturevalue("server")))
        return visitors[-1].open(address)

    yield open_page
    wrong = [what for visitor in visitors for what in visitor.check()]
    for visitor in visitors:
        visitor.context.close()
    assert not wrong, "\n".join(wrong)
