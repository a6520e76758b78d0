"""May survey mail go to this person now? One answer with all its reasons, for their page and the command line.

Later rooms add what they know by `register_reasons`: contact rules are the campaigns' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.customers.labels import CONSENT_BASES, SUPPRESSION_REASONS
from survey_app.customers.models import Consent, Customer
from survey_app.customers.queries import consents_of
from survey_app.extensions import db
from survey_app.outbox.models import Suppression
from survey_app.outbox.rules import address_key

EXTENSION = "survey_app.customers.standing"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decides about mail to a customer: its code, in words, since when and by whom it is so."""

    code: str
    words: str
    blocks: bool
    since: datetime | None = None
    source: str = ""
    # When it stops holding by itself.
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether survey mail may go to a customer now, and everything that speaks for or against it."""

    reasons: tuple[Reason, ...]

    @property
    def may_be_asked(self) -> bool:
        """Return whether nothing stands against it."""
        return not any(reason.blocks for reason in self.reasons)

    @property
    def free_from(self) -> datetime | None:
        """Return from when on mail may go, where only time stands against it."""
        blocking = [reason for reason in self.reasons if reason.blocks]
        if not blocking or any(reason.until is None for reason in blocking):
            return None
        return max(reason.until for reason in blocking if reason.until)


Load = Callable[[Customer, datetime], Iterable[Reason]]


def register_reasons(app: Flask, load: Load) -> None:
    """Make known what a later room has to say about mail to a customer."""
    app.extensions.setdefault(EXTENSION, []).append(load)


def standing_of_mail(customer: Customer, now: datetime) -> Standing:
    """Return whether survey mail may go to a customer now, with all reasons."""
    later: list[Load] = current_app.extensions.get(EXTENSION, [])
    found = [*_merged(customer), *_address(customer), *_wishes(customer)]
    found += [reason for load in later for reason in load(customer, now)]
    return Standing(tuple(found))


def _merged(customer: Customer) -> Iterable[Reason]:
    if customer.merged_into_id is not None:
        yield Reason(
            "merged", _("This record was merged into customer %(id)s.", id=customer.merged_into_id), blocks=True
        )


def _address(customer: Customer) -> Iterable[Reason]:
    if not customer.email:
        yield Reason("no-address", _("There is no mail address."), blocks=True)
        return
    if customer.email_state in {"bounced", "invalid"}:
        yield Reason(f"address-{customer.email_state}", _("Mail to this address does not arrive."), blocks=True)
    rows = select(Suppression).where(Suppression.address_key == address_key(customer.email)).order_by(Suppression.id)
    for row in db.session.scalars(rows):
        words = str(SUPPRESSION_REASONS[row.reason])
        yield Reason(row.reason, words, blocks=True, since=row.created_at, source=row.source)


def _wishes(customer: Customer) -> Iterable[Reason]:
    entries = {purpose: consents_of([customer.id], purpose).get(customer.id) for purpose in _REFUSED}
    asked = entries["surveys"]
    if customer.consent_state == "given":
        basis = CONSENT_BASES.get(asked.basis, asked.basis) if asked else ""
        yield _said("consent", _("May be asked: %(basis)s.", basis=basis), asked, blocks=False)
    elif customer.consent_state is None:
        yield Reason("no-consent", _("Nobody has written down whether this customer may be asked."), blocks=True)
    for purpose, column in _REFUSED.items():
        if getattr(customer, column) == "objected":
            yield _said(f"no-{purpose}", _words(purpose), entries[purpose], blocks=purpose == "surveys")
    if customer.preferred_channel not in {None, "mail"}:
        yield Reason("prefers-another-way", _("They would rather be asked another way than by mail."), blocks=False)


_REFUSED = {"surveys": "consent_state", "relationship": "relationship_state", "transactional": "transactional_state"}


def _words(purpose: str) -> str:
    return {
        "surveys": _("They do not want to be asked."),
        "relationship": _("They do not want surveys by waves, only about something that just happened."),
        "transactional": _("They do not want to be asked about something that just happened."),
    }[purpose]


def _said(code: str, words: str, entry: Consent | None, *, blocks: bool) -> Reason:
    since, source = (entry.recorded_at, entry.source) if entry else (None, "")
    return Reason(code, words, blocks=blocks, since=since, source=source)
