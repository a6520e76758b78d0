"""Every tab of the designer and every kind of respondents' page, as docs/pictures.md shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from survey_app.campaigns.models import Campaign
from survey_app.demo.story import SURVEY
from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from survey_app.questionnaires.brand import Brand
from survey_app.questionnaires.operations import save_draft
from survey_app.questionnaires.parsing import parse
from tests.browser.demonstration import DESKTOP, PHONE, WIDE, Demo, keep, looking, sign_in
from tests.browser.test_checking import PLAN
from tests.browser.test_interchange import FILE
from tests.chromium import leave_by
from tests.factories.answering import a_fielding, an_invitation, link_of
from tests.factories.questionnaires import NOW
from tests.factories.whole_surveys import NPS, a_whole_survey

pytestmark = pytest.mark.browser
TABLET = {"width": 768, "height": 900}
NARROW_DESKTOP = {"width": 1024, "height": 768}
TITLE = "After your purchase"
TABS = {
    "design": "design?item=place",
    "logic": "logic",
    "translate": "translate?to=vi",
    "look": "look",
    "check": "check",
    "preview": "preview",
    "versions": "versions",
    "exports": "exports",
}


@dataclass(frozen=True)
class Workshop:
    """The demo story with one more survey, which holds every type of item."""

    demo: Demo
    campaign: int
    form: int

    def link(self) -> str:
        """Return the address of a new personal link."""
        with self.demo.app.app_context():
            return self.demo.address + link_of(an_invitation(db.session.get_one(Campaign, self.campaign)))


@pytest.fixture(scope="module")
def workshop(demo: Demo) -> Workshop:
    with demo.app.app_context(), writing():
        campaign = a_fielding(a_whole_survey(), code="purchase", name=TITLE)
        survey = campaign.survey
        survey.title, survey.brand = TITLE, Brand("#0b6b5a").to_data()
        wording = NPS["text"] | {"en": "Would you recommend us to a friend or colleague?"}
        document = a_whole_survey()
        document["pages"][0]["items"] = [NPS | {"text": wording}]
        save_draft(survey, parse(document), 0, "nps", NOW + timedelta(days=9))
        db.session.commit()
        form = db.session.query(Campaign.id).filter_by(mode="public", state="open").order_by(Campaign.id).first()
        assert form is not None
        return Workshop(demo, campaign.id, form[0])


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_the_designer_opens(chromium: Browser, workshop: Workshop, tab: str) -> None:
    with looking(chromium, WIDE if tab == "design" else DESKTOP) as page:
        sign_in(page, workshop.demo, "marketer")
        page.goto(f"{workshop.demo.address}/surveys/purchase/{TABS[tab]}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
        expect(page.locator(".tabs").first).to_be_visible()
        keep(page, f"tab-{tab}")


def test_the_library_the_planner_and_the_ways_in_open(chromium: Browser, workshop: Workshop) -> None:
    demo = workshop.demo
    with looking(chromium, DESKTOP) as page:
        sign_in(page, demo, "marketer")
        page.goto(f"{demo.address}/surveys/library")
        expect(page.locator(".library-card")).to_have_count(12)
        keep(page, "library")
        page.goto(f"{demo.address}/campaigns/{workshop.form}/ways")
        expect(page.locator(".poster-picture")).to_be_visible()
        keep(page, "ways-in")
        page.goto(f"{demo.address}/reports/{SURVEY}/plan?{PLAN}")
        drain(demo.app)
        page.reload()
        expect(page.locator("h1")).to_be_visible()
        keep(page, "planner")


def test_what_becomes_of_a_file_is_said_before_it_comes_in(chromium: Browser, workshop: Workshop) -> None:
    with looking(chromium, DESKTOP) as page:
        sign_in(page, workshop.demo, "marketer")
        page.goto(f"{workshop.demo.address}/surveys/import")
        page.locator("[name=file]").set_input_files(files=[FILE])
        page.locator("main form .btn-primary").click()
        expect(page.get_by_text("sign (signaturepad)")).to_be_visible()
        keep(page, "import-report")


def test_customers_meet_every_kind_of_page(chromium: Browser, workshop: Workshop) -> None:
    with looking(chromium, PHONE) as page:
        page.goto(link := workshop.link())
        for name, act in walk():
            act(page)
            expect(page.locator("h1, h2").first).to_be_visible()
            keep(page, name)
            if name == "page-battery-phone":
                page.set_viewport_size(NARROW_DESKTOP)
                keep(page, "page-battery-desktop")
                page.set_viewport_size(PHONE)
        page.goto(f"{link}/answers")
        expect(page.get_by_role("heading", level=1)).to_have_text("My answers")
        keep(page, "page-my-answers")


def walk() -> Iterator[tuple[str, Callable[[Page], None]]]:
    """Yield what leads to each page of the survey, in order."""
    yield "page-score", lambda page: check(page, "nps", "9")
    yield "page-battery-phone", go_on
    yield "page-ranking-and-sum", place_and_share
    yield "page-error", go_on
    yield "page-stars-and-faces", mend_and_rate
    yield "page-contact", go_on
    yield "page-thanks", go_on


def place_and_share(page: Page) -> None:
    check(page, "price", "4")
    check(page, "place", "shop")
    go_on(page)
    share(page, "60", "30")


def mend_and_rate(page: Page) -> None:
    share(page, "60", "40")
    go_on(page)
    check(page, "stars", "4")
    check(page, "faces", "5")


def go_on(page: Page) -> None:
    leave_by(page.locator("button.p"))


def check(page: Page, name: str, value: str) -> None:
    page.locator(f"[name='{name}'][value='{value}']").check(force=True)


def share(page: Page, price: str, speed: str) -> None:
    page.locator("[name='order.speed']").select_option("1")
    page.locator("[name='shares.price']").fill(price)
    page.locator("[name='shares.speed']").fill(speed)


def test_somebody_who_was_not_to_be_asked_is_thanked(chromium: Browser, workshop: Workshop) -> None:
    with looking(chromium, PHONE) as page:
        page.goto(workshop.link())
        check(page, "nps", "9")
        go_on(page)
        check(page, "place", "never")
        go_on(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your interest")
        keep(page, "page-screened-out")


def test_a_shared_device_waits_for_the_next_person(chromium: Browser, workshop: Workshop) -> None:
    with workshop.demo.app.app_context():
        code = db.session.get_one(Campaign, workshop.form).public_code
    with looking(chromium, TABLET) as page:
        page.goto(f"{workshop.demo.address}/k/{code}?lang=en")
        expect(page.get_by_role("button", name="Start again")).to_be_visible()
        keep(page, "page-kiosk")
