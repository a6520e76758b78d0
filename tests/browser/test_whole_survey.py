"""A whole survey is finished by keyboard alone: without script, zoomed in fourfold, in forced colours, in Arabic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, expect

from survey_app import create_app
from survey_app.extensions import db, writing
from tests.benchmarks.serving import serving
from tests.browser.test_respondent_pages import House
from tests.chromium import keep_picture
from tests.conftest import environment
from tests.factories.answering import a_fielding, the_responses
from tests.factories.whole_surveys import a_whole_survey

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parents[2]
PHONE = {"width": 375, "height": 740}
# 1280 by 1024 at 400 %.
ZOOMED = {"width": 320, "height": 256}
SITUATIONS: dict[str, dict[str, Any]] = {
    "keyboard with script": {"viewport": {"width": 1280, "height": 800}},
    "no script": {"java_script_enabled": False, "viewport": PHONE},
    "zoomed in fourfold": {"java_script_enabled": False, "viewport": ZOOMED},
    "forced colours": {"forced_colors": "active", "reduced_motion": "reduce", "viewport": PHONE},
    "right to left": {"java_script_enabled": False, "viewport": PHONE},
}
EXPECTED = {
    "nps": 9,
    "price": 4,
    "speed": 2,
    "place": "other",
    "place.other": "A market",
    "order": ["speed", "price"],
    "shares": {"price": 60, "speed": 40, "care": 0},
    "use": ["home", "work"],
}
# The one that has the focus is on the screen, and nothing lies over its middle. A small button lies in its label.
STANDING = """selector => {
  const focused = document.activeElement;
  const shown = focused.closest("label") ?? focused;
  const box = shown.getBoundingClientRect();
  const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const top = document.elementFromPoint(x, y);
  const isSeen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    && top !== null && (shown.contains(top) || top.contains(shown));
  return {
    isThere: focused.matches(selector),
    isSeen,
    isNarrow: document.documentElement.scrollWidth <= innerWidth,
    where: focused.outerHTML.slice(0, 120),
  };
}"""
MOST_STEPS = 60


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("whole")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        upgrade()
        a_fielding(a_whole_survey())
        db.session.commit()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield House(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


class Hands:
    """Somebody who has a keyboard and nothing else, and looks where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Press Tab until this control has the focus, which must be seen at every step."""
        for _step in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            if self.look(selector):
                return
        message = f"no way by Tab to {selector}"
        raise AssertionError(message)

    def look(self, selector: str = "*") -> bool:
        """See what has the focus, on a page that scrolls only downwards; return whether it is this control."""
        standing = self.page.evaluate(STANDING, selector)
        assert standing["isSeen"], f"not seen: {standing['where']}"
        assert standing["isNarrow"], "scrolls sideways"
        return bool(standing["isThere"])

    def press(self, key: str, times: int = 1) -> None:
        for _time in range(times):
            self.page.keyboard.press(key)
        self.look()

    def choose(self, name: str, steps: int) -> None:
        """Choose the option that is this many steps below the first."""
        self.reach(f"[name='{name}']")
        before = look_of(self.page, name)
        self.press("Space")
        self.press("ArrowDown", steps)
        assert look_of(self.page, name) != before, f"nobody sees what is chosen of {name}"

    def type(self, name: str, text: str) -> None:
        self.reach(f"[name='{name}']")
        self.page.keyboard.type(text)

    def go_on(self, to: str) -> None:
        """Press the page's button, and meet this page."""
        self.reach("button.p")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert to in self.page.url


def look_of(page: Page, name: str) -> bytes:
    """Return how a question's options look."""
    return page.locator(f"fieldset:has([name='{name}']), tr:has([name='{name}'])").last.screenshot()


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_whole_survey_is_finished_by_keyboard_alone(chromium: Browser, house: House, situation: str) -> None:
    language = "ar" if situation == "right to left" else "en"
    context = chromium.new_context(**SITUATIONS[situation])
    page = context.new_page()
    page.goto(house.link(language))
    direction = page.evaluate("getComputedStyle(document.body).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")
    for number, _page in enumerate(answer_everything(Hands(page))):
        keep_picture(page, f"whole-{situation.replace(' ', '-')}-{number}")
    assert page.get_by_role("heading", name="شكرًا لكم" if language == "ar" else "Thank you").is_visible()
    context.close()
    with house.app.app_context():
        response = the_responses()[-1]
        assert (response.state, response.language) == ("completed", language)
        assert {code: response.answers.get(code) for code in EXPECTED} == EXPECTED
        assert (response.answers["visits"], response.answers["last"]) == (12, "2026-03-05")
        assert response.answers["reach"] == {"name": "Lan", "email": "lan@example.org", "consent": True}


def answer_everything(hands: Hands) -> Iterator[None]:
    """Answer every page, meet an error on the way, and mend it; yield before each is sent."""
    hands.choose("nps", 9)
    yield
    # Happy customers are not asked what went wrong.
    hands.go_on("?page=ratings")
    hands.choose("price", 3)
    hands.choose("speed", 1)
    hands.choose("place", 3)
    hands.type("place.other", "A market")
    yield
    hands.go_on("?page=choices")
    yield from meet_an_error(hands)
    hands.go_on("?page=looks")
    hands.choose("stars", 3)
    hands.choose("faces", 3)
    yield
    hands.go_on("?page=facts")
    yield from tell_facts(hands)
    hands.go_on("/thanks")
    yield


def tell_facts(hands: Hands) -> Iterator[None]:
    """Type a number, a day and how one may be reached, and agree."""
    hands.type("visits", "12")
    hands.reach("[name=last]")
    hands.page.keyboard.type("03052026")
    hands.type("reach.name", "Lan")
    hands.type("reach.email", "lan@example.org")
    hands.reach("[name='reach.consent']")
    hands.press("Space")
    yield


def meet_an_error(hands: Hands) -> Iterator[None]:
    """Send a sum that does not add up, follow the summary's link to it, and correct it."""
    hands.reach("[name='order.price']")
    hands.page.keyboard.press("2")
    hands.reach("[name='order.speed']")
    hands.page.keyboard.press("1")
    hands.type("shares.price", "60")
    hands.type("shares.speed", "30")
    hands.reach("[name=use]")
    hands.press("Space")
    hands.press("Tab")
    hands.press("Space")
    yield
    hands.go_on("")
    expect(hands.page.locator("#error-summary")).to_be_focused()
    hands.look()
    yield
    hands.press("Tab")
    hands.press("Enter")
    hands.reach("[name='shares.speed']")
    hands.press("Control+a")
    hands.page.keyboard.type("40")
    yield
