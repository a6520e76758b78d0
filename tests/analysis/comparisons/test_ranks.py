"""Ranks compare segments as statsmodels and scipy do, and know weights and respondents besides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.nonparametric import jonckheere_terpstra, rank_compare_2indep

from analysis.comparisons import ordered_segments_test, rank_comparison, segments_test
from analysis.scores import Answers
from analysis.values import Estimate, Refusal
from analysis.values.comparisons import OrderedTest, OverallTest, Verdict
from analysis.values.scores import Scale
from tests.analysis.carrying import lacks
from tests.analysis.comparisons.groups import CSAT

SCALE = Scale(1, 5)
SIZES = (40, 60, 90)


def _groups(seed: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    shares = ([0.2] * 5, [0.1, 0.2, 0.2, 0.2, 0.3], [0.05, 0.05, 0.2, 0.3, 0.4])
    return [rng.choice(np.arange(1.0, 6.0), n, p=p) for n, p in zip(SIZES, shares, strict=True)]


LABELS = np.repeat(["a", "b", "c"], SIZES).tolist()
NUMBERS = np.repeat([1, 2, 3], SIZES).tolist()


def test_an_order_may_be_of_numbers() -> None:
    answers = Answers(np.concatenate(_groups()))
    named = ordered_segments_test(answers, LABELS, ["a", "b", "c"], SCALE)
    numbered = ordered_segments_test(answers, NUMBERS, [1, 2, 3], SCALE)
    assert isinstance(named, OrderedTest)
    assert isinstance(numbered, OrderedTest)
    assert numbered.order == ("1", "2", "3")
    assert (numbered.statistic, numbered.p_value) == (named.statistic, named.p_value)


def test_the_test_over_all_is_kruskal_and_walliss() -> None:
    groups = _groups()
    found = rank_comparison(Answers(np.concatenate(groups)), LABELS, SCALE)
    assert isinstance(found.overall, OverallTest)
    expected = stats.kruskal(*groups)
    assert (found.overall.statistic, found.overall.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert list(lacks(found)) == []


def test_pairs_are_compared_by_brunner_and_munzels_test() -> None:
    groups = _groups()
    found = rank_comparison(Answers(np.concatenate(groups)), LABELS, SCALE)
    for pair, (i, j) in zip(found.pairs, ((0, 1), (0, 2), (1, 2)), strict=True):
        expected = rank_compare_2indep(groups[j], groups[i])
        assert isinstance(pair.superiority, Estimate)
        assert pair.superiority.interval is not None
        assert pair.superiority.value == pytest.approx(expected.prob1)
        assert (pair.statistic, pair.p_value) == pytest.approx((expected.statistic, expected.pvalue))
        bounds = (pair.superiority.interval.low, pair.superiority.interval.high)
        assert bounds == pytest.approx(expected.conf_int())


def test_whole_weights_count_as_repeated_answers_in_the_estimate() -> None:
    groups = _groups()
    weights = np.random.default_rng(2).integers(1, 4, sum(SIZES))
    scores = np.concatenate(groups)
    found = rank_comparison(Answers(scores, weights), LABELS, SCALE)
    repeated = rank_comparison(Answers(np.repeat(scores, weights)), np.repeat(LABELS, weights).tolist(), SCALE)
    for one, other in zip(found.pairs, repeated.pairs, strict=True):
        assert isinstance(one.superiority, Estimate)
        assert isinstance(other.superiority, Estimate)
        assert one.superiority.value == pytest.approx(other.superiority.value)
        assert one.superiority.se is not None
        assert other.superiority.se is not None
        assert one.superiority.se > other.superiority.se


def test_segments_without_overlap_are_noted() -> None:
    found = rank_comparison(Answers([1.0] * 40 + [5.0] * 40), ["a"] * 40 + ["b"] * 40, SCALE)
    pair = found.pairs[0]
    assert isinstance(pair.superiority, Estimate)
    assert (pair.superiority.value, pair.verdict) == (1.0, Verdict.CLEARLY_UP)
    assert [note.code for note in pair.superiority.notes] == ["no-overlap"]


def test_small_and_single_segments_are_refused() -> None:
    found = rank_comparison(Answers([1.0] * 40 + [5.0] * 5), ["a"] * 40 + ["b"] * 5, SCALE)
    assert isinstance(found.pairs[0].superiority, Refusal)
    assert isinstance(found.overall, Refusal)
    alike = rank_comparison(Answers([3.0] * 80), ["a", "b"] * 40, SCALE)
    assert isinstance(alike.overall, Refusal)
    assert alike.overall.code == "no-variation"


def test_an_order_is_tested_by_jonckheere_and_terpstras_test() -> None:
    groups = _groups()
    found = ordered_segments_test(Answers(np.concatenate(groups)), LABELS, ["a", "b", "c"], SCALE)
    expected = jonckheere_terpstra(groups)
    assert isinstance(found, OrderedTest)
    assert (found.statistic, found.p_value, found.tau) == pytest.approx((expected.zstat, expected.pvalue, expected.tau))
    assert found.verdict is Verdict.CLEARLY_UP
    back = ordered_segments_test(Answers(np.concatenate(groups)), LABELS, ["c", "b", "a"], SCALE)
    assert isinstance(back, OrderedTest)
    assert back.statistic == pytest.approx(-found.statistic)


@pytest.mark.parametrize(
    ("answers", "order", "code"),
    [
        (Answers([3.0] * 190), ["a", "b"], "no-variation"),
        (Answers(np.arange(190) % 5 + 1), ["a", "x"], "too-few-segments"),
        (Answers(np.arange(190) % 5 + 1, np.arange(190) + 1), ["a", "b"], "needs-independent-answers"),
    ],
)
def test_an_order_that_cannot_be_tested_is_refused(answers: Answers, order: list[str], code: str) -> None:
    found = ordered_segments_test(answers, LABELS, order, SCALE)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_an_order_names_every_segment_once() -> None:
    with pytest.raises(ValueError, match="once"):
        ordered_segments_test(Answers(np.concatenate(_groups())), LABELS, ["a", "a"], SCALE)


def test_a_share_is_not_tested_by_ranks() -> None:
    with pytest.raises(ValueError, match="chi-square"):
        segments_test(Answers(np.concatenate(_groups())), LABELS, CSAT, "kruskal-wallis")
