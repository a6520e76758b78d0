"""Lines of a file become records, or reasons why not; the same reading serves the preview and the act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.customers.imports.files import Line, Sheet
from survey_app.customers.rules import CustomerRecord, check_record, clean_text
from survey_app.outbox.rules import address_key
from survey_app.web.csv_cells import unguarded

LONGEST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line says: a record, or the reason why it is refused; and its cells for the report."""

    line: int
    record: CustomerRecord | None
    reason: str | None
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """How lines are read: target by column, the system the numbers come from, the attributes' kinds."""

    mapping: Mapping[str, str]
    source: str
    kinds: Mapping[str, str]


def readings(sheet: Sheet, meaning: Meaning) -> Iterator[Reading]:
    """Yield what every line says; a key that an earlier line has is refused."""
    first_line: dict[str, int] = {}
    for line in sheet.lines():
        reading = _read(line, sheet.headers, meaning)
        if reading.record is not None:
            key = _key(reading.record)
            earlier = first_line.setdefault(key, line.number)
            if earlier != line.number:
                reason = _("Line %(line)s has the same customer number or address.", line=earlier)
                reading = _refused(line, reason)
        yield reading


def _read(line: Line, headers: list[str], meaning: Meaning) -> Reading:
    if line.problem:
        return _refused(line, line.problem)
    record = to_record(dict(zip(headers, line.cells, strict=True)), meaning)
    if not record.external_id and not record.email:
        return _refused(line, _("This row has neither a customer number nor a mail address."))
    problems = check_record(record, meaning.kinds)
    if problems:
        return _refused(line, " ".join(problems.values()))
    return Reading(line.number, record, None, line.cells)


def to_record(row: Mapping[str, str], meaning: Meaning) -> CustomerRecord:
    """Return the record a row describes; an empty cell says nothing about the customer."""
    details: dict[str, Any] = {}
    attributes: dict[str, str] = {}
    for header, cell in row.items():
        target, text = meaning.mapping.get(header, ""), unguarded(clean_text(cell))
        if not text or not target:
            continue
        if target.startswith("attribute:"):
            attributes[target.partition(":")[2]] = text
        elif target == "name":
            details["name"] = f"{details['name']} {text}" if "name" in details else text
        else:
            details["external_id" if target == "number" else target] = text
    return replace(CustomerRecord(source=meaning.source, attributes=attributes), **details)


def _key(record: CustomerRecord) -> str:
    return record.number or f"mail:{address_key(record.email or '')}"


def _refused(line: Line, reason: str) -> Reading:
    kept = [cell if len(cell) <= LONGEST_KEPT else f"{cell[:LONGEST_KEPT]}…" for cell in line.cells]
    return Reading(line.number, None, reason, [clean_text(cell) for cell in kept])
