"""The reference cases of trends and change points hold, number by number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.trends import (
    bai_perron,
    ewma_chart,
    individuals_chart,
    mann_kendall,
    ols_cusum,
    pettitt,
    seasonal_mann_kendall,
    seasonal_sen_slope,
    sen_slope,
    series_line,
    sup_f,
)
from analysis.trends.breaks.sup_f import hansen_p
from analysis.values import Refusal

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
NAMES = ("trend_nile", "trend_airpassengers_log")

pytestmark = pytest.mark.skipif(
    not (REFERENCE / "cases" / "trend_nile.json").exists(),
    reason="the reference cases of trends are not beside this project",
)


class Case:
    """One published series with what is expected of it."""

    def __init__(self, name: str) -> None:
        loaded = json.loads((REFERENCE / "cases" / f"{name}.json").read_text(encoding="utf-8"))
        self.expected: dict[str, Any] = loaded["expected"]
        self.relative: float = loaded["tolerance"]["exact_rel"]
        self.p_abs: float = loaded["tolerance"]["p_abs"]
        self.sup_f_p_abs: float = loaded["tolerance"]["supF_p_abs"]
        with (REFERENCE / loaded["data"]["file"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.at, self.values = [float(row["t"]) for row in rows], [float(row["y"]) for row in rows]
        self.labels = [str(i + 1) for i in range(len(rows))]

    def agrees(self, found: float, expected: float) -> None:
        assert found == pytest.approx(expected, rel=self.relative, abs=0)

    def agrees_p(self, found: float, expected: float) -> None:
        assert found == pytest.approx(expected, abs=self.p_abs)


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def _given(found: Any) -> Any:
    assert not isinstance(found, Refusal)
    return found


def test_the_series_is_whole(case: Case) -> None:
    assert len(case.values) == case.expected["n"]


def test_mann_kendalls_test_is_reproduced(case: Case) -> None:
    expected, found = case.expected["mann_kendall"], _given(mann_kendall(case.values, case.at))
    assert found.s == expected["S"]
    case.agrees(found.variance, expected["varS"])
    case.agrees(found.tau, expected["tau"])
    case.agrees(found.z, expected["z"])
    case.agrees(found.z_without_continuity, expected["z_no_continuity"])
    case.agrees_p(found.p_value, expected["p"])
    case.agrees(found.p_value, expected["p"])


def test_sens_slope_and_its_interval_are_reproduced(case: Case) -> None:
    expected, found = case.expected["sen_slope"], _given(sen_slope(case.values, case.at))
    case.agrees(found.slope.value, expected["slope"])
    case.agrees(found.slope.interval.low, expected["ci95"][0])
    case.agrees(found.slope.interval.high, expected["ci95"][1])


def test_pettitts_test_is_reproduced(case: Case) -> None:
    expected, found = case.expected["pettitt"], pettitt(case.values)
    assert found.n_before == expected["K"] == expected["index_1based"]
    case.agrees(found.statistic, expected["stat"])
    case.agrees_p(found.p_value, expected["p"])


def test_the_line_and_its_errors_are_reproduced(case: Case) -> None:
    expected, found = case.expected["ols"], _given(series_line(case.values, case.at))
    case.agrees(found.intercept, expected["intercept"])
    case.agrees(found.slope.value, expected["slope"])
    case.agrees(found.se_ordinary, expected["se_slope"])
    case.agrees_p(found.p_ordinary, expected["p"])
    case.agrees(found.r2, expected["r2"])
    assert found.lag == expected["newey_west_lag"]
    case.agrees(found.slope.se, expected["se_slope_newey_west_bartlett_no_correction"])
    case.agrees(found.se_hc1, expected["se_slope_hc1"])
    case.agrees(found.durbin_watson, expected["durbin_watson"])


def test_the_autocorrelations_are_reproduced(case: Case) -> None:
    found = _given(series_line(case.values, case.at)).autocorrelations
    assert found == pytest.approx(case.expected["acf1_to_5"], rel=case.relative)


def test_sup_f_is_reproduced(case: Case) -> None:
    expected, found = case.expected["supF"], _given(sup_f(case.values))
    case.agrees(found.statistic, expected["stat"])
    assert found.p_value == pytest.approx(expected["p"], abs=case.sup_f_p_abs)
    assert found.p_limit == pytest.approx(expected["p"], abs=case.sup_f_p_abs)
    assert found.trim == expected["trim"]
    assert found.date.n_before == expected["argmax_1based"]
    assert found.date.earliest <= found.date.n_before <= found.date.latest


def test_bai_and_perrons_breaks_are_reproduced(case: Case) -> None:
    expected, found = case.expected["bai_perron_mean_shift"], _given(bai_perron(case.values))
    assert found.minimum_segment == int(expected["h"] * len(case.values))
    assert found.n_breaks == expected["bic_optimal_breaks"]
    assert [each.n_before for each in found.dates] == expected["breakpoints_1based"]
    assert found.rss == pytest.approx(expected["rss"], rel=case.relative)
    assert found.bic == pytest.approx(expected["bic"], rel=case.relative)


def test_the_cusum_of_residuals_is_reproduced(case: Case) -> None:
    expected, found = case.expected["ols_cusum"], _given(ols_cusum(case.values))
    case.agrees(found.statistic, expected["stat"])
    case.agrees_p(found.p_value, expected["p"])


def test_the_individuals_chart_is_reproduced(case: Case) -> None:
    expected, found = case.expected["individuals_chart"], individuals_chart(case.values, case.labels)
    case.agrees(found.centre, expected["center"])
    assert found.sigma is not None
    case.agrees(found.sigma, expected["sigma_mr"])
    case.agrees(found.points[0].low, expected["lcl"])
    case.agrees(found.points[-1].high, expected["ucl"])
    assert [int(each.label) for each in found.points if each.is_outside] == expected["out_of_control_1based"]


def test_the_ewma_chart_is_reproduced(case: Case) -> None:
    expected = case.expected["ewma"]
    found = ewma_chart(case.values, case.labels, expected["lambda"], expected["L"])
    assert [each.value for each in found.points[:5]] == pytest.approx(expected["first5"], rel=case.relative)
    case.agrees(found.points[-1].value, expected["last"])
    assert found.limit is not None
    case.agrees(found.limit, expected["limit_asymptotic"])
    assert [int(each.label) for each in found.points if each.is_outside] == expected["signals_exact_limits_1based"]


def test_the_seasonal_test_and_slope_are_reproduced() -> None:
    case = Case("trend_airpassengers_log")
    expected, found = case.expected["seasonal_mann_kendall"], _given(seasonal_mann_kendall(case.values, 12))
    assert found.s == sum(found.s_by_season) == expected["S"]
    case.agrees(found.variance, expected["varS"])
    case.agrees(found.z, expected["z"])
    case.agrees_p(found.p_value, expected["p"])
    slope = _given(seasonal_sen_slope(case.values, 12))
    case.agrees(slope.per_cycle.value, expected["seasonal_sen_slope_per_period"])
    case.agrees(slope.slope.value * 12, expected["seasonal_sen_slope_per_period"])


def test_hansens_approximation_is_a_little_below_the_limit() -> None:
    """Andrews' critical value of 5 % for one parameter and 15 % trimming is 8.85."""
    assert 0.04 < hansen_p(8.85, (0.85 / 0.15) ** 2) < 0.05
