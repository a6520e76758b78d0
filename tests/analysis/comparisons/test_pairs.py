"""Every segment is compared with every other as statsmodels does, and as one family."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multicomp import pairwise_tukeyhsd

from analysis.comparisons import segment_pairs
from analysis.comparisons.studentised_range import studentised_range_p_value, studentised_range_quantile
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.comparisons import SegmentPairs
from tests.analysis.carrying import lacks
from tests.analysis.comparisons.groups import CSAT, EFFORT, NPS, bounds, difference

SIZES = (40, 60, 90)


def _data(seed: int = 1) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.integers(1 + i % 2, 6 - i // 2, n) for i, n in enumerate(SIZES)]).astype(float)
    return scores, np.repeat(["a", "b", "c"], SIZES).tolist()


@pytest.mark.parametrize(("procedure", "use_var"), [("games-howell", "unequal"), ("tukey-kramer", "equal")])
def test_means_are_compared_by_the_studentised_range(procedure: str, use_var: str) -> None:
    scores, labels = _data()
    found = segment_pairs(Answers(scores), labels, EFFORT, procedure)
    expected = pairwise_tukeyhsd(scores, labels, use_var=use_var)
    made = [difference(each.difference) for each in found.pairs]
    assert [each.p_adjusted for each in made] == pytest.approx(list(expected.pvalues), abs=1e-8)
    assert [bounds(each) for each in made] == [pytest.approx(tuple(each), abs=1e-5) for each in expected.confint]
    assert (found.family, found.adjustment) == (3, procedure)
    assert list(lacks(found)) == []


def _verdicts(found: SegmentPairs) -> list[str]:
    return [difference(each.difference).verdict for each in found.pairs]


def test_weights_of_one_and_people_named_once_change_nothing() -> None:
    scores, labels = _data()
    plain = segment_pairs(Answers(scores), labels, EFFORT)
    named = segment_pairs(Answers(scores, np.full(190, 3.0), np.arange(190)), labels, EFFORT)
    for one, other in zip(plain.pairs, named.pairs, strict=True):
        assert difference(one.difference).p_adjusted == pytest.approx(difference(other.difference).p_adjusted)


def test_small_segments_belong_to_no_family() -> None:
    scores, labels = _data()
    found = segment_pairs(Answers([*scores, 9.0, 9.0]), [*labels, "d", "d"], NPS)
    assert found.family == 3
    assert [isinstance(each.difference, Refusal) for each in found.pairs if each.second == "d"] == [True] * 3


def test_segments_without_spread_are_compared_all_the_same() -> None:
    labels = ["a"] * 40 + ["b"] * 40
    equal = segment_pairs(Answers([4.0] * 80), labels, EFFORT)
    apart = segment_pairs(Answers([4.0] * 40 + [5.0] * 40), labels, EFFORT)
    assert _verdicts(equal) == ["no-clear-change"]
    assert _verdicts(apart) == ["clearly-up"]


def test_the_order_of_rows_changes_nothing() -> None:
    scores, labels = _data()
    order = np.random.default_rng(2).permutation(scores.size)
    one = segment_pairs(Answers(scores), labels, EFFORT)
    other = segment_pairs(Answers(scores[order]), [labels[i] for i in order], EFFORT)
    for first, second in zip(one.pairs, other.pairs, strict=True):
        assert difference(first.difference).p_adjusted == pytest.approx(difference(second.difference).p_adjusted)


def test_no_rows_make_no_pairs() -> None:
    assert segment_pairs(Answers([]), [], EFFORT).pairs == ()
    assert segment_pairs(Answers([4.0]), ["a"], EFFORT).pairs == ()


def test_a_procedure_of_another_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="compared by newcombe"):
        segment_pairs(*[Answers([4.0]), ["a"]], CSAT, "games-howell")


@pytest.mark.parametrize(("q", "k", "df"), [(3.0, 3, 10.0), (4.5, 8, 57.3), (2.0, 2, 4.0), (5.0, 20, 1000.0)])
def test_the_studentised_range_is_that_of_scipy(q: float, k: int, df: float) -> None:
    p_value = studentised_range_p_value(q, k, df)
    assert p_value == pytest.approx(stats.studentized_range.sf(q, k, df), abs=1e-9)
    assert studentised_range_quantile(1 - p_value, k, df) == pytest.approx(q, abs=1e-6)
