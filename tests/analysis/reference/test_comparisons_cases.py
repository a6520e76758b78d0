"""The reference cases of segments, of families of p-values and of weighted means hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparisons import adjusted_p_values, compare, compare_segments
from analysis.scores import Answers, mean_score
from analysis.values import Estimate
from analysis.values.comparisons import Difference, OverallTest
from analysis.values.scores import Kind, Measure, Scale
from analysis.weights import effective_base, kish_design_effect

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference cases are not beside this project")


def _case(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_welchs_test_over_segments_is_reproduced() -> None:
    case, rows = _case("segments_bfi"), _rows("segments_bfi")
    expected = case["expected"]["welch"]
    scores, labels = [float(row["A2"]) for row in rows], [row["ageband"] for row in rows]
    table = compare_segments(Answers(scores), labels, Measure(Kind.MEAN, Scale(1, 6)))
    assert isinstance(table.overall, OverallTest)
    assert table.overall.statistic == pytest.approx(expected["F"], rel=1e-8)
    assert table.overall.df_within == pytest.approx(expected["df2"], rel=1e-8)
    assert table.overall.p_value == pytest.approx(expected["p"], abs=1e-6)
    for row in table.rows:
        assert isinstance(row.estimate, Estimate)
        assert row.estimate.value == pytest.approx(case["expected"]["group_mean"][row.segment])
        assert row.estimate.base.n == case["expected"]["group_n"][row.segment]


def test_welchs_test_between_two_segments_is_reproduced() -> None:
    rows = _rows("segments_bfi")
    by_band = {band: [float(r["A2"]) for r in rows if r["ageband"] == band] for band in {r["ageband"] for r in rows}}
    for pair in _case("segments_bfi")["expected"]["pairs"]:
        first, second = pair["pair"].split(" vs ")
        found = compare(Answers(by_band[first]), Answers(by_band[second]), Measure(Kind.MEAN, Scale(1, 6)))
        assert isinstance(found, Difference)
        assert found.estimate.value == pytest.approx(pair["diff"], rel=1e-8)
        assert found.estimate.se == pytest.approx(pair["se"], rel=1e-8)
        assert found.p_value == pytest.approx(pair["p_welch_raw"], abs=1e-6)


@pytest.mark.parametrize(("method", "theirs"), [("holm", "holm"), ("bh", "BH")])
def test_adjusted_p_values_are_reproduced(method: str, theirs: str) -> None:
    case = _case("padjust_a")
    expected = case["expected"][theirs]
    assert adjusted_p_values(case["data"]["p"], method) == pytest.approx(expected, abs=case["tolerance"]["exact_abs"])


def test_weighted_means_are_those_of_survey_statistics() -> None:
    case, rows = _case("rake_mobi"), _rows("rake_mobi")
    weights = np.array([float(list(row.values())[-1]) for row in _rows("rake_mobi_weights")])
    expected = case["expected"]["raked_weights"]
    assert effective_base(weights) == pytest.approx(expected["kish_neff"], rel=case["tolerance"]["weight_rel"])
    assert kish_design_effect(weights) == pytest.approx(expected["kish_deff"], rel=case["tolerance"]["weight_rel"])
    for item, figures in case["expected"]["raked_means_weights_only_linearization"].items():
        found = mean_score(Answers([float(row[item]) for row in rows], weights), Scale(1, 10))
        assert isinstance(found, Estimate)
        assert found.value == pytest.approx(figures["mean"], rel=case["tolerance"]["mean_rel"])
        assert found.se == pytest.approx(figures["se"], rel=case["tolerance"]["se_rel"])
