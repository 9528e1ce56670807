"""Flashcards in a real browser: the keyboard, reloads, tabs, another browser, a server that dies, a phone, axe."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from playwright.sync_api import Browser, expect
from test_browser_axe import look
from visitor import Server, Visitor

from sslviz.flashcards.deck import deck

Visit = Callable[..., Visitor]
PHONE, DESK = 390, 1366


class Review:
    """The review as a person uses it."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.root = visitor.part("review_view").locator(".root")
        self.ready()

    def ready(self) -> None:
        """The browser has said who is learning."""
        expect(self.root).to_have_attribute("data-ready", "true")
        expect(self.root).to_have_attribute("data-unsent", "0")
        expect(self.root.locator(".show, .over h3").first).to_be_visible()
        self.visitor.settle()

    @property
    def card(self) -> str:
        return self.root.get_attribute("data-card") or ""

    @property
    def done(self) -> str:
        return self.root.locator(".tally b").inner_text()

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def goes_on(self, after: str) -> None:
        """Wait for another card."""
        self.visitor.until(lambda: self.card not in ("", after), "another card")

    def sent(self) -> None:
        """All grades are written down."""
        expect(self.root).to_have_attribute("data-unsent", "0")


def kept(server: Server) -> list[tuple[Any, ...]]:
    """All reviews in the server's database that were not undone."""
    connection = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
    try:
        asked = "SELECT learner_id, card, grade FROM sslviz_reviews WHERE undone_at IS NULL ORDER BY id"
        return connection.execute(asked).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def known(server: Server, token: str) -> bool:
    """Whether the server's database has this learner."""
    connection = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
    try:
        asked = "SELECT count(*) FROM sslviz_learners WHERE token_sha256 = ?"
        return bool(connection.execute(asked, [hashlib.sha256(token.encode()).hexdigest()]).fetchone()[0])
    finally:
        connection.close()


@pytest.fixture
def tabs(browser: Browser, server: Server) -> Iterator[Callable[[str], list[Visitor]]]:
    """Two tabs of one browser."""
    context = browser.new_context(viewport={"width": DESK, "height": 768})
    visitors: list[Visitor] = []

    def opened(address: str) -> list[Visitor]:
        for _ in range(2):
            visitors.append(Visitor(context, server))
            visitors[-1].open(address)
        return visitors

    yield opened
    wrong = [what for visitor in visitors for what in visitor.check()]
    context.close()
    assert not wrong, "\n".join(wrong)


def test_a_daily_limit_that_was_looked_at_does_not_overrule_one_set_elsewhere(tabs: Callable) -> None:
    """A popover that was closed again sends no numbers of its own, whatever else is pressed."""
    one, two = (Review(visitor) for visitor in tabs("flashcards"))

    def limit(tab: Review) -> Any:
        return tab.visitor.popover("cards", "Daily limit").get_by_role("spinbutton", name="New cards a day")

    def close(tab: Review) -> None:
        tab.page.keyboard.press("Escape")
        expect(tab.page.locator("[data-testid=stPopoverBody]")).to_have_count(0)
        tab.visitor.settle()

    for wanted in ("3", "5", "7"):
        expect(limit(one)).to_be_visible()
        close(one)
        box = limit(two)
        box.fill(wanted)
        box.press("Enter")
        expect(two.root.locator(".counts")).to_contain_text(wanted)
        close(two)
        for level in (1, 2, 0):
            one.visitor.part("cards_level_choice").get_by_role("radio").nth(level).click()
            one.visitor.settle()
        expect(limit(one)).to_have_value(wanted)
        close(one)
    two.page.reload()
    expect(limit(Review(two.visitor.drawn()))).to_have_value("7")


def test_a_french_a_czech_and_an_arabic_keyboard_grade(visit: Visit, server: Server) -> None:
    """Their number keys send other signs; the place of the key counts."""
    review = Review(visit("flashcards"))
    before = len(kept(server))
    for key, place in (('"', 3), ("č", 4), ("٣", 3)):
        card = review.card
        review.key("Space")
        expect(review.root.locator(".grade")).to_have_count(4)
        expect(review.root.locator(".grade").first).to_be_enabled()
        review.page.evaluate(
            """([key, place]) => document.body.dispatchEvent(new KeyboardEvent('keydown',
                 { key, code: `Digit${place}`, bubbles: true, composed: true, cancelable: true }))""",
            [key, place],
        )
        review.goes_on(card)
    review.sent()
    assert [grade for _, _, grade in kept(server)[before:]] == [3, 4, 3]


