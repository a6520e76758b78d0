"""Merging two records of one person, and taking that back: nothing is lost, and nothing is allowed that was not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from survey_app.campaigns.models import Invitation
from survey_app.customers.contact_points import Given, add_point, list_points, make_main
from survey_app.customers.identity import CustomerMerge
from survey_app.customers.kin import all_kin
from survey_app.customers.merging import MergePlan, merge_customers, undo_merge
from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, record_consent, save_customer
from survey_app.customers.queries import (
    count_customers,
    find_by_number,
    has_consent,
    list_by_address,
    search_customers,
)
from survey_app.customers.rules import CustomerError, CustomerRecord
from survey_app.extensions import Base, db, writing
from survey_app.followups.models import Case
from survey_app.outbox.operations import suppress
from survey_app.outbox.queries import find_suppression
from survey_app.responses.models import Response
from tests.factories.answering import a_fielding, an_invitation
from tests.factories.customers import NOW, agree, buy, make_customer

LATER = NOW.replace(year=NOW.year + 1)
# What a merge itself writes about; everything else is to be as it was.
WRITTEN = {"customer_merges", "audit_entries"}


@contextmanager
def the_database(app: Flask) -> Iterator[None]:
    with app.app_context(), writing():
        yield
        db.session.rollback()


def merged(kept: Customer, gone: Customer, **choice: str) -> CustomerMerge:
    return merge_customers(MergePlan(kept.id, gone.id, choice), LATER)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, in a fixed order, but for what is only written about merges."""
    db.session.flush()
    tables = (table for table in Base.metadata.sorted_tables if table.name not in WRITTEN)
    return {table.name: sorted(map(repr, db.session.execute(select(table)))) for table in tables}  # type: ignore[misc]


def an_answer(invitation: Invitation) -> Response:
    campaign = invitation.campaign
    n = next(_numbers)
    response = Response(
        public_id=f"r{n}",
        survey_id=campaign.survey_id,
        campaign_id=campaign.id,
        version_id=campaign.version_id,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        submission_id=f"s{n}",
        language="en",
        channel="personal-link",
        started_at=NOW,
        saved_at=NOW,
    )
    db.session.add(response)
    return response


_numbers = itertools.count(1)


def a_case(customer: Customer, survey_id: int) -> Case:
    case = Case(customer_id=customer.id, survey_id=survey_id, opened_at=NOW, due_at=NOW)
    db.session.add(case)
    db.session.flush()
    return case


def test_every_row_that_belongs_to_a_customer_follows_or_says_why_not(app: Flask) -> None:
    stay = {
        "customer_merges.kept_id",
        "customer_merges.merged_id",
        "not_duplicates.first_id",
        "not_duplicates.second_id",
    }
    with app.app_context():
        known = {kin.name for kin in all_kin()}
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == "customers.id"
    }
    assert pointing - stay == known


def test_answers_cases_invitations_interactions_and_consents_follow(app: Flask) -> None:
    with app.app_context():
        campaign = a_fielding()
        invitation = an_invitation(campaign)
        with writing():
            gone, kept = invitation.customer, make_customer()
            assert gone is not None
            buy(gone, 20)
            agree(gone)
            answer, case = an_answer(invitation), a_case(gone, campaign.survey_id)
            merged(kept, gone)
            owners = {invitation.customer_id, answer.customer_id, case.customer_id}
            assert owners == {kept.id}
            assert has_consent(kept)
            db.session.rollback()


def test_a_merged_record_is_found_nowhere_but_its_number_and_address_lead_to_the_customer(app: Flask) -> None:
    with the_database(app):
        kept = make_customer(name="Lan", email="lan@example.org", external_id="1")
        gone = make_customer(name="Lan Tran", email="lan.tran@example.org", external_id="2")
        merged(kept, gone)
        assert list(db.session.scalars(search_customers("lan"))) == [kept]
        assert count_customers() == 1
        assert find_by_number("crm:2") == kept
        assert list_by_address("lan.tran@example.org") == [kept]
        assert [point.value for point in list_points(kept)] == ["lan.tran@example.org"]
        for word in ("Tran", "crm:2", "LAN.TRAN@"):
            assert list(db.session.scalars(search_customers(word))) == [kept]


