"""Retention cohorts: of the customers who came first in one period, the share active so many periods later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import IntArray
from analysis.customer_value.transactions import Transactions, complete_rows
from analysis.intervals import wilson
from analysis.values import Base, Estimate, Note, Refusal
from analysis.values.customer_value.retention import Cohort, CohortCell, CohortTable

SOURCE = "Wilson 1927; Fader & Hardie 2007"


class Span(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class CohortOptions:
    """Length of a period, the most periods shown, confidence level, and the fewest customers for a share."""

    span: Span = Span.MONTH
    longest: int = 24
    level: float = 0.95
    minimum_base: int = 10


DEFAULTS = CohortOptions()
MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


def retention_cohorts(
    customers: Sequence[object], dates: ArrayLike, until: date, options: CohortOptions = DEFAULTS
) -> CohortTable | Refusal:
    """Return who came back: cohorts of first interaction by periods since, shares with Wilson intervals.

    `customers` (n,) and `dates` (n,) of interactions; only periods that had ended by `until` (inclusive) count. A
    cell that lies ahead is a Refusal `not-observed`, never a zero; a cohort below `minimum_base` shows counts only. A
    customer is retained at age k if he interacted in the k-th period after his first, whatever lay between. `overall`
    pools, at each age, the cohorts observed that long. Customers of before the records began are in the first cohort
    seen: the note `cohorts-by-first-seen` names it. Rows with a missing customer or date are left out and noted.
    """
    owners, days, _, present = complete_rows(Transactions(customers, dates))
    numbers = _numbers(days[present], options.span)
    last = _last_complete(until, options.span)
    seen = numbers <= last
    if not seen.any():
        return Refusal("no-complete-period", Base(0, 0.0, 0.0), {})
    whose = np.unique(owners[present][seen].astype(str), return_inverse=True)[1]
    pairs = np.unique(np.column_stack([whose, numbers[seen]]).reshape(-1, 2), axis=0).astype(np.int64)
    return _table(_cohorts(pairs, last, options), int((~present).sum()), options)


def _table(cohorts: tuple[Cohort, ...], dropped: int, options: CohortOptions) -> CohortTable:
    n = sum(each.n for each in cohorts)
    notes = (Note("cohorts-by-first-seen", {"first": cohorts[0].label}),)
    return CohortTable(
        base=Base(n, float(n), float(n)),
        cohorts=cohorts,
        overall=_overall(cohorts, options),
        method="cohort-retention",
        source=SOURCE,
        notes=notes + ((Note("missing-left-out", {"n": dropped}),) if dropped else ()),
    )


def _numbers(days: NDArray[np.datetime64], span: Span) -> IntArray:
    """Return the running number of each day's period; weeks begin on Monday."""
    if span is Span.WEEK:
        return (days.astype(np.int64) + 3) // 7
    return days.astype("datetime64[M]").astype(np.int64) // MONTHS[span]


def _last_complete(until: date, span: Span) -> int:
    """Return the number of the last period that ended by a day."""
    return int(_numbers(np.array([until + timedelta(days=1)], dtype="datetime64[D]"), span)[0]) - 1


def _label(number: int, span: Span) -> str:
    if span is Span.WEEK:
        year, week, _ = (date(1970, 1, 1) + timedelta(days=number * 7 - 3)).isocalendar()
        return f"{year:04d}-W{week:02d}"
    month = number * MONTHS[span]
    year, within = 1970 + month // 12, month % 12
    return {
        Span.MONTH: f"{year:04d}-{within + 1:02d}",
        Span.QUARTER: f"{year:04d}-Q{within // 3 + 1}",
        Span.YEAR: f"{year:04d}",
    }[span]


def _cohorts(pairs: IntArray, last: int, options: CohortOptions) -> tuple[Cohort, ...]:
    """Return the cohorts of distinct pairs of customer and period, in order of both."""
    first = pairs[np.searchsorted(pairs[:, 0], np.arange(pairs[-1, 0] + 1)), 1]
    start = first[pairs[:, 0]]
    keys, counts = np.unique(np.column_stack([start, pairs[:, 1] - start]), axis=0, return_counts=True)
    active = {(int(a), int(b)): int(c) for (a, b), c in zip(keys, counts, strict=True)}
    ages = range(min(last - int(first.min()), options.longest) + 1)
    rows = []
    for number, n in zip(*np.unique(first, return_counts=True), strict=True):
        cells = [
            _cell(age, active.get((int(number), age), 0), (int(n), int(number) + age <= last), options) for age in ages
        ]
        rows.append(Cohort(_label(int(number), options.span), int(n), tuple(cells)))
    return tuple(rows)


def _cell(age: int, n_active: int, cohort: tuple[int, bool], options: CohortOptions) -> CohortCell:
    n, is_observed = cohort
    base = Base(n, float(n), float(n))
    if not is_observed:
        return CohortCell(age, None, Refusal("not-observed", base, {"age": age}))
    if n < max(options.minimum_base, 1):
        needed = max(options.minimum_base, 1)
        return CohortCell(age, n_active, Refusal("base-too-small", base, {"n": n, "needed": needed}))
    share = n_active / n
    interval = wilson(share, n, options.level) if age else None
    return CohortCell(age, n_active, Estimate(share, interval, base, "retained-share", "share", None, (), SOURCE))


def _overall(cohorts: tuple[Cohort, ...], options: CohortOptions) -> tuple[CohortCell, ...]:
    cells = []
    for age in range(len(cohorts[0].cells)):
        observed = [(each.n, each.cells[age].n_active or 0) for each in cohorts if each.cells[age].n_active is not None]
        n, n_active = sum(n for n, _ in observed), sum(a for _, a in observed)
        cells.append(_cell(age, n_active, (n, True), options))
    return tuple(cells)
