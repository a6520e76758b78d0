"""Shapley values of McFadden's R2 against 64 logits in R: every number of the case."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.categorical import binary_regression, mcfadden_importance
from analysis.values import Refusal
from analysis.values.categorical import CategoricalImportance

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"no reference cases at {REFERENCE}")


@cache
def case() -> dict[str, Any]:
    return json.loads((REFERENCE / "cases" / "logit_shapley_mobi.json").read_text())


@cache
def rows() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / case()["data"]["file"])


@cache
def divided() -> CategoricalImportance:
    found = mcfadden_importance(rows()[case()["data"]["outcome"]], rows()[case()["data"]["drivers"]])
    assert not isinstance(found, Refusal)
    return found


def test_shapley_values_equal_the_reference() -> None:
    found = {each.code: each.importance.value for each in divided().players}
    assert found == pytest.approx(case()["expected"]["shapley"], abs=1e-8, rel=0)


def test_all_64_submodels_equal_the_reference() -> None:
    expected = case()["expected"]["subset_r2_in_bitmask_order"]
    assert len(divided().subset_r2) == 64
    assert list(divided().subset_r2) == pytest.approx(expected, abs=1e-9, rel=0)


def test_shapley_values_sum_to_the_full_pseudo_r2() -> None:
    expected = case()["expected"]
    assert divided().pseudo_r2.value == pytest.approx(expected["mcfadden"], abs=1e-10)
    assert sum(each.importance.value for each in divided().players) == pytest.approx(expected["mcfadden"], abs=1e-10)
    assert divided().log_likelihood == pytest.approx(expected["loglik_full"], abs=1e-9)
    assert divided().log_likelihood_null == pytest.approx(expected["loglik_null"], abs=1e-9)
    assert divided().base.n == expected["n"]


def test_the_full_logit_equals_glm() -> None:
    expected = case()["expected"]
    found = binary_regression(rows()[case()["data"]["outcome"]], rows()[case()["data"]["drivers"]])
    assert not isinstance(found, Refusal)
    assert {key: each.value for key, each in found.coefficients.items()} == pytest.approx(expected["coef"], abs=1e-6)
    assert found.standard_errors == pytest.approx(expected["se"], rel=1e-5)
    assert found.log_likelihood == pytest.approx(expected["loglik_full"], abs=1e-9)
    assert found.mcfadden_r2 == pytest.approx(expected["mcfadden"], abs=1e-10)


def test_draws_leave_the_values_as_they_are_and_give_every_rank_a_probability() -> None:
    data = rows()
    found = mcfadden_importance(data["top2"], data[case()["data"]["drivers"]], np.random.default_rng(3))
    assert not isinstance(found, Refusal)
    for own, alone in zip(found.players, divided().players, strict=True):
        assert own.importance.value == pytest.approx(alone.importance.value, abs=1e-14)
        assert sum(own.rank_probabilities) == pytest.approx(1)
    ranks = found.player("PERQ1").rank_interval
    assert ranks is not None
    assert ranks[0] == 1
    assert ranks[1] <= 3
