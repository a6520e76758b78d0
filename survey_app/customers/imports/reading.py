"""Lines of a file become records, or reasons why not; the same reading serves the preview and the act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from survey_app.customers.imports.checks import Checks, fast_key
from survey_app.customers.imports.choices import Choices
from survey_app.customers.imports.columns import ATTRIBUTE, COMPANY_ATTRIBUTE
from survey_app.customers.imports.files import Line, Sheet
from survey_app.customers.imports.happenings import HappeningRow, to_happening
from survey_app.customers.rules import CustomerRecord, attribute_value, check_record, clean_text
from survey_app.web.csv_cells import GUARD, unguarded

LONGEST_KEPT = 1000
LONGEST_NUMBER = 200
_DETAIL = {"number": "external_id"}


@dataclass(frozen=True, slots=True)
class Further:
    """What a row says beside the customer's own details: of their company, and further ways to reach them."""

    company_number: str | None = None
    company_attributes: Mapping[str, str] = field(default_factory=dict)
    points: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line says: a record, or the reason why it is refused; and its cells for the report."""

    line: int
    record: CustomerRecord | None
    reason: str | None
    cells: list[str]
    further: Further | None = None
    happening: HappeningRow | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """How lines are read: target by column, the system the numbers come from, the checks, what was chosen."""

    mapping: Mapping[str, str]
    source: str
    checks: Checks
    company_kinds: Mapping[str, str] = field(default_factory=dict)
    subject: str = "customers"
    choices: Choices = field(default_factory=Choices)


def readings(sheet: Sheet, meaning: Meaning) -> Iterator[Reading]:
    """Yield what every line says; a key that an earlier line has is refused."""
    plan = [(n, meaning.mapping[name]) for n, name in enumerate(sheet.headers) if meaning.mapping.get(name)]
    read = _read_happening if meaning.subject == "interactions" else _read_customer
    # Hashes of 64 bits: a million texts would take more memory than everything else here.
    first_line: dict[int, int] = {}
    for line in sheet.lines():
        reading = _refused(line, line.problem) if line.problem else read(line, plan, meaning)
        key = _key(reading)
        earlier = first_line.setdefault(hash(key), line.number) if key else line.number
        if earlier != line.number:
            reading = _refused(line, _same(earlier, meaning.subject))
        yield reading


def texts_of(cells: list[str], plan: list[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Yield what a row says by target; an empty cell says nothing."""
    for place, target in plan:
        cell = cells[place]
        if not cell:
            continue
        text = cell.strip() if cell.isascii() else clean_text(cell)
        if text:
            yield target, unguarded(text) if text[0] == GUARD else text


def to_record(row: Mapping[str, str], meaning: Meaning) -> CustomerRecord:
    """Return the record a row describes."""
    plan = [(n, meaning.mapping[name]) for n, name in enumerate(row) if meaning.mapping.get(name)]
    return _customer(list(row.values()), plan, meaning)[0]


def _read_customer(line: Line, plan: list[tuple[int, str]], meaning: Meaning) -> Reading:
    record, further = _customer(line.cells, plan, meaning)
    if not record.external_id and not record.email:
        return _refused(line, _("This row has neither a customer number nor a mail address."))
    problems = [*meaning.checks.problems(record).values()]
    if further is not None:
        problems += _further_problems(record, further, meaning)
    if problems:
        return _refused(line, " ".join(problems))
    return Reading(line.number, record, None, line.cells, further)


def _customer(cells: list[str], plan: list[tuple[int, str]], meaning: Meaning) -> tuple[CustomerRecord, Further | None]:
    details: dict[str, Any] = {"source": meaning.source}
    attributes: dict[str, str] = {}
    others: dict[str, str] = {}
    for target, text in texts_of(cells, plan):
        role, name = _role(target)
        if role == "attribute":
            attributes[name] = text
        elif role == "detail":
            details[name] = text
        elif role == "name":
            details["name"] = f"{details['name']} {text}" if "name" in details else text
        elif role == "number":
            details["source"], details["external_id"] = split_number(text, meaning.source)
        else:
            others[target] = text
    return CustomerRecord(attributes=attributes, **details), _further(others, details["source"]) if others else None


