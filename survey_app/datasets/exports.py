"""Answers as CSV: every completion a row, a zero a value, every missing answer with its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from analysis.values import Codebook, Item
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response
from survey_app.responses.rules import PRIVACY_BASE
from survey_app.web.csv_cells import guarded

SEPARATOR = ";"
OTHER = ".other"
CHOICES = frozenset({"single", "multiple"})
CONTACT = ("name", "email", "phone", "language", "consent")
ABOUT = ("response", "campaign", "wave", "channel", "language", "completed_on", "completed_at", "weight", "customer")


def is_withheld(survey: Survey, n: int) -> bool:
    """Return whether so few people stand behind a file that their answers would give them away."""
    return survey.identification != "identified" and 0 < n < PRIVACY_BASE


def csv_lines(
    rows: Iterable[Any], codebook: Codebook, *, names_customers: bool, shows_contacts: bool = False
) -> Iterator[str]:
    """Yield the export line by line: about the response, its profile and variants, then value and reason per measure.

    `rows` are (Response, Campaign) pairs; `names_customers` is False for confidential and anonymous surveys, where
    contact details never stand either; `shows_contacts` is for those who may see customers' records.
    """
    rows = list(rows)
    columns = Columns(codebook, shows_contacts=names_customers and shows_contacts)
    attributes = sorted({code for response, _ in rows for code in response.profile})
    split = codebook.ballots()
    about = [*ABOUT, *(f"profile.{code}" for code in attributes), *(f"variant.{code}" for code in split)]
    yield _line([*about, *columns.names()])
    for response, campaign in rows:
        about = _about(response, campaign, names_customers=names_customers)
        about += [_cell(response.profile.get(code)) for code in attributes]
        about += [_cell((response.shown or {}).get("variants", {}).get(code)) for code in split]
        yield _line([*about, *columns.cells(response)])


def _about(response: Response, campaign: Any, *, names_customers: bool) -> list[str]:
    completed = response.completed_at
    key = response.customer.external_id or str(response.customer.id) if names_customers and response.customer else ""
    return [
        response.public_id,
        _cell(campaign.name),
        _cell(campaign.wave),
        response.channel,
        response.language,
        completed.date().isoformat() if completed else "",
        # The minute would tell who it was, beside a case, a mail or a visit; pages keep it back too.
        completed.isoformat() if completed and names_customers else "",
        repr(response.weight),
        _cell(key),
    ]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of the answers: one or more per measure, and the reason where there is no answer."""

    codebook: Codebook
    shows_contacts: bool

    def names(self) -> Iterator[str]:
        """Yield the names of the columns."""
        for item in self.codebook.items:
            parts = self._parts(item)
            yield from (item.code,) if parts is None else (f"{item.code}.{part}" for part in parts)
            if item.kind in CHOICES:
                yield item.code + OTHER
            yield item.code + ".missing"

    def cells(self, response: Response) -> Iterator[str]:
        """Yield what a response says in each column."""
        for item in self.codebook.items:
            value, parts = response.answers.get(item.code), self._parts(item)
            yield from (_value(value, item),) if parts is None else (_part(value, part) for part in parts)
            if item.kind in CHOICES:
                yield _cell(response.answers.get(item.code + OTHER))
            yield str(response.missing.get(item.code, "" if item.code in response.answers else "not_asked"))

    def _parts(self, item: Item) -> tuple[str, ...] | None:
        """Return the parts that have a column each: the rank or the amount of every option, every contact detail."""
        if item.kind in {"ranking", "sum"}:
            return tuple(item.options)
        if item.kind == "contact":
            return CONTACT if self.shows_contacts else ()
        return None


def _part(value: Any, part: str) -> str:
    if isinstance(value, list):
        return str(value.index(part) + 1) if part in value else ""
    said = value.get(part) if isinstance(value, dict) else None
    if isinstance(said, bool):
        return str(int(said))
    return str(said) if isinstance(said, int | float) else _cell(said)


def _value(value: Any, item: Item) -> str:
    if isinstance(value, list):
        return _cell(SEPARATOR.join(map(str, value)))
    # Numbers stay numbers, whatever their sign; everything else is text.
    is_number = (item.low is not None or item.kind == "number") and isinstance(value, int | float)
    return str(value) if is_number else _cell(value)


def _cell(value: Any) -> str:
    return "" if value is None else guarded(str(value))


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
