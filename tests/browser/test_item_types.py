"""Every type of item in a real browser: no barriers in any language and width, targets for thumbs, no script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page

from survey_app import create_app
from survey_app.extensions import db, writing
from tests.benchmarks.serving import serving
from tests.browser.barriers import barriers, widths_in
from tests.browser.test_respondent_pages import ROOT, SMALLEST_TARGET, House, said
from tests.chromium import keep_picture, leave_by
from tests.conftest import environment
from tests.factories.answering import a_fielding, a_page, of_pages
from tests.factories.questionnaires import an_item

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "vi", "es")
SATISFIED = said(
    "How satisfied are you with your last order?",
    "Quý khách hài lòng đến mức nào với đơn hàng gần đây nhất của mình?",
    "¿Qué tan satisfecho o insatisfecho está usted con su último pedido?",
) | {"ar": "ما مدى رضاك عن طلبك الأخير؟"}
OPTIONS = [
    {"code": "price", "text": said("Price", "Giá cả", "Precio")},
    {"code": "speed", "text": said("Speed of delivery", "Tốc độ giao hàng", "Rapidez de la entrega")},
    {
        "code": "care",
        "text": said(
            "Help when something went wrong with the order",
            "Hỗ trợ tận tình khi đơn hàng của quý khách gặp sự cố",
            "Ayuda cuando hubo algún inconveniente con el pedido",
        ),
    },
]
OTHER = {"code": "other", "text": said("Something else", "Điều khác", "Otra cosa"), "other": True}
ENDS = {"1": said("Very bad", "Rất tệ", "Muy malo"), "10": said("Very good", "Rất tốt", "Muy bueno")}


def an_asked(kind: str, code: str = "", **more: Any) -> dict[str, Any]:
    return {"code": code or kind, "type": kind, "text": SATISFIED, "required": True} | more


DEFINITION = of_pages(
    a_page(
        an_item(text=SATISFIED, dont_know=True),
        an_asked("csat", "stars", scale={"look": "stars"}),
        an_asked("csat", "faces", scale={"look": "faces"}, not_applicable=True),
        an_asked("csat", "tenfold", scale={"low": 1, "high": 10, "look": "stars"}),
        code="looks",
    ),
    a_page(
        an_asked("multiple", options=[*OPTIONS, OTHER], fewest=2, most=3, dont_know=True),
        an_asked("ranking", options=OPTIONS, most=2),
        an_asked("sum", options=OPTIONS, unit=said("points", "điểm", "puntos")),
        code="choices",
    ),
    a_page(
        an_asked("number", unit=said("people", "người", "personas"), dont_know=True),
        an_asked("date", lowest="2020-01-01"),
        an_asked("text", short=True, role="verbatim"),
        an_asked("contact", contact_fields=["name", "email", "phone", "language"], consent=SATISFIED),
        an_asked("likert", rows=OPTIONS, scale={"low": 1, "high": 10, "labels": ENDS}),
        code="fields",
    ),
    title=said("Your last purchase", "Lần mua hàng gần đây", "Su última compra"),
    languages=[*LANGUAGES, "ar"],
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("served")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        upgrade()
        a_fielding(DEFINITION)
        db.session.commit()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield House(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_type_of_item_has_a_barrier_that_can_be_found_by_machine(
    chromium: Browser, house: House, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 720})
    found: dict[str, list[str]] = {}
    for name, page in _pages(context.new_page(), house.link(language)):
        keep_picture(page, f"items-{name}-{language}")
        found[name] = barriers(page, widths_in(language))
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


def _pages(page: Page, link: str) -> Iterator[tuple[str, Page]]:
    """Yield the browser at every page, each with its errors, and fill it in by keyboard."""
    go_on = page.locator("button.p")
    page.goto(link)
    for name, fill in (("looks", _fill_looks), ("choices", _fill_choices), ("fields", None)):
        if name == "looks":
            yield name, page
        leave_by(go_on)
        assert page.locator("#error-summary").is_visible()
        if name != "looks":
            yield f"{name}-errors", page
        if fill:
            fill(page)
            leave_by(go_on)


def _fill_looks(page: Page) -> None:
    for name in ("stars", "faces", "tenfold"):
        page.locator(f"[name={name}]").first.focus()
        page.keyboard.press("ArrowRight")


def _fill_choices(page: Page) -> None:
    page.locator("[name=multiple][value=__dk]").check()
    page.locator("[name='ranking.speed']").select_option("1")
    for name, amount in (("price", "60"), ("speed", "40")):
        page.locator(f"[name='sum.{name}']").fill(amount)


def test_every_target_is_large_enough_for_a_thumb(chromium: Browser, house: House) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 720}, java_script_enabled=False)
    page = context.new_page()
    page.goto(house.link("vi"))
    for _name, shown in _without_errors(page):
        labels = shown.locator("label:has(input:is([type=radio], [type=checkbox])), select, input[type=text]")
        boxes = [box for each in labels.all() if (box := each.bounding_box())]
        assert boxes
        assert min(min(box["width"], box["height"]) for box in boxes) >= SMALLEST_TARGET
    context.close()


def _without_errors(page: Page) -> Iterator[tuple[str, Page]]:
    yield "looks", page
    _fill_looks(page)
    leave_by(page.locator("button.p"))
    yield "choices", page
    _fill_choices(page)
    leave_by(page.locator("button.p"))
    yield "fields", page


def test_stars_fill_up_to_the_chosen_one_and_are_named_by_number(chromium: Browser, house: House) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 720}, java_script_enabled=False)
    page = context.new_page()
    page.goto(house.link())
    page.locator("[name=stars]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    colours = [
        each.evaluate("node => getComputedStyle(node).color")
        for each in page.locator(".stars").first.locator("b").all()
    ]
    assert len(set(colours[:3])) == 1
    assert colours[3] == colours[4] != colours[0]
    assert page.get_by_role("radio", name="5 Very satisfied", exact=True).count() == 2
    context.close()


def test_a_page_in_arabic_runs_from_right_to_left_and_says_what_is_foreign(chromium: Browser, house: House) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 720}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{house.link('ar')}")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("h2").first.get_attribute("lang") is None
    _fill_looks(page)
    leave_by(page.locator("button.p"))
    option = page.locator(".o span").first
    assert (option.get_attribute("lang"), option.get_attribute("dir")) == ("en", "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()
