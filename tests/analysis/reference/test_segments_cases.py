"""The reference case of segments holds, number by number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons import (
    ComparisonOptions,
    adjusted_p_values,
    compare_segments,
    rank_comparison,
    segment_pairs,
    segments_test,
    shrunken_segments,
)
from analysis.scores import Answers, ScoreOptions
from analysis.values import Estimate
from analysis.values.comparisons import Difference, OverallTest, SegmentPairs
from analysis.values.scores import Kind, Measure, Scale

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASE = REFERENCE / "cases" / "segments_bfi.json"
SCALE = Scale(1, 6)
MEAN, TOP = Measure(Kind.MEAN, SCALE), Measure(Kind.TOP_BOX, SCALE, 2)

pytestmark = pytest.mark.skipif(not CASE.exists(), reason="the reference case segments_bfi is not beside this project")


def _case() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CASE.read_text(encoding="utf-8"))
    return loaded


def _data() -> tuple[Answers, list[str]]:
    with (REFERENCE / "data" / "segments_bfi.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Answers([float(row["A2"]) for row in rows]), [row["ageband"] for row in rows]


def _near(value: float) -> Any:
    return pytest.approx(value, rel=_case()["tolerance"]["exact_rel"])


def _near_p(value: float) -> Any:
    return pytest.approx(value, abs=_case()["tolerance"]["p_abs"])


def _found(pairs: SegmentPairs) -> dict[str, Difference]:
    assert all(isinstance(each.difference, Difference) for each in pairs.pairs)
    return {f"{each.first} vs {each.second}": each.difference for each in pairs.pairs}  # type: ignore[misc]


def test_every_segment_has_its_published_count_mean_and_spread() -> None:
    expected = _case()["expected"]
    for row in compare_segments(*_data(), MEAN).rows:
        assert isinstance(row.estimate, Estimate)
        assert row.estimate.se is not None
        assert row.estimate.base.n == expected["group_n"][row.segment]
        assert row.estimate.value == _near(expected["group_mean"][row.segment])
        assert row.estimate.se * np.sqrt(row.estimate.base.n) == _near(expected["group_sd"][row.segment])


def test_every_overall_test_is_reproduced() -> None:
    expected = _case()["expected"]
    welch, classic = (segments_test(*_data(), MEAN, method) for method in ("welch-anova", "anova"))
    ranks, shares = segments_test(*_data(), MEAN, "kruskal-wallis"), segments_test(*_data(), TOP)
    for found, statistic, name in (
        (welch, "F", "welch"),
        (classic, "F", "classic_anova"),
        (ranks, "H", "kruskal"),
        (shares, "chisq", "top_share"),
    ):
        assert isinstance(found, OverallTest)
        assert found.statistic == _near(expected[name][statistic]), name
        assert found.p_value == _near_p(expected[name]["p"]), name
    assert isinstance(welch, OverallTest)
    assert (welch.df, welch.df_within) == (expected["welch"]["df1"], _near(expected["welch"]["df2"]))
    assert rank_comparison(*_data(), SCALE).overall == ranks


def test_every_pair_is_reproduced_after_games_and_howell() -> None:
    found = _found(segment_pairs(*_data(), MEAN))
    for expected in _case()["expected"]["pairs"]:
        pair = found[expected["pair"]]
        assert pair.estimate.value == _near(expected["diff"])
        assert pair.estimate.se == _near(expected["se"])
        assert pair.p_value == _near_p(expected["p_welch_raw"])
        assert pair.p_adjusted == _near_p(expected["p_games_howell"])
        assert pair.estimate.interval is not None
        bounds = (pair.estimate.interval.low, pair.estimate.interval.high)
        assert bounds == pytest.approx(expected["ci95_games_howell"], abs=1e-6)


def test_the_degrees_of_freedom_of_every_pair_are_those_of_welch() -> None:
    found = _found(segment_pairs(*_data(), MEAN, "welch"))
    for expected in _case()["expected"]["pairs"]:
        pair = found[expected["pair"]]
        assert pair.df == pytest.approx(expected["df"], rel=1e-8)
        assert 2 * stats.t.sf(abs(pair.statistic), expected["df"]) == pytest.approx(pair.p_value, rel=1e-8)


@pytest.mark.parametrize("method", ["holm", "bh", "by"])
def test_every_family_of_pairs_is_reproduced(method: str) -> None:
    expected = _case()["expected"]
    found = _found(segment_pairs(*_data(), MEAN, "welch", ComparisonOptions(adjustment=method)))
    listed = [found[each["pair"]] for each in expected["pairs"]]
    assert [each.p_adjusted for each in listed] == [_near_p(each) for each in expected[f"p_{method}"]]
    assert adjusted_p_values([each.p_value for each in listed], method) == [_near_p(p) for p in expected[f"p_{method}"]]


def test_every_pair_is_reproduced_after_tukey_and_kramer() -> None:
    found = _found(segment_pairs(*_data(), MEAN, "tukey-kramer"))
    published = _case()["expected"]["tukey"]
    assert len(published) == len(found)
    for pair, difference in found.items():
        first, second = pair.split(" vs ")
        expected = published[f"{second}-{first}"]
        assert difference.estimate.value == _near(expected["diff"])
        assert difference.p_adjusted == _near_p(expected["p adj"])
        assert difference.estimate.interval is not None
        bounds = (difference.estimate.interval.low, difference.estimate.interval.high)
        assert bounds == pytest.approx((expected["lwr"], expected["upr"]), abs=1e-6)


def test_every_top_box_share_is_reproduced() -> None:
    expected = _case()["expected"]["top_share"]
    for row in compare_segments(*_data(), TOP, ScoreOptions(share_interval="wilson")).rows:
        assert isinstance(row.estimate, Estimate)
        assert row.estimate.interval is not None
        n = expected["n"][row.segment]
        assert row.estimate.base.n == n
        assert row.estimate.value * n == pytest.approx(expected["success"][row.segment], abs=1e-9)
        bounds = (row.estimate.interval.low, row.estimate.interval.high)
        assert bounds == tuple(_near(each) for each in expected["wilson95"][row.segment])


def test_every_shrunken_mean_is_reproduced() -> None:
    expected = _case()["expected"]["empirical_bayes"]
    found = shrunken_segments(*_data(), MEAN)
    assert isinstance(found.overall, Estimate)
    assert found.within_variance == _near(expected["within_var"])
    assert found.between_variance == _near(expected["between_var_anova"])
    assert found.overall.value == _near(expected["grand_mean"])
    for row in found.rows:
        assert isinstance(row.shrunken, Estimate)
        assert row.reliability == _near(expected["reliability"][row.segment])
        assert row.shrunken.value == _near(expected["shrunken_means"][row.segment])
