"""Rows that state what is stored already, told by plain columns: the same file twice costs little but reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from survey_app.customers.imports.checks import Checks
from survey_app.customers.imports.companies import Companies
from survey_app.customers.imports.reading import Reading
from survey_app.customers.models import Customer
from survey_app.customers.rules import CustomerRecord
from survey_app.extensions import db

_STORED = select(
    Customer.external_id,
    Customer.id,
    Customer.name,
    Customer.email,
    Customer.phone,
    Customer.language,
    Customer.time_zone,
    Customer.company_id,
    Customer.attributes,
    Customer.consent_state,
).where(Customer.external_id.in_(bindparam("numbers", expanding=True)), Customer.merged_into_id.is_(None))


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What is compared: values as the file's checks store them, companies by their ids, whether consent is stated."""

    checks: Checks
    companies: Companies
    states_consent: bool

    def among(self, rows: list[Reading]) -> dict[int, int]:
        """Return, by line, the customers of rows that surely change nothing; all others need a closer look."""
        numbers = {each.line: each.record.number for each in rows if each.record is not None and each.further is None}
        wanted = [number for number in numbers.values() if number]
        rows_stored = db.session.execute(_STORED, {"numbers": wanted}) if wanted else ()
        stored = {row[0]: tuple(row) for row in rows_stored}
        if not stored:
            return {}
        found = ((each, stored.get(numbers.get(each.line))) for each in rows)
        return {each.line: row[1] for each, row in found if row is not None and self._is_as_stored(each.record, row)}

    def _is_as_stored(self, record: CustomerRecord | None, stored: tuple[Any, ...]) -> bool:
        name, email, phone, language, zone, company_id, attributes, consent = stored[2:]
        return (
            record is not None
            and record.owner_id is None
            and (consent is not None or not self.states_consent)
            and _agrees(record.name, name)
            and _agrees(record.email, email)
            and _agrees(record.phone, phone)
            and _agrees(record.language, language)
            and _agrees(record.time_zone, zone)
            and (not record.company or self.companies.id_of(record.company) == company_id)
            and self._has_values(record, attributes)
        )

    def _has_values(self, record: CustomerRecord, stored: dict[str, Any]) -> bool:
        values = self.checks.value
        return all(stored.get(code) == values(code, text) for code, text in record.attributes.items())


def _agrees(stated: str | None, stored: str | None) -> bool:
    return stated is None or stated == stored
