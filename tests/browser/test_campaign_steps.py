"""A campaign's live page in a real browser: counts that follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select, update

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.extensions import db, writing
from tests.browser.demonstration import Demo
from tests.browser.staff_pages import cookie, numbers_in

pytestmark = pytest.mark.browser


def test_the_live_page_follows_by_itself(chromium: Browser, demo: Demo) -> None:
    running = numbers_in(demo)["running"]
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([cookie(demo, "en")])
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
