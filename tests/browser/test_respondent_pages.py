"""Respondents' pages in a real browser: keyboard alone, no script, small screens, assistive technology."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page

from survey_app import create_app
from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from tests.benchmarks.serving import serving
from tests.browser.barriers import barriers, widths_in
from tests.chromium import keep_picture, leave_by
from tests.conftest import environment
from tests.factories.answering import a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parent.parent.parent
LANGUAGES = ("en", "vi", "es")
SMALLEST_TARGET = 44


def said(en: str, vi: str, es: str) -> dict[str, str]:
    """Return a text in the three languages."""
    return {"en": en, "vi": vi, "es": es}


RECOMMEND = said(
    "How likely are you to recommend us to a friend or colleague?",
    "Quý khách sẵn lòng giới thiệu chúng tôi cho bạn bè hoặc đồng nghiệp đến mức nào?",
    "¿Qué probabilidad hay de que nos recomiende a un amigo o colega?",
)
ROWS = [
    {"code": "delivery", "text": said("Speed of delivery", "Tốc độ giao hàng", "Rapidez de la entrega")},
    {
        "code": "support",
        "text": said("Help when something went wrong", "Hỗ trợ khi có sự cố", "Ayuda en los problemas"),
    },
]
OPTIONS = [
    {"code": "shop", "text": said("In a shop", "Tại cửa hàng", "En una tienda")},
    {"code": "web", "text": said("On the website", "Trên trang web", "En la web")},
    {"code": "other", "text": said("Somewhere else", "Nơi khác", "En otro lugar"), "other": True},
]
DEFINITION = of_pages(
    a_page(an_item(text=RECOMMEND, required=True), code="score"),
    a_page(
        a_battery(
            text=said("How do you rate these?", "Quý khách đánh giá thế nào?", "¿Cómo valora esto?"),
            rows=ROWS,
            not_applicable=True,
        ),
        {
            "code": "effort",
            "type": "ces",
            "role": "driver",
            "text": said("It was easy to buy.", "Mua hàng rất dễ.", "Fue fácil comprar."),
        },
        code="ratings",
    ),
    a_page(
        a_choice(text=said("Where did you buy?", "Quý khách mua ở đâu?", "¿Dónde compró?"), options=OPTIONS),
        a_comment(
            text=said("What should we do better?", "Chúng tôi nên cải thiện điều gì?", "¿Qué deberíamos mejorar?")
        ),
        code="rest",
    ),
    title=said("Your last purchase", "Lần mua hàng gần đây", "Su última compra"),
    introduction=said(
        "Three short pages, about two minutes.",
        "Ba trang ngắn, khoảng hai phút.",
        "Tres páginas cortas, unos dos minutos.",
    ),
    languages=list(LANGUAGES),
)


@dataclass(frozen=True)
class House:
    """An installation that is served."""

    app: Flask
    address: str

    def link(self, language: str = "en", state: str = "open") -> str:
        """Return the address of a new personal link, of a campaign in this state."""
        with self.app.app_context():
            campaign = db.session.query(Campaign).filter_by(state=state).one()
            return self.address + link_of(an_invitation(campaign, language))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("served")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        upgrade()
        a_fielding(DEFINITION)
        a_fielding(DEFINITION, code="over").state = "closed"
        db.session.commit()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield House(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Return a phone without scripts."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 720})
    yield context.new_page()
    context.close()


def test_a_survey_is_answered_by_keyboard_alone_without_script(page: Page, house: House) -> None:
    page.goto(house.link())
    _press(page, "Tab", "Tab", "Tab", "Tab", "Space", *["ArrowRight"] * 8, "Enter")
    page.wait_for_url("**?page=ratings")
    page.locator("#delivery").focus()
    _press(page, "Space", "ArrowDown", "Tab", "Space", "Tab", "Space", "Tab", "Enter")
    page.wait_for_url("**?page=rest")
    page.locator("#usage").focus()
    _press(page, "ArrowDown", "Tab", "Tab")
    page.keyboard.type("Nothing, thank you")
    _press(page, "Tab", "Enter")
    page.wait_for_url("**/thanks")
    assert page.get_by_role("heading", name="Thank you").is_visible()


def test_errors_are_met_first_and_lead_to_the_control(page: Page, house: House) -> None:
    page.goto(house.link())
    leave_by(page.get_by_role("button", name="Continue"))
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    keep_picture(page, "respondent-error-320")
    _press(page, "Tab", "Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in {"nps", "#nps"}


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_scale_is_seen_at_once_on_a_small_phone(page: Page, house: House, language: str) -> None:
    page.goto(house.link(language))
    keep_picture(page, f"respondent-first-320-{language}")
    boxes = [each.bounding_box() for each in page.locator(".s label").all()]
    assert len(boxes) == 11
    for box in boxes:
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] + box["height"] <= 720
    assert [round(box["y"]) for box in boxes[:6]] == [round(boxes[0]["y"])] * 6
    assert len({round(box["y"]) for box in boxes}) == 2
    assert page.locator("input:checked").count() == 0


@pytest.mark.parametrize("width", [576, 800, 1280])
def test_the_scale_stands_in_one_row_where_there_is_room(page: Page, house: House, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(house.link())
    boxes = [each.bounding_box() for each in page.locator(".s label").all()]
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert min(box["width"] for box in boxes if box) >= SMALLEST_TARGET


@pytest.mark.parametrize(("width", "is_table"), [(320, False), (375, False), (1280, True)])
def test_a_battery_is_a_table_on_a_desktop_and_stacked_on_a_phone(
    page: Page, house: House, width: int, is_table: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(house.link())
    page.locator("label", has_text="8").click()
    leave_by(page.get_by_role("button", name="Continue"))
    keep_picture(page, f"respondent-battery-{width}")
    tops = [each.bounding_box() for each in page.locator("input[name=delivery]").all()]
    assert (len({round(box["y"]) for box in tops if box}) == 1) == is_table
    # On a phone the head is gone: each choice is named by its row and its point.
    assert page.get_by_role("row").count() == 2 + is_table
    assert page.get_by_role("radio", name="Speed of delivery 1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_enter_continues_though_the_languages_stand_first(page: Page, house: House) -> None:
    page.goto(house.link())
    page.locator("input[value='7']").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_text("Speed of delivery").first.is_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_language_is_switched_to_with_what_was_typed(page: Page, house: House) -> None:
    page.goto(house.link())
    page.locator("input[value='7']").check()
    leave_by(page.get_by_role("button", name="Español"))
    assert page.locator("input[value='7']").is_checked()
    assert page.locator("html").get_attribute("lang") == "es"
    # Who asks, and what becomes of the answers, is said anew.
    assert page.get_by_text("meses").is_visible()


def test_nothing_is_fetched_but_the_page_and_no_cookie_is_set(page: Page, house: House) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    link = house.link()
    page.goto(link)
    assert [url for url in fetched if not url.startswith("data:")] == [link, f"{link}?page=score"]
    assert page.context.cookies() == []


def test_the_browsers_back_shows_what_was_answered(page: Page, house: House) -> None:
    page.goto(house.link())
    page.locator("label", has_text="7").click()
    leave_by(page.get_by_role("button", name="Continue"))
    page.wait_for_url("**?page=ratings")
    page.go_back()
    assert page.locator("input:checked").get_attribute("value") == "7"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_barrier_in_the_dark(chromium: Browser, house: House, language: str) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 720}, color_scheme="dark")
    found: dict[str, list[str]] = {}
    for name, page in _every_page(context.new_page(), house, language):
        keep_picture(page, f"respondent-{name}-{language}-dark")
        found[name] = barriers(page, widths_in(language))
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


def _every_page(page: Page, house: House, language: str) -> Iterator[tuple[str, Page]]:
    """Yield the browser at one page of each kind, in the order in which a person meets them."""
    go_on, link = page.locator("button.p"), house.link(language)
    page.goto(link)
    yield "first", page
    leave_by(go_on)
    yield "error", page
    page.locator("label").filter(has_text="9").click()
    for name in ("battery", "rest", "thanks"):
        leave_by(go_on)
        yield name, page
    for name, address in (("answered", link), ("closed", house.link(language, "closed")), ("unknown", f"{link}x")):
        page.goto(address)
        yield name, page
