"""Many looks at one report do not add up to false alarms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.comparisons import (
    adjust_family,
    adjusted_p_values,
    compare,
)
from analysis.scores import Answers
from analysis.values.comparisons import Verdict
from tests.analysis.comparisons.groups import NPS, difference


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("holm", "holm"),
        ("bh", "fdr_bh"),
        ("by", "fdr_by"),
        ("bonferroni", "bonferroni"),
        ("hochberg", "simes-hochberg"),
        ("hommel", "hommel"),
    ],
)
def test_a_family_is_adjusted_as_statsmodels_does(method: str, theirs: str) -> None:
    p_values = [0.001, 0.2, 0.04, 0.013]
    assert adjusted_p_values(p_values, method) == pytest.approx(list(multipletests(p_values, method=theirs)[1]))


def test_a_family_without_members_stays_empty() -> None:
    assert adjusted_p_values([]) == []
    assert adjusted_p_values(np.zeros(0)) == []


def test_a_family_may_come_as_an_array() -> None:
    assert adjusted_p_values(np.array([0.001, 0.2, 0.04, 0.013])) == adjusted_p_values([0.001, 0.2, 0.04, 0.013])


def test_an_unknown_adjustment_is_refused() -> None:
    with pytest.raises(ValueError, match="holm, bh, by, bonferroni, hochberg, hommel"):
        adjusted_p_values([0.1], "none")


def test_a_p_value_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjusted_p_values([math.nan])


def test_looking_often_makes_a_verdict_more_cautious() -> None:
    mild = compare(Answers([3.0] * 40 + [9.0] * 60), Answers([3.0] * 25 + [9.0] * 75), NPS)
    none = compare(Answers([3.0, 9.0] * 50), Answers([3.0, 9.0] * 50), NPS)
    refused = compare(Answers([3.0]), Answers([9.0]), NPS)
    alone = adjust_family([mild])[0]
    among = adjust_family([mild, none, none, none, refused])
    assert difference(alone).verdict is Verdict.CLEARLY_UP
    assert difference(among[0]).verdict is Verdict.NO_CLEAR_CHANGE
    assert difference(among[0]).p_adjusted == pytest.approx(4 * difference(mild).p_value)
    assert among[4] is refused
