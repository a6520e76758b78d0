"""How often customers buy and what they will be worth: against integrals, simulation and counting by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize, special, stats

from analysis.customer_value import (
    PurchaseOptions,
    Purchases,
    Transactions,
    ValueOptions,
    bg_nbd,
    expected_purchases,
    expected_spend,
    gamma_gamma,
    hold_out_validation,
    lifetime_value,
    probability_alive,
    purchase_histories,
    purchases_of,
)
from analysis.customer_value.bg_nbd import counted, log_likelihoods, purchases_within
from analysis.customer_value.lifetime_value import discounted_purchases
from analysis.customer_value.spend import spend_likelihoods
from analysis.values import Refusal
from analysis.values.customer_value.purchases import HoldOut, LifetimeValue, PurchaseModel, SpendModel
from tests.analysis.carrying import lacks

TRUE = (0.5, 6.0, 0.8, 2.4)


def _bought(n: int, seed: int = 1, weeks: tuple[float, float] = (26, 52)) -> list[list[float]]:
    """Return each customer's repeat purchase times and, last, his age, drawn from BG/NBD."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = TRUE
    rows = []
    for age, rate, leaves in zip(rng.uniform(*weeks, n), rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), strict=True):
        times: list[float] = []
        now = rng.exponential(1 / max(rate, 1e-12))
        while now <= age:
            times.append(now)
            if rng.random() < leaves:
                break
            now += rng.exponential(1 / rate)
        rows.append([*times, age])
    return rows


def _purchases(n: int, seed: int = 1) -> Purchases:
    rows, rng = _bought(n, seed), np.random.default_rng(seed + 100)
    x = np.array([len(each) - 1 for each in rows], dtype=float)
    last = np.array([each[-2] if len(each) > 1 else 0.0 for each in rows])
    spend = np.where(x > 0, rng.gamma(6.0 * np.maximum(x, 1)) / rng.gamma(4.0, 1 / 15.0, n) / np.maximum(x, 1), np.nan)
    return purchases_of(x, last, [each[-1] for each in rows], spend)


def _model(purchases: Purchases) -> PurchaseModel:
    found = bg_nbd(purchases)
    assert isinstance(found, PurchaseModel)
    return found


def _integrated(values: tuple[float, ...], x: int, last: float, age: float) -> float:
    """Return one customer's likelihood by integrating over his rate and his probability of leaving."""
    r, alpha, a, b = values

    nodes, weights = special.roots_jacobi(60, b - 1, a - 1)
    p = (nodes + 1) / 2

    def given(log_rate: float) -> np.ndarray:
        rate = np.exp(log_rate)
        stays = (1 - p) ** x * rate**x * np.exp(-rate * age)
        leaves = p * (1 - p) ** (x - 1) * rate**x * np.exp(-rate * last) if x else 0.0
        return (stays + leaves) * stats.gamma.pdf(rate, r, scale=1 / alpha) * rate

    return float(integrate.quad_vec(given, -30, 5, epsabs=1e-13)[0] @ weights / weights.sum())


@pytest.mark.parametrize(("x", "last", "age"), [(0, 0.0, 30.0), (1, 3.0, 30.0), (3, 20.0, 22.0), (9, 29.5, 30.0)])
def test_the_likelihood_is_the_integral_over_rates_and_leaving(x: int, last: float, age: float) -> None:
    values = (1.2, 4.0, 1.1, 2.4)
    data, _ = counted(purchases_of([x], [last], [age]))
    scaled = np.log([values[0], values[1] / data.unit, values[2], values[3]])
    ours = float(log_likelihoods(scaled, data)[0][0]) - x * np.log(data.unit)
    assert ours == pytest.approx(np.log(_integrated(values, x, last, age)), abs=1e-6)


