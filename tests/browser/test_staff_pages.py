"""Staff's pages with the demo story: no barrier in any language and width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from survey_app.demo.story import SURVEY
from survey_app.jobs.carrying import drain
from tests.browser.barriers import barriers, widths_in
from tests.browser.demonstration import Demo
from tests.browser.staff_pages import ROOMS, cookie, numbers_in, somebody_to_call
from tests.chromium import keep_picture, leave_by

pytestmark = pytest.mark.browser
FILE = {
    "name": "people.csv",
    "mimeType": "text/csv",
    "buffer": b"mail;name\nan@example.org;An\nno address;Ann\n",
}
OPEN = "document.querySelectorAll('main details').forEach(each => { each.open = true; })"


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", ["en", "vi", "es"])
def test_axe_finds_nothing_on_staffs_pages(chromium: Browser, demo: Demo, language: str, room: str) -> None:
    page, found, numbers = _page(chromium, demo, language), [], numbers_in(demo)
    if room == "surveys":
        page.goto(f"{demo.address}/reports/{SURVEY}")
        drain(demo.app)
    for path in ROOMS[room]:
        page.goto(demo.address + path.format(**numbers))
        found += _wrong(page, path, language)
    page.context.close()
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", ["en", "vi", "es"])
def test_axe_finds_nothing_where_one_comes_by_a_button(chromium: Browser, demo: Demo, language: str) -> None:
    page, found = _page(chromium, demo, language), []
    somebody_to_call(demo)
    page.goto(f"{demo.address}/calls")
    found += _wrong(page, "/calls", language)
    leave_by(page.locator("main form button").first)
    found += _wrong(page, "a call", language)
    page.goto(f"{demo.address}/customers/imports")
    page.locator("[name=file]").set_input_files(files=[FILE])  # type: ignore[list-item]
    leave_by(page.locator("main form .btn-primary"))
    found += _wrong(page, "columns of a file", language)
    page.context.close()
    assert found == [], "\n".join(found)


def _page(chromium: Browser, demo: Demo, language: str) -> Page:
    # A colour on its way to another is neither of both.
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.add_cookies([cookie(demo, language)])
    return context.new_page()


def _wrong(page: Page, name: str, language: str) -> list[str]:
    expect(page.locator("h1").first).to_be_attached()
    # A form at the desk speaks the respondent's language.
    if not name.startswith("/desk"):
        expect(page.locator("html")).to_have_attribute("lang", language)
    page.evaluate(OPEN)
    keep_picture(page, f"staff-{name.strip('/').translate(str.maketrans('/?{}', '----'))}-{language}")
    return [f"{name}: {each}" for each in barriers(page, widths_in(language))]
