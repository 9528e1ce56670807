"""Every page opened cold, on a phone, in both themes, by links and by the map."""

import json
from collections.abc import Callable
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect
from test_browser_every_page import all_pages_are_near
from visitor import Server, Visitor

from sslviz.catalogue import TASKS

Visit = Callable[..., Visitor]
PARTS = ("sample_card", "transport", "loss", "embedding", "learned", "guess", "code")


def test_home_opens(fresh: Server, visit: Visit) -> None:
    page = visit("", fresh).page
    all_pages_are_near(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("The data labels itself")
    expect(page.locator("a.task")).to_have_count(len(TASKS))


def test_light_and_dark(visit: Visit, address: str) -> None:
    """The theme follows the visitor's system, text stands out in both, and they differ."""
    seen = {}
    for theme in ("light", "dark"):
        seen[theme] = visit(address, theme=theme).page.evaluate(
            """() => {
                 const style = getComputedStyle(document.querySelector('[data-testid=stApp]'))
                 return [style.backgroundColor, style.color].map(c => +c.match(/\\d+/)[0]) }"""
        )  # the red of paper and ink, 0 to 255: both are nearly grey
    assert seen["light"][0] > 240
    assert seen["light"][1] < 80
    assert seen["dark"][0] < 40
    assert seen["dark"][1] > 200


def test_a_lesson_link_leaves_parts_out(visit: Visit, slug: str) -> None:
    visitor = visit(f"{slug}?hide=guess,code")
    for part in ("sample_card", "transport", "loss", "embedding", "learned"):
        expect(visitor.part(part)).to_be_visible()
    for part in ("guess", "code"):
        expect(visitor.part(part)).to_have_count(0)


def test_a_lesson_link_may_leave_out_all_training(visit: Visit) -> None:
    visitor = visit("masked_words?hide=text,transport,loss,embedding,learned,guess,code")
    for part in PARTS[1:]:
        expect(visitor.part(part)).to_have_count(0)
    assert len(visitor.words()) > 3


def test_depth_changes_the_explanation_in_place(visit: Visit, slug: str) -> None:
    visitor = visit(slug)
    lead, texts = visitor.part("lead"), []
    place, switch = (visitor.part(key).bounding_box()["y"] for key in ("sample_card", "depth"))
    for depth in ("Standard", "Detailed", "Basic"):
        before = lead.inner_text()
        visitor.part("depth").get_by_role("radio", name=depth).click()
        visitor.link_becomes("depth", None if depth == "Basic" else depth)
        visitor.until(lambda: lead.inner_text() != before, f"the words of {depth}")  # noqa: B023 - called at once
        visitor.settle()
        texts.append(lead.inner_text())
        assert visitor.part("depth").bounding_box()["y"] == pytest.approx(switch, abs=1)  # stays under the hand
        assert visitor.part("sample_card").bounding_box()["y"] <= place + 73  # beside a short text is room for a longer
    assert len(set(texts)) == 3
    assert "ln" in texts[1]
    assert visitor.part("sample_card").bounding_box()["y"] == pytest.approx(place, abs=1)


def test_the_map_on_home_leads_to_the_page(visit: Visit, slug: str) -> None:
    visitor = visit("")
    visitor.part("map").locator(f"a.task[href='/{slug}']").click()
    visitor.page.wait_for_url(f"**/{slug}*")
    visitor.drawn()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(TASKS[slug].title)


def test_the_buttons_on_home_lead_to_a_page(visit: Visit) -> None:
    visitor = visit("")
    visitor.page.get_by_role("button", name="Start with masked words").click()
    visitor.page.wait_for_url("**/masked_words*")
    visitor.drawn()


def test_the_time_line_says_who_learned_from_whom_and_leads_to_a_page(visit: Visit) -> None:
    visitor = visit("")
    line = visitor.part("time_line")
    told = line.locator(".told")
    line.locator(".system[data-name='MAE']").hover()
    expect(told).to_contain_text("It learned from BERT and Denoising autoencoder.")
    expect(line.locator(".system[data-kin]")).to_have_count(4)  # itself, those two, and I-JEPA
    expect(line.locator("path[data-kin]")).to_have_count(3)
    line.locator(".system[data-name='CPC']").focus()
    expect(told).to_contain_text("CPC, 2018")
    visitor.page.keyboard.press("Enter")  # without a page it leads nowhere
    line.locator(".system[data-name='MAE']").click()
    visitor.page.wait_for_url("**/masked_patches*")
    phone = visit("", width=390)
    folded = phone.part("time_line").locator("details")
    expect(folded).not_to_have_attribute("open", "")
    folded.locator("summary").click()
    expect(folded.get_by_text("Three quarters of a photo are hidden")).to_be_visible()


def test_a_teacher_makes_a_link_and_a_class_opens_it(visit: Visit) -> None:
    teacher = visit("teaching")
    part = teacher.part("teacher")
    part.get_by_role("combobox", name="Page").click()
    teacher.page.get_by_role("option", name="Same or different", exact=True).click()
    part.get_by_role("radio", name="Standard").click()
    hide = part.locator(".st-key-link_hide")
    hide.get_by_role("button", name="guess").click()
    code = part.locator(".st-key-link_view pre")
    expect(code).to_contain_text("depth=Standard&hide=code,guess")
    code.hover()
    part.get_by_role("button", name="Copy the link").click()
    expect(part.get_by_role("button", name="Copy the link")).to_have_text("Copied")
    link = urlparse(code.inner_text().strip())
    student = visit(f"{link.path.strip('/')}?{link.query}")
    assert urlparse(student.server.url).netloc == link.netloc
    expect(student.page.get_by_role("heading", level=1)).to_have_text("Same or different")
    expect(student.part("depth").get_by_role("radio", name="Standard")).to_be_checked()
    expect(student.part("guess")).to_have_count(0)
    expect(student.part("code")).to_have_count(0)


def test_the_navigation_leads_everywhere_and_back(visit: Visit) -> None:
    visitor = visit("")
    for entry in TASKS.values():
        visitor.go(entry.title)
        visitor.page.wait_for_url(f"**/{entry.slug}*")
        visitor.drawn()
    visitor.page.go_back()
    visitor.drawn()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(list(TASKS.values())[-2].title)


def test_what_was_typed_into_the_link_is_text(visit: Visit, slug: str) -> None:
    """Nothing of a link becomes markup."""
    evil = "<img src=x onerror=alert(1)>"
    visitor = visit(f"{slug}?{slug}_seed={evil}&{slug}_{evil}=1&depth={evil}&hide={evil}")
    assert visitor.page.locator("img[src=x]").count() == 0
    assert json.dumps(visitor.page.locator("[data-testid=stAlert]").all_inner_texts()).count("img") >= 1
