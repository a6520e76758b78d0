"""Weeks and months keep their order and their gaps."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.trends import (
    Grain,
    calendar_periods,
)


def test_months_keep_their_gaps() -> None:
    labels, timeline = calendar_periods([date(2026, 3, 9), None, date(2025, 12, 31), date(2026, 3, 1)], Grain.MONTH)
    assert labels == ["2026-03", None, "2025-12", "2026-03"]
    assert [(period.label, period.at) for period in timeline] == [("2025-12", 0), ("2026-03", 3)]


def test_weeks_begin_on_monday_and_cross_the_year_as_one() -> None:
    days = [date(2026, 1, 4), date(2026, 1, 5), date(2025, 12, 29), date(2025, 12, 28)]
    labels, timeline = calendar_periods(days, Grain.WEEK)
    assert labels == ["2026-W01", "2026-W02", "2026-W01", "2025-W52"]
    assert [period.at for period in timeline] == [0, 1, 2]


def test_no_dates_make_no_periods() -> None:
    assert calendar_periods([None], Grain.WEEK) == ([None], ())


def test_days_may_be_texts_or_stamps_and_missing_ones_have_no_period() -> None:
    days = ["2026-03-09", np.datetime64("2025-12-31"), pd.Timestamp("2026-03-01 12:00"), date(2026, 3, 2)]
    labels, timeline = calendar_periods([*days, pd.NaT, float("nan"), ""], Grain.MONTH)
    assert labels == ["2026-03", "2025-12", "2026-03", "2026-03", None, None, None]
    assert [period.at for period in timeline] == [0, 3]
    column = np.array(["NaT", "2026-01-01"], dtype="M8[D]")
    assert calendar_periods(column, Grain.MONTH)[0] == [None, "2026-01"]
    with pytest.raises(ValueError, match="spring"):
        calendar_periods(["spring"], Grain.MONTH)