def test_two_rows_of_one_file_about_one_person_change_nothing_the_second_time(app: Flask) -> None:
    rows = [
        CustomerRecord(name="Lan", email="lan@example.org", external_id="1"),
        CustomerRecord(name="Lan Tran", email="lan.tran@example.org", external_id="2", phone="+84 90 123 4567"),
    ]
    with the_database(app):
        kept, gone = (save_customer(row, NOW)[0] for row in rows)
        merged(kept, gone)
        assert {save_customer(row, LATER)[1] for row in rows} == {"unchanged"}
        assert (kept.name, kept.email, kept.phone) == ("Lan", "lan@example.org", "+84 90 123 4567")


def test_whoever_chooses_decides_which_values_stand_and_gaps_are_filled(app: Flask) -> None:
    with the_database(app):
        kept = make_customer(name="Lan", email="lan@example.org")
        gone = make_customer(name="Trần Lan", email="lan@work.example", phone="+84 90 123 4567", company="Sen")
        merged(kept, gone, name="merged", email="kept")
        assert (kept.name, kept.email, kept.phone) == ("Trần Lan", "lan@example.org", "+84 90 123 4567")
        assert kept.company is not None
        assert "sen" in kept.search_key


@pytest.mark.parametrize("objects", ["kept", "gone"])
def test_an_objection_of_either_wins(app: Flask, objects: str) -> None:
    with the_database(app):
        people = {"kept": make_customer(), "gone": make_customer()}
        record_consent(people[objects], ConsentEntry(is_given=False, basis="objection", source="call"), NOW)
        agree(next(each for name, each in people.items() if name != objects))
        merged(people["kept"], people["gone"])
        assert people["kept"].consent_state == "objected"
        assert not has_consent(people["kept"])


def test_suppressions_stand_by_address_and_no_merge_or_undo_lifts_one(app: Flask) -> None:
    with the_database(app):
        kept, gone = make_customer(), make_customer(email="lan@example.org")
        suppress("lan@example.org", "complained", "test", NOW)
        done = merged(kept, gone, email="merged")
        assert find_suppression("lan@example.org") is not None
        undo_merge(done, LATER)
        assert find_suppression("lan@example.org") is not None


def test_whoever_was_invited_twice_keeps_both_invitations(app: Flask) -> None:
    with app.app_context():
        campaign = a_fielding()
        first, second = an_invitation(campaign), an_invitation(campaign)
        with writing():
            kept, gone = first.customer, second.customer
            assert kept is not None
            assert gone is not None
            done = merged(kept, gone)
            assert done.undo["stayed"] == {"invitations.customer_id": [second.id]}
            assert (first.customer_id, second.customer_id) == (kept.id, gone.id)
            db.session.rollback()


def test_a_second_open_case_stays_and_a_closed_one_follows(app: Flask) -> None:
    with app.app_context():
        survey_id = a_fielding().survey_id
        with writing():
            kept, gone = make_customer(), make_customer()
            a_case(kept, survey_id)
            closed = a_case(gone, survey_id)
            closed.state, closed.closed_at, closed.resolution = "closed", NOW, "solved"
            still_open = a_case(gone, survey_id)
            merged(kept, gone)
            assert (closed.customer_id, still_open.customer_id) == (kept.id, gone.id)
            db.session.rollback()


def test_answers_to_anonymous_surveys_leave_no_trace_in_a_merge(app: Flask) -> None:
    with app.app_context():
        invitation = an_invitation(a_fielding(identification="anonymous"))
        with writing():
            gone, kept = invitation.customer, make_customer()
            assert gone is not None
            an_answer(invitation)
            assert "responses.customer_id" not in merged(kept, gone).undo["moved"]
            db.session.rollback()


