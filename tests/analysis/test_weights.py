"""What weights may and may not do to a figure and to its uncertainty."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.weights import (
    design_effect,
    effective_base,
    kish_design_effect,
    mean_variance,
    normalised_weights,
    sample_of,
)


def test_the_effective_base_follows_kish() -> None:
    assert effective_base([1, 1, 2]) == pytest.approx(16 / 6)
    assert kish_design_effect([1, 1, 2]) == pytest.approx(3 / (16 / 6))


@pytest.mark.parametrize("factor", [1e-300, 1e-6, 1, 1e6, 1e300])
def test_the_unit_of_the_weights_does_not_matter(factor: float) -> None:
    weights = np.array([1.0, 1.0, 2.0, 0.5]) * factor
    assert effective_base(weights) == pytest.approx(4.5**2 / 6.25)


def test_normalised_weights_average_one() -> None:
    assert normalised_weights([2, 4, 6]) == pytest.approx(np.array([0.5, 1.0, 1.5]))


def test_the_variance_of_a_weighted_mean_is_linearised() -> None:
    """By hand: mean (1*2 + 1*4 + 2*5)/4 = 4; 3/2 * (4 + 0 + 4)/16 = 0.75."""
    sample = sample_of([2, 4, 5], [1, 1, 2])
    assert sample.mean == pytest.approx(4)
    assert mean_variance(sample) == pytest.approx(0.75)


def test_equal_weights_give_the_textbook_variance() -> None:
    values = [1.0, 2.0, 5.0, 9.0]
    assert mean_variance(sample_of(values, [3] * 4)) == pytest.approx(np.var(values, ddof=1) / 4)
    assert design_effect(sample_of(values)) == pytest.approx(1)


def test_unequal_weights_cost_precision_where_they_do_not_follow_the_answers() -> None:
    rng = np.random.default_rng(20)
    sample = sample_of(rng.normal(size=20_000), rng.choice([1.0, 4.0], size=20_000))
    assert design_effect(sample) == pytest.approx(kish_design_effect(sample.weights), rel=0.03)


def test_missing_answers_and_weightless_ones_are_left_out() -> None:
    sample = sample_of([1, math.nan, 3, 5], [1, 1, 0, 1])
    assert sample.values.tolist() == [1, 5]
    assert sample.base.n == 2


def test_an_empty_sample_has_no_mean_and_no_base() -> None:
    sample = sample_of([math.nan])
    assert math.isnan(sample.mean)
    assert (sample.base.n, sample.base.weighted, sample.base.effective) == (0, 0, 0)
    assert math.isnan(kish_design_effect([]))


@pytest.mark.parametrize("weights", [[1, -1], [1, math.nan], [1, math.inf]])
def test_a_weight_that_is_no_weight_is_named_with_its_row(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="row 2"):
        sample_of([1, 2], weights)


def test_weights_for_other_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        sample_of([1, 2], [1])


def test_an_infinite_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        sample_of([1, math.inf])


def test_weights_of_nothing_cannot_be_normalised() -> None:
    with pytest.raises(ValueError, match="above zero"):
        normalised_weights([0, 0])
