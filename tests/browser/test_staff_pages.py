"""Staff's pages around surveys, with the demo story: no barrier in any language and width."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from survey_app.accounts.sessions import COOKIE_ENTRY, open_session
from survey_app.campaigns.models import Campaign
from survey_app.demo.story import SURVEY
from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from tests.browser.barriers import barriers, widths_in
from tests.browser.demonstration import Demo
from tests.chromium import keep_picture
from tests.signing_in import make_user

pytestmark = pytest.mark.browser
# The designer's own tabs, files that come in and go out, and checking have tests beside theirs.
PAGES = (
    *("/surveys", "/surveys/new", "/surveys/library", "/surveys/library/relationship_nps"),
    *(f"/surveys/{SURVEY}", f"/surveys/{SURVEY}/look", f"/surveys/{SURVEY}/try", f"/reports/{SURVEY}", "/reports"),
    *("/campaigns", "/campaigns/new", "{campaign}", "{campaign}/ways", "{campaign}/entry", "{campaign}/entry?q=an"),
    "/desk/{campaign}?lang=en",
)


def cookie(demo: Demo, language: str) -> dict[str, str]:
    """Return the session of somebody who may see all this, in this language."""
    with demo.app.app_context(), writing():
        person = make_user("marketer", "manager", "agent", language=language)
        token = open_session(person, datetime.now(UTC))
        db.session.commit()
    serializer = demo.app.session_interface.get_signing_serializer(demo.app)  # type: ignore[attr-defined]
    return {"name": "session", "value": serializer.dumps({COOKIE_ENTRY: token}), "url": demo.address}


def address_of(demo: Demo, path: str) -> str:
    """Return a page's address; `{campaign}` is the one that anybody may answer."""
    with demo.app.app_context():
        number = db.session.query(Campaign.id).filter_by(mode="public", state="open").order_by(Campaign.id).first()
        assert number is not None
    prefix = "campaign" if path.startswith("/desk") else "/campaigns"
    return demo.address + path.format(campaign=f"{prefix}/{number[0]}")


@pytest.mark.parametrize("language", ["en", "vi", "es"])
def test_axe_finds_nothing_on_staffs_pages(chromium: Browser, demo: Demo, language: str) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([cookie(demo, language)])  # type: ignore[list-item]
    page, found = context.new_page(), []
    page.goto(f"{demo.address}/reports/{SURVEY}")
    drain(demo.app)
    for path in PAGES:
        page.goto(address_of(demo, path))
        expect(page.locator("h1").first).to_be_attached()
        if not path.startswith("/desk"):
            expect(page.locator("html")).to_have_attribute("lang", language)
        keep_picture(page, f"staff-{path.strip('/').replace('/', '-').replace('?', '-')}-{language}")
        found += [f"{path}: {each}" for each in barriers(page, widths_in(language))]
    context.close()
    assert found == []