@lru_cache(maxsize=1000)
def _role(target: str) -> tuple[str, str]:
    """Return what a column's target is for a customer, and its name there."""
    if target.startswith(ATTRIBUTE):
        return "attribute", target.removeprefix(ATTRIBUTE)
    if target.startswith(("company_", "second_")):
        return "other", target
    if target in {"name", "full_number"}:
        return target.removeprefix("full_"), target
    return "detail", _DETAIL.get(target, target)


def split_number(text: str, source: str) -> tuple[str, str]:
    """Return the system and the number that `crm:1042` names; without a system, the one of the file."""
    system, colon, number = text.partition(":")
    return (system, number) if colon and number else (source, text)


def _further(others: Mapping[str, str], source: str) -> Further:
    number = others.get("company_number")
    points = {"mail": others.get("second_email"), "phone": others.get("second_phone")}
    return Further(
        company_number=":".join(split_number(number, source)) if number else None,
        company_attributes={
            target.removeprefix(COMPANY_ATTRIBUTE): text
            for target, text in others.items()
            if target.startswith(COMPANY_ATTRIBUTE)
        },
        points=tuple((kind, value) for kind, value in points.items() if value),
    )


def _further_problems(record: CustomerRecord, further: Further, meaning: Meaning) -> list[str]:
    problems: list[str | None] = []
    for kind, value in further.points:
        point = CustomerRecord(email=value) if kind == "mail" else CustomerRecord(phone=value)
        problems += check_record(point, {}).values()
    for code, text in further.company_attributes.items():
        try:
            attribute_value(meaning.company_kinds[code], text)
        except ValueError as error:
            problems.append(str(error))
    if further.company_number and len(further.company_number) > LONGEST_NUMBER:
        problems.append(_("This has more than %(n)s characters.", n=LONGEST_NUMBER))
    if further.company_attributes and not (record.company or further.company_number):
        problems.append(_("This row says something about a company, but not which one."))
    return [each for each in problems if each]


def _read_happening(line: Line, plan: list[tuple[int, str]], meaning: Meaning) -> Reading:
    details = dict(texts_of(line.cells, plan))
    system, number = meaning.source, details.get("number")
    if "full_number" in details:
        system, number = split_number(details["full_number"], meaning.source)
    record = CustomerRecord(email=details.get("email"), external_id=number, source=system)
    if not record.external_id and not record.email:
        return _refused(line, _("This row has neither a customer number nor a mail address."))
    happening, problems = to_happening(details, meaning.source, meaning.choices.time_zone)
    problems += meaning.checks.problems(record).values()
    if happening is None or problems:
        return _refused(line, " ".join(problems))
    return Reading(line.number, record, None, line.cells, happening=happening)


def _key(reading: Reading) -> str | None:
    """Return what no other line of the file may have too."""
    if reading.happening is not None:
        return reading.happening.external_id
    record = reading.record
    return (record.number or f"mail:{fast_key(record.email or '')}") if record is not None else None


def _same(earlier: int, subject: str) -> str:
    if subject == "interactions":
        return _("Line %(line)s has the same number of the interaction.", line=earlier)
    return _("Line %(line)s has the same customer number or address.", line=earlier)


def refused(reading: Reading, reason: str) -> Reading:
    """Return a reading as refused, with its cells as the report keeps them."""
    return replace(reading, record=None, reason=reason, cells=_kept(reading.cells))


def _refused(line: Line, reason: str | None) -> Reading:
    return Reading(line.number, None, reason, _kept(line.cells))


def _kept(cells: list[str]) -> list[str]:
    return [clean_text(cell if len(cell) <= LONGEST_KEPT else f"{cell[:LONGEST_KEPT]}…") for cell in cells]
