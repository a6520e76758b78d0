"""The audience page and its files, contact rules kept by pages and commands, and the simulation as data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.contact_rules import list_rules
from survey_app.campaigns.audience.simulation import expectation
from survey_app.campaigns.models import Campaign, ContactRule, Invitation
from survey_app.customers.models import AttributeDefinition
from survey_app.customers.operations import define_attribute, save_segment
from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import NOW, a_campaign, invitations, sent, willing
from tests.factories.customers import make_customer

BOTH = {"languages": ["en", "vi"], "title": {"en": "Us", "vi": "Chúng tôi"}}


@pytest.fixture
def number(app: Flask) -> int:
    """Return a draft's number: two people were asked yesterday, three may be asked, one never agreed."""
    with app.app_context():
        with writing():
            db.session.add(ContactRule(name="Rest", min_gap_days=30, created_at=NOW))
            willing(2, language="vi", name="Trần Thị Bình")
            earlier = a_campaign("earlier", BOTH)
            db.session.commit()
        sent(earlier)
        with writing():
            yesterday = datetime.now(UTC) - timedelta(days=1)
            db.session.execute(update(Invitation).values(sent_at=yesterday, disposition="no-reply"))
            db.session.execute(update(OutboxMail).values(group_key="campaign:earlier"))
            willing(3, language="en", name="=SUM(1)")
            make_customer(name="Silent")
            found = a_campaign("now", BOTH).id
            db.session.commit()
        return found


def test_the_audience_page_says_who_is_held_back_by_which_rule_and_what_to_expect(
    app: Flask, sign_in: Any, number: int
) -> None:
    page = sign_in("marketer").get(f"/campaigns/{number}/audience?reason=recently-asked&rule=1&mails=1")
    text = page.get_data(as_text=True)
    for told in ("Rest", "Trần Thị Bình", "Assumed: 20% answer", "Ten mails, drawn by chance", "/a/", "Silent"):
        assert (told in text) == (told != "Silent"), told
    with app.app_context():
        assert invitations(db.session.get_one(Campaign, number)) == []
        assert db.session.scalar(select(OutboxMail.id).where(OutboxMail.group_key == f"campaign:{number}")) is None


@pytest.mark.parametrize("by", ["language", "segment", "tier", "nonsense"])
def test_who_remains_is_split(app: Flask, sign_in: Any, number: int, by: str) -> None:
    with app.app_context(), writing():
        define_attribute("tier", "Tier", "choice")
        save_segment("English", {"field": "customer.language", "op": "is", "value": "en"}, NOW)
        db.session.commit()
    text = sign_in("marketer").get(f"/campaigns/{number}/audience?by={by}").get_data(as_text=True)
    wanted = {"segment": "English", "tier": "not known"}.get(by, "English")
    assert wanted in text.partition('id="remaining"')[2]


