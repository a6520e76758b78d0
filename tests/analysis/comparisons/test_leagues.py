"""Small segments are drawn towards the others, and an order of noisy figures is not oversold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons import LeagueOptions, league_table, shrunken_segments
from analysis.scores import Answers
from analysis.values import Estimate, Refusal
from analysis.values.leagues import LeagueTable
from analysis.values.scores import Kind, Measure, Scale
from tests.analysis.carrying import lacks
from tests.analysis.comparisons.groups import CSAT, EFFORT, MEASURES

MEAN = Measure(Kind.MEAN, Scale(1, 5))
SIZES = (12, 40, 80, 200)


def _data(seed: int = 1) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.integers(1 + i % 2, 6, n) for i, n in enumerate(SIZES)]).astype(float)
    return scores, np.repeat(["a", "b", "c", "d"], SIZES).tolist()


def _estimate(found: Estimate | Refusal) -> Estimate:
    assert isinstance(found, Estimate)
    return found


def _league(found: LeagueTable | Refusal) -> LeagueTable:
    assert isinstance(found, LeagueTable)
    return found


def test_variance_components_are_those_of_the_analysis_of_variance() -> None:
    scores, labels = _data()
    groups = [scores[np.array(labels) == name] for name in "abcd"]
    found = shrunken_segments(Answers(scores), labels, MEAN)
    assert found.within_variance is not None
    assert found.between_variance is not None
    n, f = np.array(SIZES), stats.f_oneway(*groups).statistic
    typical = (n.sum() - np.square(n).sum() / n.sum()) / 3
    assert found.between_variance == pytest.approx((f - 1) * found.within_variance / typical)


@pytest.mark.parametrize("measure", [*MEASURES, CSAT, MEAN])
def test_shrunken_figures_lie_between_the_own_and_the_overall_one(measure: Measure) -> None:
    found = shrunken_segments(*_as_answers(), measure)
    assert list(lacks(found)) == []
    overall = _estimate(found.overall).value
    for row in found.rows:
        ends = sorted((_estimate(row.own).value, overall))
        assert ends[0] - 1e-9 <= _estimate(row.shrunken).value <= ends[1] + 1e-9


def _as_answers() -> tuple[Answers, list[str]]:
    scores, labels = _data()
    return Answers(scores), labels


def test_small_segments_are_drawn_further() -> None:
    found = shrunken_segments(*_as_answers(), MEAN)
    shares = [row.reliability for row in found.rows]
    assert shares == sorted(shares, key=float)


def test_segments_that_differ_no_more_than_chance_become_alike() -> None:
    scores = np.tile([1.0, 2, 3, 4, 5], 30)
    found = shrunken_segments(Answers(scores), np.repeat(["a", "b", "c"], 50).tolist(), MEAN)
    assert found.between_variance == 0
    assert {round(_estimate(row.shrunken).value, 9) for row in found.rows} == {3.0}
    assert [note.code for note in found.notes] == ["no-difference-between-segments"]


def test_unanimous_answers_are_left_as_they_are() -> None:
    labels = np.repeat(["a", "b", "c"], 20).tolist()
    for scores in (np.full(60, 4.0), np.repeat([3.0, 4.0, 5.0], 20)):
        found = shrunken_segments(Answers(scores), labels, MEAN)
        assert [_estimate(row.shrunken).value for row in found.rows] == pytest.approx(scores[[0, 20, 40]].tolist())


def test_two_segments_cannot_learn_from_each_other() -> None:
    found = shrunken_segments(Answers([4.0, 5.0] * 20 + [1.0]), ["a", "b"] * 20 + ["c"], MEAN)
    assert isinstance(found.overall, Refusal)
    assert {row.shrunken.code for row in found.rows if isinstance(row.shrunken, Refusal)} == {"too-few-segments"}
    assert isinstance(found.rows[0].own, Estimate)


def test_a_segment_below_the_display_base_is_not_shown() -> None:
    scores, labels = _data()
    found = shrunken_segments(Answers([*scores, 5.0]), [*labels, "e"], MEAN)
    assert isinstance(found.rows[4].shrunken, Refusal)
    assert found.rows[4].reliability is None


def test_weights_of_one_change_no_shrunken_figure() -> None:
    scores, labels = _data()
    plain, weighted = (shrunken_segments(Answers(scores, w), labels, MEAN) for w in (None, np.full(scores.size, 2.0)))
    for one, other in zip(plain.rows, weighted.rows, strict=True):
        assert _estimate(one.shrunken).value == pytest.approx(_estimate(other.shrunken).value)
        assert _estimate(one.shrunken).se == pytest.approx(_estimate(other.shrunken).se)


def test_a_league_is_the_same_for_the_same_seed() -> None:
    first, second = (league_table(*_as_answers(), MEAN, np.random.default_rng(3)) for _ in range(2))
    assert first == second
    assert list(lacks(first)) == []


def test_clear_orders_have_narrow_ranks_and_equals_have_wide_ones() -> None:
    labels = np.repeat(["a", "b", "c"], 100).tolist()
    apart = np.concatenate([np.tile([1.0, 2], 50), np.tile([3.0, 4], 50), np.tile([4.0, 5], 50)])
    clear = _league(league_table(Answers(apart), labels, MEAN, np.random.default_rng(4)))
    equal = _league(league_table(Answers(np.tile([1.0, 5], 150)), labels, MEAN, np.random.default_rng(4)))
    assert [row.segment for row in clear.rows] == ["c", "b", "a"]
    assert [(row.rank.interval.low, row.rank.interval.high) for row in clear.rows if row.rank.interval] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    assert all((row.rank.interval.low, row.rank.interval.high) == (1, 3) for row in equal.rows if row.rank.interval)
    assert sum(row.p_best for row in equal.rows) == pytest.approx(1)
    assert [row.p_top for row in equal.rows] == [1.0] * 3


def test_less_effort_ranks_first() -> None:
    labels = np.repeat(["a", "b", "c"], 100).tolist()
    scores = np.concatenate([np.tile([1.0, 2], 50), np.tile([3.0, 4], 50), np.tile([5.0, 6], 50)])
    found = _league(league_table(Answers(scores), labels, EFFORT, np.random.default_rng(5)))
    assert [row.segment for row in found.rows] == ["a", "b", "c"]


def test_small_segments_are_named_but_not_ranked() -> None:
    scores, labels = _data()
    found = _league(league_table(Answers([*scores, 5.0]), [*labels, "e"], MEAN, np.random.default_rng(6)))
    assert found.not_ranked == ("e",)
    assert len(found.rows) == 4


def test_a_league_of_two_or_of_equals_is_refused() -> None:
    rng = np.random.default_rng(7)
    two = league_table(Answers([4.0, 5.0] * 20), ["a", "b"] * 20, MEAN, rng)
    alike = league_table(Answers([4.0] * 60), ["a", "b", "c"] * 20, MEAN, rng, LeagueOptions(draws=100))
    assert [each.code for each in (two, alike) if isinstance(each, Refusal)] == ["too-few-segments", "no-variation"]
