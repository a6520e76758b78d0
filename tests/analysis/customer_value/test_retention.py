"""Who came back, and how contracts run out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

from analysis.customer_value import CohortOptions, ContractOptions, Span, contractual_churn, retention_cohorts
from analysis.intervals import wilson
from analysis.values import Estimate, Refusal
from analysis.values.customer_value.retention import CohortTable, ContractualChurn
from tests.analysis.carrying import lacks


def _visits(n: int = 900, customers: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    days = pd.to_datetime("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    return pd.DataFrame({"customer": [f"c{each}" for each in rng.integers(0, customers, n)], "date": days})


def _table(frame: pd.DataFrame, until: date, **options: object) -> CohortTable:
    found = retention_cohorts(frame["customer"].tolist(), frame["date"].to_numpy(), until, CohortOptions(**options))
    assert isinstance(found, CohortTable)
    return found


def test_cohorts_agree_with_a_table_counted_by_pandas() -> None:
    frame, until = _visits(), date(2025, 9, 30)
    table = _table(frame, until, minimum_base=1)
    month = frame[frame["date"] <= "2025-09-30"].assign(period=lambda each: each["date"].dt.to_period("M"))
    first = month.groupby("customer")["period"].transform("min")
    age = (month["period"] - first).map(lambda each: each.n)
    found = month.assign(first=first, age=age).groupby(["first", "age"])["customer"].nunique()
    counts = found.reset_index().pivot_table(index="first", columns="age", values="customer", fill_value=0)
    assert [each.label for each in table.cohorts] == [str(each) for each in counts.index]
    for cohort, (label, row) in zip(table.cohorts, counts.iterrows(), strict=True):
        for cell in cohort.cells:
            if cell.n_active is None:
                assert label + cell.age > pd.Period("2025-09", "M")
                assert cell.retained.code == "not-observed"
            else:
                assert cell.n_active == row[cell.age]
                assert cell.retained.value == cell.n_active / cohort.n
    assert list(lacks(table)) == []


def test_cells_have_wilson_intervals_and_all_cohorts_are_pooled_where_observed() -> None:
    table = _table(_visits(), date(2025, 9, 30), minimum_base=1)
    cell = table.cohorts[0].cells[3]
    assert cell.retained.interval == wilson(cell.n_active / table.cohorts[0].n, table.cohorts[0].n, 0.95)
    old = [each for each in table.cohorts if each.cells[8].n_active is not None]
    assert table.overall[8].retained.base.n == sum(each.n for each in old)


def test_an_unfinished_month_is_not_yet_observed() -> None:
    frame = _visits()
    whole, part = _table(frame, date(2025, 8, 31)), _table(frame, date(2025, 9, 29))
    assert part == whole


@pytest.mark.parametrize(
    ("span", "label"),
    [(Span.WEEK, "2025-W01"), (Span.MONTH, "2025-01"), (Span.QUARTER, "2025-Q1"), (Span.YEAR, "2025")],
)
def test_periods_are_named_after_iso(span: Span, label: str) -> None:
    table = _table(_visits(), date(2025, 12, 31), span=span)
    assert table.cohorts[0].label == label
    assert table.notes[0].figures == {"first": label}


def test_small_cohorts_show_counts_only_and_missing_rows_are_said() -> None:
    frame = _visits(80, 70)
    rows = pd.concat([frame, pd.DataFrame({"customer": [None, "x"], "date": [pd.Timestamp("2025-02-01"), pd.NaT]})])
    table = _table(rows, date(2025, 9, 30), minimum_base=30)
    assert {each.cells[0].retained.code for each in table.cohorts if each.n < 30} == {"base-too-small"}
    assert [(each.code, each.figures.get("n")) for each in table.notes][1:] == [("missing-left-out", 2)]


def test_nothing_observed_in_full_is_refused() -> None:
    found = retention_cohorts(["a"], ["2025-03-03"], date(2025, 3, 15))
    assert isinstance(found, Refusal)
    assert found.code == "no-complete-period"


def _naive_log_likelihood(alpha: float, beta: float, alive: list[int]) -> float:
    """Integrate each customer's geometric likelihood over the Beta numerically."""
    total = 0.0
    nodes, weights = special.roots_jacobi(40, beta - 1, alpha - 1)
    leaves, weights = (nodes + 1) / 2, weights / weights.sum()
    for age in range(1, len(alive)):
        share = weights @ (leaves * (1 - leaves) ** (age - 1))
        total += (alive[age - 1] - alive[age]) * np.log(share)
    return float(total + alive[-1] * np.log(weights @ (1 - leaves) ** (len(alive) - 1)))


