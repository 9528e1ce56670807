"""A run in the browser: Play, watch it learn, Pause, reload, share, leave and come back, step, reset, slow motion."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from visitor import Visitor

from sslviz.catalogue import READY

Visit = Callable[..., Visitor]

# Budgets small enough for a test, and what must be beaten in them: the best answer that is always the same.
# `least` is the step by which the model has learned more than that; the learning rate has then hardly begun to fall.
BUDGETS = {
    "masked_words": ("masked_words_steps=300", "word frequencies", 100),
    "next_word": ("next_word_steps=300", "unigram: word frequencies", 100),
    "word_and_context": ("word_and_context_steps=1200", "word frequencies", 400),
    "next_sentence": (
        # As BERT has it, it beats the coin too slowly for a test; with shared words marked it does soon.
        "next_sentence_steps=150&next_sentence_batch=256&next_sentence_marks=true&next_sentence_masks=false",
        "a coin: ln 2",
        100,
    ),
    "same_or_different": ("same_or_different_steps=100", "all alike: ln 511", 16),
    "masked_patches": ("masked_patches_steps=200", "the mean picture", 50),
    "autoencoding": ("autoencoding_steps=200", "the mean picture", 50),
    "patch_order": ("patch_order_steps=100", "guessing: ln 16", 30),
    "queue": ("queue_steps=100", "all alike: ln 1,025", 16),
    "two_views": ("two_views_steps=200", "unrelated vectors", 16),
    "cluster_ids": ("cluster_ids_steps=100", "commonest cluster", 40),
    "masked_sound": ("masked_sound_steps=200", "guessing among the candidates", 80),
    "frame_order": ("frame_order_steps=100", "guessing: ln 12", 30),
}

# Held-out loss before the first step, where the settings above have no recorded run that could tell.
UNTRAINED = {"next_sentence": 1.39}


def test_training_is_seen_paused_reloaded_and_shared(visit: Visit, slug: str) -> None:  # noqa: PLR0915 - one story
    budget, constant, least = BUDGETS[slug]
    visitor = visit(f"{slug}?{budget}&{slug}_sample=42&{slug}_label_seed=3&depth=Standard")
    page, card = visitor.page, visitor.card()
    before = visitor.settled()

    # Play: the recorded run makes room for a live one; steps rise, the loss falls, the map moves.
    visitor.press("play")
    visitor.status("Pause")
    visitor.reaches(1)
    expect(visitor.mode).to_have_text("● live")
    first = visitor.step
    visitor.until(lambda: visitor.frame[1] >= 0, "a first frame of the map")
    frames = {visitor.frame}
    visitor.until(lambda: frames.add(visitor.frame) or len({step for _, step in frames}) > 3, "the map moves")
    visitor.until(lambda: visitor.loss and visitor.loss[1] >= least, f"step {least}", seconds=150)
    assert visitor.step > first

    # Pause: it stops within a slice, and the counter stays.
    stopped = visitor.pause()
    expect(visitor.part("transport")).to_contain_text("paused")
    page.wait_for_timeout(1200)
    assert visitor.step == stopped
    moved = visitor.settled()
    assert moved != before

    # It has learned more than the best constant answer, on held-out samples, and on the batches that it trains on.
    visitor.until(lambda: any(name.startswith("this model") for name in visitor.judged()), "the model in the table")
    judged = visitor.judged()
    mine = next(loss for name, (loss, _) in judged.items() if name.startswith("this model"))
    loss, at, lines = visitor.loss
    bar = judged[constant][0] if constant in judged else lines[constant]
    assert mine < bar, f"{mine} is not below {constant}, {bar}"
    if slug != "queue":  # whose loss first rises: the noise that its queue starts with is easy to tell
        untrained = UNTRAINED[slug] if slug in UNTRAINED else judged["untrained network"][0]
        assert mine < untrained - 0.2, f"{mine} is not below the untrained network, {untrained}"
    assert at == stopped
    assert loss < next((value for name, value in lines.items() if name.startswith(constant.split(":")[0])), bar)

    # Reload: the same live run at the same step, with its map and its loss.
    page.reload()
    visitor.drawn()
    expect(visitor.mode).to_have_text("● live")
    assert visitor.step == stopped
    assert visitor.loss[:2] == (loss, at)
    assert visitor.settled() == moved

    # The link elsewhere: the same page, sample, label, depth and settings; a copy of the run, that starts paused.
    other = visit(page.url.removeprefix(f"{visitor.server.url}/"))
    expect(other.page.get_by_role("heading", level=1)).to_have_text(READY[slug].title)
    expect(other.part("depth").get_by_role("radio", name="Standard")).to_be_checked()
    for name in ("sample", "label_seed", "steps"):
        assert other.link(f"{slug}_{name}") == visitor.link(f"{slug}_{name}")
    expect(other.part("sample_card")).to_contain_text("Label, seed 3")
    assert other.step == stopped
    assert other.loss[:2] == (loss, at)
    assert other.card() == visitor.card() != card
    other.press("step")
    other.reaches(stopped + 1)
    other.status("Play")
    assert other.step == stopped + 1
    assert visitor.step == stopped, "the copy must leave the first visitor's run alone"

    # And on it goes from where it stood.
    visitor.press("play")
    visitor.reaches(stopped + 2)
    visitor.pause()


def test_a_run_goes_on_while_its_visitor_is_elsewhere(visit: Visit) -> None:
    visitor = visit("masked_words?masked_words_steps=3000&masked_words_batch=16")
    visitor.press("play")
    visitor.status("Pause")  # until then the steps of the recorded run stand there
    visitor.reaches(10)
    visitor.go("Same or different")
    visitor.page.wait_for_url("**/same_or_different*")
    left = visitor.drawn()
    visitor.page.wait_for_timeout(1500)  # what is waited for goes on on the other page, out of sight
    left.go("Masked words")
    visitor.page.wait_for_url("**/masked_words*")
    visitor.drawn()
    visitor.status("Pause")
    back = visitor.step
    assert back > 10
    visitor.reaches(back + 5)
    assert visitor.link("masked_words_steps") == "3000"
    visitor.pause()


def test_reset_step_and_slow_motion(visit: Visit, slug: str) -> None:
    """Step does exactly one step, slow motion does one in six phases, and Reset goes back to none."""
    visitor = visit(f"{slug}?{slug}_steps=1000&{slug}_batch=16")
    assert visitor.step > 0, "a recorded run is shown first"
    visitor.press("reset")
    expect(visitor.mode).to_have_text("○ untrained")
    assert visitor.step == 0

    for done in (1, 2):
        visitor.press("step")
        visitor.reaches(done)
        visitor.status("Play")
        assert visitor.step == done

    visitor.press("slow")
    visitor.reaches(3)
    phases = visitor.part("transport").page.locator("ol li button .title")
    expect(phases).to_have_count(6)
    assert [re.sub(r"^\d", "", text) for text in phases.all_inner_texts()] == [
        "Draw", "Change", "Forward", "Loss", "Gradient", "Update"
    ]  # fmt: skip
    assert visitor.step == 3
    last = phases.nth(5)
    last.click()
    expect(visitor.page.locator("li.active .title")).to_contain_text("Update")
    numbers = visitor.page.locator("li.done dd, li.active dd").all_inner_texts()
    assert len(numbers) >= 10
    assert all(re.search(r"\d", number) for number in numbers), numbers

    visitor.press("reset")
    expect(visitor.mode).to_have_text("○ untrained")
    assert visitor.step == 0
    expect(visitor.page.locator("li.active .title")).to_have_count(0)


@pytest.mark.slow
def test_slow_motion_walks_on_by_itself(visit: Visit) -> None:
    visitor = visit("masked_words?masked_words_batch=16")
    visitor.press("slow")
    active = visitor.page.locator("li.active .title")
    expect(active).to_contain_text("Change")
    expect(active).to_contain_text("Forward")


def test_a_finished_run_is_judged(visit: Visit) -> None:
    """At the end of the budget come the figures, and the button to train starts a new run."""
    visitor = visit("masked_words?masked_words_steps=20&masked_words_batch=16")
    visitor.press("play")
    visitor.reaches(20)
    visitor.status("Train again")
    visitor.until(lambda: "this model, step 20" in visitor.judged(), "the figures of the finished run", seconds=90)
    expect(visitor.part("learned")).to_contain_text("over the random trunk")
    expect(visitor.part("step").get_by_role("button")).to_be_disabled()


def test_a_run_that_blows_up_says_so_and_keeps_what_it_has(visit: Visit) -> None:
    visitor = visit("masked_words?masked_words_lr=1e9&masked_words_batch=16&masked_words_steps=1000")
    visitor.press("play")
    alert = visitor.page.locator("[data-testid=stAlert]")
    expect(alert).to_contain_text("the loss is not a number any more")
    assert len(visitor.words()) > 3
    visitor.press("reset")
    expect(alert).to_have_count(0)
    assert visitor.step == 0


def test_the_recorded_run_can_be_had_back(visit: Visit) -> None:
    visitor = visit("masked_words?masked_words_batch=16")
    recorded = visitor.step
    visitor.press("step")
    visitor.reaches(1)
    expect(visitor.mode).to_have_text("● live")
    visitor.popover("transport", "Run").get_by_role("button", name="Show the recorded run").click()
    expect(visitor.mode).to_have_text("◷ recorded")
    assert visitor.step == recorded
    visitor.link_becomes("masked_words_run", None)


def test_a_link_to_a_run_of_another_day(visit: Visit, slug: str) -> None:
    """A server that no longer has the run says so, and shows the recorded one."""
    visitor = visit(f"{slug}?{slug}_run=gone1234")
    expect(visitor.page.locator("[data-testid=stAlert]")).to_contain_text("no longer on this server")
    expect(visitor.mode).to_have_text("◷ recorded")


@pytest.mark.parametrize("key", ["Enter", pytest.param("Space", marks=pytest.mark.slow)])
def test_the_keyboard_is_enough(visit: Visit, key: str) -> None:
    """Tab reaches Play, Enter or Space presses it, and focus stays there to pause."""
    visitor = visit("same_or_different?same_or_different_batch=16")
    page = visitor.page
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("() => !!document.activeElement.closest('.st-key-play')"):
            break
    else:
        pytest.fail("Tab does not reach Play")
    page.keyboard.press(key)
    visitor.status("Pause")
    visitor.reaches(1)
    assert page.evaluate("() => !!document.activeElement.closest('.st-key-play')"), "focus was lost"
    page.keyboard.press(key)
    visitor.status("Play")
