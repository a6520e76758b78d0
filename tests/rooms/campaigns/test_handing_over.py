"""Personal links for other tools: files and letters, once, and never to somebody who may not be asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry
from survey_app.campaigns.life import start_campaign
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.reaching.paper_letters import address_of, compose
from survey_app.campaigns.steps import CampaignError
from survey_app.customers.models import Customer, Segment
from survey_app.customers.operations import ConsentEntry, record_consent
from survey_app.extensions import db, writing
from survey_app.questionnaires.models import Print
from tests.factories.campaigns import NOW, a_campaign, invitations, sent, willing

SignIn = Callable[[str], FlaskClient]
ALL = {"scope": "waiting", "format": "csv"}


def running(channel: str = "export", **details: Any) -> Campaign:
    with writing():
        campaign = a_campaign()
        campaign.contact_channel = channel
        willing(3, **details)
        db.session.commit()
    return sent(campaign)


@pytest.fixture
def exported(app: Flask) -> int:
    """A running campaign of three people whose links wait to be exported."""
    with app.app_context():
        return running(name="=Ann", company="+Loud", phone="+84 90").id


def dispositions(app: Flask, campaign_id: int) -> list[str]:
    with app.app_context():
        return [each.disposition for each in invitations(db.session.get_one(Campaign, campaign_id))]


def test_links_go_out_as_a_file_and_count_as_sent_once(app: Flask, sign_in: SignIn, exported: int) -> None:
    marketer = sign_in("marketer")
    assert dispositions(app, exported) == ["not-yet-sent"] * 3

    answer = marketer.post(f"/campaigns/{exported}/links/file", data=ALL)

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 4
    assert rows[1][:4] == ["'=Ann", "'+Loud", "'+84 90", "en"]
    assert rows[1][4].startswith("http://127.0.0.1:8000/a/")
    assert rows[1][5].endswith(rows[1][4])
    assert answer.headers["Cache-Control"] == "no-store"
    assert dispositions(app, exported) == ["no-reply"] * 3
    with app.app_context():
        assert db.session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "campaigns.links_handed_over")
        ).one() == {"scope": "waiting", "n": 3, "held_back": 0}
    # Nobody waits any more; those who have not finished can be fetched again.
    assert marketer.post(f"/campaigns/{exported}/links/file", data=ALL).status_code == 303
    again = marketer.post(f"/campaigns/{exported}/links/file", data=ALL | {"scope": "unfinished"})
    assert again.text.count("/a/") == answer.text.count("/a/")


def test_a_workbook_holds_texts_alone(sign_in: SignIn, exported: int) -> None:
    answer = sign_in("marketer").post(f"/campaigns/{exported}/links/file", data=ALL | {"format": "xlsx"})

    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "=Ann"
    assert b"<f>" not in answer.data


def test_who_objects_after_being_invited_is_held_back_with_the_reason(
    app: Flask, sign_in: SignIn, exported: int
) -> None:
    with app.app_context(), writing():
        first = db.session.scalars(select(Customer).order_by(Customer.id)).first()
        record_consent(first, ConsentEntry(is_given=False, basis="objection", source="phone"), NOW)
        db.session.commit()

    answer = sign_in("marketer").post(f"/campaigns/{exported}/links/file", data=ALL)

    assert len(answer.text.splitlines()) == 3
    assert dispositions(app, exported) == ["held-back", "no-reply", "no-reply"]


def test_the_short_text_is_written_in_every_language_and_filled_in(app: Flask, sign_in: SignIn, exported: int) -> None:
    marketer = sign_in("marketer")
    page = marketer.get(f"/campaigns/{exported}/links").text
    assert "3 people whose links wait" in page
    marketer.post(f"/campaigns/{exported}/links/text", data={"short-en": "Dear {name}: {link} {secret}"})

    answer = marketer.post(f"/campaigns/{exported}/links/file", data=ALL)

    text = next(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))["Text"]
    assert text.startswith("Dear =Ann: http://127.0.0.1:8000/a/")
    assert text.endswith("{secret}")
    assert marketer.post(f"/campaigns/{exported}/links/text", data={"short-en": "x" * 301}).status_code == 422


def test_letters_are_ordered_for_a_page_each(app: Flask, sign_in: SignIn, exported: int) -> None:
    answer = sign_in("marketer").post(f"/campaigns/{exported}/links/letters", data={"scope": "waiting"})

    assert "/prints/" in answer.location or "print" in answer.location
    with app.test_request_context("/"):
        paper = db.session.scalars(select(Print)).one()
        html = compose(None, paper.order)
    assert html.count("<article") == 3
    assert html.count("<svg") == 3
    assert "=Ann\n+Loud" in html
    assert dispositions(app, exported) == ["no-reply"] * 3


def test_an_address_has_the_lines_that_are_known() -> None:
    known = {"street": "12 Lê Lợi", "postal_code": "530000", "city": "Huế", "country": ""}
    assert address_of("Ann", "", known) == "Ann\n12 Lê Lợi\n530000 Huế"
    assert address_of("Ann", "Lotus", {}) == "Ann\nLotus"


def test_mails_that_wait_are_not_handed_over(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        number = running("mail").id

    assert sign_in("marketer").post(f"/campaigns/{number}/links/file", data=ALL).status_code == 303
    assert dispositions(app, number) == ["not-yet-sent"] * 3


def test_the_way_is_chosen_while_the_campaign_is_a_draft(app: Flask, sign_in: SignIn, exported: int) -> None:
    with app.app_context(), writing():
        number = a_campaign("second").id
        db.session.commit()
    marketer = sign_in("marketer")
    marketer.post(f"/campaigns/{number}/links/channel", data={"channel": "phone"})
    marketer.post(f"/campaigns/{exported}/links/channel", data={"channel": "phone"})

    with app.app_context():
        assert db.session.get_one(Campaign, number).contact_channel == "phone"
        assert db.session.get_one(Campaign, exported).contact_channel == "export"


@pytest.mark.parametrize("role", ["manager", "analyst", "agent"])
def test_links_leave_the_house_by_those_who_may_send(sign_in: SignIn, exported: int, role: str) -> None:
    assert sign_in(role).post(f"/campaigns/{exported}/links/file", data=ALL).status_code == 404


def test_a_campaign_to_a_broken_segment_is_not_sent_and_says_which_part(app: Flask) -> None:
    with app.test_request_context("/"), writing():
        segment = Segment(
            name="Gold", condition={"all": [{"field": "attribute.gone", "op": "is_known"}]}, created_at=NOW
        )
        db.session.add(segment)
        db.session.flush()
        campaign = a_campaign(segment=segment)
        with pytest.raises(CampaignError, match=r"Gold is broken: There is no field named attribute\.gone\."):
            start_campaign(campaign)
        assert campaign.state == "draft"