def test_the_gradients_are_the_slopes_of_the_likelihoods() -> None:
    purchases = _purchases(60)
    data, _ = counted(purchases)
    x, m = purchases.frequency[purchases.frequency > 0], purchases.spend[purchases.frequency > 0]
    for function, at in (
        (lambda point: log_likelihoods(point, data), np.array([-0.3, 0.2, 0.1, 0.7])),
        (lambda point: spend_likelihoods(point, x, m), np.array([1.5, 1.2, 2.0])),
    ):
        for i in range(at.size):
            step = np.eye(at.size)[i] * 1e-5
            slope = (function(at + step)[0] - function(at - step)[0]) / 2e-5
            assert function(at)[1][:, i] == pytest.approx(slope, rel=1e-5, abs=1e-7)


def test_the_fit_is_the_maximum_that_a_plain_search_finds_in_the_given_unit() -> None:
    purchases = _purchases(400)
    x, last, age = purchases.frequency, purchases.recency, purchases.age

    def negative(logs: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logs)
        stays = (alpha + age) ** -(r + x) * special.beta(a, b + x)
        leaves = np.where(x > 0, (alpha + last) ** -(r + x) * special.beta(a + 1, b + np.maximum(x, 1) - 1), 0.0)
        parts = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - np.log(special.beta(a, b))
        return -float((parts + np.log(stays + leaves)).sum())

    model = _model(purchases)
    best = optimize.minimize(negative, np.log(TRUE), method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-9})
    assert model.log_likelihood == pytest.approx(-best.fun, abs=1e-5)
    assert model.log_likelihood == pytest.approx(-negative(np.log(model.values)), rel=1e-10)
    assert list(lacks(model)) == []


def test_the_truth_of_a_large_simulation_is_recovered() -> None:
    model = _model(_purchases(4000, seed=3))
    for found, truth in zip(model.parameters, TRUE, strict=True):
        assert found.interval.low < truth < found.interval.high
        assert found.interval.high < 2.5 * found.interval.low


@pytest.mark.parametrize(
    "values", [(0.5, 6.0, 0.8, 2.4), (0.5, 6.0, 1.0, 2.4), (2.0, 3.0, 30.0, 90.0), (0.4, 5.0, 1e4, 2e4)]
)
@pytest.mark.parametrize(("x", "last"), [(0, 0.0), (2, 20.0), (60, 29.0)])
def test_expected_purchases_are_the_integral_over_what_customers_may_be(
    values: tuple[float, float, float, float], x: int, last: float
) -> None:
    r, alpha, a, b = values
    given = purchases_of([x], [last], [30.0])
    nodes, weights = special.roots_jacobi(200, b + x - 1, a - 1) if b + x < 200 else (None, None)
    if nodes is None:
        p, weights = np.array([a / (a + b + x)]), np.array([1.0])
    else:
        p = (nodes + 1) / 2
    alive_and_buying = (1 - ((alpha + 30) / (alpha + 30 + p * 25)) ** (r + x)) / p
    leaving = a / (b + max(x, 1) - 1) * ((alpha + 30) / (alpha + last)) ** (r + x) if x else 0.0
    direct = float(alive_and_buying @ weights / weights.sum()) / (1 + leaving)
    assert purchases_within(values, given, 25.0)[0] == pytest.approx(direct, rel=1e-6 if nodes is not None else 1e-3)


def test_the_future_of_drawn_customers_is_as_expected() -> None:
    rows = _bought(6000, seed=5, weeks=(80, 80))
    cut, horizon = 40.0, 40.0
    times = [np.array(each[:-1]) for each in rows]
    x = np.array([float((each <= cut).sum()) for each in times])
    last = np.array([float(each[each <= cut].max(initial=0.0)) for each in times])
    later = np.array([float((each > cut).sum()) for each in times])
    expected = purchases_within(TRUE, purchases_of(x, last, np.full(x.size, cut)), horizon)
    for inside in (x == 0, x == 1, (x > 1) & (x < 5), x >= 5):
        error = later[inside].std() / np.sqrt(inside.sum())
        assert abs(later[inside].mean() - expected[inside].mean()) < 4 * error


def test_who_was_silent_for_long_is_probably_gone() -> None:
    given = purchases_of([0, 5, 5, 5], [0, 10, 25, 30], [30, 30, 30, 30])
    alive = probability_alive(_model(_purchases(800)), given)
    assert alive[0] == 1.0
    assert alive[1] < 0.3 < alive[2] < alive[3]


