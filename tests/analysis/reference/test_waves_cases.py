"""The reference cases of waves hold: lines with known variances, charts, Pettitt's test."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from statsmodels.regression.linear_model import WLS

from analysis.scores import Answers, ScoreOptions
from analysis.trends import (
    LineOptions,
    TrendOptions,
    Waves,
    fixed_effect_line,
    homogeneity,
    laney_chart,
    p_chart,
    random_effects_line,
    trend,
    trend_points,
    wave_series,
    waves_of,
)
from analysis.values.scores import Kind, Measure
from analysis.values.trends import ControlChart, Period, TrendTest

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASE = REFERENCE / "cases" / "waves_nps.json"

pytestmark = pytest.mark.skipif(not CASE.exists(), reason="the reference case waves_nps is not beside this project")


def _case(name: str = "waves_nps") -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _counts() -> np.ndarray:
    with (REFERENCE / "data" / "waves_nps.csv").open(encoding="utf-8", newline="") as file:
        rows = [[int(row[key]) for key in ("detractors", "passives", "promoters")] for row in csv.DictReader(file)]
    return np.array(rows)


def _answers() -> tuple[Answers, list[str], list[Period]]:
    """Return one 0-10 answer per respondent of the published counts, with the wave it belongs to."""
    counts = _counts()
    scores = np.concatenate([np.repeat([2.0, 7.0, 10.0], row) for row in counts])
    labels = np.repeat([f"wave {i + 1}" for i in range(len(counts))], counts.sum(axis=1)).tolist()
    return Answers(scores), labels, [Period(f"wave {i + 1}", i + 1.0) for i in range(len(counts))]


def _waves() -> Waves:
    """Return the waves on the scale of the case, where the score runs from -1 to 1."""
    found = waves_of(trend_points(*_answers(), Measure(Kind.NET_PROMOTER)))
    return Waves(found.at, found.figures / 100, found.variances / 1e4, found.unit, found.base)


def test_every_wave_has_its_published_score_and_standard_error() -> None:
    expected, exact = _case()["expected"], _case()["tolerance"]["exact_abs"]
    waves = _waves()
    assert waves.figures == pytest.approx(np.array(expected["theta"]), abs=exact)
    assert np.sqrt(waves.variances) == pytest.approx(np.array(expected["se"]), abs=exact)


def test_the_fixed_effect_line_and_its_homogeneity_are_reproduced() -> None:
    expected, exact = _case()["expected"]["fixed"], _case()["tolerance"]["exact_abs"]
    line, q = fixed_effect_line(_waves()), homogeneity(_waves())
    assert line.intercept == pytest.approx(expected["intercept"], abs=exact)
    assert line.slope.value == pytest.approx(expected["slope"], abs=exact)
    assert line.slope.se == pytest.approx(expected["se_slope"], abs=exact)
    assert line.statistic == pytest.approx(expected["z"], abs=exact)
    assert (q.q, q.df, q.p_value) == pytest.approx((expected["Q_resid"], expected["df"], expected["p_Q"]), abs=exact)


def test_the_random_effects_line_is_reproduced() -> None:
    expected, exact = _case()["expected"]["random"], _case()["tolerance"]["exact_abs"]
    line = random_effects_line(_waves(), LineOptions(reference="normal"))
    assert line.tau2 == pytest.approx(expected["tau2"], abs=exact)
    assert line.intercept == pytest.approx(expected["intercept"], abs=exact)
    assert line.slope.value == pytest.approx(expected["slope"], abs=exact)
    assert line.slope.se == pytest.approx(expected["se_slope"], abs=exact)
    assert line.statistic == pytest.approx(expected["z"], abs=exact)


def test_the_published_slope_is_no_clear_change_although_the_fixed_effect_line_is_sure() -> None:
    test = trend(*_answers(), Measure(Kind.NET_PROMOTER)).test
    assert isinstance(test, TrendTest)
    assert test.verdict == "no-clear-change"
    assert test.fixed.p_value < 0.001


def test_both_control_charts_are_reproduced() -> None:
    expected, exact = _case()["expected"], _case()["tolerance"]["exact_abs"]
    counts, labels = _counts(), [str(i + 1) for i in range(16)]
    chart = p_chart(counts[:, 2], counts.sum(axis=1), labels)
    laney = laney_chart(counts[:, 2], counts.sum(axis=1), labels)
    assert chart.centre == pytest.approx(expected["p_chart"]["pbar"], abs=exact)
    assert [point.low for point in chart.points] == pytest.approx(expected["p_chart"]["lcl"], abs=exact)
    assert [point.high for point in chart.points] == pytest.approx(expected["p_chart"]["ucl"], abs=exact)
    assert [int(p.label) for p in chart.points if p.is_outside] == expected["p_chart"]["out_1based"]
    assert laney.sigma_z == pytest.approx(expected["laney"]["sigma_z"], abs=exact)
    assert [int(p.label) for p in laney.points if p.is_outside] == expected["laney"]["out_1based"]


def test_a_trend_of_scores_charts_its_promoters() -> None:
    chart = trend(*_answers(), Measure(Kind.NET_PROMOTER), TrendOptions(ScoreOptions(minimum_base=1))).chart
    assert isinstance(chart, ControlChart)
    assert chart.sigma_z == pytest.approx(
        _case()["expected"]["laney"]["sigma_z"], abs=_case()["tolerance"]["exact_abs"]
    )


def test_the_rescaled_error_that_answers_another_question_is_that_of_statsmodels() -> None:
    expected = _case()
    waves = _waves()
    design = np.column_stack([np.ones(16), waves.at])
    found = WLS(waves.figures, design, weights=1 / waves.variances).fit().bse[1]
    assert found == pytest.approx(
        expected["expected"]["lm_weights_rescaled_se"], abs=expected["tolerance"]["exact_abs"]
    )
    q, slope = homogeneity(waves), fixed_effect_line(waves).slope.se
    assert slope is not None
    assert slope * (q.q / q.df) ** 0.5 == pytest.approx(found)


def test_waves_given_as_figures_and_errors_give_the_same_line() -> None:
    expected, exact = _case()["expected"], _case()["tolerance"]["exact_abs"]
    waves = wave_series(expected["theta"], expected["se"], range(1, 17), "share")
    line = random_effects_line(waves, LineOptions(reference="normal"))
    assert line.tau2 == pytest.approx(expected["random"]["tau2"], abs=exact)
    assert line.slope.se == pytest.approx(expected["random"]["se_slope"], abs=exact)
