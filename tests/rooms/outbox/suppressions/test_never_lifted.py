"""Whatever happens, an address once suppressed gets no mail; only the one explicit act lifts it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from survey_app.customers.operations import change_customer, save_customer
from survey_app.customers.queries import list_by_address
from survey_app.customers.rules import CustomerRecord
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.bounces.ingesting import ingest
from survey_app.outbox.models import REASONS
from survey_app.outbox.operations import resume_group, suppress
from survey_app.outbox.queries import find_suppression
from survey_app.outbox.rules import address_key
from survey_app.outbox.suppressions.files import bring_in
from survey_app.outbox.tasks import send_due
from tests.factories.mails import a_mail, queue
from tests.mail_sink import MailSink
from tests.rooms.outbox.bounces.samples import ALL

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEOPLE = ("an@example.org", "binh@example.net")
SPELLINGS = (str, str.upper, str.title, lambda text: f"{text.partition('@')[0]}@{text.partition('@')[2].upper()}")


class Lives(RuleBasedStateMachine):
    """People, their addresses, and everything that happens to them but the one act that lifts."""

    app: Flask
    sink: MailSink
    numbers = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.suppressed: set[tuple[str, str]] = set()
        self.addresses = {person: f"{next(self.numbers)}.{person}" for person in PEOPLE}
        self.n_before = len(self.sink.mails)

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    @rule(person=st.sampled_from(PEOPLE), reason=st.sampled_from(REASONS), spelled=st.sampled_from(SPELLINGS))
    def suppress(self, person: str, reason: str, spelled: object) -> None:
        with writing():
            suppress(spelled(self.addresses[person]), reason, "test", NOW)  # type: ignore[operator]
            db.session.commit()
        self.suppressed.add((self.addresses[person], reason))

    @rule(person=st.sampled_from(PEOPLE), spelled=st.sampled_from(SPELLINGS))
    def save_a_customer(self, person: str, spelled: object) -> None:
        number = str(next(self.numbers))
        with writing():
            save_customer(CustomerRecord(name="X", email=spelled(self.addresses[person]), external_id=number), NOW)  # type: ignore[operator]
            db.session.commit()

    @rule(person=st.sampled_from(PEOPLE), detour=st.booleans())
    def edit(self, person: str, *, detour: bool) -> None:
        with writing():
            for customer in list_by_address(address_key(self.addresses[person])):
                if detour:
                    change_customer(customer, CustomerRecord(email=""), NOW)
                change_customer(customer, CustomerRecord(email=self.addresses[person]), NOW)
            db.session.commit()

    @rule(person=st.sampled_from(PEOPLE), reason=st.sampled_from(["", *REASONS, "none"]))
    def bring_in_a_file(self, person: str, reason: str) -> None:
        with writing():
            bring_in(f"address,reason\n{self.addresses[person]},{reason}\n".encode(), NOW)
            db.session.commit()
        if reason != "none":
            self.suppressed.add((self.addresses[person], reason or "manual"))

    @rule(sample=st.sampled_from(ALL))
    def take_in_what_came_back(self, sample: object) -> None:
        with writing():
            ingest(sample.raw, "pipe", NOW)  # type: ignore[attr-defined]
            db.session.commit()

    @rule(person=st.sampled_from(PEOPLE), spelled=st.sampled_from(SPELLINGS))
    def write_and_send(self, person: str, spelled: object) -> None:
        with writing():
            to = spelled(self.addresses[person])  # type: ignore[operator]
            queue(a_mail(to_address=to), key=f"invitation:{next(self.numbers)}", now=NOW, group_key="campaign:1")
            resume_group("campaign:1")
            db.session.commit()
        n_before = len(self.sink.mails)
        send_due(JobRun(None, {}, datetime.now(UTC)))
        db.session.remove()
        sent = [address_key(to) for mail in self.sink.mails[n_before:] for to in mail.recipients]
        assert not set(sent) & {address for address, _reason in self.suppressed}

    @invariant()
    def everybody_suppressed_stays_so(self) -> None:
        db.session.rollback()
        assert all(find_suppression(address, reason) for address, reason in self.suppressed)
        db.session.rollback()


def test_no_path_ever_lifts_a_suppression_and_nobody_suppressed_gets_mail(
    app: Flask, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_sink.use(app)
    monkeypatch.setattr(Lives, "app", app, raising=False)
    monkeypatch.setattr(Lives, "sink", mail_sink, raising=False)
    few = settings(max_examples=10, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Lives, settings=few)
