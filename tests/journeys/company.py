"""A company with its people, a real mail server and a worker: what the journeys are told with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.accounts.models import User
from survey_app.extensions import db
from survey_app.jobs.carrying import drain
from tests.factories.answering import Person, fields_of
from tests.mail_sink import MailSink, TakenMail
from tests.signing_in import SignIn

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "product-satisfaction.yaml"
SURVEY = "product"


@dataclass
class Company:
    """The installation as its people see it: pages over HTTP, mails on the wire, work done by a worker."""

    app: Flask
    mails: MailSink
    sign_in: SignIn
    marketer: FlaskClient

    def work(self) -> None:
        """Let the worker do everything that is due."""
        drain(self.app)

    def import_customers(self, csv: str, columns: tuple[str, ...]) -> TestResponse:
        """Bring customers in from a file whose columns mean this; return the page that says how it went."""
        sent = {"source": "crm", "file": (BytesIO(csv.encode()), "customers.csv")}
        at = _to(self.marketer.post("/customers/imports", data=sent, content_type="multipart/form-data"))
        mapping = {f"column-{place}": column for place, column in enumerate(columns)}
        _to(self.marketer.post(at, data=mapping | {"basis": "consent", "wording": "I agree to be asked."}))
        done = _to(self.marketer.post(at.replace("columns", "start")))
        self.work()
        return self.marketer.get(done)

    def import_questionnaire(self, text: str) -> None:
        """Bring a questionnaire in from a file, as a draft."""
        sent = {"code": SURVEY, "identification": "identified", "file": (BytesIO(text.encode()), "survey.yaml")}
        _to(self.marketer.post("/surveys/import", data=sent, content_type="multipart/form-data"))

    def publish(self, note: str = "first") -> None:
        """Publish the draft as the page shows it."""
        page = self.marketer.get(f"/surveys/{SURVEY}/check").text
        seen = re.findall(r'id="revision"[^>]*value="([0-9]+)"', page)
        _to(self.marketer.post(f"/surveys/{SURVEY}/publish", data={"note": note, "revision": seen[0]}))

    def add_question(self, page: str, kind: str) -> str:
        """Add a question to the next version's page and return its code."""
        added = self.marketer.post(f"/surveys/{SURVEY}/items", data={"revision": "0", "page": page, "type": kind})
        _to(added)
        return parse_qs(urlsplit(str(added.location)).query)["item"][0]

    def make_segment(self, name: str, field: str, value: str) -> str:
        """Save the segment of those with this value and return its number."""
        row = {"name": name, "joined": "all", "field-0": field, "op-0": "is", "value-0": value, "act": "save"}
        return _to(self.marketer.post("/segments/new", data=row)).rpartition("/")[2]

    def send_campaign(self, name: str, **details: str) -> str:
        """Make a mail campaign, send it, let the worker write to everybody, and return the campaign's address."""
        given = {"survey": SURVEY, "name": name, "mode": "mail", "segment": "", "wave": "", "wave_order": "0"}
        campaign = _to(self.marketer.post("/campaigns/new", data=given | details)).removesuffix("/audience")
        _to(self.marketer.post(f"{campaign}/send"))
        self.work()
        return campaign

    def mail_to(self, address: str) -> TakenMail:
        """Return the newest mail that reached an address."""
        return next(mail for mail in reversed(self.mails.mails) if mail.recipients == [address])

    def customer_at(self, address: str) -> Person:
        """Return the customer who got a mail at this address, about to open its link."""
        return Person(self.app.test_client(), link_in(self.mail_to(address), "a"))

    def add_owner(self, customer: str, address: str) -> None:
        """Let the member of staff with this address look after a customer."""
        with self.app.app_context():
            owner_id = db.session.scalars(select(User.id).where(User.email == address)).one()
        at = f"{customer}/edit"
        _to(self.marketer.post(at, data=fields_of(self.marketer.get(at).text) | {"owner_id": str(owner_id)}))


def link_in(mail: TakenMail, kind: str) -> str:
    """Return the path of a link in a mail's text: `a` to answer, `u` to unsubscribe."""
    found = re.search(rf"https?://\S+/{kind}/[\w-]+", mail.part("plain"))
    assert found, mail.part("plain")
    return urlsplit(found.group()).path


def answer_all(person: Person, *pages: dict[str, Any]) -> TestResponse:
    """Open the link and answer page after page."""
    page = person.open()
    for typed in pages:
        page = person.press(**typed)
        assert page.status_code == 200, page.text
    return page


def words_of(page: TestResponse) -> str:
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def _to(answer: TestResponse) -> str:
    """Return where a successful form leads."""
    assert answer.status_code == 303, answer.text
    return urlsplit(str(answer.location)).path