def test_weeks_or_days_make_no_difference() -> None:
    weeks = _purchases(500)
    days = purchases_of(weeks.frequency, weeks.recency * 7, weeks.age * 7, weeks.spend)
    first, second = _model(weeks), _model(days)
    r, alpha, a, b = (each.value for each in first.parameters)
    assert [each.value for each in second.parameters] == pytest.approx((r, alpha * 7, a, b), rel=1e-5)
    assert expected_purchases(second, days, 70) == pytest.approx(expected_purchases(first, weeks, 10), rel=1e-5)


def test_discounting_sums_what_small_steps_give() -> None:
    given = _purchases(20)
    steps = np.linspace(0, 30, 3001)
    values = np.array([purchases_within(TRUE, given, float(each)) for each in steps])
    factors = 1.004 ** -((steps[1:] + steps[:-1]) / 2)
    assert discounted_purchases(TRUE, given, 30.0, 0.004) == pytest.approx(factors @ np.diff(values, axis=0), rel=1e-5)


def test_spend_is_the_maximum_and_shrinks_towards_the_mean() -> None:
    purchases = _purchases(1500, seed=7)
    model = gamma_gamma(purchases)
    assert isinstance(model, SpendModel)
    assert model.mean_spend.interval.low < 6 * 15 / 3 < model.mean_spend.interval.high
    used = purchases.frequency > 0
    for nudge in np.vstack([np.eye(3), -np.eye(3)]) * 0.02:
        there = spend_likelihoods(np.log(model.values) + nudge, purchases.frequency[used], purchases.spend[used])[0]
        assert there.sum() < model.log_likelihood
    shrunk = expected_spend(model, purchases_of([0, 1, 50], [0, 1, 9], [9, 9, 9], [np.nan, 100.0, 100.0]))
    assert shrunk[0] == pytest.approx(model.mean_spend.value)
    assert shrunk[0] < shrunk[1] < shrunk[2] < 100
    assert list(lacks(model)) == []


def test_spend_that_depends_on_frequency_is_said() -> None:
    purchases = _purchases(900)
    tied = purchases_of(
        purchases.frequency, purchases.recency, purchases.age, purchases.spend * (1 + purchases.frequency)
    )
    model = gamma_gamma(tied)
    assert isinstance(model, SpendModel)
    assert "spend-depends-on-frequency" in {each.code for each in model.notes}


def test_the_value_of_customers_has_an_interval_that_the_same_seed_repeats() -> None:
    purchases = _purchases(400)
    options = ValueOptions(discount=0.002, margin=0.4, draws=40)
    found, again = (lifetime_value(purchases, 26.0, np.random.default_rng(9), options) for _ in range(2))
    assert isinstance(found, LifetimeValue)
    assert found == again
    assert sum(found.values) == pytest.approx(found.total.value)
    assert sum(found.purchases) == pytest.approx(found.total_purchases.value)
    assert found.mean.value == pytest.approx(found.total.value / 400)
    assert found.total.interval.low < found.total.value < found.total.interval.high
    assert list(lacks(found)) == []


def test_single_purchases_are_summed_up_as_by_pandas() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "customer": [f"c{each}" for each in rng.integers(0, 60, 400)],
            "day": pd.to_datetime("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, 400), "D"),
            "amount": rng.gamma(2, 20, 400),
        }
    )
    found = purchase_histories(
        Transactions(frame["customer"].tolist(), frame["day"].to_numpy(), frame["amount"].to_numpy()), date(2025, 9, 1)
    )
    daily = frame[frame["day"] <= "2025-09-01"].groupby(["customer", "day"], as_index=False)["amount"].sum()
    for i, name in enumerate(found.customers):
        own = daily[daily["customer"] == name]
        assert found.frequency[i] == len(own) - 1
        assert found.recency[i] * 7 == pytest.approx((own["day"].max() - own["day"].min()).days)
        assert found.age[i] * 7 == pytest.approx((pd.Timestamp("2025-09-01") - own["day"].min()).days)
        if len(own) > 1:
            assert found.spend[i] == pytest.approx(own.sort_values("day")["amount"].iloc[1:].mean())
    assert list(found.customers) == sorted(daily["customer"].unique())