def test_ten_cards_by_keyboard_and_a_reload(visit: Visit, server: Server) -> None:
    visitor = visit("flashcards")
    review, before = Review(visitor), len(kept(server))
    seen = []
    for number in range(10):
        seen.append(review.card)
        review.key("Space")
        expect(review.root.locator(".grade")).to_have_count(4)
        review.key("4" if number % 2 else "Space")  # Space once more: Good
        review.goes_on(seen[-1])
    assert len(set(seen)) == 10
    review.sent()
    assert [card for _, card, _ in kept(server)[before:]] == seen
    assert [grade for _, _, grade in kept(server)[before:]] == [3, 4] * 5
    assert review.done.startswith("10/")
    visitor.page.reload()
    again = Review(visitor.drawn())
    assert again.done.startswith("10/")
    assert again.card == seen[0]  # Good the first time: once more before the session ends
    token = visitor.page.evaluate("() => localStorage.getItem('sslviz-learner')")
    assert re.fullmatch(r"[\w-]{43}", token)
    assert token not in visitor.page.url
    assert token not in visitor.page.content()
    assert token not in server.said()
    other = visit("flashcards")  # another browser
    assert Review(other).done.startswith("0/")
    assert other.page.evaluate("() => localStorage.getItem('sslviz-learner')") != token


def test_undo_by_key_and_by_button(visit: Visit, server: Server) -> None:
    visitor = visit("flashcards?cards_task=next_sentence")
    review, before = Review(visitor), len(kept(server))
    first = review.card
    review.key("Space", "4")
    review.goes_on(first)
    second = review.card
    review.key("Space", "1")
    review.goes_on(second)
    review.key("u")
    assert review.card == second
    review.root.get_by_role("button", name="Undo").click()
    assert review.card == first
    review.sent()
    assert len(kept(server)) == before
    assert review.done.startswith("0/")
    review.key("Space", "2")
    review.sent()
    assert [row[1:] for row in kept(server)[before:]] == [(first, 2)]


def test_keys_are_left_alone_where_they_belong_to_others(visit: Visit) -> None:
    visitor = visit("flashcards")
    review = Review(visitor)
    first = review.card
    review.key("Space", "4")  # now there is something to undo
    review.goes_on(first)
    card = review.card
    review.key("Space")  # and something to grade
    expect(review.root.locator(".answer")).to_be_visible()
    review.sent()
    visitor.page.get_by_role("combobox").first.focus()
    review.key("4", "1", "u")
    review.key("Escape")
    assert review.card == card
    assert review.done.startswith("1/")
    expect(review.root.locator(".answer")).to_be_visible()
    visitor.part("lead").click()
    review.key("4")  # here nobody else wants it
    review.goes_on(card)
    card = review.card
    review.key("Space")
    expect(review.root.locator(".answer")).to_be_visible()
    review.root.get_by_role("button", name="Keys").click()
    visitor.part("lead").click()
    review.key("4")
    assert review.card == card
    expect(review.root.get_by_role("button", name="Keys")).to_have_attribute("aria-pressed", "false")


def test_focus_follows_the_card(visit: Visit) -> None:
    """Whoever walks by Tab stays in the review."""
    review = Review(visit("flashcards"))
    focused = """() => {
        let node = document.activeElement
        while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
        return node?.textContent
    }"""
    review.root.get_by_role("button", name="Show the answer").focus()
    review.key("Enter")
    assert review.page.evaluate(focused).startswith("Good")
    review.key("Enter")
    assert review.page.evaluate(focused).startswith("Show the answer")
    assert review.root.locator("[aria-live=polite]").count() == 1


