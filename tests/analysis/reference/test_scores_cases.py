"""The reference case of Net Promoter Scores holds, number by number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparisons import ComparisonOptions, compare
from analysis.intervals import Trinomial, nps_adjusted_wald
from analysis.scores import Answers, ScoreOptions, mean_score, net_promoter_score, top_box_share
from analysis.values import Estimate
from analysis.values.comparisons import Difference
from analysis.values.scores import NPS_SCALE, Kind, Measure
from analysis.weights import effective_base, mean_variance, sample_of

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASE = REFERENCE / "cases" / "nps_cases.json"

pytestmark = pytest.mark.skipif(not CASE.exists(), reason="the reference case nps_cases is not beside this project")


def _case() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CASE.read_text(encoding="utf-8"))
    return loaded


def _microdata() -> tuple[np.ndarray, np.ndarray]:
    with (REFERENCE / "data" / "nps_cases.csv").open(encoding="utf-8", newline="") as file:
        rows = [(float(row["ltr"]), float(row["weight"])) for row in csv.DictReader(file)]
    scores, weights = np.array(rows).T
    return scores, weights


def _scores(counts: dict[str, int]) -> np.ndarray:
    return np.repeat([3.0, 8.0, 9.0], [counts["detractors"], counts["passives"], counts["promoters"]])


def _estimate(scores: np.ndarray, nps_interval: str, weights: np.ndarray | None = None) -> Estimate:
    options = ScoreOptions(minimum_base=1, nps_interval=nps_interval)
    result = net_promoter_score(scores, weights, options)
    assert isinstance(result, Estimate)
    return result


def _assert_one_sample_holds(scores: np.ndarray, expected: dict[str, Any], tolerance: dict[str, float]) -> None:
    exact = pytest.approx
    wald = _estimate(scores, "wald")
    assert wald.value == exact(expected["nps"], abs=tolerance["exact_abs"])
    assert wald.se == exact(expected["se"], abs=tolerance["exact_abs"])
    for method, bounds in (
        ("wald", np.clip(expected["wald"], -100, 100)),
        ("adjusted-wald", expected["adjusted_wald"]["ci"]),
        ("score", expected["score"]),
    ):
        interval = _estimate(scores, method).interval
        assert interval is not None
        allowed = tolerance["score_abs" if method == "score" else "exact_abs"]
        assert (interval.low, interval.high) == exact(tuple(bounds), abs=allowed), method


def test_every_published_one_sample_interval_is_reproduced() -> None:
    case = _case()
    for expected in case["expected"]["one_sample"]:
        _assert_one_sample_holds(_scores(expected), expected, case["tolerance"])


def test_the_variance_and_the_padded_counts_are_reproduced() -> None:
    case = _case()
    exact = case["tolerance"]["exact_abs"]
    for expected in case["expected"]["one_sample"]:
        counts = Trinomial(expected["detractors"], expected["passives"], expected["promoters"])
        padded = counts.with_added(0.75, 1.5)
        assert counts.variance == pytest.approx(expected["variance_per_response"], abs=exact)
        assert 100 * padded.net == pytest.approx(expected["adjusted_wald"]["center"], abs=exact)
        assert 100 * padded.se == pytest.approx(expected["adjusted_wald"]["se"], abs=exact)
        assert nps_adjusted_wald(counts, 0.95).method == "adjusted-wald"


def test_the_linearised_standard_error_of_unweighted_answers_is_the_one_with_n_minus_1() -> None:
    case = _case()
    for expected in case["expected"]["one_sample"]:
        scores = _scores(expected)
        signs = 100.0 * (scores >= 9) - 100.0 * (scores <= 6)
        se = np.sqrt(mean_variance(sample_of(signs)))
        if expected["se_nminus1"] is None:
            assert np.isnan(se)
        else:
            assert se == pytest.approx(expected["se_nminus1"], abs=case["tolerance"]["exact_abs"])


@pytest.mark.parametrize("method", ["wald", "adjusted-wald"])
def test_every_published_two_wave_difference_is_reproduced(method: str) -> None:
    case = _case()
    exact = case["tolerance"]["exact_abs"]
    options = ComparisonOptions(comparison_base=1, nps_interval=method)
    for expected in case["expected"]["two_sample"]:
        waves = (Answers(_scores(expected["before"])), Answers(_scores(expected["after"])))
        found = compare(*waves, Measure(Kind.NET_PROMOTER), options)
        assert isinstance(found, Difference)
        assert found.estimate.interval is not None
        bounds = expected["wald"] if method == "wald" else expected["adjusted_wald_1p5_per_group"]["ci"]
        assert found.estimate.value == pytest.approx(expected["difference"], abs=exact)
        assert found.estimate.se == pytest.approx(expected["se"], abs=exact)
        assert (found.estimate.interval.low, found.estimate.interval.high) == pytest.approx(tuple(bounds), abs=exact)
        if method == "wald":
            assert found.statistic == pytest.approx(expected["z"], abs=exact)
            assert found.p_value == pytest.approx(expected["p_two_sided"], abs=exact)


def test_the_published_microdata_give_the_published_figures() -> None:
    case = _case()
    expected, tolerance = case["expected"]["microdata"], case["tolerance"]
    scores, weights = _microdata()
    _assert_one_sample_holds(scores, expected["unweighted"], tolerance)
    weighted = _estimate(scores, "adjusted-wald", weights)
    assert weighted.value == pytest.approx(expected["weighted"]["nps"], abs=tolerance["exact_abs"])
    assert weighted.se == pytest.approx(expected["weighted"]["se"], abs=tolerance["exact_abs"])
    assert effective_base(weights) == pytest.approx(expected["weighted"]["kish_neff"], abs=tolerance["exact_abs"])


def test_the_published_top_box_share_and_mean_are_reproduced() -> None:
    case = _case()
    expected, exact = case["expected"]["microdata"], case["tolerance"]["exact_abs"]
    answers = Answers(_microdata()[0])
    share, mean = top_box_share(answers, NPS_SCALE), mean_score(answers, NPS_SCALE)
    assert isinstance(share, Estimate)
    assert isinstance(mean, Estimate)
    assert mean.se is not None
    assert share.value == pytest.approx(expected["csat_top2_share_9_10"], abs=exact)
    assert mean.value == pytest.approx(expected["mean_ltr"], abs=exact)
    assert mean.se * np.sqrt(mean.base.n) == pytest.approx(expected["sd_ltr"], abs=exact)
