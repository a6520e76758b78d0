"""Every page that a respondent can meet, in one list: no barrier in any language and width, in its own language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from survey_app import create_app
from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.outbox.content import unseal
from survey_app.outbox.models import OutboxMail
from survey_app.questionnaires.brand import Brand
from tests.benchmarks.serving import serving
from tests.browser.barriers import barriers, widths_in
from tests.chromium import keep_picture, leave_by
from tests.conftest import environment
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.customers import make_customer
from tests.factories.whole_surveys import NO_BUYER, NPS, PLACE, WORDS, a_whole_survey

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parents[2]
BRIEF = of_pages(a_page(PLACE, NPS), **WORDS)
SCREENING = of_pages(a_page(PLACE, code="one", jumps=[{"when": NO_BUYER, "to": "screen_out"}]), a_page(NPS), **WORDS)
ON_THE_WEB = {"field": "answer.place", "op": "is", "value": "web"}
COUNTING = of_pages(a_page(PLACE, NPS), quotas=[{"code": "web", "when": ON_THE_WEB, "limit": 1}], **WORDS)
# Every kind of page, in the order in which the walks below meet them.
EVERY_PAGE = (
    *("first", "first with errors", "open text", "battery and choice", "order, sum and ticks", "sum with errors"),
    *("stars, faces and effort", "number, date, text and contact", "contact with errors", "thanks", "already answered"),
    *("my answers", "correct", "change that has no place", "contact details", "contact details with errors"),
    *("contact details saved", "withdraw", "withdrawn"),
    *("score in the mail", "anonymous", "anonymous and answered", "screened out", "quota full"),
    *("closed", "expired", "not open", "paused", "full", "closed meanwhile", "unknown", "too large", "test link"),
    *("public first", "poster first", "kiosk first", "kiosk later", "kiosk idle", "kiosk thanks"),
    *("embedded first", "embedded thanks", "unsubscribe", "unsubscribed", "subscribed again"),
    *("my details", "my details with errors", "my details saved", "my new address waits"),
    *("confirm my address", "my address confirmed"),
)
# What is no page of answering says so to programs, too.
STATUSES = {
    **dict.fromkeys(("closed", "expired", "closed meanwhile"), 410),
    **dict.fromkeys(("not open", "paused", "full"), 403),
    **dict.fromkeys((name for name in EVERY_PAGE if name.endswith("with errors")), 422),
    "change that has no place": 409,
    "unknown": 404,
    "too large": 413,
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Street:
    """An installation with a campaign in every state."""

    app: Flask
    address: str

    def link(self, campaign: str, language: str, **overrides: object) -> str:
        """Return the address of a new personal link to this campaign."""
        with self.app.app_context():
            found = db.session.query(Campaign).filter_by(name=campaign).one()
            return self.address + link_of(an_invitation(found, language, **overrides))

    def form(self, campaign: str, language: str, way: str = "w", path: str = "") -> str:
        """Return the address of a public form by one of its ways."""
        with self.app.app_context():
            found = db.session.query(Campaign).filter_by(name=campaign).one()
            return f"{self.address}/{way}/{found.public_code}{path}?lang={language}"

    def somebody(self, language: str) -> int:
        """Return the number of a new customer who speaks this language."""
        with self.app.app_context(), writing():
            customer = make_customer(language=language)
            db.session.commit()
            return customer.id

    def confirmation(self) -> str:
        """Return the path in the newest mail to an address that waits to be confirmed."""
        newest = select(OutboxMail).where(OutboxMail.kind == "address-confirmation").order_by(OutboxMail.id.desc())
        with self.app.app_context():
            mail = db.session.scalars(newest).first()
            assert mail is not None
            found = re.search(r"/p/confirm/\S+", unseal(mail.content or b"").text)
            assert found is not None
            return found.group()

    def settle(self, campaign: str, **values: object) -> None:
        """Change a campaign."""
        with self.app.app_context(), writing():
            db.session.query(Campaign).filter_by(name=campaign).update(values)  # type: ignore[arg-type]
            db.session.commit()


def build(app: Flask) -> None:
    """Make a campaign in every state."""
    upgrade()
    a_fielding(a_whole_survey(), code="whole", name="whole")
    a_fielding(SCREENING, code="screening", name="screening")
    a_fielding(COUNTING, code="counting", name="counting")
    a_fielding(BRIEF, code="secret", name="secret", identification="anonymous")
    changes = {
        "closed": {"state": "closed"},
        "expired": {"closes_at": LONG_AGO},
        "not open": {"opens_at": datetime.now(UTC) + timedelta(days=9)},
        "public": {
            "kiosk": {"idle_seconds": 40, "thanks_seconds": 60},
            "embedding_origins": ["https://www.example.com"],
        },
        "paused": {"state": "paused"},
        "full": {"most_responses": 1},
        "meanwhile": {},
    }
    for number, (name, values) in enumerate(changes.items()):
        mode = "public" if name in {"public", "paused", "full"} else "mail"
        campaign = a_fielding(SCREENING, code=f"brief_{number}", name=name, mode=mode)
        if name == "public":
            campaign.survey.brand = Brand("#7a0f4a").to_data()
        for column, value in values.items():
            setattr(campaign, column, value)
        db.session.commit()
    for path, typed in (
        (link_of(an_invitation(the_campaign("counting"))), {"place": "web", "nps": 9}),
        (f"/w/{the_campaign('full').public_code}", {"place": "shop"}),
    ):
        person = Person(app.test_client(), path)
        person.open()
        person.press(**typed)
        if "nps" not in typed:
            person.press(nps=9)


def the_campaign(name: str) -> Campaign:
    return db.session.query(Campaign).filter_by(name=name).one()


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        build(app)
        db.session.remove()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield Street(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("language", ["en", "vi", "es", "ar"])
def test_no_page_has_a_barrier_and_each_says_its_language(chromium: Browser, street: Street, language: str) -> None:
    context = chromium.new_context(locale=language, viewport={"width": 375, "height": 800})
    page, met, found, statuses = context.new_page(), list[str](), dict[str, list[str]](), list[int]()
    page.on("response", lambda answer: statuses.append(answer.status))
    for name in walks(page, street, language):
        met.append(name)
        found[name] = [*barriers(page, widths_in(language)), *misspoken(page, name, language)]
        found[name] += [f"answers {statuses[-1]}"] if statuses[-1] != STATUSES.get(name, statuses[-1]) else []
        page.set_viewport_size({"width": 375, "height": 800})
        keep_picture(page, f"every-{len(met):02}-{name.replace(' ', '-')}-{language}")
    context.close()
    assert tuple(met) == EVERY_PAGE
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


# A customer's own details speak the interface's languages, and Arabic is none of them.
BY_INTERFACE = set(EVERY_PAGE[-6:])


def misspoken(page: Page, name: str, language: str) -> list[str]:
    """Return what the page says wrongly about its language."""
    if language == "ar" and name in BY_INTERFACE:
        language = "en"
    said = page.evaluate("[document.documentElement.lang, getComputedStyle(document.documentElement).direction]")
    expected = [language, "rtl" if language == "ar" else "ltr"]
    return [] if said == expected else [f"says {said} instead of {expected}"]


def walks(page: Page, street: Street, language: str) -> Iterator[str]:
    """Yield the name of each page while the browser shows it."""
    yield from whole_survey(page, street, language)
    yield from own_answers(page, street, language)
    yield from other_beginnings(page, street, language)
    yield from endings(page, street, language)
    yield from ways(page, street, language)
    yield from unsubscribing(page, street, language)
    yield from own_details(page, street, language)


def go_on(page: Page) -> None:
    leave_by(page.locator("main button.p"))


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value='{value}']").check(force=True)


def whole_survey(page: Page, street: Street, language: str) -> Iterator[str]:
    page.goto(link := street.link("whole", language))
    yield "first"
    go_on(page)
    yield "first with errors"
    choose(page, "nps", "3")
    go_on(page)
    yield "open text"
    go_on(page)
    yield "battery and choice"
    choose(page, "place", "shop")
    go_on(page)
    yield from later_pages(page)
    page.goto(link)
    yield "already answered"


def later_pages(page: Page) -> Iterator[str]:
    yield "order, sum and ticks"
    go_on(page)
    yield "sum with errors"
    page.locator("[name='shares.price']").fill("100")
    go_on(page)
    yield "stars, faces and effort"
    go_on(page)
    yield "number, date, text and contact"
    page.locator("[name='reach.email']").fill("nobody")
    go_on(page)
    yield "contact with errors"
    page.locator("[name='reach.email']").fill("")
    go_on(page)
    yield "thanks"


def own_answers(page: Page, street: Street, language: str) -> Iterator[str]:
    link = street.link("counting", language)
    page.goto(link)
    choose(page, "nps", "3")
    choose(page, "place", "shop")
    go_on(page)
    page.goto(f"{link}/answers")
    yield "my answers"
    page.goto(f"{link}/change")
    yield "correct"
    choose(page, "place", "web")
    go_on(page)
    yield "change that has no place"
    page.goto(f"{link}/details")
    yield "contact details"
    page.locator("[name=phone]").fill("call me")
    go_on(page)
    yield "contact details with errors"
    page.locator("[name=phone]").fill("+1 555 0100")
    go_on(page)
    yield "contact details saved"
    page.goto(f"{link}/withdraw")
    yield "withdraw"
    go_on(page)
    yield "withdrawn"


def other_beginnings(page: Page, street: Street, language: str) -> Iterator[str]:
    page.goto(street.link("whole", language) + "?score=9")
    assert page.locator("input:checked").get_attribute("value") == "9"
    yield "score in the mail"
    page.goto(link := street.link("secret", language))
    yield "anonymous"
    choose(page, "nps", "3")
    go_on(page)
    page.goto(link)
    yield "anonymous and answered"
    page.goto(street.link("screening", language))
    choose(page, "place", "never")
    go_on(page)
    yield "screened out"
    page.goto(street.link("counting", language))
    choose(page, "place", "web")
    choose(page, "nps", "3")
    go_on(page)
    yield "quota full"


def endings(page: Page, street: Street, language: str) -> Iterator[str]:
    for name in ("closed", "expired", "not open"):
        page.goto(street.link(name, language))
        yield name
    for name in ("paused", "full"):
        page.goto(street.form(name, language))
        yield name
    page.goto(street.link("meanwhile", language))
    choose(page, "place", "other")
    page.locator("input[type=text]").fill("A market")
    street.settle("meanwhile", state="closed")
    go_on(page)
    street.settle("meanwhile", state="open")
    yield "closed meanwhile"
    page.goto(street.address + "/a/made-up")
    yield "unknown"
    page.goto(street.link("whole", language))
    page.locator("[name=_submission]").evaluate("element => { element.value = 'x'.repeat(1500000); }")
    go_on(page)
    yield "too large"
    page.goto(street.link("whole", language, is_test=True))
    yield "test link"


def ways(page: Page, street: Street, language: str) -> Iterator[str]:
    for name, way in (("public", "w"), ("poster", "q"), ("kiosk", "k")):
        page.goto(street.form("public", language, way))
        yield f"{name} first"
    choose(page, "place", "shop")
    # A shared device puts the next page in place of this one.
    page.locator("main button.p").click()
    page.locator("[name=nps]").first.wait_for(state="attached")
    yield "kiosk later"
    page.locator("#kiosk-warning").evaluate("element => element.showModal()")
    yield "kiosk idle"
    page.goto(street.form("public", language, "k", "/thanks"))
    yield "kiosk thanks"
    page.goto(street.form("public", language, "e"))
    yield "embedded first"
    page.goto(street.form("public", language, "e", "/thanks"))
    yield "embedded thanks"


def unsubscribing(page: Page, street: Street, language: str) -> Iterator[str]:
    page.goto(street.link("whole", language).replace("/a/", "/u/"))
    yield "unsubscribe"
    leave_by(page.locator("main button"))
    yield "unsubscribed"
    leave_by(page.locator("main button"))
    yield "subscribed again"


def own_details(page: Page, street: Street, language: str) -> Iterator[str]:
    link = street.link("whole", language, customer_id=street.somebody(language))
    page.goto(link.replace("/a/", "/p/"))
    yield "my details"
    page.locator("[name=email]").fill("nobody")
    leave_by(page.locator("main button.p"))
    yield "my details with errors"
    page.locator("[name=email]").fill("")
    page.locator("[name=name]").fill("An Nguyen")
    leave_by(page.locator("main button.p"))
    yield "my details saved"
    page.locator("[name=email]").fill(f"an.{language}@example.org")
    leave_by(page.locator("main button.p"))
    yield "my new address waits"
    page.goto(street.address + street.confirmation())
    yield "confirm my address"
    leave_by(page.locator("main button.p"))
    yield "my address confirmed"