def test_a_card_is_drawn_once(visit: Visit) -> None:
    """What the server answers draws nothing again that is there: it would be read out twice, and focus would jump."""
    review = Review(visit("flashcards"))
    review.root.evaluate(
        """root => {
            root.drawn = 0
            new MutationObserver(() => root.drawn++).observe(root.querySelector('.card'), { childList: true })
        }"""
    )
    review.key("Space", "4")
    review.sent()
    review.visitor.settle()
    assert review.root.evaluate("root => root.drawn") == 2  # the answer, and the next card
    review.root.get_by_role("button", name="Keys").focus()
    review.key("Enter", "Enter")
    assert review.root.evaluate("root => root.getRootNode().activeElement.className") == "plain keys"


def test_one_press_does_one_thing(visit: Visit) -> None:
    """Neither the second half of a double click nor a key that is held grades what was just shown."""
    review = Review(visit("flashcards"))
    card = review.card
    review.root.locator(".show").dblclick(position={"x": 60, "y": 20})  # where Again will be
    expect(review.root.locator(".answer")).to_be_visible()
    assert review.card == card
    assert review.done.startswith("0/")
    review.page.wait_for_timeout(800)
    review.root.locator(".grade").nth(3).click()
    review.goes_on(card)
    card = review.card
    for key in ("Enter", "Space"):
        review.root.locator(".show").focus()
        for _ in range(4):
            review.page.keyboard.down(key)
        review.page.keyboard.up(key)
        expect(review.root.locator(".answer")).to_be_visible()
        assert review.card == card
        review.key("4")
        review.goes_on(card)
        card = review.card


def test_intervals_are_asked_for_again_when_they_are_old(visit: Visit) -> None:
    visitor = visit("flashcards")
    sent: list[int] = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    visitor.page.reload()
    review = Review(visitor.drawn())
    card, before = review.card, len(sent)
    review.key("Space")
    review.page.wait_for_timeout(500)
    assert len(sent) == before
    review.key("4")
    review.goes_on(card)
    review.sent()
    visitor.settle()
    before = len(sent)
    review.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 11 * 60 * 1000 }")
    review.key("Space")
    visitor.until(lambda: len(sent) > before, "the page asks again")


def test_two_tabs_of_one_learner(tabs: Callable, server: Server) -> None:
    one, two = (Review(visitor) for visitor in tabs("flashcards?cards_task=next_word"))
    before = len(kept(server))
    one.key("Space", "4")
    one.sent()
    two.key("Space", "3")
    two.sent()
    rows = kept(server)[before:]
    assert len(rows) == 2
    assert len({learner for learner, _, _ in rows}) == 1
    two.page.reload()
    assert Review(two.visitor.drawn()).done.startswith("1/")  # both graded the same card


@pytest.mark.slow
def test_a_tab_notices_that_the_learner_was_forgotten_in_another(tabs: Callable, server: Server) -> None:
    one, two = (Review(visitor) for visitor in tabs("flashcards?cards_task=next_word"))
    two.key("Space", "4")
    two.sent()
    old = two.page.evaluate("() => localStorage.getItem('sslviz-learner')")
    before = kept(server)
    assert known(server, old)
    two.page.evaluate("() => localStorage.setItem('sslviz-lessons', JSON.stringify({ queue: [0, 1] }))")
    visitor = one.visitor.open("flashcards?cards_view=progress")
    visitor.settle()
    inside = visitor.popover("cards_keep", "Forget everything")
    inside.get_by_text("Yes, delete all of it").click()
    inside.get_by_role("button", name="Delete").click()
    visitor.until(lambda: len(kept(server)) == len(before) - 1, "the reviews are gone")
    visitor.until(lambda: two.done.startswith("0/"), "the other tab begins anew")
    lessons = "() => localStorage.getItem('sslviz-lessons')"
    visitor.until(lambda: visitor.page.evaluate(lessons) is None, "what is done of the lessons is forgotten, too")
    assert two.page.evaluate("() => localStorage.getItem('sslviz-learner')") not in (None, old)
    late = {"id": "late-0000-0000", "key": "late-0000-0000", "kind": "grade", "grade": 3, "who": "000000000000"}
    two.page.evaluate(
        "late => localStorage.setItem('sslviz-send:' + late.id, JSON.stringify({ ...late, at: Date.now(), n: 0 }))",
        {**late, "card": two.card},
    )
    two.key("Space", "4")
    two.sent()
    two.page.reload()
    assert Review(two.visitor.drawn()).done.startswith("1/")  # without the late one of who was forgotten
    assert len(kept(server)) == len(before)
    assert not known(server, old)


