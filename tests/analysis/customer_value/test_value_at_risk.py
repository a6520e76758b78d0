"""Money that leaves with a dissatisfied group beyond the usual."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.customer_value import Histories, survival_at, value_at_risk
from analysis.values import Refusal
from analysis.values.customer_value.persistence import ValueAtRisk
from tests.analysis.carrying import lacks


def _drawn(n: int = 400, ratio: float = 3.0) -> tuple[Histories, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    group = (rng.random(n) < 0.3).astype(float)
    stay, seen = rng.exponential(24, n) / np.where(group == 1, ratio, 1), rng.uniform(6, 40, n)
    return Histories(np.minimum(stay, seen), (stay <= seen).astype(float)), group, rng.gamma(2, 50, n)


def _found(*args: object) -> ValueAtRisk:
    found = value_at_risk(*args)
    assert isinstance(found, ValueAtRisk)
    return found


def test_money_at_risk_is_the_groups_value_times_the_difference_of_both_curves() -> None:
    given, group, values = _drawn()
    found = _found(given, group, values, 12.0)
    shares = []
    for mark in (1, 0):
        points = survival_at(Histories(given.times[group == mark], given.events[group == mark]), [12.0])
        shares.append(points[0].estimate.value)
    assert found.excess.value == pytest.approx(shares[1] - shares[0], abs=1e-12)
    assert found.value == pytest.approx(values[group == 1].sum())
    assert found.at_risk.value == pytest.approx(found.value * found.excess.value)
    assert found.excess.interval.low < found.excess.value < found.excess.interval.high
    assert found.at_risk.interval.low == pytest.approx(found.value * found.excess.interval.low)
    assert [each.code for each in found.notes] == ["association-not-effect"]
    assert list(lacks(found)) == []


def test_groups_alike_have_no_clear_excess() -> None:
    found = _found(*_drawn(ratio=1.0), 12.0)
    assert "no-clear-excess" in {each.code for each in found.notes}


def test_where_the_valuable_leave_first_it_is_said() -> None:
    given, group, values = _drawn()
    left = (np.asarray(given.events) == 1) & (np.asarray(given.times) <= 12) & (group == 1)
    found = _found(given, group, np.where(left, values * 20, values), 12.0)
    assert "value-matters" in {each.code for each in found.notes}
    assert found.value_weighted.value > found.at_risk.interval.high


def test_equal_values_make_the_weighted_figure_the_plain_one() -> None:
    given, group, _ = _drawn()
    found = _found(given, group, np.full(400, 10.0), 12.0)
    assert found.value_weighted.value == pytest.approx(found.at_risk.value, rel=1e-12)


def test_customers_asked_later_count_from_then_on() -> None:
    given, group, values = _drawn()
    late = Histories(given.times, given.events, known_at=np.full(400, 6.0))
    found = _found(late, group, values, 18.0)
    assert {"immortal-time-removed", "left-truncated"} <= {each.code for each in found.notes}


def test_small_groups_few_departures_no_value_and_far_horizons_are_refused() -> None:
    given, group, values = _drawn()
    stays = Histories(given.times, np.asarray(given.events) * (1 - group))
    refused = [
        value_at_risk(given, (np.arange(400) < 5).astype(float), values, 12.0),
        value_at_risk(stays, group, values, 12.0),
        value_at_risk(given, group, np.where(group == 1, 0.0, values), 12.0),
        value_at_risk(given, group, values, 500.0),
    ]
    assert [each.code for each in refused if isinstance(each, Refusal)] == [
        "base-too-small",
        "too-few-departures",
        "no-value",
        "beyond-follow-up",
    ]


@pytest.mark.parametrize(("mark", "value", "said"), [(2.0, 1.0, "by 1"), (1.0, -1.0, "not negative")])
def test_impossible_marks_and_values_raise_a_clear_error(mark: float, value: float, said: str) -> None:
    given, group, values = _drawn()
    with pytest.raises(ValueError, match=said):
        value_at_risk(
            given, np.where(np.arange(400) == 0, mark, group), np.where(np.arange(400) == 0, value, values), 12
        )
    with pytest.raises(ValueError, match="400 customers"):
        value_at_risk(given, group[:-1], values, 12)
