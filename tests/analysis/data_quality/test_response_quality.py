"""Careless, repeated and contradictory responses are marked with reasons; honest ones hardly; nobody is dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data_quality import (
    Battery,
    Responses,
    RulePair,
    agreed_pairs,
    effect_of_leaving_out,
)
from analysis.data_quality.person_fit import squared_distances
from analysis.data_quality.straight_lines import longest_runs
from analysis.values import Estimate, Interval, Refusal
from analysis.weights import mean_variance, sample_of
from tests.analysis.carrying import lacks
from tests.analysis.data_quality.surveys import ITEMS, N, battery, honest, marked, quality


def test_the_same_answer_throughout_is_a_weak_mark_by_itself() -> None:
    answers = honest()
    answers.iloc[7] = 5.0
    found = quality(Responses(answers, (battery(),)))
    assert marked(found, "straight-line") == [7]
    assert not found.suspicious[7]
    mark = next(each for each in found.marks[7] if each.code == "straight-line")
    assert mark.figures == {"battery": "service", "answered": 10, "longest_run": 10}


def test_the_same_answer_to_statements_and_their_opposites_is_strong_unless_it_is_the_middle() -> None:
    answers = honest()
    answers[["q8", "q9"]] = 6 - answers[["q8", "q9"]]
    answers.iloc[7], answers.iloc[8] = 5.0, 3.0
    found = quality(Responses(answers, (battery("q8", "q9"),)))
    assert marked(found, "straight-line-despite-reversed") == [7]
    assert marked(found, "straight-line") == [8]
    assert found.suspicious[7]
    assert 7 in marked(found, "contradiction")


def test_runs_skip_blanks() -> None:
    blank = np.nan
    rows = np.array([[1, 1, blank, 1, 2], [1, 2, 1, 2, 1], [blank] * 5, [3, 3, 2, 2, 2]], dtype=float)
    assert longest_runs(rows).tolist() == [3, 1, 0, 3]


def test_a_long_run_that_is_no_straight_line_is_marked() -> None:
    answers = honest()
    answers.iloc[4] = [2, 4, 4, 4, 4, 4, 4, 4, 4, 4]
    assert 4 in marked(quality(Responses(answers, (battery(),))), "long-run")


def test_few_answers_make_no_straight_line() -> None:
    answers = honest()
    answers.iloc[3] = [4, 4, 4, 4, *[np.nan] * 6]
    assert 3 not in marked(quality(Responses(answers, (battery(),))), "straight-line")


def test_speed_is_told_from_the_median_per_item_asked() -> None:
    seconds = np.exp(np.random.default_rng(2).normal(4, 0.25, N))
    seconds[:3] = [5.0, 15.0, np.nan]
    asked = pd.DataFrame(np.ones((N, 10), dtype=bool), columns=list(ITEMS))
    asked.iloc[1, :7] = False
    found = quality(Responses(honest(), (battery(),), seconds=seconds, asked=asked))
    assert marked(found, "too-fast-to-read") == [0]
    assert 1 not in marked(found, "speeding")
    assert 1 in marked(quality(Responses(honest(), (battery(),), seconds=seconds)), "speeding")


def test_few_times_tell_nothing() -> None:
    seconds = np.full(N, np.nan)
    seconds[:29] = 50.0
    found = quality(Responses(honest(), seconds=seconds))
    assert "speed" not in found.checks
    assert ("speed", "too-few-times") in [(each.figures["check"], each.figures["reason"]) for each in found.notes]


def test_two_alike_where_chance_would_not_make_them_so_are_twins() -> None:
    answers = honest()
    answers.iloc[20] = answers.iloc[10] = [1, 5, 2, 4, 1, 5, 2, 4, 1, 5]
    found = quality(Responses(answers))
    assert {10, 20} <= set(marked(found, "twin-answers"))
    assert len(marked(found, "twin-answers")) <= 4
    mark = next(each for each in found.marks[10] if each.code == "twin-answers")
    assert mark.figures["responses"] == 2
    assert float(mark.figures["expected"]) < 0.01


def test_common_patterns_are_no_twins() -> None:
    answers = (honest() + 1.5).round().clip(upper=5)
    alike = answers.duplicated(keep=False) & (answers.std(axis=1) > 0)
    assert alike.sum() > 20
    assert len(marked(quality(Responses(answers)), "twin-answers")) <= 3


def test_a_customers_later_responses_are_marked_and_all_of_them_without_an_order() -> None:
    customers = [f"c{each}" for each in range(N)]
    customers[5] = customers[9] = customers[2]
    order = np.arange(N)[::-1]
    assert marked(quality(Responses(honest(), customers=customers, order=order)), "repeated-customer") == [2, 5]
    found = quality(Responses(honest(), customers=customers))
    assert marked(found, "repeated-customer") == [2, 5, 9]
    assert not any(found.suspicious[row] for row in (2, 5, 9))


def test_missing_customers_are_nobody_in_common() -> None:
    assert not marked(quality(Responses(honest(), customers=[None] * N)), "repeated-customer")


def test_the_same_words_from_different_customers_are_marked_whatever_case_and_dots() -> None:
    texts: list[str | None] = [None] * N
    texts[1], texts[2] = "Great service, I will come back!", "great service   i will come back"
    texts[3] = texts[4] = "good"
    texts[5] = texts[6] = "Nhân viên rất thân thiện và nhiệt tình"
    customers = [str(each) for each in range(N)]
    customers[6] = customers[5]
    found = quality(Responses(honest(), texts=texts, customers=customers, order=np.arange(N)))
    assert marked(found, "repeated-text") == [2]
    assert found.suspicious[2]


def test_agreeing_with_a_statement_and_its_opposite_is_a_contradiction() -> None:
    answers = honest()
    answers["q9"] = 6 - answers[list(ITEMS[:9])].mean(axis=1).round()
    answers.loc[11] = 5.0
    answers.loc[11, "q0"] = 4.0
    found = quality(Responses(answers, (battery("q9"),)))
    assert marked(found, "contradiction") == [11]


def test_rule_pairs_mark_what_they_do_not_allow() -> None:
    answers = honest().assign(q0=3.0, q1=3.0)
    answers.loc[2, ["q0", "q1"]] = [1.0, 5.0]
    answers.loc[3, "q1"] = np.nan
    for allowed in (agreed_pairs(1, 5, 2), lambda first, second: np.abs(first - second) <= 2):
        found = quality(Responses(answers, rules=(RulePair("q0", "q1", allowed),)))
        assert marked(found, "rule-broken") == [2]
        assert found.marks[2][-1].figures["second_answer"] == 5.0


def test_blanks_and_dont_know_are_counted_apart_and_only_where_asked() -> None:
    answers = honest()
    answers.iloc[0, :6] = np.nan
    answers.iloc[1, :6] = np.nan
    answers.iloc[2, :6] = np.nan
    unknown = pd.DataFrame(False, index=answers.index, columns=list(ITEMS))
    unknown.iloc[1, :6] = True
    asked = ~unknown
    asked.iloc[1] = True
    asked.iloc[2, :6] = False
    found = quality(Responses(answers, dont_know=unknown, asked=asked))
    assert marked(found, "many-missing") == [0]
    assert marked(found, "many-dont-know") == [1]


def test_distances_are_mahalanobis() -> None:
    rows = honest().to_numpy()
    found, rank = squared_distances(rows)
    centred = rows - rows.mean(axis=0)
    expected = np.einsum("ij,jk,ik->i", centred, np.linalg.inv(np.cov(rows.T)), centred)
    assert found == pytest.approx(expected)
    assert rank == 10
    doubled, same = squared_distances(np.column_stack((rows, rows[:, 0], np.ones(N))))
    assert same == 10
    assert doubled == pytest.approx(expected)


def test_halves_are_compared_only_over_many_batteries() -> None:
    rng = np.random.default_rng(4)
    topics = rng.normal(size=(N, 8, 1))
    answers = np.clip(np.rint(3 + topics + 0.4 * rng.normal(size=(N, 8, 4))), 1, 5).reshape(N, 32)
    answers[0] = np.tile([1, 5, 2, 4, 5, 1, 4, 2], 4)
    names = [f"i{each}" for each in range(32)]
    batteries = tuple(Battery(f"b{each}", tuple(names[4 * each : 4 * each + 4]), 1, 5) for each in range(8))
    frame = pd.DataFrame(answers, columns=names)
    assert 0 in marked(quality(Responses(frame, batteries)), "halves-disagree")
    few = quality(Responses(frame, batteries[:7]))
    assert ("halves", "too-few-batteries") in [(each.figures["check"], each.figures["reason"]) for each in few.notes]


def test_nothing_is_dropped_and_every_share_carries_its_base_and_interval() -> None:
    answers = honest()
    answers.iloc[:30] = 4.0
    seconds = np.full(N, 80.0)
    seconds[:20] = 4.0
    found = quality(Responses(answers, (battery(),), seconds=seconds))
    assert len(found.marks) == len(found.suspicious) == N
    assert found.base.n == N
    assert found.count("straight-line").n >= 30
    assert found.count("too-fast-to-read").share.value == pytest.approx(20 / N)
    assert list(lacks(found)) == []
    with pytest.raises(KeyError):
        found.count("rule-broken")


def test_leaving_out_shows_both_figures_side_by_side() -> None:
    answers = honest()
    answers.iloc[:60] = 5.0
    seconds = np.where(np.arange(N) < 60, 4.0, 80.0)
    found = quality(Responses(answers, (battery(),), seconds=seconds))

    def mean(rows: np.ndarray) -> Estimate | Refusal:
        sample = sample_of(answers["q0"].to_numpy()[rows])
        half = 1.96 * mean_variance(sample) ** 0.5
        interval = Interval(sample.mean - half, sample.mean + half, method="normal")
        return Estimate(sample.mean, interval, sample.base, "mean", "mean", source="textbook")

    effect = effect_of_leaving_out(found, mean)
    assert isinstance(effect.everybody, Estimate)
    assert isinstance(effect.without_marked, Estimate)
    assert (effect.everybody.base.n, effect.without_marked.base.n) == (N, N - effect.n_left_out)
    assert effect.n_left_out >= 60
    assert effect.change == pytest.approx(effect.without_marked.value - effect.everybody.value)
    assert effect.moves
    assert [each.code for each in effect.notes] == ["marked-move-the-figure"]
    assert effect_of_leaving_out(found, mean, codes=["too-fast-to-read"]).n_left_out == 60
    assert effect_of_leaving_out(found, mean, codes=[]).change == 0
    assert list(lacks(effect)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_marks_follow_their_rows_whatever_the_order(seed: int) -> None:
    answers = honest()
    answers.iloc[20] = answers.iloc[10]
    seconds = np.exp(np.random.default_rng(9).normal(4, 0.5, N))
    order = np.random.default_rng(seed).permutation(N)
    plain = quality(Responses(answers, (battery("q9"),), seconds=seconds))
    moved = quality(Responses(answers.iloc[order], (battery("q9"),), seconds=seconds[order]))
    assert [moved.rows()[place] for place in np.argsort(order)] == list(plain.rows())
    assert [moved.suspicious[place] for place in np.argsort(order)] == list(plain.suspicious)


def test_the_scale_may_be_moved_and_stretched() -> None:
    answers = honest()
    answers.iloc[0], answers.iloc[1] = 5.0, [1, 5] * 5
    plain = quality(Responses(answers, (battery("q9"),)))
    wide = quality(Responses(10 * answers - 70, (replace(battery("q9"), low=-60, high=-20),)))
    assert wide.rows() == plain.rows()
    assert wide.suspicious == plain.suspicious
