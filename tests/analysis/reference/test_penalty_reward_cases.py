"""Penalty-reward contrasts against R's lm and sandwich on real data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.drivers import Cuts, penalty_reward_contrast
from analysis.values.penalty_reward import AttributeContrast, ContrastClass, ContrastReason, PenaltyReward
from tests.analysis.carrying import lacks

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASES = [path.stem for path in sorted((REFERENCE / "cases").glob("prca_*.json"))]

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"no reference cases at {REFERENCE}")


@cache
def case(name: str) -> dict[str, Any]:
    return json.loads((REFERENCE / "cases" / f"{name}.json").read_text())


@cache
def found(name: str) -> PenaltyReward:
    data = case(name)["data"]
    rows = pd.read_csv(REFERENCE / data["file"])
    cuts = Cuts(low=float(data["low_rule"].split()[1]), high=float(data["high_rule"].split()[1]))
    result = penalty_reward_contrast(rows[data["drivers"]], rows[data["outcome"]], cuts)
    assert isinstance(result, PenaltyReward)
    return result


def attributes(name: str) -> list[tuple[AttributeContrast, dict[str, Any]]]:
    return [(found(name).attribute(each["driver"]), each) for each in case(name)["expected"]["drivers"]]


@pytest.mark.parametrize("name", CASES)
def test_the_model_is_that_of_lm(name: str) -> None:
    expected, result = case(name)["expected"], found(name)
    assert result.base.n == expected["n"]
    assert result.r_squared == pytest.approx(expected["r_squared"], abs=1e-9)
    assert result.intercept.value == pytest.approx(expected["intercept"], abs=1e-9)
    errors = {"(Intercept)": result.intercept_classical_se}
    for each in result.attributes:
        errors |= {f"{each.name}_low": each.penalty_classical_se, f"{each.name}_high": each.reward_classical_se}
    assert errors == pytest.approx(expected["ols_se"], abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_penalties_rewards_and_their_balance_are_those_of_the_reference(name: str) -> None:
    for mine, theirs in attributes(name):
        assert (mine.n_low, mine.n_high) == (theirs["low_n"], theirs["high_n"])
        assert mine.penalty.value == pytest.approx(theirs["penalty"], abs=1e-9)
        assert mine.reward.value == pytest.approx(theirs["reward"], abs=1e-9)
        assert mine.asymmetry.value == pytest.approx(theirs["sum_penalty_plus_reward"], abs=1e-9)
        assert mine.asymmetry.se == pytest.approx(theirs["se_hc3"], abs=1e-9)
        assert mine.z == pytest.approx(theirs["z"], abs=1e-9)
        assert mine.impact_range.value == pytest.approx(theirs["impact_range"], abs=1e-9)
        assert mine.impact_asymmetry is not None
        assert mine.impact_asymmetry.value == pytest.approx(theirs["impact_asymmetry"], abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_cells_that_are_too_small_leave_an_attribute_unclassified(name: str) -> None:
    for mine, theirs in attributes(name):
        if min(theirs["low_n"], theirs["high_n"]) < 30:
            assert mine.kind is ContrastClass.UNCLASSIFIED
            assert mine.reason is ContrastReason.TOO_FEW_LOW_OR_HIGH
    assert list(lacks(found(name))) == []
