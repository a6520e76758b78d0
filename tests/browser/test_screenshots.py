"""The main pages with the demo story in a real browser; `make screenshots` keeps a picture of each."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import func, select

from survey_app.accounts.models import User
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.tokens import token_of
from survey_app.demo.story import SURVEY
from survey_app.extensions import db
from survey_app.followups.models import Case
from tests.browser.demonstration import AGENT, DESKTOP, PHONE, SURVEY_TITLE, WIDE, Demo, keep, looking, meet, sign_in

pytestmark = pytest.mark.browser


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
        whole = page.locator("tr").filter(has=page.get_by_role("rowheader", name="Audience", exact=True)).first
        assert whole.inner_text().split() == ["Audience", str(n_selected)]
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
