"""Answers as CSV: every completion a row, a zero a value, every missing answer with its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from analysis.values import Codebook, Item
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response
from survey_app.responses.rules import PRIVACY_BASE
from survey_app.web.csv_cells import guarded

SEPARATOR = ";"
OTHER = ".other"
ABOUT = ("response", "campaign", "wave", "channel", "language", "completed_on", "completed_at", "weight", "customer")


def is_withheld(survey: Survey, n: int) -> bool:
    """Return whether so few people stand behind a file that their answers would give them away."""
    return survey.identification != "identified" and 0 < n < PRIVACY_BASE


def csv_lines(rows: Iterable[Any], codebook: Codebook, *, names_customers: bool) -> Iterator[str]:
    """Yield the export line by line: about the response, its profile, then value and reason per measure.

    `rows` are (Response, Campaign) pairs; `names_customers` is False for confidential and anonymous surveys.
    """
    rows = list(rows)
    attributes = sorted({code for response, _ in rows for code in response.profile})
    yield _line([*ABOUT, *(f"profile.{code}" for code in attributes), *_measure_columns(codebook)])
    for response, campaign in rows:
        about = _about(response, campaign, names_customers=names_customers)
        profile = [_cell(response.profile.get(code)) for code in attributes]
        yield _line([*about, *profile, *_measures(response, codebook)])


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


def _measure_columns(codebook: Codebook) -> Iterator[str]:
    for item in codebook.items:
        yield item.code
        if item.options:
            yield item.code + OTHER
        yield item.code + ".missing"


def _measures(response: Response, codebook: Codebook) -> Iterator[str]:
    for item in codebook.items:
        yield _value(response.answers.get(item.code), item)
        if item.options:
            yield _cell(response.answers.get(item.code + OTHER))
        yield str(response.missing.get(item.code, "" if item.code in response.answers else "not_asked"))


def _value(value: Any, item: Item) -> str:
    if isinstance(value, list):
        return _cell(SEPARATOR.join(map(str, value)))
    # Numbers of scales stay numbers, whatever their sign; everything else is text.
    return str(value) if item.low is not None and isinstance(value, int | float) else _cell(value)


def _cell(value: Any) -> str:
    return "" if value is None else guarded(str(value))


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
