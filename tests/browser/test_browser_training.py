"""A run in the browser: Play, watch it learn, Pause, reload, share, leave and come back, step, reset, slow motion."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from visitor import Visitor

from sslviz.catalogue import TASKS
from tests.conftest import ALIKE
from tests.unit.test_lessons import LESSONS

Visit = Callable[..., Visitor]

# Of each kind of data a task whose whole story is told. Budgets small enough for a test, and what must be beaten in
# them: the best answer that is always the same. `least` is the step by which the model has learned more than that; the
# learning rate has then hardly begun to fall.
STORIES = {
    "masked_words": ("masked_words_steps=300", "word frequencies", 100),
    "same_or_different": ("same_or_different_steps=100", "all alike: ln 255", 16),
    "cluster_ids": ("cluster_ids_steps=100", "commonest cluster", 40),
    "masked_sound": ("masked_sound_steps=200", "guessing among the candidates", 80),
    "frame_order": ("frame_order_steps=100", "guessing: ln 12", 30),
}


def test_the_focus_goes_from_train_it_yourself_to_pause(visit: Visit) -> None:
    """The button that was pressed makes room for Reset; what comes next is to pause."""
    visitor = visit("masked_words?masked_words_steps=300")
    visitor.part("train").get_by_role("button").focus()
    visitor.page.keyboard.press("Enter")
    visitor.status("Pause")
    expect(visitor.part("play").get_by_role("button")).to_be_focused()
    expect(visitor.part("step").get_by_role("button")).to_be_disabled()  # it would do nothing that could be seen
    visitor.reaches(1)
    visitor.page.keyboard.press("Enter")
    visitor.status("Play")
    expect(visitor.part("play").get_by_role("button")).to_be_focused()
    visitor.part("step").get_by_role("button").focus()
    step = visitor.step
    visitor.page.keyboard.press("Enter")
    visitor.reaches(step + 1)
    expect(visitor.part("step").get_by_role("button")).to_be_focused()  # so that it can be pressed again


@pytest.mark.parametrize(
    "slug", [pytest.param(slug, marks=() if slug == ALIKE[0] else pytest.mark.slow) for slug in STORIES]
)
def test_training_is_seen_paused_reloaded_and_shared(visit: Visit, slug: str) -> None:  # noqa: PLR0915 - one story
    budget, constant, least = STORIES[slug]
    visitor = visit(f"{slug}?{budget}&{slug}_sample=42&{slug}_label_seed=3&depth=Standard")
    page, card = visitor.page, visitor.card()
    before = visitor.settled()

    # The recorded run makes room for a live one; steps rise, the loss falls, the map moves.
    visitor.train()
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
    untrained = judged["untrained network"][0]
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
    expect(other.page.get_by_role("heading", level=1)).to_have_text(TASKS[slug].title)
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
    visitor.train()
    visitor.reaches(stopped + 2)
    visitor.pause()


def test_a_run_goes_on_while_its_visitor_is_elsewhere(visit: Visit) -> None:
    visitor = visit("masked_words?masked_words_steps=3000&masked_words_batch=16")
    visitor.train()
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


def test_a_run_stays_its_visitors_while_their_line_is_down(visit: Visit) -> None:
    """The address of a run is sent about; whose it is stands in a cookie that no script reads."""
    visitor = visit("masked_words?masked_words_steps=3000&masked_words_batch=16")
    visitor.train()
    visitor.link_becomes("masked_words_steps", "3000")
    address, number = visitor.page.url, visitor.link("masked_words_run")
    assert number is not None
    assert not visitor.page.evaluate("document.cookie.includes('sslviz_visitor')")
    visitor.page.goto("about:blank")
    visitor.page.wait_for_timeout(1500)  # until the server has seen the line go down
    other = visit(address.removeprefix(f"{visitor.server.url}/"))
    other.status("Play")
    assert other.link("masked_words_run") not in (None, number)
    visitor.open(address.removeprefix(f"{visitor.server.url}/"))
    visitor.status("Pause")
    assert visitor.link("masked_words_run") == number
    visitor.pause()


def test_reset_step_and_slow_motion(visit: Visit, slug: str) -> None:
    """Step does exactly one step, slow motion does one in six phases, and Reset goes back to none."""
    visitor = visit(f"{slug}?{slug}_steps=1000&{slug}_batch=16")
    assert visitor.step > 0, "a recorded run is shown first"
    visitor.untrained()
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
    """At the end of the budget come the figures; it can be trained on, or put aside and had back."""
    visitor = visit("masked_words?masked_words_steps=20&masked_words_batch=16")
    visitor.train()
    visitor.reaches(20)
    visitor.status("Train on")
    visitor.until(lambda: "this model, step 20" in visitor.judged(), "the figures of the finished run", seconds=90)
    expect(visitor.part("learned")).to_contain_text("its own beginning")
    expect(visitor.part("step").get_by_role("button")).to_be_disabled()
    visitor.press("play")
    visitor.reaches(40)
    visitor.press("reset")
    expect(visitor.mode).to_have_text("○ untrained")
    visitor.press("undo")
    expect(visitor.mode).to_have_text("● live")
    assert visitor.step == 40


RUNS = """window.scriptRuns = 0
new MutationObserver(() => {
  const app = document.querySelector('[data-testid="stApp"]')
  if (app.dataset.testScriptState === 'running' && window.before !== 'running') window.scriptRuns += 1
  window.before = app.dataset.testScriptState
}).observe(document.querySelector('[data-testid="stApp"]'), { attributes: true })"""


@pytest.mark.parametrize("slug", ["masked_words", pytest.param("same_or_different", marks=pytest.mark.slow)])
@pytest.mark.parametrize("view", ["lab", "lesson"])
def test_the_model_s_answer_moves_while_the_page_is_not_drawn(visit: Visit, view: str, slug: str) -> None:
    scene = next(at for at, one in enumerate(LESSONS[slug].scenes, 1) if "learn" in {on.part for on in one.on})
    visitor = visit(f"{slug}?view={view}&scene={scene}&{slug}_steps=20000")  # judged once in a thousand steps
    card, seen = visitor.part(f"{slug}_card").locator(".root").first, list[str]()

    def moved(times: int) -> bool:
        seen.append(card.inner_html())
        return len(set(seen)) > times

    visitor.press("train")
    visitor.until(lambda: moved(3), "the card moves")  # in a lesson, Python draws it until the scene is done
    visitor.until(lambda: step(visitor) > 25, "the scene is done")
    visitor.settle()
    visitor.page.evaluate(RUNS)
    seen.clear()
    at = step(visitor)
    visitor.until(lambda: moved(3), "the card moves by itself")
    assert step(visitor) > at
    assert visitor.page.evaluate("scriptRuns") <= 1  # perhaps for the first map
    visitor.press("play")
    visitor.settle()


def step(visitor: Visitor) -> int:
    """At which step the run is, in the lab or in a lesson."""
    text = visitor.page.locator(".st-key-transport .run b, .st-key-learn_bar .nth b").first.inner_text()
    return int(text.replace(",", ""))


def test_play_on_a_recording_plays_its_film(visit: Visit) -> None:
    visitor = visit("masked_words")
    whole, end = visitor.step, visitor.loss
    visitor.press("play")
    visitor.status("Pause")
    seen = []
    visitor.until(lambda: seen.append((visitor.step, visitor.frame[1])) or len(set(seen)) > 3, "the film goes on")
    assert seen[-1][0] < whole  # the first may be from before: the button is drawn ahead of the line
    visitor.press("play")
    visitor.status("Play")
    visitor.until(lambda: (visitor.step, visitor.loss) == (whole, end), "the film is over, and all stands at its end")
    expect(visitor.mode).to_have_text("◷ recorded")


def test_a_run_that_blows_up_says_so_and_keeps_what_it_has(visit: Visit) -> None:
    visitor = visit("masked_words?masked_words_lr=1e9&masked_words_batch=16&masked_words_steps=1000")
    visitor.press("train")
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
    visitor.untrained()
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


def test_the_longer_recorded_run_is_shown_by_the_whole_page(visit: Visit) -> None:
    """Bar, card and what was learned are about one run, though only the bar is drawn anew by the choice itself."""
    visitor = visit("masked_words")
    short, card = visitor.step, visitor.card()
    body = visitor.popover("transport", "Run")
    body.get_by_role("radio", name="long").click()
    visitor.until(lambda: visitor.step > short, "the longer run")
    visitor.until(lambda: f"this model, step {visitor.step:,}" in visitor.judged(), "its figures")
    visitor.until(lambda: visitor.card() != card, "its answers")
