"""A shift of level is dated between the periods that it may have been."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.trends import (
    change_point,
    pettitt,
)
from analysis.values import Refusal
from analysis.values.trends import ChangePoint
from tests.analysis.trends.series import points


def test_a_shift_is_dated_between_the_periods_it_may_have_been() -> None:
    found = change_point(points([7, 7.1, 6.9, 7, 7.05, 6.95, 6, 6.1, 5.9, 6, 6.05, 5.95]))
    assert isinstance(found, ChangePoint)
    assert (found.earliest, found.last_before, found.latest) == ("6", "6", "6")


def test_an_unclear_date_of_a_shift_is_a_range() -> None:
    rng = np.random.default_rng(2)
    figures = np.concatenate([rng.normal(0, 1, 20), rng.normal(1.3, 1, 20)]).tolist()
    found = change_point(points(figures))
    assert isinstance(found, ChangePoint)
    assert int(found.earliest) < int(found.latest)


def test_seven_periods_have_no_shift() -> None:
    found = change_point(points([1, 1, 1, 9, 9, 9, 9]))
    assert isinstance(found, Refusal)
    assert found.code == "too-few-periods"


@pytest.mark.parametrize("values", [[1.0], [1.0, float("nan")]])
def test_pettitts_test_needs_whole_series(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two periods or more"):
        pettitt(values)


def test_pettitts_statistic_is_the_largest_count_of_earlier_against_later() -> None:
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    by_hand = [abs(np.sign(values[:t, None] - values[None, t:]).sum()) for t in range(1, 8)]
    assert pettitt(values).statistic == max(by_hand)
