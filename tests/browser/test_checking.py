"""Check, Translate, Versions and the planner in a real browser: axe in three languages at three widths; no script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, expect

from survey_app import create_app
from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from survey_app.questionnaires.operations import create_survey, publish_version, save_draft
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from tests.benchmarks.serving import serving
from tests.browser.barriers import WIDTHS, barriers, widths_in
from tests.browser.test_designer import House, at_work
from tests.chromium import keep_picture
from tests.conftest import environment
from tests.factories.questionnaires import NOW, a_battery, a_choice, a_comment, a_definition, an_item
from tests.signing_in import make_organisation

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parents[2]
LANGUAGES = ("en", "vi", "es")
S = "/surveys/shop"
PLAN = "of=nps&outcome=nps&first=50&second=20&audience=10000&invitations=2000&response_rate=20&change=8"
PAGES = {
    "check": f"{S}/check",
    "translate": f"{S}/translate?to=ar",
    "changed": f"{S}/translate?to=vi&show=stale",
    "texts": f"{S}/texts",
    "languages": f"{S}/languages",
    "versions": f"{S}/versions",
    "compare": f"{S}/versions/compare?from=1&to=draft",
    "plan": f"/reports/shop/plan?{PLAN}",
}


def a_shop() -> None:
    """Make a survey with two versions, and a draft with something of every kind to say about it."""
    texts = {"en": "How likely are you to recommend us?", "vi": "Quý khách có sẵn lòng giới thiệu chúng tôi không?"}
    first = [
        {"code": "score", "items": [an_item(text=texts)]},
        {"code": "drivers", "items": [a_battery()]},
        {"code": "why", "items": [a_comment()]},
    ]
    title = {"en": "Your visit to our shop", "vi": "Chuyến ghé cửa hàng của quý khách", "ar": "زيارتكم إلى متجرنا"}
    document = a_definition(title=title, languages=["en", "vi", "ar"], pages=first)
    survey = create_survey("shop", "Visit to the shop", parse(document), NOW)
    publish_version(survey, "The first version, with two drivers.", NOW)
    second = parse(document | {"title": title | {"en": "Your last visit to our shop"}})
    save_draft(survey, second, 0, "title", NOW)
    publish_version(survey, "The title says which visit.", NOW + timedelta(days=30))
    unlikely = {"field": "answer.nps", "op": "at_most", "value": 6}
    never = {"field": "answer.nps", "op": "more_than", "value": 10}
    later = [
        {"code": "score", "items": [an_item(text=texts | {"en": "How likely are you to recommend our shop?"})]},
        {"code": "drivers", "items": [a_battery(rows=[{"code": "delivery", "text": "Delivery and packaging"}])]},
        {"code": "about", "items": [a_choice(text="What is your income?", required=True)]},
        {"code": "why", "items": [a_comment(show_if=unlikely, text="We are always quick. Why, {customer.name}?")]},
        {"code": "more", "items": [a_comment(code="more", show_if=never)]},
    ]
    save_draft(survey, replace(parse(document | {"pages": later}), title=second.title), 0, "more", NOW)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("checking")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        upgrade()
        make_organisation()
        a_shop()
        db.session.commit()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield House(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_of_these_pages(chromium: Browser, house: House, language: str) -> None:
    found = []
    with at_work(chromium, house, WIDTHS[-1], language) as page:
        page.goto(PAGES["plan"])
        drain(house.app)
        for name, address in PAGES.items():
            page.goto(address)
            keep_picture(page, f"{name}-{language}")
            found += [f"{name}: {each}" for each in barriers(page, widths_in(language))]
    assert found == []


def test_a_draft_is_repaired_translated_and_published_without_script(chromium: Browser, house: House) -> None:
    with at_work(chromium, house, java_script_enabled=False) as page:
        page.goto(PAGES["check"])
        page.get_by_role("button", name="Drop the condition").first.click()
        expect(page.get_by_text("Saved: repaired: Drop the condition.")).to_be_visible()
        page.get_by_role("button", name="Offer “don't know”").click()
        page.goto(PAGES["changed"])
        page.get_by_label("Still right as it is").first.check()
        page.get_by_role("button", name="Save the translation").click()
        expect(page.get_by_text("The translation is saved.")).to_be_visible()
        page.goto(PAGES["check"])
        page.get_by_role("button", name="Publish version 3").click()
        expect(page.get_by_text("Translations are incomplete (Tiếng Việt, العربية).").first).to_be_visible()
        page.get_by_label("Publish all the same").check()
        page.get_by_role("button", name="Publish version 3").click()
        expect(page.get_by_text("Version 3 is published.")).to_be_visible()
    with house.app.app_context():
        version = current_version(get_survey("shop"))
        assert (version.number, questionnaire_of(version).items[-1].show_if) == (3, None)
        db.session.remove()
