"""Whether groups made by chance are as large as chance makes them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.comparisons import assignment_balance
from analysis.values import Refusal
from analysis.values.comparisons import AssignmentBalance


def balance(**counts: int) -> AssignmentBalance:
    found = assignment_balance(counts)
    assert isinstance(found, AssignmentBalance)
    return found


@pytest.mark.parametrize(("first", "second"), [(9, 1), (5, 5), (30, 45), (100, 140)])
def test_two_groups_have_the_exact_two_sided_p_value(first: int, second: int) -> None:
    n = first + second
    likely = [math.comb(n, k) / 2**n for k in range(n + 1)]
    expected = sum(each for each in likely if each <= likely[first] * (1 + 1e-9))
    assert balance(a=first, b=second).p_value == pytest.approx(expected)


def test_more_groups_are_tested_by_chi_square_against_equal_counts() -> None:
    # Two degrees of freedom: the tail of chi-square is exp(-x/2), and x = (10² + 10²)/100 = 2.
    assert balance(a=100, b=110, c=90).p_value == pytest.approx(math.exp(-1))
    assert balance(a=100, b=110, c=90).is_even


def test_equal_assignment_is_called_uneven_once_in_a_thousand_reports_at_most() -> None:
    rng = np.random.default_rng(5)
    sizes, times = np.unique(rng.binomial(400, 0.5, size=4000), return_counts=True)
    alarms = sum(
        int(n) for size, n in zip(sizes, times, strict=True) if not balance(a=int(size), b=400 - int(size)).is_even
    )
    assert alarms <= 12


def test_lost_people_are_noticed() -> None:
    assert not balance(a=300, b=420).is_even


@pytest.mark.parametrize(
    ("counts", "code"),
    [({"a": 100}, "too-few-segments"), ({}, "too-few-segments"), ({"a": 4, "b": 5}, "base-too-small")],
)
def test_too_little_is_refused(counts: dict[str, int], code: str) -> None:
    found = assignment_balance(counts)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_a_negative_count_is_wrong_input() -> None:
    with pytest.raises(ValueError, match="fewer than no people"):
        assignment_balance({"a": -1, "b": 20})