@pytest.mark.slow
def test_a_server_that_dies_loses_no_grade(browser: Browser, tmp_path: Path) -> None:
    first = Server(tmp_path / "log.txt")
    first.wait()
    port = int(first.url.rsplit(":", 1)[1])
    context = browser.new_context(viewport={"width": DESK, "height": 768})
    second = None
    try:
        visitor = Visitor(context, first).open("flashcards?cards_task=masked_words")
        review = Review(visitor)
        cards = []
        for _ in range(2):
            cards.append(review.card)
            review.key("Space", "3")
            review.goes_on(cards[-1])
        review.sent()
        engine = first.children()
        first.process.kill()
        for _ in range(2):  # the next cards are in the browser already
            cards.append(review.card)
            review.key("Space", "4")
            review.goes_on(cards[-1])
        expect(review.root).to_have_attribute("data-unsent", "2")
        visitor.page.close()  # and the visitor leaves, too
        for child in engine:
            if child.is_running():
                child.kill()
        first.process.wait(20)
        second = Server(tmp_path / "log2.txt", port=port, database=first.database)
        second.wait()
        visitor = Visitor(context, second).open("flashcards?cards_task=masked_words")
        Review(visitor).sent()
        assert [card for _, card, _ in kept(second)] == cards
    finally:
        context.close()
        if first.process.is_running():
            first.stop()
        if second is not None:
            second.stop()


@pytest.mark.slow  # it waits for the database, several times
def test_a_locked_database_is_said_and_nothing_is_lost(fresh: Server, visit: Visit) -> None:
    visitor = visit("flashcards?cards_task=next_sentence", fresh)
    review = Review(visitor)
    review.key("Space", "4")
    review.sent()
    lock = sqlite3.connect(fresh.database, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        card = review.card
        review.key("Space", "4")
        review.goes_on(card)
    trouble = review.root.locator(".trouble")
    expect(trouble).to_contain_text("busy")
    assert len(kept(fresh)) == 1
    lock.execute("ROLLBACK")
    lock.close()
    review.sent()
    assert len(kept(fresh)) == 3
    expect(trouble).to_be_hidden()


def test_a_browser_that_keeps_nothing_says_so_once(visit: Visit, server: Server) -> None:
    visitor = visit("flashcards")
    visitor.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked') } })"
    )
    visitor.page.reload()
    visitor.drawn()
    note = visitor.part("learner_view").get_by_role("status")
    expect(note).to_contain_text("only for this visit")
    root, before = visitor.part("review_view").locator(".root"), len(kept(server))
    expect(root.locator(".show")).to_be_visible()
    expect(root).to_have_attribute("data-ready", "true")  # before that nobody knows whose grade it would be
    visitor.settle()
    visitor.page.keyboard.press("Space")
    visitor.page.keyboard.press("4")
    visitor.until(lambda: len(kept(server)) == before + 1, "the grade is written down all the same")
    note.get_by_role("button").click()
    expect(note).to_have_count(0)


def test_a_picture_card_shows_a_label_that_the_task_made(visit: Visit) -> None:
    visitor = visit("flashcards?cards_task=same_or_different&cards_level=1")
    review = Review(visitor)
    drawn = review.root.locator(".picture")
    while not drawn.count():  # it comes last, when the task is loaded
        card = review.card
        if card:
            review.key("Space", "4")
        visitor.page.wait_for_timeout(200)
    expect(review.root.locator(".picture img")).to_have_count(5)
    review.key("b")
    expect(review.root.locator(".option.right")).to_contain_text("✓")
    expect(review.root.locator(".answer")).to_contain_text("same picture")


def test_a_quiz_to_the_end(visit: Visit) -> None:
    visitor = visit("flashcards?cards_view=quiz&cards_seed=2")
    part = visitor.part("cards")
    for number in range(10):
        expect(part.locator(".nth")).to_contain_text(f"Question {number + 1} of 10")
        expect(part.get_by_role("button", name="Check")).to_be_visible()
        choices = part.locator("[data-testid=stRadio] [role=radiogroup] label")
        gap = part.locator("[data-testid=stTextInput] input")
        expect(choices.first.or_(gap.first)).to_be_visible()
        if choices.count():
            choices.first.click()
        else:
            gap.first.fill("something")
        part.get_by_role("button", name="Check").click()
        expect(part.locator(".verdict")).to_be_visible()
        part.get_by_role("button", name=re.compile("Next question|See the score")).click()
    expect(part).to_contain_text(re.compile(r"\d+ of 10 right"))
    part.get_by_role("button", name="Once more").click()
    expect(part.locator(".nth")).to_contain_text("Question 1 of")


