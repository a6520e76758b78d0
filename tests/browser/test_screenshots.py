"""The main pages with the demo story in a real browser; `make screenshots` keeps a picture of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from survey_app import create_app
from survey_app.accounts.models import User
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.tokens import token_of
from survey_app.demo.places import COMPANY
from survey_app.demo.story import N_CUSTOMERS, SURVEY, Loaded, Plan, load_story
from survey_app.extensions import db, writing
from survey_app.followups.models import Case
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from tests.benchmarks.serving import serving
from tests.conftest import environment

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parents[2]
PICTURES = os.environ.get("SURVEY_SCREENSHOTS")
# Pictures show the whole story; a check of the pages needs only some of it.
CUSTOMERS = N_CUSTOMERS if PICTURES else 600
PHONE = {"width": 375, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Where the designer's three parts stand side by side.
WIDE = {"width": 1440, "height": 900}
SURVEY_TITLE = f"{COMPANY} customer satisfaction"
AGENT = "agent-us@roble-sen.example"


@dataclass(frozen=True)
class Demo:
    """The demo story, served."""

    app: Flask
    loaded: Loaded
    address: str

    def password_of(self, email: str) -> str:
        return next(each.password for each in self.loaded.credentials if each.account.email == email)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context():
        upgrade()
        with writing():
            loaded = load_story(Plan(datetime.now(UTC), n_customers=CUSTOMERS))
            db.session.commit()
        run_now(db.session.scalars(select(Job).where(Job.name == "reports.compute")).one(), tell=lambda _note: None)
        db.session.remove()
        db.engine.dispose()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield Demo(app, loaded, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@contextmanager
def looking(chromium: Browser, size: dict[str, int]) -> Iterator[Page]:
    """Open a page that must load everything it asks for and raise no error."""
    context = chromium.new_context(viewport=size, locale="en-US")
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def sign_in(page: Page, demo: Demo, role: str) -> None:
    email = f"{role}@roble-sen.example"
    page.goto(f"{demo.address}/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(demo.password_of(email))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def meet(page: Page, heading: str) -> None:
    """Find the one main heading, and a title that says where one is, on a page that scrolls only downwards."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert COMPANY in page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def keep(page: Page, name: str, beginning: str = "body") -> None:
    """Keep a picture of what the screen shows from this element on, where SURVEY_SCREENSHOTS names a folder."""
    page.locator(beginning).evaluate("element => element.scrollIntoView({behavior: 'instant'})")
    if PICTURES:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=ROOT / PICTURES / f"{name}.png")


def link_of_somebody(demo: Demo, language: str) -> str:
    """Return the personal link of a customer who was asked in this language and has not answered yet."""
    open_ones = select(Invitation).join(Campaign).where(Campaign.state == "open", Invitation.language == language)
    with demo.app.app_context():
        found = db.session.scalars(open_ones.where(Invitation.disposition == "no-reply")).first()
        assert found is not None
        return f"{demo.address}/a/{token_of(found)}"


def open_case_of(demo: Demo, email: str) -> tuple[int, int, str]:
    """Return an agent's newest open case: its number, its customer's number and name."""
    theirs = select(Case).join(User, User.id == Case.assignee_id).where(User.email == email, Case.state == "open")
    with demo.app.app_context():
        case = db.session.scalars(theirs.order_by(Case.opened_at.desc())).first()
        assert case is not None
        return case.id, case.customer_id, case.customer.name


def test_a_customer_reads_the_first_page_on_a_phone_in_vietnamese(chromium: Browser, demo: Demo) -> None:
    with looking(chromium, PHONE) as page:
        page.goto(link_of_somebody(demo, "vi"))
        meet(page, "Quý khách thấy việc mua hàng tại Roble & Sen thế nào?")
        assert page.locator("html").get_attribute("lang") == "vi"
        assert page.locator("input[name=nps]").count() == 11
        assert page.locator("input:checked").count() == 0
        keep(page, "answering")


def test_a_report_answers_four_questions_and_draws_what_it_says(chromium: Browser, demo: Demo) -> None:
    with looking(chromium, DESKTOP) as page:
        sign_in(page, demo, "manager")
        page.goto(f"{demo.address}/reports/{SURVEY}")
        meet(page, SURVEY_TITLE)
        questions = ["How are we?", "Is it changing?", "Why?", "What to fix first?"]
        assert page.locator(".report-answers h2").all_inner_texts() == questions
        for chart in ("trend", "drivers"):
            drawing = page.locator(f"section[aria-labelledby={chart}] svg").first
            box = drawing.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) > 100
        keep(page, "report")
        keep(page, "trend", "section[aria-labelledby=trend]")
        keep(page, "drivers", "section[aria-labelledby=drivers]")


def test_a_question_is_edited_beside_the_page_as_respondents_see_it(chromium: Browser, demo: Demo) -> None:
    with looking(chromium, WIDE) as page:
        sign_in(page, demo, "marketer")
        page.goto(f"{demo.address}/surveys/{SURVEY}/design?item=nps")
        meet(page, SURVEY_TITLE)
        assert page.frame_locator(".canvas-frame").locator("input[name=nps]").count() == 11
        outline, inspector = (page.locator(f".designer-{part}").bounding_box() for part in ("outline", "inspector"))
        assert outline is not None
        assert inspector is not None
        assert outline["x"] + outline["width"] < inspector["x"]
        keep(page, "designer")


def test_a_campaign_adds_up_to_everybody_who_was_selected(chromium: Browser, demo: Demo) -> None:
    newest = select(Campaign).where(Campaign.wave_order.is_not(None)).order_by(Campaign.wave_order.desc())
    with demo.app.app_context():
        campaign = db.session.scalars(newest).first()
        assert campaign is not None
        selected = select(func.count()).select_from(Invitation).where(Invitation.campaign_id == campaign.id)
        number, name, n_selected = campaign.id, campaign.name, db.session.scalar(selected)
    with looking(chromium, DESKTOP) as page:
        sign_in(page, demo, "marketer")
        page.goto(f"{demo.address}/campaigns/{number}")
        meet(page, name)
        assert f"= {n_selected} customers" in page.locator("main").inner_text()
        keep(page, "campaign")


def test_a_case_shows_the_agent_what_the_customer_said(chromium: Browser, demo: Demo) -> None:
    number, _customer, name = open_case_of(demo, AGENT)
    with looking(chromium, DESKTOP) as page:
        sign_in(page, demo, "agent-us")
        page.goto(f"{demo.address}/cases/{number}")
        meet(page, name)
        assert page.get_by_role("heading", name="What the customer said").is_visible()
        assert page.get_by_role("button", name="Save the note").is_visible()
        keep(page, "case")


def test_a_customers_record_holds_what_they_answered(chromium: Browser, demo: Demo) -> None:
    _case, number, name = open_case_of(demo, AGENT)
    with looking(chromium, DESKTOP) as page:
        sign_in(page, demo, "agent-us")
        page.goto(f"{demo.address}/customers/{number}")
        meet(page, name)
        assert page.get_by_role("heading", name="Responses").is_visible()
        assert page.get_by_role("row").filter(has_text=SURVEY_TITLE).count() > 0
        keep(page, "customer")
