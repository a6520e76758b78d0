"""One row of a file becomes one set of answers, or is refused with the reason in words."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from analysis.values import Codebook, Item, MissingReason
from survey_app.datasets.mapping import Column, ResponseMapping, is_language

LONGEST_TEXT = 20_000
SCALED = frozenset({"nps", "csat", "ces", "likert"})


class RowRefusedError(ValueError):
    """This row cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one row of the file says."""

    answers: dict[str, Any]
    missing: dict[str, str]
    weight: float
    language: str
    answered_at: datetime
    customer_key: str | None
    row_key: str


def read_row(row: Mapping[str, str], line: int, mapping: ResponseMapping, codebook: Codebook) -> AnswerRow:
    """Return what the row says; raise RowRefusedError with the reason."""
    answers: dict[str, Any] = {}
    missing: dict[str, str] = {item.code: MissingReason.NOT_ASKED.value for item in codebook.items}
    for column in mapping.items:
        value, reason = _answer(row[column.name].strip(), column, codebook.item(column.target))
        if reason is None:
            answers[column.target] = value
            del missing[column.target]
        else:
            missing[column.target] = reason.value
    return AnswerRow(
        answers=answers,
        missing=missing,
        weight=_weight(row, mapping),
        language=_language(row, mapping),
        answered_at=_answered_at(row, mapping),
        customer_key=_customer_key(row, mapping),
        row_key=_row_key(row, line, mapping),
    )


def _answer(text: str, column: Column, item: Item) -> tuple[Any, MissingReason | None]:
    if text in column.missing:
        return None, column.missing[text]
    code = column.values.get(text, text)
    if item.kind == "contact":
        raise RowRefusedError(f"{column.name} holds contact details: import them as customers.")
    read = _READERS.get(item.kind, _text)
    return read(code, column, item), None


def _text(code: str, column: Column, item: Item) -> str:  # noqa: ARG001 - every reader's signature
    if len(code) > LONGEST_TEXT:
        raise RowRefusedError(f"{column.name} holds {len(code)} characters; at most {LONGEST_TEXT} are taken.")
    return unicodedata.normalize("NFC", code).replace("\x00", "")


def _point(code: str, column: Column, item: Item) -> int:
    try:
        value = float(code)
    except ValueError:
        value = math.nan
    low, high = item.low or 0, item.high or 0
    if not value.is_integer() or not low <= value <= high:
        raise RowRefusedError(f"{column.name} holds {_shown(code)}, which is not on the scale {low} to {high}.")
    return int(value)


def _option(code: str, column: Column, item: Item) -> str:
    if code not in item.options:
        raise RowRefusedError(f"{column.name} holds {_shown(code)}, which is none of the options of {item.code}.")
    return code


def _options(code: str, column: Column, item: Item) -> list[str]:
    return [_option(each.strip(), column, item) for each in code.split(";") if each.strip()]


def _ranks(code: str, column: Column, item: Item) -> list[str]:
    ranked = _options(code, column, item)
    if len(set(ranked)) < len(ranked):
        raise RowRefusedError(f"{column.name} holds {_shown(code)}, which ranks an option twice.")
    return ranked


def _shares(code: str, column: Column, item: Item) -> dict[str, int | float]:
    """Read amounts written as `price=60;service=40`; options that are not named have nothing."""
    return dict.fromkeys(item.options, 0) | {
        _option(option.strip(), column, item): _number(amount.strip(), column, item)
        for option, _is, amount in (each.partition("=") for each in code.split(";") if each.strip())
    }


def _number(code: str, column: Column, item: Item) -> int | float:
    try:
        value = float(code) if code.isascii() and "_" not in code else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RowRefusedError(f"{column.name} holds {_shown(code)}, which is no number for {item.code}.")
    return int(value) if value.is_integer() else value


def _day(code: str, column: Column, item: Item) -> str:
    try:
        return date.fromisoformat(code).isoformat()
    except ValueError as error:
        message = f"{column.name} holds {_shown(code)}; write the day of {item.code} as 2026-01-31."
        raise RowRefusedError(message) from error


def _weight(row: Mapping[str, str], mapping: ResponseMapping) -> float:
    column = mapping.column_of("weight")
    if column is None:
        return 1.0
    try:
        weight = float(row[column.name].strip())
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight) or weight <= 0:
        raise RowRefusedError(f"{column.name} holds {_shown(row[column.name])}; a weight is a positive number.")
    return weight


def _language(row: Mapping[str, str], mapping: ResponseMapping) -> str:
    column = mapping.column_of("language")
    if column is None:
        return mapping.language
    text = row[column.name].strip()
    tag = column.values.get(text, text)
    if not is_language(tag):
        raise RowRefusedError(f"{column.name} holds {_shown(text)}, which is no language the mapping knows.")
    return tag


def _answered_at(row: Mapping[str, str], mapping: ResponseMapping) -> datetime:
    column = mapping.column_of("date")
    if column is None:
        if mapping.date is None:
            raise RowRefusedError("There is no date.")
        return datetime.combine(mapping.date, time(), UTC)
    text = row[column.name].strip()
    try:
        return datetime.strptime(text, column.target).replace(tzinfo=UTC)
    except ValueError as error:
        raise RowRefusedError(f"{column.name} holds {_shown(text)}, not a date like {column.target}.") from error


def _customer_key(row: Mapping[str, str], mapping: ResponseMapping) -> str | None:
    column = mapping.column_of("customer_key")
    if column is None or not row[column.name].strip():
        return None
    return f"{column.target}:{row[column.name].strip()}"


def _row_key(row: Mapping[str, str], line: int, mapping: ResponseMapping) -> str:
    column = mapping.column_of("row")
    return row[column.name].strip() if column else str(line)


_READERS: dict[str, Callable[[str, Column, Item], Any]] = {
    **dict.fromkeys(SCALED, _point),
    "single": _option,
    "multiple": _options,
    "ranking": _ranks,
    "sum": _shares,
    "number": _number,
    "date": _day,
}


def _shown(text: str) -> str:
    """Return a cell short enough to read in a report."""
    short = text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - a line of a report
    return f"“{short}”"
