"""Who is asked: counts that add up, a preview that sending keeps, and nobody written to who must not be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from survey_app.campaigns.audience.deciding import asking_of, preview, resolved
from survey_app.campaigns.audience.drawing import Draw, P
from survey_app.campaigns.models import Campaign, ContactRule, Invitation
from survey_app.campaigns.queries import count_held_back
from survey_app.campaigns.sending import inviting
from survey_app.campaigns.sending.inviting import Occasion, invite_after, invite_some
from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, record_consent, save_segment
from survey_app.extensions import db, writing
from survey_app.outbox.models import REASONS, OutboxMail, Suppression
from survey_app.outbox.operations import suppress
from tests.factories.campaigns import NOW, a_campaign, an_organisation, delivered, invitations, sent, willing
from tests.factories.customers import agree, buy, make_customer

PERSON = st.fixed_dictionaries(
    {
        "place": st.sampled_from([None, "a@example.org", "b@example.org", "c@example.com", "d@x.test", "e@@f", "own"]),
        "consent": st.sampled_from(["given", "given", "given", "objected", None]),
        "relationship": st.sampled_from([None, None, "given", "objected"]),
        "email_state": st.sampled_from(["unverified", "valid", "unverified", "bounced", "invalid"]),
        "suppressed": st.sampled_from([None, None, None, *REASONS]),
        "is_merged": st.sampled_from([False, False, False, True]),
        "asked_days_ago": st.sampled_from([None, None, 5, 45, 200]),
        "answered_days_ago": st.sampled_from([None, None, None, 10, 50, 100]),
    }
)


def _rule(**limits: Any) -> ContactRule:
    rule = ContactRule(name=f"Rule {limits}", created_at=NOW, **limits)
    db.session.add(rule)
    db.session.flush()
    return rule


def _person(number: int, facts: dict[str, Any], earlier: Campaign) -> Customer:
    place = f"own{number}@example.org" if facts["place"] == "own" else facts["place"]
    customer = Customer(
        name=f"Person {number}",
        email=place,
        email_key=place,
        email_state=facts["email_state"],
        consent_state=facts["consent"],
        relationship_state=facts["relationship"],
        attributes={},
        created_at=NOW,
        updated_at=NOW,
    )
    db.session.add(customer)
    db.session.flush()
    if facts["is_merged"] and number > 1:
        customer.merged_into_id = customer.id - 1
    if facts["suppressed"] and place:
        suppress(place, facts["suppressed"], "test", NOW)
    if facts["asked_days_ago"] is not None:
        _ask(earlier, customer, facts["asked_days_ago"], facts["answered_days_ago"])
    return customer


def _ask(campaign: Campaign, customer: Customer, days_ago: int, answered: int | None = None) -> None:
    db.session.add(
        Invitation(
            campaign_id=campaign.id,
            customer_id=customer.id,
            token_nonce="n",
            token_hash=f"{campaign.id}-{customer.id}",
            language="en",
            disposition="no-reply" if answered is None else "completed",
            created_at=NOW - timedelta(days=days_ago),
            sent_at=NOW - timedelta(days=days_ago),
            completed_at=None if answered is None else NOW - timedelta(days=answered),
        )
    )
    db.session.flush()


def _must_not(customer: Customer, facts: dict[str, Any]) -> bool:
    """Return whether, by the plain words of the rules, nobody may write to this customer."""
    suppressed = db.session.scalar(select(Suppression.id).where(Suppression.address_key == customer.email_key).limit(1))
    asked, answered = facts["asked_days_ago"], facts["answered_days_ago"]
    return (
        customer.merged_into_id is not None
        or suppressed is not None
        or facts["consent"] != "given"
        or facts["relationship"] == "objected"
        or facts["email_state"] in {"bounced", "invalid"}
        or facts["place"] in {None, "e@@f", "c@example.com", "d@x.test"}
        or (asked is not None and asked < 30)
        or (asked is not None and answered is not None and answered < 60)
    )


def _empty() -> None:
    for model in (Invitation, OutboxMail, ContactRule, Suppression, Campaign):
        db.session.execute(delete(model))
    db.session.execute(Customer.__table__.update().values(merged_into_id=None))  # type: ignore[attr-defined]
    db.session.execute(delete(Customer))
    db.session.commit()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(people=st.lists(PERSON, min_size=1, max_size=12), size=st.sampled_from([None, None, 1, 3]))
def test_whatever_the_people_counts_add_up_and_sending_does_what_the_preview_said(
    app: Flask, people: list[dict[str, Any]], size: int | None
) -> None:
    with app.app_context(), writing():
        _empty()
        _rule(min_gap_days=30, after_answer_days=60)
        earlier = a_campaign(name="Earlier")
        customers = [_person(number, facts, earlier) for number, facts in enumerate(people, start=1)]
        campaign = a_campaign("second")
        campaign.sample = {"size": size} if size else {}
        said = preview(campaign, NOW)
        n_merged = sum(customer.merged_into_id is not None for customer in customers)
        assert said.n_matched == len(people) - n_merged
        assert said.n_sendable + said.n_held_back + said.n_not_drawn == said.n_matched
        told = db.session.execute(resolved(campaign, asking_of(campaign, NOW))).all()
        assert sum(reason is None for _id, reason, _language in told) == said.n_sendable
        while invite_some(campaign, NOW):
            pass
        written = [each for each in invitations(campaign) if each.disposition == "not-yet-sent"]
        assert len(written) == said.n_sendable
        assert count_held_back(campaign) == said.held_back
        assert size is None or said.n_sendable <= size
        keys = set(db.session.scalars(select(OutboxMail.key)))
        assert keys == {f"invitation:{each.id}" for each in written}
        forbidden = {each.id for each, facts in zip(customers, people, strict=True) if _must_not(each, facts)}
        assert not forbidden & {each.customer_id for each in written}
        db.session.rollback()


def test_every_customer_has_a_place_of_their_own_and_the_database_finds_the_same(app: Flask) -> None:
    draw = Draw.of(7)
    numbers = [*range(1, 200), 2**31 - 2]
    with app.app_context():
        for number in (1, 2, 199, 2**31 - 2):
            found = db.session.scalar(select(draw.column(db.literal(number, db.BigInteger()))))
            assert found == draw.place(number)
    assert len({draw.place(number) for number in numbers}) == len(numbers)
    assert all(0 <= draw.place(number) < P for number in numbers)
    in_halves = sum(Draw.of(3).share(number) < 0.5 for number in range(1, 10_001))
    assert 4_800 < in_halves < 5_200


def test_a_sample_is_drawn_by_chance_and_the_same_when_asked_again(app: Flask) -> None:
    with app.app_context(), writing():
        willing(40)
        campaign = a_campaign()
        campaign.sample = {"size": 10}
        first = preview(campaign, NOW)
        assert (first.n_matched, first.n_sendable, first.n_not_drawn) == (40, 10, 30)
        invite_some(campaign, NOW)
        chosen = {each.customer_id for each in invitations(campaign)}
        assert len(chosen) == 10
        assert chosen != set(sorted(chosen)[:1]) | set(range(min(chosen), min(chosen) + 10))
        assert preview(campaign, NOW) == first


@pytest.mark.parametrize(
    ("limits", "days_ago", "reason"),
    [
        ({"min_gap_days": 30}, [29], "recently-asked"),
        ({"min_gap_days": 30}, [31], None),
        ({"most": 2, "period_days": 365}, [100, 200], "asked-too-often"),
        ({"most": 2, "period_days": 365}, [100, 400], None),
        ({"min_gap_days": 30, "channel": "sms"}, [1], None),
        ({"min_gap_days": 30, "channel": "mail"}, [1], "recently-asked"),
        ({"min_gap_days": 30, "is_active": False}, [1], None),
    ],
)
def test_a_contact_rule_holds_back_whom_it_names(
    app: Flask, limits: dict[str, Any], days_ago: list[int], reason: str | None
) -> None:
    with app.app_context(), writing():
        rule, (customer,) = _rule(**limits), willing(1)
        for number, days in enumerate(days_ago):
            _ask(a_campaign(f"earlier{number}"), customer, days)
        found = preview(a_campaign("now"), NOW)
        assert found.held_back == ({reason: 1} if reason else {})
        assert set(found.by_rule) == ({(reason, rule.id)} if reason else set())


def test_a_rule_for_a_segment_leaves_the_others_alone(app: Flask) -> None:
    with app.app_context(), writing():
        buyer, other = willing(2)
        buy(buyer, 10, NOW - timedelta(days=2))
        tree = {"field": "interaction.purchase.count", "op": "at_least", "value": 1}
        _rule(min_gap_days=90, segment_id=save_segment("Buyers", tree, NOW).id)
        earlier = a_campaign("earlier")
        for customer in (buyer, other):
            _ask(earlier, customer, 60)
        campaign = a_campaign("now")
        while invite_some(campaign, NOW):
            pass
        assert {each.customer_id: each.held_back_reason for each in invitations(campaign)} == {
            buyer.id: "recently-asked",
            other.id: None,
        }


def test_whoever_waits_for_another_campaigns_mail_counts_as_asked(app: Flask) -> None:
    with app.app_context():
        with writing():
            _rule(min_gap_days=30)
            willing(2)
            first, second = a_campaign("first"), a_campaign("second")
            db.session.commit()
        sent(first)
        assert preview(second, NOW).held_back == {"recently-asked": 2}
        assert preview(first, NOW).held_back == {}


@pytest.mark.parametrize(("identification", "held"), [("identified", 1), ("confidential", 0), ("anonymous", 0)])
def test_who_answered_a_survey_that_hides_it_is_not_told_by_the_quarantine(
    app: Flask, identification: str, held: int
) -> None:
    with app.app_context(), writing():
        _rule(after_answer_days=60)
        (customer,) = willing(1)
        earlier = a_campaign("earlier")
        earlier.survey.identification = identification
        _ask(earlier, customer, 40, answered=39)
        assert preview(a_campaign("now"), NOW).held_back == ({"answered-recently": 1} if held else {})


def test_an_objection_and_a_declined_kind_are_told_apart(app: Flask) -> None:
    with app.app_context(), writing():
        customer, declines = willing(2)
        record_consent(customer, ConsentEntry(is_given=False, basis="objection", source="call"), NOW)
        record_consent(
            declines, ConsentEntry(is_given=False, basis="objection", source="page", purpose="relationship"), NOW
        )
        db.session.expire_all()
        assert preview(a_campaign(), NOW).held_back == {"objected": 1, "declined": 1}


def test_the_organisations_own_test_addresses_get_nothing(app: Flask) -> None:
    with app.app_context(), writing():
        an_organisation().test_addresses = ["@probe.example.org", "qa@example.org"]
        for email in ("anna@probe.example.org", "QA@example.org", "anna@notprobe.example.org"):
            agree(make_customer(email=email))
        found = preview(a_campaign(), NOW)
        assert (found.n_sendable, found.held_back) == (1, {"test-address": 2})


def test_somebody_is_asked_once_after_something_that_happened(app: Flask) -> None:
    with app.app_context(), writing():
        customer, silent = willing(1)[0], make_customer()
        buy(customer, 10)
        campaign = a_campaign()
        campaign.state = "open"
        due_at = NOW + timedelta(hours=3)
        occasions = {customer.id: Occasion(1, due_at), silent.id: Occasion(1, due_at)}
        assert invite_after(campaign, occasions, NOW) == {customer.id: None, silent.id: "no-consent"}
        assert invite_after(campaign, occasions, NOW) == {}
        assert [mail.due_at for mail in db.session.scalars(select(OutboxMail))] == [due_at]
        assert invitations(delivered(campaign))[0].interaction_id == 1


def test_a_rule_made_between_two_parts_of_one_sending_holds_for_the_second(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "CHUNK", 2)
    with app.app_context(), writing():
        earlier, campaign = a_campaign(name="Earlier"), a_campaign("second")
        for customer in willing(4):
            _ask(earlier, customer, 5, None)
        invite_some(campaign, NOW)
        _rule(min_gap_days=30)
        invite_some(campaign, NOW)
        assert [each.disposition for each in invitations(campaign)] == ["not-yet-sent"] * 2 + ["held-back"] * 2


def test_parts_become_smaller_where_the_write_lock_would_be_held_too_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "CHUNK", 6)
    monkeypatch.setattr(inviting, "FEWEST", 2)
    monkeypatch.setattr(inviting, "LOCK_SECONDS", 0.0)
    with app.app_context(), writing():
        willing(9)
        campaign = a_campaign()
        inviting.read_ahead(campaign, NOW)
        assert [invite_some(campaign, NOW) for _part in range(4)] == [6, 2, 1, 0]
