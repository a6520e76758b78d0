"""The designer in a real browser: keyboard alone, with and without script, two people at once, screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Locator, Page, expect

from survey_app import create_app
from survey_app.accounts.sessions import COOKIE_ENTRY, open_session
from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from tests.benchmarks.serving import serving
from tests.browser.barriers import barriers, widths_in
from tests.chromium import keep_picture, leave_by
from tests.conftest import environment
from tests.factories.designing import a_rich_survey
from tests.signing_in import make_organisation, make_user

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parents[2]
LANGUAGES = ("en", "vi", "es")
# Each kind of page in every language; the others once.
TABS = ("design?item=why", "design?page=experience", "logic", "preview")
OTHERS = ("design?item=used", "design?item=reach", "design?item=visits", "quotas/companies")


@dataclass(frozen=True)
class House:
    """An installation that is served."""

    app: Flask
    address: str

    def draft(self) -> Questionnaire:
        """Return the draft as it stands."""
        with self.app.app_context():
            found = questionnaire_of(current_version(get_survey("everything")))
            db.session.remove()
            return found

    def codes(self, page: str) -> list[str]:
        """Return the items of a page in their order."""
        return next([item.code for item in each.items] for each in self.draft().pages if each.code == page)

    def cookie(self, language: str = "en") -> dict[str, Any]:
        """Return the session of a marketer who has just signed in."""
        with self.app.app_context(), writing():
            token = open_session(make_user("marketer", language=language), datetime.now(UTC))
            db.session.commit()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session[COOKIE_ENTRY] = token
        name = self.app.config["SESSION_COOKIE_NAME"]
        found = client.get_cookie(name)
        assert found
        return {"name": name, "value": found.value, "url": self.address}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("designer")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        upgrade()
        make_organisation()
        db.session.commit()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield House(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def house(installation: House) -> House:
    """Return the installation with a fresh survey."""
    with installation.app.app_context(), writing():
        for table in (QuestionnaireVersion, Survey):
            db.session.execute(db.delete(table))
        a_rich_survey()
        db.session.commit()
        db.session.remove()
    return installation


@contextmanager
def at_work(chromium: Browser, house: House, width: int = 1440, language: str = "en", **more: Any) -> Iterator[Page]:
    """Open a page for a marketer, who must meet no error of ours."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=house.address, **more)
    context.add_cookies([house.cookie(language)])  # type: ignore[list-item]
    page, problems = context.new_page(), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 500 else None)
    yield page
    context.close()
    assert problems == []


def open_designer(page: Page, selected: str = "") -> None:
    page.goto(f"/surveys/everything/design{selected}")
    page.wait_for_load_state("networkidle")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page) -> None:
    """Wait until the server has taken over what was typed."""
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d"))