def test_a_page_ends_with_a_quiz_and_leads_to_its_cards(visit: Visit) -> None:
    visitor = visit("masked_words")
    quiz = visitor.unfold("quiz")
    expect(quiz.locator(".nth")).to_contain_text("Question 1 of 3")
    quiz.get_by_role("link", name="Flashcards of this task").click()
    visitor.page.wait_for_url("**/flashcards?*cards_task=masked_words*")
    visitor.drawn()
    expect(visitor.part("review_view").locator(".task").first).to_have_text("Masked words")


def test_what_a_visitor_brings_is_text(visit: Visit) -> None:
    visitor = visit("flashcards?cards_view=deck")
    evil = "<img src=x onerror=alert(1)> **bold** `code`"
    visitor.part("cards_pasted_0").locator("textarea").fill(
        f"- {evil} #card\n  level:: 1\n  task:: next_sentence\n  - {evil}"
    )
    visitor.part("cards_import").get_by_role("button").click()
    expect(visitor.part("cards_bring")).to_contain_text("1 card brought in.")
    visitor.open("flashcards?cards_view=deck&cards_find=onerror")
    expect(visitor.part("cards_list")).to_contain_text("<img src=x onerror=alert(1)>")
    assert visitor.page.locator("img[src=x]").count() == 0
    review = Review(visitor.open("flashcards?cards_task=next_sentence&cards_level=1"))
    question = review.root.locator(".card .question")
    while "<img" not in question.inner_text():  # own cards come last
        card = review.card
        review.key("Space", "4")
        review.goes_on(card)
    expect(question).to_have_text("<img src=x onerror=alert(1)> bold code")
    review.key("Space")
    expect(review.root.locator(".answer")).to_have_text("<img src=x onerror=alert(1)> bold code")
    assert visitor.page.locator("img[src=x]").count() == 0


def test_cards_and_progress_are_taken_away(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("flashcards?cards_view=deck&cards_task=masked_words")
    visitor.page.wait_for_function("() => localStorage.getItem('sslviz-learner')")  # then the page is drawn once more
    visitor.page.wait_for_timeout(500)
    visitor.settle()
    with visitor.page.expect_download() as found:
        visitor.press("cards_anki")
    found.value.save_as(tmp_path / "cards.apkg")
    collection = Collection(str(tmp_path / "collection.anki2"))
    try:
        collection.import_anki_package(
            ImportAnkiPackageRequest(package_path=str(tmp_path / "cards.apkg"), options=ImportAnkiPackageOptions())
        )
        cards = deck().of("masked_words", None)
        assert len(collection.find_notes("")) == sum(card.kind != "picture" for card in cards) > 0
    finally:
        collection.close()
    visitor.open("flashcards?cards_view=progress")
    visitor.settle()
    with visitor.page.expect_download() as found:
        visitor.press("cards_save")
    found.value.save_as(tmp_path / "progress.json")
    text = (tmp_path / "progress.json").read_text("utf-8")
    assert json.loads(text)["reviews"] == []
    assert visitor.page.evaluate("() => localStorage.getItem('sslviz-learner')") not in text


@pytest.mark.parametrize("part", ["review", "quiz", "progress", "deck"])
def test_axe_finds_nothing_and_nothing_is_too_wide(visit: Visit, part: str) -> None:
    address = f"flashcards?cards_view={part}&cards_task=masked_words"
    visitor = visit(address, width=390, theme="dark", still=True)
    visitor.page.wait_for_function("() => localStorage.getItem('sslviz-learner')")
    if part == "review":
        Review(visitor).key("Space")
    for screen in visitor.screens():
        visitor.page.wait_for_timeout(1000)  # what was drawn again has faded in
        wrong = look(visitor)
        assert not wrong, f"{screen}:\n" + "\n".join(wrong)
        assert visitor.beyond() == [], screen
