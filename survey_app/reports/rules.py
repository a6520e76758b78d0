"""What a report is asked for: outcome, grain of time and filter; and the bases below which figures are withheld."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_app.datasets.filters import ResponseFilter, read_filter

# Beside responses.rules.PRIVACY_BASE (whom nothing may betray): what may be shown, and what may be compared.
DISPLAY_BASE = 10
COMPARISON_BASE = 30
# The segment that stands for all groups too small to be told alone.
OTHERS = "(others)"
# Raised whenever stored results gain or lose something that pages read, so that no page meets a result of another form.
RESULT_FORM = 4


class Grain(StrEnum):
    """How time is cut in a trend."""

    WEEK = "week"
    MONTH = "month"
    WAVE = "wave"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report of a survey; `outcome` None means the primary one, `by` None the grain that suits the data."""

    chosen: ResponseFilter = field(default_factory=ResponseFilter)
    outcome: str | None = None
    by: Grain | None = None

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Return the request as it stands in an address, in one canonical order."""
        pairs = [("outcome", self.outcome)] if self.outcome else []
        pairs += [("by", self.by.value)] if self.by else []
        return [*pairs, *self.chosen.parameters]

    @property
    def narrows_answers(self) -> bool:
        """Return whether the filter chooses among answers, which leaves those who gave none in doubt; waves don't."""
        return replace(self.chosen, waves=()) != ResponseFilter()

    @property
    def key(self) -> str:
        """Return a short text that is equal for equal requests of results of the same form."""
        return hashlib.sha256(json.dumps([RESULT_FORM, self.parameters]).encode()).hexdigest()

    def without(self, name: str, value: str) -> ReportRequest:
        """Return this request less one part of its filter."""
        return replace(self, chosen=self.chosen.without(name, value))


def read_request(values: MultiDict[str, str]) -> ReportRequest:
    """Return the request that an address describes; raise ValueError for a part that is off its list."""
    by = values.get("by", "")
    return ReportRequest(
        chosen=read_filter(values),
        outcome=values.get("outcome") or None,
        by=Grain(by) if by else None,
    )


def request_data(request: ReportRequest) -> dict[str, Any]:
    """Return the request as data, from which `request_of` makes it again."""
    return {"parameters": [list(pair) for pair in request.parameters]}


def request_of(data: dict[str, Any]) -> ReportRequest:
    """Return the request that was stored."""
    return read_request(MultiDict([(name, value) for name, value in data["parameters"]]))
