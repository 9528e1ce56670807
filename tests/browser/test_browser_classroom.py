"""A class in a room: one teacher and five phones through a whole lesson, and a stranger who would like to lead it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from test_browser_axe import look
from test_browser_lesson import SCROLLS, at_scene
from visitor import Server, Visitor

Visit = Callable[..., Visitor]
WIDTH = "() => document.scrollingElement.scrollWidth - innerWidth"
TABLES = ("sslviz_rooms", "sslviz_room_seats", "sslviz_room_questions", "sslviz_room_votes")


class Phone:
    """A student's phone."""

    def __init__(self, browser: Browser, server: Server, theme: str) -> None:
        self.server = server
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 360, "height": 740}, color_scheme=theme, reduced_motion="reduce", is_mobile=True
        )
        self.wrong = list[str]()
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("response", self._got)

    def _got(self, response: Response) -> None:
        if not response.url.removeprefix("blob:").startswith(self.server.url):
            self.wrong.append(f"another host: {response.url}")

    def open(self, address: str) -> Phone:
        self.page.goto(f"{self.server.url}/{address}")
        return self

    @property
    def name(self) -> str:
        who = self.page.locator("#who")
        expect(who).to_contain_text("you are")
        return who.inner_text().split("“")[1].split("”")[0]

    def answers(self) -> Any:
        return self.page.locator("button.choice")

    def vote(self, choice: int) -> None:
        self.answers().nth(choice).click()
        expect(self.page.locator("#line")).to_contain_text("Sent.")

    def fine(self) -> list[str]:
        """What axe finds, and whether anything is too wide."""
        found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(self.page).response["violations"]]
        return found + ([f"{wide} px too wide"] if (wide := self.page.evaluate(WIDTH)) > 0 else [])


@pytest.fixture
def phones(browser: Browser, server: Server) -> Iterator[list[Phone]]:
    five = [Phone(browser, server, "dark" if i % 2 else "light") for i in range(5)]
    yield five
    for phone in five:
        phone.context.close()
    assert not [what for phone in five for what in phone.wrong]


def kept(server: Server) -> list[int]:
    """Rows of all tables of rooms; none before the first room."""
    if not server.database.exists():
        return [0] * len(TABLES)
    with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as connection:
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]


def test_one_teacher_and_five_phones_through_a_lesson(visit: Visit, server: Server, phones: list[Phone]) -> None:
    before = kept(server)  # other rooms, as of a try of this test that failed
    teacher = visit("masked_words?view=present&scene=3", still=True)
    teacher.page.set_viewport_size({"width": 1280, "height": 720})
    teacher.press("scene_room")
    teacher.part("room_controls").wait_for()
    code = teacher.part("stage").locator("p.code").inner_text().replace(" ", "")
    come_in(phones, code)
    names = [phone.name for phone in phones]
    assert len(set(names)) == 5
    expect(teacher.part("stage").locator(".inside")).to_have_text("5 are in")
    take_a_name(phones[0])
    first_vote(teacher, phones)
    come_back(phones, names)
    stand_firm(visit, phones, code)
    reveal(teacher, phones, names)
    two_more(teacher, phones)
    alone_and_out(teacher, phones, names)
    end(teacher, phones, server, before)


def come_in(phones: list[Phone], code: str) -> None:
    """Three by the address, one by the code on the phones' page, one by the code on home."""
    for phone in phones[:3]:
        phone.open(f"class/{code}")
    phones[3].open("class?code=CCCCCC")
    expect(phones[3].page.locator("#wrong")).to_contain_text("no room with this code")
    assert not phones[3].fine()
    phones[3].page.fill("#code", f"{code[:3].lower()} {code[3:]}")
    phones[3].page.keyboard.press("Enter")
    phones[4].open("")
    phones[4].page.get_by_label("In class?").fill(code)
    phones[4].page.keyboard.press("Enter")


def take_a_name(phone: Phone) -> None:
    """It is checked, and text only. Besides it a phone keeps its seat, and nothing else."""
    kept = [cookie["name"] for cookie in phone.context.cookies(f"{phone.page.url}")]
    assert kept == ["sslviz_seat"]
    rename(phone, "<b>x</b>")
    expect(phone.page.locator("#line")).to_contain_text("A name has")
    rename(phone, "Zoë")
    expect(phone.page.locator("#who")).to_contain_text("“Zoë”")


def first_vote(teacher: Visitor, phones: list[Phone]) -> None:
    """The scene's question, then a vote. Before Reveal the projector says how many, and no phone who is right."""
    teacher.press("room_close")
    expect(phones[1].page.locator("main")).to_contain_text("Who made this label?")
    teacher.page.keyboard.press("ArrowRight")
    board = teacher.part("stage")
    expect(board.locator(".ask")).to_contain_text("0 of 5 have voted")
    for i, phone in enumerate(phones):
        phone.vote(i % 4)
    expect(board.locator(".ask")).to_contain_text("5 of 5 have voted")
    assert teacher.page.evaluate(SCROLLS) == [0, 0]
    wrong = look(teacher)
    assert not wrong, wrong
    assert board.locator(".track").count() == 0
    for phone in phones[:2]:
        assert not phone.fine()
        expect(phone.page.locator(".right, .model")).to_have_count(0)


