"""A change is taken apart without a rest, and what may be chance is said to be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparisons import (
    MixedAnswers,
    MixTable,
    mix_shift,
    mix_shift_by_dimension,
    mix_shift_of_table,
)
from analysis.scores import Answers
from analysis.values import Estimate, Refusal
from analysis.values.mix_shift import DimensionShift, MixShift
from analysis.values.scores import Kind, Measure, Scale
from tests.analysis.carrying import lacks

MEAN = Measure(Kind.MEAN, Scale(0, 100))
NAMES = ["a", "b", "c"]

periods = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 100)), min_size=30, max_size=60)


def _period(rows: list[tuple[int, int]], added: float = 0.0) -> MixedAnswers:
    return MixedAnswers(Answers([each + added for _, each in rows]), [NAMES[segment] for segment, _ in rows])


def _drawn(seed: int, n: int = 400) -> tuple[MixedAnswers, MixedAnswers]:
    rng, made = np.random.default_rng(seed), []
    for shares, means in (((0.5, 0.3, 0.2), (70, 60, 40)), ((0.3, 0.3, 0.4), (74, 63, 44))):
        segment = rng.choice(3, n, p=shares)
        scores = np.clip(np.round(rng.normal(np.array(means)[segment], 12)), 0, 100)
        made.append(MixedAnswers(Answers(scores), [NAMES[each] for each in segment]))
    return made[0], made[1]


def _shift(found: MixShift | Refusal) -> MixShift:
    assert isinstance(found, MixShift)
    return found


def _value(part: Estimate | Refusal) -> float:
    assert isinstance(part, Estimate)
    return part.value


@settings(max_examples=30, deadline=None)
@given(periods, periods)
def test_rate_and_mix_add_up_to_the_change(before: Any, after: Any) -> None:
    found = mix_shift(_period(before), _period(after), Measure(Kind.MEAN, Scale(0, 100)))
    if isinstance(found, Refusal):
        assert len({each for each, _ in before + after}) == 1
        return
    assert list(lacks(found)) == []
    assert found.rate.value + found.mix.value == pytest.approx(found.total.value, abs=1e-9)
    three = found.three_way
    assert three.rate.value + three.mix.value + three.interaction.value == pytest.approx(found.total.value, abs=1e-9)
    assert found.total.value == pytest.approx(found.after.value - found.before.value, abs=1e-9)


def test_the_segments_add_up_to_rate_and_mix() -> None:
    found = _shift(mix_shift(*_drawn(1), MEAN))
    assert sum(_value(each.rate) for each in found.segments) == pytest.approx(found.rate.value, abs=1e-12)
    assert sum(_value(each.mix) for each in found.segments) == pytest.approx(found.mix.value, abs=1e-12)


def test_raising_all_scores_alike_changes_no_part() -> None:
    rows = [[(i % 3, (7 * i) % 50) for i in range(60)], [(i % 2 * 2, (11 * i) % 50) for i in range(60)]]
    plain = _shift(mix_shift(_period(rows[0]), _period(rows[1]), MEAN))
    raised = _shift(mix_shift(_period(rows[0], 40), _period(rows[1], 40), MEAN))
    for one, other in zip(plain.segments, raised.segments, strict=True):
        assert _value(one.mix) == pytest.approx(_value(other.mix), abs=1e-9)
        assert _value(one.rate) == pytest.approx(_value(other.rate), abs=1e-9)
    assert plain.mix.se == pytest.approx(raised.mix.se)


def test_turning_time_round_turns_every_part_round() -> None:
    before, after = _drawn(2)
    there, back = _shift(mix_shift(before, after, MEAN)), _shift(mix_shift(after, before, MEAN))
    assert there.rate.value == pytest.approx(-back.rate.value)
    assert there.mix.se == pytest.approx(back.mix.se)


def test_standard_errors_are_those_of_drawing_respondents_anew() -> None:
    before, after = _drawn(3)
    found, rng = _shift(mix_shift(before, after, MEAN)), np.random.default_rng(5)
    scores = [np.asarray(each.answers.scores) for each in (before, after)]
    labels = [np.array(each.segments) for each in (before, after)]
    drawn = []
    for _ in range(600):
        rows = [rng.integers(0, 400, 400) for _ in range(2)]
        shares = np.array([[np.mean(labels[t][rows[t]] == name) for name in NAMES] for t in range(2)])
        rates = np.array([[scores[t][rows[t]][labels[t][rows[t]] == name].mean() for name in NAMES] for t in range(2)])
        rate = (shares.mean(axis=0) * (rates[1] - rates[0])).sum()
        drawn.append((rate, ((shares[1] - shares[0]) * rates.mean(axis=0)).sum()))
    for part, error in zip((found.rate, found.mix), np.std(drawn, axis=0), strict=True):
        assert part.se == pytest.approx(error, rel=0.12)


def test_a_table_with_errors_gives_what_its_answers_give() -> None:
    before, after = _drawn(4)
    found, columns = _shift(mix_shift(before, after, MEAN)), []
    for each in (before, after):
        groups = [np.asarray(each.answers.scores)[np.array(each.segments) == name] for name in NAMES]
        columns.append([(g.size, g.mean(), g.std(ddof=1) / math.sqrt(g.size)) for g in groups])
    sizes, scores, errors = (tuple([row[i] for row in column] for column in columns) for i in range(3))
    table = mix_shift_of_table(MixTable(NAMES, *sizes, *scores, *errors))
    for name in ("total", "rate", "mix"):
        assert getattr(table, name).value == pytest.approx(getattr(found, name).value)
        assert getattr(table, name).se == pytest.approx(getattr(found, name).se, rel=0.01)
    assert list(lacks(table)) == []


def test_people_who_answer_twice_count_once() -> None:
    before, after = _drawn(6)
    once = _shift(mix_shift(before, after, MEAN))
    twice = [
        MixedAnswers(
            Answers(np.tile(np.asarray(each.answers.scores), 2), clusters=np.tile(np.arange(400), 2) + start),
            [*each.segments, *each.segments],
        )
        for each, start in ((before, 0), (after, 400))
    ]
    found = _shift(mix_shift(twice[0], twice[1], MEAN))
    assert found.mix.se == pytest.approx(once.mix.se)
    assert found.rate.interval == pytest.approx(once.rate.interval) or found.rate.se == pytest.approx(once.rate.se)


def test_the_same_people_in_both_periods_make_the_change_surer() -> None:
    rng = np.random.default_rng(7)
    people = rng.integers(20, 70, 200)
    waves = [people + rng.integers(0, 10, 200) for _ in range(2)]
    labels = [NAMES[each % 3] for each in range(200)]

    def se(clusters: bool) -> float:
        made = [MixedAnswers(Answers(wave, clusters=np.arange(200) if clusters else None), labels) for wave in waves]
        found = _shift(mix_shift(made[0], made[1], MEAN))
        assert found.total.se is not None
        return found.total.se

    assert se(clusters=True) < 0.5 * se(clusters=False)


def test_weights_of_one_change_nothing() -> None:
    before, after = _drawn(8)
    weighted = [
        MixedAnswers(Answers(each.answers.scores, np.full(400, 2.0)), each.segments) for each in (before, after)
    ]
    plain, found = mix_shift(before, after, MEAN), mix_shift(weighted[0], weighted[1], MEAN)
    assert _shift(found).rate.value == pytest.approx(_shift(plain).rate.value)
    assert _shift(found).rate.se == pytest.approx(_shift(plain).rate.se)


def test_a_segment_that_is_new_counts_as_mix_and_is_named() -> None:
    before = MixedAnswers(Answers([50, 60] * 20), ["a", "b"] * 20)
    after = MixedAnswers(Answers([50, 60, 20, 20] * 20), ["a", "b", "c", "c"] * 20)
    found = _shift(mix_shift(before, after, MEAN))
    assert found.rate.value == pytest.approx(0)
    assert found.mix.value == pytest.approx(found.total.value)
    assert [note.figures["segment"] for note in found.notes if note.code == "segment-in-one-period"] == ["c"]
    assert found.segments[2].score_before is None


def test_a_reversal_within_chance_says_so() -> None:
    before = MixedAnswers(
        Answers([80] * 20 + [30] * 12 + [81] * 12 + [31] * 2), ["a"] * 20 + ["b"] * 12 + ["a"] * 12 + ["b"] * 2
    )
    after = MixedAnswers(Answers([81] * 28 + [31] * 18), ["a"] * 28 + ["b"] * 18)
    found = _shift(mix_shift(before, after, MEAN))
    assert found.reversal is not None
    assert (found.reversal.every, found.reversal.is_certain) == (True, False)
    assert "simpson-reversal-uncertain" in [note.code for note in found.notes]


def test_a_reversal_of_most_segments_is_told_from_one_of_all() -> None:
    found = mix_shift_of_table(MixTable(["a", "b", "c"], (50, 30, 20), (20, 20, 60), (72, 60, 41), (75, 62, 40)))
    assert found.reversal is not None
    assert found.reversal.segments == ("a", "b")
    assert "most-segments-reversed" in [note.code for note in found.notes]


def test_where_all_move_alike_nothing_is_reversed() -> None:
    found = mix_shift_of_table(MixTable(["a", "b"], (0.5, 0.5), (0.4, 0.6), (3, 4), (3.5, 4.5)))
    assert found.reversal is None
    assert {note.code for note in found.notes} == {"no-sampling-error", "base-unknown"}
    assert found.rate.interval is None


def test_small_segments_show_no_scores() -> None:
    before = MixedAnswers(Answers([50, 60] * 30 + [10] * 3), ["a", "b"] * 30 + ["c"] * 3)
    found = _shift(mix_shift(before, before, MEAN))
    small = found.segments[2]
    assert isinstance(small.rate, Refusal)
    assert (small.score_before, small.score_after) == (None, None)


def test_answers_without_score_or_segment_are_counted_out() -> None:
    before = MixedAnswers(Answers([50, 60, math.nan, 70] * 20), ["a", "b", "a", None] * 20)
    assert _shift(mix_shift(before, before, MEAN)).n_left_out == 80


def test_small_periods_and_single_segments_are_refused() -> None:
    few, many = MixedAnswers(Answers([50, 60]), ["a", "b"]), MixedAnswers(Answers([50] * 40), ["a"] * 40)
    small, single = mix_shift(few, many, MEAN), mix_shift(many, many, MEAN)
    assert isinstance(small, Refusal)
    assert isinstance(single, Refusal)
    assert (small.code, single.code) == ("comparison-base-too-small", "too-few-segments")
    empty = MixedAnswers(Answers([]), [])
    assert isinstance(mix_shift(empty, empty, MEAN), Refusal)


def test_one_dimension_gives_what_kitagawa_gives() -> None:
    before, after = _drawn(9)
    plain, found = _shift(mix_shift(before, after, MEAN)), mix_shift_by_dimension(before, after, MEAN)
    assert isinstance(found, DimensionShift)
    assert found.rate.value == pytest.approx(plain.rate.value)
    assert found.mixes[0].mix.value == pytest.approx(plain.mix.value)
    assert found.mixes[0].mix.se == pytest.approx(plain.mix.se)


def _two_dimensions(turned: bool) -> DimensionShift:
    rng, made = np.random.default_rng(10), []
    for shift in (0.0, 0.2):
        region = rng.random(300) < 0.4 + shift
        channel = rng.random(300) < 0.3 + 0.3 * region - shift / 2
        scores = np.round(50 + 10 * region - 8 * channel + rng.normal(0, 5, 300) + 5 * shift)
        columns = {"region": np.where(region, "n", "s").tolist(), "channel": np.where(channel, "web", "shop").tolist()}
        made.append(MixedAnswers(Answers(scores), dict(reversed(columns.items())) if turned else columns))
    found = mix_shift_by_dimension(made[0], made[1], MEAN)
    assert isinstance(found, DimensionShift)
    return found


def test_dimensions_add_up_whatever_their_order() -> None:
    plain, turned = _two_dimensions(turned=False), _two_dimensions(turned=True)
    assert list(lacks(plain)) == []
    assert plain.rate.value + sum(each.mix.value for each in plain.mixes) == pytest.approx(plain.total.value, abs=1e-12)
    other = {each.dimension: each.mix for each in turned.mixes}
    for each in plain.mixes:
        assert each.mix.value == pytest.approx(other[each.dimension].value)
        assert each.mix.se == pytest.approx(other[each.dimension].se)


def test_labels_and_dimensions_that_do_not_fit_are_refused() -> None:
    one = MixedAnswers(Answers([50] * 40), ["a"] * 40)
    with pytest.raises(ValueError, match="40 answers but 3"):
        mix_shift(MixedAnswers(Answers([50] * 40), ["a"] * 3), one, MEAN)
    with pytest.raises(ValueError, match="same in both periods"):
        mix_shift(one, MixedAnswers(Answers([50] * 40), {"x": ["a"] * 40, "y": ["a"] * 40}), MEAN)
    with pytest.raises(ValueError, match="dimensions in both periods"):
        mix_shift_by_dimension(one, MixedAnswers(Answers([50] * 40), {"x": ["a"] * 40}), MEAN)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sizes_before": (1, -1)}, "at least zero"),
        ({"scores_after": (1, math.inf)}, "score that is a number"),
        ({"segments": ("a", "a")}, "every segment once"),
        ({"errors_before": (1, 1), "errors_after": (1, 1), "sizes_after": (0.5, 0.5)}, "numbers of answers"),
    ],
)
def test_tables_that_cannot_be_are_refused(changed: dict[str, Any], words: str) -> None:
    table: dict[str, Any] = {
        "segments": ("a", "b"),
        "sizes_before": (40, 60),
        "sizes_after": (50, 50),
        "scores_before": (1, 2),
        "scores_after": (2, 3),
    }
    with pytest.raises(ValueError, match=words):
        mix_shift_of_table(MixTable(**(table | changed)))


def test_segments_numbered_are_segments() -> None:
    before, after = _drawn(4)
    place = {name: i for i, name in enumerate(NAMES)}

    def numbered(period: MixedAnswers) -> MixedAnswers:
        return MixedAnswers(period.answers, [place[str(each)] for each in list(period.segments)])

    named, found = mix_shift(before, after, MEAN), mix_shift(numbered(before), numbered(after), MEAN)
    assert isinstance(named, MixShift)
    assert isinstance(found, MixShift)
    assert (found.rate, found.mix) == (named.rate, named.mix)
    assert [each.segment for each in found.segments] == ["0", "1", "2"]
