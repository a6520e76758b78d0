"""Hostile text in every field that takes text is shown as it was typed, and never comes alive on any page."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from io import BytesIO, StringIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Campaign
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.followups.models import Case
from survey_app.responses.models import Response
from tests.factories.answering import Person, a_fielding, an_invitation, link_of
from tests.security.hostile import ALL, STRINGS, alive
from tests.signing_in import SignIn

SHORT = ALL[:190]
MOST_PAGES = 150
OWN_WORDS: dict[str, Any] = {"chosen.other": STRINGS[9]}


def hostile_questionnaire() -> dict[str, Any]:
    """Return a questionnaire whose every text is hostile."""
    texts = {"en": ALL}
    scale = {"labels": {"0": {"en": STRINGS[1]}, "10": {"en": STRINGS[0]}}}
    options = [{"code": "a", "text": texts}, {"code": "b", "text": {"en": STRINGS[2]}, "other": True}]
    items = [
        {
            "code": "nps",
            "type": "nps",
            "role": "outcome",
            "primary": True,
            "text": texts,
            "hint": texts,
            "scale": scale,
        },
        {"code": "chosen", "type": "single", "text": texts, "options": options},
        {"code": "rated", "type": "likert", "role": "driver", "text": texts, "rows": [{"code": "row", "text": texts}]},
        {"code": "why", "type": "text", "role": "verbatim", "text": texts},
    ]
    page = {"code": "only", "title": {"en": SHORT}, "items": items}
    known = {"title": {"en": SHORT}, "languages": ["en"], "introduction": texts, "thanks": texts}
    return {**known, "pages": [page]}


def a_hostile_installation(client: FlaskClient) -> Person:
    """Fill everything with hostile text; return who answered."""
    campaign = a_fielding(hostile_questionnaire(), name=SHORT, wave=STRINGS[1])
    invitation = an_invitation(campaign)
    with writing():
        customer = db.session.get_one(Customer, invitation.customer_id)
        customer.name, customer.attributes = SHORT, {"note": ALL}
        db.session.get_one(Campaign, campaign.id).survey.title = SHORT
        db.session.commit()
    person = Person(client, link_of(invitation))
    person.open()
    return person


def crawl(client: FlaskClient) -> tuple[list[tuple[str, list[str]]], int]:
    """Open every page that links lead to; return what is alive on which, and how many pages there were."""
    start = (
        "/surveys", "/campaigns", "/customers", "/segments", "/reports", "/responses", "/cases", "/customers/imports",
        "/segments/new", "/campaigns/new", "/admin/audit", "/admin/outbox", "/admin/jobs", "/admin/alerts",
        "/admin/staff",
    )  # fmt: skip
    waiting, seen, found = deque(start), {*start}, []
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html":
            continue
        found += [(path, what)] if (what := alive(answer.text)) else []
        for link in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text):
            target = link.replace("&amp;", "&")
            if target not in seen and not target.startswith(("/static", "/bootstrap")) and target.count("=") < 2:
                seen.add(target)
                waiting.append(target)
    return found, len(seen)


def test_the_respondents_pages_show_hostile_text_as_text(app: Flask) -> None:
    with app.app_context():
        person = a_hostile_installation(app.test_client())
        assert alive(person.page.text if person.page else "") == []
        wrong = person.press(nps="99", why=ALL, chosen="b", **OWN_WORDS)
        assert (wrong.status_code, alive(wrong.text)) == (422, [])
        assert person.form()["why"] == [ALL]
        thanked = person.press(nps="1", row="1", why=ALL, chosen="b", **OWN_WORDS)
        assert thanked.request.path.endswith("/thanks")
        assert alive(thanked.text) == []
        db.session.rollback()
        stored = db.session.scalars(select(Response)).one()
        assert stored.answers["why"] == ALL


def test_no_page_for_staff_lets_hostile_text_live(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("admin", name=SHORT)
    with app.app_context():
        person = a_hostile_installation(app.test_client())
        person.press(nps="1", row="1", why=ALL, chosen="b", **OWN_WORDS)
        db.session.rollback()
        case = db.session.scalars(select(Case)).one()
    admin.post(f"/cases/{case.id}/note", data={"text": ALL, "words": ALL, "note": ALL})
    admin.post("/customers/imports", data={"source": "web", "file": (BytesIO(a_file()), f"{STRINGS[1]}.csv")})
    upload = json.dumps(hostile_questionnaire()).encode()
    form = {"code": "second", "identification": "identified", "file": (BytesIO(upload), f"{STRINGS[0]}.yaml")}
    assert admin.post("/surveys/import", data=form).status_code == 303
    found, n_pages = crawl(admin)
    assert found == []
    assert n_pages > 40


def a_file() -> bytes:
    written = StringIO()
    csv.writer(written).writerows([["email", STRINGS[0], STRINGS[1]], ["not an address", ALL, STRINGS[8]]])
    return written.getvalue().encode()


def test_an_export_has_every_text_and_no_live_cell(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        person = a_hostile_installation(app.test_client())
        person.press(nps="1", row="1", why=STRINGS[8], chosen="b", **OWN_WORDS)
    answer = sign_in("manager").post("/surveys/relationship/responses.csv")
    (row,) = csv.DictReader(StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert (row["why"], row["chosen.other"], row["nps"]) == (f"'{STRINGS[8]}", f"'{STRINGS[9]}", "1")
    assert row["campaign"] == SHORT
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert not [cell for cell in row.values() if re.match(r"[=+\-@\t\r\uff1d]", cell)]
