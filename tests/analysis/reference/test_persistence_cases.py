"""The reference case of persistence holds: Kaplan-Meier, median, restricted mean, log-rank and Cox."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.customer_value import (
    CoxOptions,
    Histories,
    cox,
    kaplan_meier,
    log_rank,
    median_survival,
    restricted_mean,
    survival_at,
)
from analysis.values import Estimate
from analysis.values.customer_value.persistence import CoxModel, LogRank, SurvivalCurve

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASE = REFERENCE / "cases" / "persistence_lung.json"

pytestmark = pytest.mark.skipif(
    not CASE.exists(), reason="the reference case persistence_lung is not beside this project"
)


def _case() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CASE.read_text(encoding="utf-8"))
    return loaded


def _columns() -> dict[str, np.ndarray]:
    with (REFERENCE / "data" / "persistence_lung.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def _histories() -> Histories:
    columns = _columns()
    return Histories(columns["time"], columns["event"])


def test_customers_departures_and_median_are_reproduced() -> None:
    expected, curve = _case()["expected"], kaplan_meier(_histories())
    assert isinstance(curve, SurvivalCurve)
    assert (curve.base.n, curve.n_events) == (expected["n"], expected["events"])
    assert isinstance(curve.median, Estimate)
    assert curve.median.value == expected["median"]
    assert median_survival(_histories()) == curve.median


def test_the_curve_with_greenwood_errors_and_log_log_bounds_is_reproduced() -> None:
    expected, exact = _case()["expected"]["km_at"], _case()["tolerance"]["km_abs"]
    points = survival_at(_histories(), expected["time"])
    assert isinstance(points, tuple)
    found = [each.estimate for each in points]
    assert [each.value for each in found] == pytest.approx(expected["surv"], abs=exact)
    assert [each.se for each in found] == pytest.approx(expected["se"], abs=exact)
    assert [each.interval.low for each in found] == pytest.approx(expected["lower_loglog"], abs=exact)
    assert [each.interval.high for each in found] == pytest.approx(expected["upper_loglog"], abs=exact)


def test_the_restricted_mean_is_reproduced() -> None:
    expected, exact = _case()["expected"]["rmst"], _case()["tolerance"]["km_abs"]
    found = restricted_mean(_histories(), expected["tau"])
    assert isinstance(found, Estimate)
    assert (found.value, found.se) == pytest.approx((expected["rmst"], expected["se"]), abs=exact)


def test_the_log_rank_test_is_reproduced() -> None:
    expected, exact = _case()["expected"]["logrank"], _case()["tolerance"]["km_abs"]
    found = log_rank(_histories(), [str(each) for each in _columns()["sex"]])
    assert isinstance(found, LogRank)
    assert (found.statistic, found.p_value) == pytest.approx((expected["chisq"], expected["p"]), abs=exact)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_the_hazard_model_is_reproduced_with_both_treatments_of_ties(ties: str) -> None:
    expected, close = _case()["expected"]["cox"][ties], _case()["tolerance"]["cox_abs"]
    columns = _columns()
    model = cox(_histories(), {name: columns[name] for name in expected["coef"]}, options=CoxOptions(ties=ties))
    assert isinstance(model, CoxModel)
    assert model.log_likelihood == pytest.approx(expected["loglik"], abs=close)
    assert {each.name: each.coefficient.value for each in model.terms} == pytest.approx(expected["coef"], abs=close)
    assert {each.name: each.coefficient.se for each in model.terms} == pytest.approx(expected["se"], abs=close)