def test_an_undo_keeps_what_was_changed_since_and_says_so(app: Flask) -> None:
    with the_database(app):
        kept, gone = make_customer(name="Lan"), make_customer(phone="+84 90 123 4567")
        done = merged(kept, gone)
        kept.phone = "+84 90 765 4321"
        assert undo_merge(done, LATER) == ["phone"]
        assert (kept.phone, gone.phone, gone.merged_into_id) == ("+84 90 765 4321", "+84 90 123 4567", None)


def test_an_objection_said_while_they_were_one_counts_for_both_afterwards(app: Flask) -> None:
    with the_database(app):
        kept, gone = make_customer(), make_customer()
        agree(gone)
        done = merged(kept, gone)
        moment = LATER.replace(month=12)
        record_consent(kept, ConsentEntry(is_given=False, basis="objection", source="call"), moment)
        undo_merge(done, moment)
        assert (kept.consent_state, gone.consent_state) == ("objected", "objected")


def test_merges_come_apart_from_the_last_one_on(app: Flask) -> None:
    with the_database(app):
        first, second, third = make_customer(external_id="1"), make_customer(), make_customer()
        before = everything()
        inner, outer = merged(second, first), merged(third, second)
        assert find_by_number("crm:1") == third
        with pytest.raises(CustomerError, match="Take that back first"):
            undo_merge(inner, LATER)
        assert undo_merge(outer, LATER) == []
        assert find_by_number("crm:1") == second
        assert undo_merge(inner, LATER) == []
        assert everything() == before


def test_nobody_is_merged_twice_or_with_themselves(app: Flask) -> None:
    with the_database(app):
        one, two, three = make_customer(), make_customer(), make_customer()
        done = merged(one, two)
        for pair in ((one, one), (three, two), (two, three)):
            with pytest.raises(CustomerError):
                merged(*pair)
        undo_merge(done, LATER)
        with pytest.raises(CustomerError, match="taken back already"):
            undo_merge(done, LATER)


_TEXT = st.sampled_from(["", "Lan", "Trần Thị Lan", "\u202eevil", "O'Brien"])
_PERSON = st.fixed_dictionaries(
    {
        "name": _TEXT.filter(bool),
        "email": st.sampled_from(["", "a@example.org", "b@example.org"]),
        "phone": st.sampled_from(["", "+84 90 123 4567", "090 123 4567"]),
        "company": _TEXT,
        "language": st.sampled_from(["", "vi", "es"]),
    }
)
_ACTS = st.lists(st.sampled_from(["buy", "agree", "object", "point", "main"]), max_size=4)
_CHOICE = st.dictionaries(st.sampled_from(["name", "email", "phone", "company"]), st.sampled_from(["kept", "merged"]))


def _live(customer: Customer, acts: list[str]) -> None:
    for act in acts:
        if act == "buy":
            buy(customer, 5)
        elif act == "agree":
            agree(customer)
        elif act == "object":
            record_consent(customer, ConsentEntry(is_given=False, basis="objection", source="call"), NOW)
        else:
            add_point(customer, Given("mail", "further@example.org", "test"), NOW)
            for point in list_points(customer) if act == "main" else ():
                make_main(customer, point, NOW)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(_PERSON, _PERSON), st.tuples(_ACTS, _ACTS), _CHOICE)
def test_a_merge_taken_back_leaves_every_row_as_it_was(
    app: Flask, people: tuple[dict[str, str], ...], acts: tuple[list[str], ...], choice: dict[str, str]
) -> None:
    with the_database(app):
        numbered = [CustomerRecord(external_id=str(n), **person) for n, person in enumerate(people, 1)]  # type: ignore[arg-type]
        kept, gone = (save_customer(each, NOW)[0] for each in numbered)
        for customer, each in zip((kept, gone), acts, strict=True):
            _live(customer, each)
        before = everything()
        done = merged(kept, gone, **choice)
        assert kept.merged_into_id is None
        assert undo_merge(done, LATER) == []
        assert everything() == before
