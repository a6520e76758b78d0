"""Rows of interactions applied many at a time: each with its customer, recorded once, brought in line by its number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.customers.imports.applying import Counts, Intake
from survey_app.customers.imports.bulk_rows import insert_rows
from survey_app.customers.imports.happenings import HappeningRow
from survey_app.customers.imports.lookups import Acquaintances
from survey_app.customers.imports.reading import Reading, refused
from survey_app.customers.matching import match
from survey_app.customers.models import Customer, Interaction
from survey_app.customers.operations import take_turns
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db

_TEXTS = ("channel", "product", "location", "campaign", "note")
_COLUMNS = ("kind", "happened_at", "value", "cost", *_TEXTS)
Same = tuple[object, ...]


@dataclass(slots=True)
class Recording:
    """How the rows of one file of interactions are applied; `intake` adds customers that are not known, if chosen."""

    intake: Intake
    adds_customers: bool
    now: datetime

    def apply(self, readings: list[Reading]) -> Counts:
        """Store these rows and say what became of each."""
        take_turns()
        if self.adds_customers:
            self._add_customers(readings)
        counts, rows, known = Counts(), [], _Known(readings)
        for outcome, reading, customer in (known.decide(each) for each in readings):
            if customer is None or reading.happening is None:
                counts.refused.append(reading)
                continue
            if outcome == "created":
                rows.append(self._row(customer, reading.happening))
            elif outcome == "changed":
                _bring_in_line(known.by_number[reading.happening.external_id or ""], reading.happening)
            counts.add(outcome)
        db.session.flush()
        insert_rows(Interaction, rows)
        return counts

    def weigh(self, readings: list[Reading]) -> list[tuple[str, Reading]]:
        """Return what would become of each of these rows, and change nothing."""
        known = _Known(readings)
        return [self._weighed(each, known) for each in readings]

    def forget(self) -> None:
        """Forget what a transaction made that was given up."""
        self.intake.forget()

    def _weighed(self, reading: Reading, known: _Known) -> tuple[str, Reading]:
        outcome, decided, customer = known.decide(reading)
        if customer is None and decided.happening is not None and known.is_unknown(reading) and self.adds_customers:
            return "created", reading
        return outcome, decided

    def _add_customers(self, readings: list[Reading]) -> None:
        known, seen, new = Acquaintances(_records(readings)), set(), []
        for each in readings:
            if each.record is None or _find(each, known) is not None:
                continue
            key = each.record.number or each.record.email
            if key not in seen:
                seen.add(key)
                new.append(Reading(each.line, each.record, None, each.cells))
        self.intake.apply(new)

    def _row(self, customer: Customer, happening: HappeningRow) -> dict[str, Any]:
        blank: dict[str, Any] = dict.fromkeys(_TEXTS, "") | {"value": None, "cost": None}
        own = {"customer_id": customer.id, "external_id": happening.external_id, "recorded_at": self.now}
        return blank | happening.values() | own


class _Known:
    """The customers and interactions that these rows may mean."""

    def __init__(self, readings: list[Reading]) -> None:
        self._customers = Acquaintances(_records(readings))
        happenings = [each.happening for each in readings if each.happening is not None]
        numbers = [each.external_id for each in happenings if each.external_id]
        found = select(Interaction).where(Interaction.external_id.in_(numbers))
        self.by_number = {str(each.external_id): each for each in db.session.scalars(found)} if numbers else {}
        self._same = self._recorded(readings)

    def decide(self, reading: Reading) -> tuple[str, Reading, Customer | None]:
        """Return what becomes of a row, the row with its reason where it is refused, and the customer it is about."""
        if reading.record is None or reading.happening is None:
            return "refused", reading, None
        try:
            customer = _find(reading, self._customers)
        except CustomerError as error:
            return "refused", refused(reading, str(error)), None
        if customer is None:
            return "refused", refused(reading, _("No customer has this number or address.")), None
        return self._outcome(reading.happening, customer), reading, customer

    def is_unknown(self, reading: Reading) -> bool:
        """Return whether nobody is known whom the row could mean."""
        try:
            return reading.record is not None and _find(reading, self._customers) is None
        except CustomerError:
            return False

    def _outcome(self, happening: HappeningRow, customer: Customer) -> str:
        if happening.external_id:
            found = self.by_number.get(happening.external_id)
            if found is None:
                return "created"
            stated = happening.values().items()
            is_same = all(getattr(found, name) == value for name, value in stated)
            return "unchanged" if is_same else "changed"
        row = _same_row(customer.id, happening.values())
        if row in self._same:
            return "unchanged"
        # A second one in the same file is the same row twice.
        self._same.add(row)
        return "created"

    def _recorded(self, readings: list[Reading]) -> set[Same]:
        """Return what is recorded already of the customers and times that rows without a number name."""
        plain = [each for each in readings if each.happening is not None and not each.happening.external_id]
        ids, times = set(), set()
        for each in plain:
            try:
                customer = _find(each, self._customers)
            except CustomerError:
                continue
            if customer is not None and each.happening is not None:
                ids.add(customer.id)
                times.add(each.happening.happened_at)
        if not ids:
            return set()
        columns = (Interaction.customer_id, *(getattr(Interaction, name) for name in _COLUMNS))
        found = select(*columns).where(Interaction.customer_id.in_(ids), Interaction.happened_at.in_(times))
        return {tuple(row) for row in db.session.execute(found)}


def _records(readings: Iterable[Reading]) -> list[Any]:
    return [each.record for each in readings if each.record is not None]


def _find(reading: Reading, customers: Acquaintances) -> Customer | None:
    return match(reading.record, customers.known(reading.record)) if reading.record is not None else None


def _same_row(customer_id: int, values: dict[str, Any]) -> Same:
    return (customer_id, *(values.get(name, "" if name in _TEXTS else None) for name in _COLUMNS))


def _bring_in_line(interaction: Interaction, happening: HappeningRow) -> None:
    for name, value in happening.values().items():
        setattr(interaction, name, value)