def test_a_question_is_made_moved_and_brought_back_by_keyboard_alone(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        open_designer(page, "?page=experience")
        press(page, "/")
        page.keyboard.type("effor")
        press(page, "Enter")
        expect(page.locator("#inspector-title")).to_contain_text("Effort")
        assert house.codes("experience") == ["nps", "satisfaction", "effort_2"]
        page.locator("#text-en").focus()
        press(page, "Control+a")
        page.keyboard.type("It was easy to find us.")
        expect(page.locator("#item-effort_2")).to_contain_text("It was easy to find us.")
        saved(page)
        page.locator("#item-effort_2").focus()
        press(page, "Alt+ArrowUp")
        expect(page.locator("#outline li[data-item]").nth(1)).to_have_attribute("data-item", "effort_2")
        assert house.codes("experience") == ["nps", "effort_2", "satisfaction"]
        page.get_by_role("button", name="Delete", exact=True).focus()
        press(page, "Enter")
        expect(page.locator("#toast")).to_contain_text("deleted “effort_2”")
        assert house.codes("experience") == ["nps", "satisfaction"]
        press(page, "Control+z")
        expect(page.locator("#item-effort_2")).to_be_visible()
        assert house.codes("experience") == ["nps", "effort_2", "satisfaction"]


def test_what_was_undone_is_done_again_by_keyboard(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        open_designer(page, "?item=satisfaction")
        page.get_by_role("button", name="Delete", exact=True).focus()
        press(page, "Enter")
        expect(page.locator("#toast")).to_contain_text("Done: deleted “satisfaction”")
        for back, forth in (("Control+z", "Control+Shift+Z"), ("Control+z", "Control+y")):
            press(page, back)
            expect(page.locator("#item-satisfaction")).to_be_visible()
            expect(page.locator("#toast")).to_contain_text("Undone: deleted “satisfaction”")
            press(page, forth)
            expect(page.locator("#item-satisfaction")).to_have_count(0)
            expect(page.locator("#toast")).to_contain_text("Redone: deleted “satisfaction”")
        assert "done=" not in page.url
        assert house.codes("experience") == ["nps"]


def test_whoever_works_fast_and_alone_meets_no_conflict_and_writes_on_at_once(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        clashes: list[str] = []
        page.on("response", lambda answer: clashes.append(answer.url) if answer.status == 409 else None)
        open_designer(page, "?page=experience")
        for kind in ("effor", "ranki", "open"):
            page.locator("h1").click()
            press(page, "/")
            page.keyboard.type(kind)
            press(page, "Enter")
            expect(page.locator("#text-en")).to_be_focused()
            # What is sampled is chosen whole, so that typing takes its place.
            page.keyboard.type(f"My own {kind}")
            expect(page.locator("#text-en")).to_have_value(f"My own {kind}")
        # Longer than the pause after which something typed is saved by itself.
        page.wait_for_timeout(1200)
        saved(page)
        assert clashes == []
        added = {item.text["en"] for each in house.draft().pages if each.code == "experience" for item in each.items}
        assert added >= {"My own effor", "My own ranki", "My own open"}


def test_a_condition_is_set_by_keyboard_alone(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        open_designer(page, "?item=note")
        page.locator("#show_if-add").focus()
        press(page, "Enter")
        page.locator("#show_if-0-field").focus()
        page.keyboard.type("All in all")
        press(page, "Tab")
        expect(page.locator("#show_if-0-op")).to_be_visible()
        page.locator("#show_if-0-op").select_option("less_than")
        expect(page.locator("#show_if-0-value")).to_be_visible()
        page.locator("#show_if-0-value").focus()
        page.keyboard.type("3")
        page.locator("#inspector form .btn-primary").focus()
        press(page, "Enter")
        expect(page.locator(".condition-sentence")).to_contain_text("is less than 3")
    note = next(item for item in house.draft().items if item.code == "note")
    assert note.show_if == {"field": "answer.satisfaction", "op": "less_than", "value": 3}


def go(page: Page, button: Locator) -> None:
    """Press a button by keyboard and wait for the page that it leads to."""
    button.focus()
    with page.expect_navigation():
        press(page, "Enter")


def test_everything_works_without_script_by_keyboard(chromium: Browser, house: House) -> None:
    with at_work(chromium, house, java_script_enabled=False) as page:
        page.goto("/surveys/everything/design?item=nps")
        page.locator("#palette-open").focus()
        press(page, "Enter")
        go(page, page.get_by_role("button", name="Ranking"))
        page.locator("#text-en").focus()
        press(page, "Control+a")
        page.keyboard.type("What comes first?")
        go(page, page.locator("#inspector form .btn-primary"))
        go(page, page.locator("#up-ranking"))
        assert house.codes("experience") == ["ranking", "nps", "satisfaction"]
        go(page, page.locator("#show_if-add"))
        assert page.locator("#show_if-0-field").count() == 1
        go(page, page.get_by_role("button", name="Delete", exact=True))
        go(page, page.locator("#toast button"))
    assert house.codes("experience") == ["ranking", "nps", "satisfaction"]


def test_questions_are_dragged_to_another_place(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        open_designer(page)
        page.locator("#item-satisfaction").drag_to(page.locator("#item-nps"), target_position={"x": 40, "y": 4})
        expect(page.locator("#outline li[data-item]").first).to_have_attribute("data-item", "satisfaction")
    assert house.codes("experience") == ["satisfaction", "nps"]


def test_a_question_is_chosen_on_the_page_as_respondents_see_it(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        open_designer(page, "?page=experience")
        page.frame_locator(".canvas-frame").get_by_text("All in all").click()
        expect(page.locator("#inspector-title")).to_contain_text("Satisfaction")
        assert "item=satisfaction" in page.url


def test_the_second_of_two_people_is_told_while_typing_and_loses_nothing(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as mai, at_work(chromium, house) as juan:
        open_designer(mai, "?item=note")
        open_designer(juan, "?item=effort")
        juan.locator("#text-en").fill("It was very easy.")
        saved(juan)
        expect(juan.locator("#item-effort")).to_contain_text("very easy")
        mai.locator("#text-en").fill("Almost there.")
        expect(mai.locator("#saved")).to_contain_text("Somebody else changed this draft")
        mai.get_by_role("button", name="Compare").click()
        expect(mai.get_by_role("alert")).to_contain_text("both can stand")
        keep_picture(mai, "designer-conflict")
        mai.get_by_role("button", name="Save mine on top of theirs").click()
        expect(mai.locator("#text-en")).to_have_value("Almost there.")
    texts = {item.code: item.text["en"] for item in house.draft().items}
    assert (texts["note"], texts["effort"]) == ("Almost there.", "It was very easy.")


def test_what_cannot_be_saved_is_said_while_typing_and_stays(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        open_designer(page, "?item=visits")
        page.locator("#lowest").fill("ten")
        expect(page.locator("#saved")).to_contain_text("is no number")
        expect(page.locator("#lowest")).to_have_value("ten")
        page.locator("#lowest").fill("1")
        saved(page)


def test_axe_finds_nothing_where_something_is_wrong_undone_or_changed_by_two(chromium: Browser, house: House) -> None:
    found = []

    def look(name: str) -> None:
        found.extend(f"{name}: {each}" for each in barriers(page, (375, 1280)))

    with at_work(chromium, house, 1280) as page:
        open_designer(page, "?item=visits")
        page.locator("[name=lowest]").fill("abc")
        page.locator("#inspector").get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".error-summary")).to_contain_text("no number")
        look("error")
        open_designer(page, "?item=satisfaction")
        page.get_by_role("button", name="Delete", exact=True).click()
        page.locator("#toast").get_by_role("button", name="Undo").click()
        expect(page.locator("#toast")).to_contain_text("Undone")
        look("undone")
        page.goto("/surveys/everything/texts")
        page.locator("[name=revision]").last.evaluate("box => box.value = 1")
        page.locator("[name=title-en]").fill("Mine")
        leave_by(page.locator("main").get_by_role("button", name="Save"))
        expect(page.locator(".error-summary")).to_contain_text("changed in the meantime")
        look("conflict")
    assert found == []


def test_typed_translations_are_not_left_without_a_question(chromium: Browser, house: House) -> None:
    with at_work(chromium, house) as page:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto("/surveys/everything/translate")
        page.locator("textarea").first.press_sequentially("x")
        page.goto("/surveys/everything/texts")
        assert asked == ["beforeunload"]
        page.locator("[name=title-en]").fill("Said well")
        leave_by(page.locator("main").get_by_role("button", name="Save"))
        assert asked == ["beforeunload"]
        assert house.draft().title["en"] == "Said well"


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_designers_tabs(chromium: Browser, house: House, language: str) -> None:
    found = []
    with at_work(chromium, house, 1280, language) as page:
        for tab in TABS + (OTHERS if language == "en" else ()):
            page.goto(f"/surveys/everything/{tab}")
            page.wait_for_load_state("networkidle")
            keep_picture(page, f"designer-{re.sub('[^a-z]+', '-', tab)}-{language}")
            found += [f"{tab}: {each}" for each in barriers(page, (*widths_in(language), 1440))]
    assert found == []
