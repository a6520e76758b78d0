"""The companies that the rows of a file name: found or made by a few statements for many rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.customers.imports.reading import Further, Reading, refused
from survey_app.customers.models import Company
from survey_app.customers.rules import CustomerError, attribute_value, clean_text, company_key
from survey_app.extensions import db
from survey_app.jobs.upserts import insert

_MOST_KEPT = 50_000


@dataclass(slots=True)
class Companies:
    """The companies of one file: their attributes' kinds, and the ids found so far by folded name."""

    kinds: Mapping[str, str]
    _ids: dict[str, int] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    # The name of the company that a number, a name and attributes were settled on.
    _settled: dict[tuple[object, ...], str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the spelling by which companies are the same."""
        found = self._keys.get(name)
        if found is None:
            if len(self._keys) >= _MOST_KEPT:
                self._keys.clear()
            found = self._keys[name] = company_key(name)
        return found

    def id_of(self, name: str) -> int:
        """Return the company's id; it was settled before."""
        return self._ids[self.key(name)]

    def settle(self, readings: Iterable[Reading]) -> list[Reading]:
        """Make or bring in line all companies of these rows; return the rows, each with its company's name."""
        if len(self._ids) >= _MOST_KEPT:
            self.forget()
        rows = [self._numbered(each) if each.further and _is_about(each.further) else each for each in readings]
        named = {each.record.company for each in rows if each.record is not None and each.record.company}
        missing = {self.key(name): name for name in named if self.key(name) not in self._ids}
        if missing:
            self._make(missing)
        return rows

    def forget(self) -> None:
        """Forget ids, since a transaction that may have made some was given up."""
        self._ids.clear()
        self._settled.clear()

    def _make(self, missing: Mapping[str, str]) -> None:
        self._look_up(missing)
        new = [
            {"name": clean_text(name), "name_key": key, "attributes": {}, "is_demo": False}
            for key, name in sorted(missing.items())
            if key not in self._ids
        ]
        if new:
            # Two at once: the database lets one row in, and both get that one.
            statement = insert(Company).on_conflict_do_nothing(index_elements=["name_key"])
            db.session.connection().execute(statement, new)
            self._look_up([str(each["name_key"]) for each in new])

    def _look_up(self, keys: Iterable[str]) -> None:
        found = db.session.execute(select(Company.name_key, Company.id).where(Company.name_key.in_(list(keys))))
        self._ids.update((key, company_id) for key, company_id in found)

    def _numbered(self, reading: Reading) -> Reading:
        """Bring the company of a row in line with its number, name and attributes."""
        further, record = reading.further, reading.record
        if further is None or record is None:
            return reading
        stated = (further.company_number, record.company, *sorted(further.company_attributes.items()))
        name = self._settled.get(stated)
        if name is None:
            try:
                name = self._settled[stated] = self._settle_one(further, record.company).name
            except CustomerError as error:
                return refused(reading, str(error))
        return replace(reading, record=replace(record, company=name))

    def _settle_one(self, further: Further, name: str | None) -> Company:
        company = find_company_of(further.company_number, name)
        if company is None:
            company = Company(name=clean_text(name or ""), name_key=self.key(name or ""), attributes={})
            db.session.add(company)
        _bring_in_line(company, further, self.kinds)
        db.session.flush()
        self._ids[company.name_key] = company.id
        return company


def find_company_of(number: str | None, name: str | None) -> Company | None:
    """Return the company that a number means, or else a name: the number decides, whatever the company is called."""
    found = db.session.scalar(select(Company).where(Company.external_id == number)) if number else None
    if found is None and name:
        by_name = db.session.scalar(select(Company).where(Company.name_key == company_key(name)))
        is_another = by_name is not None and number is not None and by_name.external_id not in (None, number)
        if is_another:
            raise CustomerError({"company": _("The company %(name)s has another number.", name=name)})
        return by_name
    if found is None:
        raise CustomerError({"company": _("No company has the number %(number)s. Give its name too.", number=number)})
    return found


def would_change(reading: Reading, kinds: Mapping[str, str]) -> bool:
    """Return whether a row's company would become another one than it is."""
    further, record = reading.further, reading.record
    if further is None or record is None or not (further.company_number or further.company_attributes):
        return False
    company = find_company_of(further.company_number, record.company)
    if company is None:
        return False
    lacks_number = bool(further.company_number) and company.external_id is None
    return lacks_number or company.attributes | _values(further, kinds) != company.attributes


def _bring_in_line(company: Company, further: Further, kinds: Mapping[str, str]) -> None:
    if further.company_number and company.external_id is None:
        company.external_id = further.company_number
    attributes = company.attributes | _values(further, kinds)
    if attributes != company.attributes:
        company.attributes = attributes


def _values(further: Further, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {code: attribute_value(kinds[code], text) for code, text in further.company_attributes.items()}


def _is_about(further: Further) -> bool:
    return bool(further.company_number or further.company_attributes)