def _churn(cohorts: list[list[float]], horizon: int = 8) -> ContractualChurn:
    found = contractual_churn(cohorts, horizon)
    assert isinstance(found, ContractualChurn)
    return found


def test_the_contract_model_is_the_maximum_of_the_integrated_likelihood() -> None:
    alive = [800, 640, 556, 500, 460, 431]
    found = _churn([alive])
    assert found.log_likelihood == pytest.approx(_naive_log_likelihood(found.alpha, found.beta, alive), rel=1e-9)
    best = optimize.minimize(
        lambda at: -_naive_log_likelihood(*np.exp(at), alive),
        np.log([1.0, 3.0]),
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-9},
    )
    assert (found.alpha, found.beta) == pytest.approx(np.exp(best.x), rel=1e-4)
    assert list(lacks(found)) == []


def test_survival_ahead_is_the_product_of_renewals_and_the_observed_share_stands_beside() -> None:
    alive = [800.0, 640, 556, 500, 460, 431]
    found = _churn([alive])
    rates = np.cumprod([each.retention.value for each in found.points])
    assert [each.survival.value for each in found.points] == pytest.approx(rates, rel=1e-12)
    assert [each.observed for each in found.points[:5]] == pytest.approx([each / 800 for each in alive[1:]])
    assert [each.observed for each in found.points[5:]] == [None, None, None]


def test_cohorts_of_different_age_together_give_the_truth_they_were_drawn_from() -> None:
    rng = np.random.default_rng(3)
    cohorts = []
    for renewals in (3, 5, 7):
        stays = rng.geometric(rng.beta(0.7, 3.8, 4000))
        cohorts.append([float((stays > age).sum()) for age in range(renewals + 1)])
    found = _churn(cohorts)
    assert found.mean_churn.interval.low < 0.7 / 4.5 < found.mean_churn.interval.high
    assert found.polarisation.interval.low < 1 / 5.5 < found.polarisation.interval.high


def test_customers_who_are_all_alike_are_said_so() -> None:
    found = _churn([[1000.0 * 0.8**age for age in range(6)]])
    assert found.mean_churn.value == pytest.approx(0.2, abs=1e-3)
    assert [each.code for each in found.notes] == ["customers-alike"]


def test_too_little_to_learn_from_is_refused_and_growing_cohorts_are_an_error() -> None:
    refused = [
        contractual_churn([[12.0, 10, 9]], 5),
        contractual_churn([[100.0, 80]], 5),
        contractual_churn([[100.0, 99, 98]], 5),
        contractual_churn([], 5, ContractOptions()),
    ]
    assert [each.code for each in refused if isinstance(each, Refusal)] == [
        "base-too-small",
        "too-few-renewals",
        "too-few-departures",
        "base-too-small",
    ]
    for wrong in ([10.0, 11.0], [10.0, np.nan], [-1.0]):
        with pytest.raises(ValueError, match="cohort"):
            contractual_churn([wrong], 5)


def test_a_share_of_the_first_period_is_one_by_definition() -> None:
    table = _table(_visits(), date(2025, 9, 30), minimum_base=1)
    found = table.cohorts[0].cells[0].retained
    assert isinstance(found, Estimate)
    assert (found.value, found.interval) == (1.0, None)