def come_back(phones: list[Phone], names: list[str]) -> None:
    """A reload: the same seat, the same vote. Another phone loses its connection. A third votes anew by keyboard."""
    phones[1].page.reload()
    expect(phones[1].page.locator("[aria-pressed=true]")).to_have_attribute("data-choice", "1")
    assert phones[1].name == names[1]
    phones[2].context.set_offline(True)
    phones[3].answers().nth(2).focus()
    phones[3].page.keyboard.press("Enter")
    expect(phones[3].page.locator("[aria-pressed=true]")).to_have_attribute("data-choice", "2")


def stand_firm(visit: Visit, phones: list[Phone], code: str) -> None:
    """A stranger sees nothing of the room on the lesson's page, and nothing that one presses or sends changes it."""
    stranger = visit("masked_words?view=present&scene=4", still=True)
    expect(stranger.part("scene_room")).to_contain_text("Open a room")
    at_scene(stranger, "masked_words", 3)
    expect(stranger.part("stage").locator(".choice")).to_have_count(4)
    stranger.page.keyboard.press("r")
    expect(stranger.part("stage").locator(".choice.right")).to_have_count(1)
    for path in ("show", "end", "follow"):
        status = phones[4].page.evaluate(
            "([path, body]) => fetch(path, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })"
            ".then(answer => answer.status)",
            [f"{code}/{path}", json.dumps({"shown": True})],
        )
        assert status in (404, 405)
    expect(phones[0].page.locator(".right")).to_have_count(0)


def reveal(teacher: Visitor, phones: list[Phone], names: list[str]) -> None:
    """Class, model and truth side by side; the one that was away is told, too, as soon as it is back."""
    board = teacher.part("stage")
    teacher.page.keyboard.press("r")
    expect(board.locator(".cols .row.right").first).to_be_visible()
    expect(board.locator(".sums")).to_contain_text("After 1 question: class")
    expect(phones[0].page.locator(".right")).to_have_count(1)
    phones[2].context.set_offline(False)
    expect(phones[2].page.locator(".right")).to_have_count(1)
    assert phones[2].name == names[2]
    assert not phones[0].fine()


def two_more(teacher: Visitor, phones: list[Phone]) -> None:
    """The second question in a row, then on through the lesson, and a card of the quiz as the third."""
    board = teacher.part("stage")
    teacher.page.keyboard.press("n")
    expect(board.locator(".ask")).to_contain_text("0 of 5 have voted")
    for phone in phones:
        expect(phone.page.locator(".right")).to_have_count(0)
        phone.vote(0)
    teacher.page.keyboard.press("r")
    expect(board.locator(".sums")).to_contain_text("After 2 questions")
    teacher.page.keyboard.press("ArrowRight")
    expect(phones[0].page.locator("main")).to_contain_text("everywhere")
    for number in (4, 5):
        at_scene(teacher, "masked_words", number)
        teacher.page.keyboard.press("ArrowRight")
    expect(board).to_contain_text("Card 1 of 10")
    for phone in phones:
        phone.vote(1)
    teacher.page.keyboard.press("r")
    expect(board.locator(".sums")).to_contain_text("After 3 questions")


def alone_and_out(teacher: Visitor, phones: list[Phone], names: list[str]) -> None:
    """A student goes on alone and is called back; another one is put out."""
    teacher.press("scene_room")
    teacher.press("room_free")
    phones[0].page.get_by_role("button", name="Try it yourself").click()
    expect(phones[0].page.frame_locator("#page").locator(".st-key-scene")).to_be_visible()
    teacher.press("room_free")
    expect(phones[0].page.locator("#page")).to_have_count(0)
    teacher.part("stage").get_by_role("button", name=f"Put {names[4]} out").click()
    expect(phones[4].page.locator("main")).to_contain_text("You were put out")
    expect(teacher.part("stage").locator(".inside")).to_have_text("4 are in")


def end(teacher: Visitor, phones: list[Phone], server: Server, before: list[int]) -> None:
    """After the end nothing is left."""
    assert all(now > then for now, then in zip(kept(server), before, strict=True))
    wrong = look(teacher)
    assert not wrong, wrong
    teacher.part("room_controls").get_by_role("button", name="End").click()
    teacher.press("room_end")
    for phone in phones[:4]:
        expect(phone.page.locator("main")).to_contain_text("The room is over")
    assert not phones[0].fine()
    assert kept(server) == before
    expect(teacher.part("scene_room")).to_contain_text("Open a room")


def rename(phone: Phone, name: str) -> None:
    change = phone.page.get_by_role("button", name="Change my name")
    if change.count():
        change.click()
    phone.page.get_by_label("My name in this room").fill(name)
    phone.page.keyboard.press("Enter")


def test_the_phones_page_is_light(browser: Browser, server: Server) -> None:
    """All that comes over the wire until the page stands."""
    phone = Phone(browser, server, "light")
    sizes: list[int] = []
    phone.page.on("response", lambda answer: sizes.append(len(answer.body()) + len(str(answer.headers))))
    phone.open("class")
    expect(phone.page.locator("#code")).to_be_visible()
    phone.page.wait_for_load_state("networkidle")
    assert 5_000 < sum(sizes) < 60_000  # of 150,000
    phone.context.close()