def _transactions(n: int) -> Transactions:
    start, rows = date(2024, 1, 1), []
    rng = np.random.default_rng(8)
    for i, each in enumerate(_bought(n, seed=8, weeks=(104, 104))):
        first = start + timedelta(days=int(rng.integers(0, 90)))
        rows += [(f"c{i}", first + timedelta(days=round(7 * time))) for time in [0.0, *each[:-1]]]
    return Transactions([name for name, _ in rows], [day.isoformat() for _, day in rows])


def test_a_later_period_is_foretold_from_an_earlier_one() -> None:
    found = hold_out_validation(_transactions(1200), date(2025, 1, 1), date(2025, 9, 1))
    assert isinstance(found, HoldOut)
    assert found.ratio.interval.low < 1 < found.ratio.interval.high
    assert found.mean_absolute_error < found.naive_error
    assert sum(each.n for each in found.rows) == found.base.n
    assert sum(each.n * each.actual for each in found.rows) == pytest.approx(found.actual)
    assert sum(each.n * each.expected for each in found.rows) == pytest.approx(found.expected)
    assert list(lacks(found)) == []


def test_customers_who_stopped_are_said_to_be_off_what_was_expected() -> None:
    given = _transactions(1200)
    kept = [i for i, day in enumerate(given.dates) if day < "2025-01-01" or i % 3 == 0]
    fewer = Transactions([given.customers[i] for i in kept], [given.dates[i] for i in kept])
    found = hold_out_validation(fewer, date(2025, 1, 1), date(2025, 9, 1))
    assert isinstance(found, HoldOut)
    assert "ratio-off" in {each.code for each in found.notes}


def test_too_few_repeat_customers_and_missing_amounts_are_refused() -> None:
    few = purchases_of([0] * 50 + [1] * 10, [0] * 50 + [2] * 10, [9] * 60)
    whole = _purchases(200)
    bare = purchases_of(whole.frequency, whole.recency, whole.age)
    refused = [
        bg_nbd(few),
        gamma_gamma(bare),
        lifetime_value(few, 10, np.random.default_rng(1)),
        bg_nbd(purchases_of([], [], []), PurchaseOptions(minimum_repeating=0)),
    ]
    assert [each.code for each in refused if isinstance(each, Refusal)] == [
        "too-few-repeat-customers",
        "no-amounts",
        "too-few-repeat-customers",
        "too-few-repeat-customers",
    ]


def test_customers_who_never_leave_are_said_so() -> None:
    rng = np.random.default_rng(4)
    x = rng.poisson(rng.gamma(2, 3, 400)).astype(float)
    last = np.where(x > 0, 50 * rng.beta(np.maximum(x, 1), 1), 0.0)
    model = _model(purchases_of(x, last, np.full(400, 50.0)))
    assert "no-dropout-seen" in {each.code for each in model.notes} or model.mean_dropout.value < 0.01
    assert np.isfinite(expected_purchases(model, purchases_of([3], [40], [50]), 20)).all()


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (([1], [5], [4]), "within the age"),
        (([1], [0], [4]), "apart from the first"),
        (([-1], [0], [4]), "frequency"),
        (([1], [np.nan], [4]), "recency"),
        (([1, 2], [1], [4, 4]), "one frequency"),
    ],
)
def test_impossible_purchases_raise_a_clear_error(figures: tuple[list[float], ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        purchases_of(*figures)


def test_impossible_horizons_discounts_and_amounts_raise_a_clear_error() -> None:
    whole = _purchases(200)
    with pytest.raises(ValueError, match="horizon"):
        expected_purchases(_model(whole), whole, -1)
    with pytest.raises(ValueError, match="discount"):
        ValueOptions(discount=-0.1)
    with pytest.raises(ValueError, match="Amounts"):
        purchase_histories(Transactions(["a"], ["2025-01-01"], [np.inf]), date(2025, 2, 1))
    with pytest.raises(ValueError, match="hold-out period"):
        hold_out_validation(Transactions(["a"], ["2025-01-01"]), date(2025, 2, 1), date(2025, 2, 1))
