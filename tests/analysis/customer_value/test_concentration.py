"""How much of the value few customers bring: against sums over pairs, the jackknife and counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.customer_value import ConcentrationOptions, concentration
from analysis.values import Estimate, Refusal
from analysis.values.customer_value.concentration import Concentration
from tests.analysis.carrying import lacks


def _found(*args: object, **more: object) -> Concentration:
    found = concentration(*args, **more)
    assert isinstance(found, Concentration)
    return found


def _pairs(values: np.ndarray) -> float:
    return float(np.abs(values[:, None] - values).sum() / (2 * values.size**2 * values.mean()))


def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean() -> None:
    values = np.random.default_rng(1).gamma(0.5, 10, 300)
    found = _found(values)
    assert found.gini.value == pytest.approx(_pairs(values), abs=1e-12)
    assert list(lacks(found)) == []


def test_errors_are_close_to_the_jackknifes() -> None:
    values = np.random.default_rng(2).exponential(1, 400)
    found = _found(values)

    def spread(figures: list[float]) -> float:
        return float(np.sqrt((len(figures) - 1) ** 2 / len(figures) * np.var(figures, ddof=1)))

    without = [np.delete(values, i) for i in range(400)]
    assert found.gini.se == pytest.approx(spread([_pairs(each) for each in without]), rel=0.02)
    squares = [float(np.square(each).sum() / each.sum() ** 2) * each.size / 400 for each in without]
    assert found.herfindahl.se == pytest.approx(spread(squares), rel=0.03)
    tops = [1 - _lorenz(each, 0.9) for each in without]
    assert found.top_share.se == pytest.approx(spread(tops), rel=0.05)


def _lorenz(values: np.ndarray, p: float) -> float:
    ordered = np.sort(values)
    sums = np.concatenate([[0.0], np.cumsum(ordered)]) / ordered.sum()
    return float(np.interp(p, np.linspace(0, 1, sums.size), sums))


def test_top_share_few_customers_and_herfindahl_are_counted_by_hand() -> None:
    found = _found([1.0] * 8 + [6.0, 6.0], options=ConcentrationOptions(top=0.2, most=0.6))
    assert found.top_share.value == pytest.approx(12 / 20)
    assert isinstance(found.few, Estimate)
    assert found.few.value == pytest.approx(0.2)
    assert found.herfindahl.value == pytest.approx((8 * 1 + 2 * 36) / 400)
    assert found.equivalent_customers == pytest.approx(5.0)
    assert [each.value for each in found.lorenz][:3] == pytest.approx([0, 0.05, 0.1])


def test_equal_customers_are_not_concentrated_at_all() -> None:
    found = _found([3.0] * 20)
    assert (found.gini.value, found.gini.interval.low, found.gini.interval.high) == (0.0, 0.0, 0.0)
    assert found.equivalent_customers == pytest.approx(20)
    assert found.few.value == pytest.approx(0.8)


def test_one_customer_with_everything_is_a_stated_result() -> None:
    found = _found([0.0] * 19 + [5.0])
    assert found.gini.value == pytest.approx(0.95)
    assert [each.code for each in found.notes] == ["few-dominate"]
    assert list(lacks(found)) == []


def test_whole_number_weights_give_what_repeated_customers_would() -> None:
    rng = np.random.default_rng(3)
    values, weights = rng.exponential(1, 100), rng.integers(1, 5, 100)
    weighted, repeated = _found(values, weights), _found(np.repeat(values, weights))
    assert weighted.gini.value == pytest.approx(repeated.gini.value, abs=1e-12)
    assert weighted.top_share.value == pytest.approx(repeated.top_share.value, abs=1e-12)
    assert weighted.few.value == pytest.approx(repeated.few.value, abs=1e-12)


def test_rows_written_twice_change_nothing_when_clustered() -> None:
    values = np.random.default_rng(4).exponential(1, 100)
    once = _found(values, clusters=np.arange(100))
    twice = _found(np.repeat(values, 2), clusters=np.repeat(np.arange(100), 2))
    for name in ("gini", "top_share", "few"):
        ours, theirs = getattr(once, name), getattr(twice, name)
        assert (theirs.value, theirs.se) == pytest.approx((ours.value, ours.se), rel=1e-9)


def test_few_customers_no_value_and_negative_values_are_refused() -> None:
    refused = [concentration([1.0] * 9), concentration([]), concentration([0.0] * 30), concentration([np.nan] * 30)]
    assert [each.code for each in refused if isinstance(each, Refusal)] == [
        "base-too-small",
        "base-too-small",
        "no-value",
        "base-too-small",
    ]
    with pytest.raises(ValueError, match="refunds"):
        concentration([1.0] * 20 + [-1.0])
    with pytest.raises(ValueError, match="finite"):
        concentration([1.0] * 20 + [np.inf])
    with pytest.raises(ValueError, match="between 0 and 1"):
        ConcentrationOptions(top=1.0)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_order_and_currency_change_nothing(data: st.DataObject) -> None:
    values = np.array(data.draw(st.lists(st.integers(0, 50), min_size=10, max_size=40)), dtype=float)
    order = np.array(data.draw(st.permutations(range(values.size))))
    first, second = concentration(values), concentration(values[order] * 2.0**300)
    if isinstance(first, Refusal):
        assert isinstance(second, Refusal)
        return
    assert isinstance(second, Concentration)
    for name in ("gini", "top_share", "herfindahl"):
        ours, theirs = getattr(first, name), getattr(second, name)
        assert theirs.value == pytest.approx(ours.value, rel=1e-9, abs=1e-12)
        assert theirs.se == pytest.approx(ours.se, rel=1e-6, abs=1e-9)
    assert list(lacks(first)) == []
    assert _pairs(values) == pytest.approx(first.gini.value, abs=1e-10)
