"""A campaign's four steps, its live page and its results in a real browser: no barrier, and counts that follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select, update

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.extensions import db, writing
from tests.browser.barriers import barriers
from tests.browser.demonstration import Demo
from tests.browser.test_staff_pages import cookie, widths_in
from tests.chromium import keep_picture

pytestmark = pytest.mark.browser
STEPS = ("schedule", "review", "cancel")
RUNNING = ("", "/results?by=language", "/schedule")


def _numbers(demo: Demo) -> tuple[int, int]:
    """Return a mail campaign that is a draft, and one that runs."""
    with demo.app.app_context():
        mail = select(Campaign.id).where(Campaign.mode == "mail").order_by(Campaign.id)
        draft, running = (
            db.session.scalars(mail.where(Campaign.state == state)).first() for state in ("draft", "open")
        )
    assert draft is not None
    assert running is not None
    return draft, running


@pytest.mark.parametrize("language", ["en", "vi", "es"])
def test_axe_finds_nothing_on_a_campaigns_pages(chromium: Browser, demo: Demo, language: str) -> None:
    draft, running = _numbers(demo)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([cookie(demo, language)])  # type: ignore[list-item]
    page, found = context.new_page(), []
    paths = [f"/campaigns/{draft}/{step}" for step in STEPS] + [f"/campaigns/{running}{path}" for path in RUNNING]
    for path in paths:
        page.goto(demo.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        expect(page.locator("html")).to_have_attribute("lang", language)
        keep_picture(page, f"{path.strip('/').replace('/', '-').replace('?', '-')}-{language}")
        found += [f"{path}: {each}" for each in barriers(page, widths_in(language))]
    context.close()
    assert found == []


def test_the_live_page_follows_by_itself(chromium: Browser, demo: Demo) -> None:
    _draft, running = _numbers(demo)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([cookie(demo, "en")])  # type: ignore[list-item]
    page = context.new_page()
    _going(demo, running, audience_done=False)
    page.goto(f"{demo.address}/campaigns/{running}")
    refused = page.locator("#live tr", has=page.get_by_role("rowheader", name="Refused for good")).locator("td")
    expect(refused).to_have_text("0")
    with demo.app.app_context(), writing():
        one = (
            select(Invitation.id).where(Invitation.campaign_id == running, Invitation.disposition == "bounced").limit(1)
        )
        number = db.session.scalars(one).one()
        db.session.execute(update(Invitation).where(Invitation.id == number).values(disposition="failed", sent_at=None))
        db.session.commit()
    expect(refused).to_have_text("1", timeout=15_000)
    _going(demo, running, audience_done=True)
    expect(page.locator("#live-state")).to_contain_text("Finished", timeout=15_000)
    context.close()


def _going(demo: Demo, number: int, *, audience_done: bool) -> None:
    with demo.app.app_context(), writing():
        db.session.execute(update(Campaign).where(Campaign.id == number).values(audience_done=audience_done))
        db.session.commit()
