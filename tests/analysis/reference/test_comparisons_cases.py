"""The reference cases of families of p-values and of weighted means hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparisons import adjusted_p_values
from analysis.scores import Answers, mean_score
from analysis.values import Estimate
from analysis.values.scores import Scale
from analysis.weights import effective_base, kish_design_effect

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference cases are not beside this project")


def _case(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("method", "theirs"),
    [("holm", "holm"), ("bh", "BH"), ("by", "BY"), ("bonferroni",) * 2, ("hommel",) * 2],
)
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
