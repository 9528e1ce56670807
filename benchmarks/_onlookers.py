"""What a class has beside its pages: a room of phones that vote, the teacher's projector, and one real browser."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from _phones import Phone
from _server import Server, browser, new_page
from label_latency import LISTEN, READY, press
from playwright.sync_api import Error, Page

LESSON = "masked_words?view=present&scene=3"  # the scene before its guess
STUDENT = "same_or_different?view=lab"
EVERY, THINK = 5.0, 6.0  # seconds from one label to the next; that a class thinks about a question


@dataclass
class Onlookers(threading.Thread):
    """Opens the room, and has the phones vote on one question after the other, until `stop` is set.

    Attributes:
        server: that all of them ask.
        count: phones.
        drawn: ms from a press on New label until the card was drawn, in the browser.
        answered: the same until the model's answer stood on it.
        voted: ms from the last vote of a class until the projector said that all have voted.
        votes: ms that a vote took; all phones vote at once.
        wrong: what went wrong.
    """

    server: Server
    count: int
    stop: threading.Event = field(default_factory=threading.Event)
    ready: threading.Event = field(default_factory=threading.Event)
    drawn: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    voted: list[float] = field(default_factory=list)
    votes: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Come, be there, and leave."""
        try:
            with browser() as opened:
                student, teacher = new_page(opened), new_page(opened)
                student.goto(f"{self.server.url}/{STUDENT}")
                student.wait_for_function(READY, timeout=60000)
                student.evaluate(LISTEN)
                phones = self._come_in(teacher)
                self.ready.set()
                next_label = time.perf_counter() + random.random() * EVERY
                next_vote = time.perf_counter() + THINK
                while not self.stop.wait(0.1):
                    if time.perf_counter() >= next_label:
                        took = press(student, "new_label")
                        self.drawn.append(took[0])
                        self.answered.append(took[2])
                        next_label += EVERY
                    if time.perf_counter() >= next_vote:
                        self._vote(teacher, phones)
                        next_vote = time.perf_counter() + THINK
        except (Error, OSError, AssertionError) as problem:
            self.wrong.append(f"room and browser: {problem}"[:200])
        finally:
            self.ready.set()

    def _come_in(self, teacher: Page) -> list[Phone]:
        teacher.goto(f"{self.server.url}/{LESSON}")
        teacher.locator(".st-key-scene_room button").click()
        code = teacher.wait_for_function("() => part('stage')?.querySelector('p.code')?.textContent").json_value()
        phones = [Phone(urlsplit(self.server.url).netloc, code.replace(" ", "")) for _ in range(self.count)]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.inside.wait(30)
        teacher.locator(".st-key-room_close button").click()
        teacher.keyboard.press("ArrowRight")
        teacher.wait_for_function(f"() => part('stage')?.textContent.includes('0 of {self.count} have voted')")
        return phones

    def _vote(self, teacher: Page, phones: list[Phone]) -> None:
        number = phones[0].heard[-1][1]["question"]
        voting = [threading.Thread(target=phone.vote, args=(number, self.votes), daemon=True) for phone in phones]
        for one in voting:
            one.start()
        for one in voting:
            one.join(30)
        began = time.perf_counter()
        teacher.wait_for_function(
            f"() => part('stage')?.textContent.includes('{self.count} of {self.count} have voted')"
        )
        self.voted.append(1000 * (time.perf_counter() - began))
        teacher.keyboard.press("r")
        teacher.wait_for_function("() => part('stage')?.querySelector('.sums')")
        teacher.keyboard.press("n")
        teacher.wait_for_function(f"() => part('stage')?.textContent.includes('0 of {self.count} have voted')")