def test_the_audience_file_names_everybody_once_and_no_cell_can_run(sign_in: Any, number: int) -> None:
    client = sign_in("marketer")
    lines = client.get(f"/campaigns/{number}/audience.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 1 + 6
    assert sum("Asked recently,Rest" in line for line in lines) == 2
    assert all("=SUM(1)" not in line or "'=SUM(1)" in line for line in lines)
    held = client.get(f"/campaigns/{number}/audience.csv?reason=no-consent").get_data(as_text=True)
    assert "Silent" in held
    assert "Bình" not in held
    assert client.get(f"/campaigns/{number}/audience.xlsx?reason=none").data.startswith(b"PK")
    assert sign_in("agent").get(f"/campaigns/{number}/audience.csv").status_code == 404


def test_a_segment_on_a_deleted_attribute_is_said_and_writes_to_nobody(app: Flask, sign_in: Any, number: int) -> None:
    with app.app_context(), writing():
        define_attribute("region", "Region", "text")
        tree = {"field": "attribute.region", "op": "is", "value": "North"}
        segment = save_segment("Northerners", tree, NOW)
        db.session.get_one(Campaign, number).segment_id = segment.id
        db.session.execute(delete(AttributeDefinition).where(AttributeDefinition.code == "region"))
        db.session.commit()
    text = sign_in("marketer").get(f"/campaigns/{number}/audience").get_data(as_text=True)
    assert "region" in text
    assert "This audience is empty" in text


def test_rules_are_made_changed_and_ended_on_their_page(app: Flask, sign_in: Any) -> None:
    client = sign_in("marketer")
    rule = {"name": "Usual", "min_gap_days": "30", "most": "4", "period_days": "365", "is_active": "y"}
    assert client.post("/contact-rules/new", data=rule).status_code == 303
    assert "At most 4 requests in 365 days" in client.get("/contact-rules").get_data(as_text=True)
    refused = client.post("/contact-rules/new", data=rule | {"name": "Half", "period_days": ""})
    assert refused.status_code == 422
    assert "needs the days" in refused.get_data(as_text=True)
    assert 'value="Half"' in refused.get_data(as_text=True)
    assert "Another rule is named" in client.post("/contact-rules/new", data=rule).get_data(as_text=True)
    assert "at least one limit" in client.post("/contact-rules/new", data={"name": "Empty"}).get_data(as_text=True)
    assert client.post("/contact-rules/1", data=rule | {"min_gap_days": "14"}).status_code == 303
    with app.app_context():
        assert [each.min_gap_days for each in list_rules()] == [14]
    assert client.post("/contact-rules/1/delete").status_code == 303
    assert "No rule yet" in client.get("/contact-rules").get_data(as_text=True)
    assert sign_in("manager").get("/contact-rules/new").status_code == 404


def test_test_addresses_are_kept_or_refused_in_words(app: Flask, sign_in: Any) -> None:
    client = sign_in("marketer")
    refused = client.post("/contact-rules/test-addresses", data={"addresses": "@x.org\nnot an address"})
    assert refused.status_code == 422
    assert "not an address is neither" in refused.get_data(as_text=True)
    assert client.post("/contact-rules/test-addresses", data={"addresses": "@X.org\n.Probe\n"}).status_code == 303
    with app.app_context():
        assert get_organisation().test_addresses == ["@x.org", ".probe"]


def test_the_simulation_is_data_that_adds_up(app: Flask, number: int) -> None:
    found = app.test_cli_runner().invoke(args=["campaigns", "preview", str(number), "--json"])
    data = json.loads(found.stdout)
    assert data["matched"] == data["sendable"] + data["not_drawn"] + sum(data["held_back"].values()) == 6
    assert data["by_rule"] == [
        {"reason": "no-consent", "rule": None, "n": 1},
        {"reason": "recently-asked", "rule": 1, "n": 2},
    ]
    assert data["by_language"] == {"en": 3}
    assert data["expected"]["basis"] == "assumed"


def test_rules_are_kept_from_the_command_line(app: Flask) -> None:
    run = app.test_cli_runner()
    assert run.invoke(args=["contact-rules", "set", "Usual", "--min-gap-days", "30"]).exit_code == 0
    assert run.invoke(args=["contact-rules", "set", "Usual", "--after-answer-days", "60"]).exit_code == 0
    (rule,) = json.loads(run.invoke(args=["contact-rules", "list", "--json"]).stdout)
    assert (rule["min_gap_days"], rule["after_answer_days"]) == (None, 60)
    assert run.invoke(args=["contact-rules", "set", "Bad", "--most", "3"]).exit_code == 3
    assert run.invoke(args=["contact-rules", "delete", "Usual"]).exit_code == 0
    assert run.invoke(args=["contact-rules", "delete", "Usual"]).exit_code == 3


def test_expected_answers_rest_on_the_surveys_own_experience_with_a_range_and_a_margin(app: Flask) -> None:
    with app.app_context(), writing():
        willing(100)
        earlier = a_campaign("survey")
        db.session.commit()
        sent(earlier)
        for place, each in enumerate(invitations(earlier)):
            each.disposition = "completed" if place < 40 else "no-reply"
        campaign = Campaign(
            survey_id=earlier.survey_id, version_id=earlier.version_id, name="x", mode="mail", created_at=NOW
        )
        db.session.add(campaign)
        db.session.flush()
        found = expectation(campaign, 1_000)
        assert (found.basis, found.n_asked, found.n_expected) == ("survey", 100, 400)
        # 1.96 sqrt(1000 * 0.4 * 0.6 * (1 + 1000 / 100)) = 100.7
        assert (found.low, found.high) == (299, 501)
        assert found.margin == pytest.approx(1.96 * (100 if found.unit == "points" else 50) / 20)
