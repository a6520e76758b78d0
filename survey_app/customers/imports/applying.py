"""Rows of customers applied many at a time, by the same decisions as one record saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from survey_app.customers.imports.bulk_rows import insert_rows, next_ids
from survey_app.customers.imports.checks import Checks, fast_key
from survey_app.customers.imports.companies import Companies, would_change
from survey_app.customers.imports.lookups import Acquaintances
from survey_app.customers.imports.newcomers import (
    consent_row,
    customer_row,
    further_keys,
    has_point,
    point_row,
)
from survey_app.customers.imports.reading import Reading, refused
from survey_app.customers.imports.unchanged import Unchanged
from survey_app.customers.matching import Known, differences, match
from survey_app.customers.models import Consent, ContactPoint, Customer
from survey_app.customers.operations import ConsentEntry, record_consent, store_differences, take_turns
from survey_app.customers.rules import CustomerError, CustomerRecord
from survey_app.extensions import db


@dataclass(slots=True)
class Counts:
    """What became of some rows."""

    n_created: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    refused: list[Reading] = field(default_factory=list)

    def add(self, outcome: str) -> None:
        """Count one row that was taken."""
        column = f"n_{outcome}"
        setattr(self, column, getattr(self, column) + 1)


@dataclass(slots=True)
class Intake:
    """How the rows of one file are applied: their checks and companies, the consent stated for them, the time."""

    checks: Checks
    companies: Companies
    source: str
    entry: ConsentEntry | None
    now: datetime

    def apply(self, readings: list[Reading]) -> Counts:
        """Store these rows and say what became of each."""
        take_turns()
        counts = Counts()
        rows = self.companies.settle(readings)
        counts.refused += [each for each in rows if each.record is None]
        left = self._but_unchanged([each for each in rows if each.record is not None], counts)
        while left:
            left = self._apply_until_conflict(left, counts)
        return counts

    def _but_unchanged(self, rows: list[Reading], counts: Counts) -> list[Reading]:
        """Count the rows that surely change nothing, and return the others.

        Where one of the others may mean the same customer, their order decides, and all of them are returned.
        """
        same = Unchanged(self.checks, self.companies, self.entry is not None).among(rows)
        if not same:
            return rows
        others = [each for each in rows if each.line not in same]
        if others and not Acquaintances(each.record for each in others if each.record).ids().isdisjoint(same.values()):
            return rows
        counts.n_unchanged += len(same)
        return others

    def weigh(self, readings: list[Reading]) -> list[tuple[str, Reading]]:
        """Return what would become of each of these rows, and change nothing."""
        acquaintances = Acquaintances(each.record for each in readings if each.record is not None)
        pending = Pending()
        return [self._weighed(each, acquaintances, pending) for each in readings]

    def forget(self) -> None:
        """Forget what a transaction made that was given up."""
        self.companies.forget()

    def _apply_until_conflict(self, rows: list[Reading], counts: Counts) -> list[Reading]:
        """Apply rows until one may mean a customer that is new in this very chunk; return the rows from there on."""
        acquaintances = Acquaintances(each.record for each in rows if each.record is not None)
        pending, left = Pending(), []
        further = _points_of(rows, acquaintances)
        for n, reading in enumerate(rows):
            record = reading.record
            if record is None:
                continue
            known = acquaintances.known(record)
            if pending.may_mean(record, known):
                left = rows[n:]
                break
            try:
                customer = match(record, known)
            except CustomerError as error:
                counts.refused.append(refused(reading, str(error)))
                continue
            if customer is None:
                pending.add(record, reading)
            else:
                counts.add(self._change(customer, reading, known, further))
        db.session.flush()
        counts.n_created += self._create(pending.readings)
        return left

    def _change(self, customer: Customer, reading: Reading, known: Known, further: set[tuple[int, str, str]]) -> str:
        record = reading.record or CustomerRecord()
        changed = differences(customer, record, self.checks.kinds, only_gaps=known.through_merge)
        outcome: str = store_differences(customer, changed, record, self.now)
        points = [each for each in _points(reading) if not has_point(customer, each, further)]
        if points:
            insert_rows(ContactPoint, [point_row(customer.id, each, self.source, self.now) for each in points])
            outcome = "changed"
        if self.entry is not None and customer.consent_state is None:
            record_consent(customer, self.entry, self.now)
            customer.consent_state = "given"
        return outcome

    def _create(self, readings: list[Reading]) -> int:
        """Put new customers down, each with what was settled about asking them."""
        if not readings:
            return 0
        rows: list[dict[str, Any]] = []
        consents: list[dict[str, Any]] = []
        points: list[dict[str, Any]] = []
        for customer_id, reading in zip(next_ids(Customer, len(readings)), readings, strict=True):
            row = self._row(reading.record or CustomerRecord())
            row["id"] = customer_id
            if self.entry is not None:
                row["consent_state"] = "given"
                consents.append(consent_row(customer_id, self.entry, self.now))
            rows.append(row)
            points += self._point_rows(customer_id, reading, row)
        insert_rows(Customer, rows)
        insert_rows(Consent, consents)
        insert_rows(ContactPoint, points)
        return len(rows)

    def _row(self, record: CustomerRecord) -> dict[str, Any]:
        company = record.company
        row = customer_row(record, self.checks, self.companies.key(company) if company else "", self.now)
        if company:
            row["company_id"] = self.companies.id_of(company)
        return row

    def _point_rows(self, customer_id: int, reading: Reading, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if reading.further is None:
            return
        customer = Customer(id=customer_id, email_key=row["email_key"], phone=row["phone"])
        for point in _points(reading):
            if not has_point(customer, point, set()):
                yield point_row(customer_id, point, self.source, self.now)

    def _weighed(self, reading: Reading, acquaintances: Acquaintances, pending: Pending) -> tuple[str, Reading]:
        record = reading.record
        if record is None:
            return "refused", reading
        known = acquaintances.known(record)
        try:
            changes_company = would_change(reading, self.companies.kinds)
            customer = match(record, known)
        except CustomerError as error:
            return "refused", refused(reading, str(error))
        if customer is None:
            if pending.may_mean(record, known):
                return "changed", reading
            pending.add(record, reading)
            return "created", reading
        further = further_keys([customer.id]) if _points(reading) else set()
        is_changed = (
            changes_company
            or bool(differences(customer, record, self.checks.kinds, only_gaps=known.through_merge))
            or any(not has_point(customer, each, further) for each in _points(reading))
        )
        return "changed" if is_changed else "unchanged", reading


class Pending:
    """The customers that are new in a chunk and not in the database yet."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.readings: list[Reading] = []
        # By address, the systems that the newcomers' numbers come from; None for one without a number.
        self._by_address: dict[str, set[str | None]] = {}

    def add(self, record: CustomerRecord, reading: Reading) -> None:
        """Remember a new customer."""
        self.readings.append(reading)
        if record.email:
            self._by_address.setdefault(fast_key(record.email), set()).add(record.source if record.number else None)

    def may_mean(self, record: CustomerRecord, known: Known) -> bool:
        """Return whether a record could mean one of them: those with other numbers of its system are other people."""
        if known.by_number is not None or not record.email:
            return False
        systems = self._by_address.get(fast_key(record.email), set())
        return bool(systems - {record.source}) if record.number else bool(systems)


def _points(reading: Reading) -> tuple[tuple[str, str], ...]:
    return reading.further.points if reading.further else ()


def _points_of(rows: Iterable[Reading], acquaintances: Acquaintances) -> set[tuple[int, str, str]]:
    """Return the further ways to reach those of these rows that are known and bring one."""
    ids = []
    for each in rows:
        if each.record is not None and _points(each):
            known = acquaintances.known(each.record)
            ids += [customer.id for customer in (known.by_number, *known.by_address) if customer is not None]
    return further_keys(ids) if ids else set()
