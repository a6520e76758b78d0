"""The Kano questionnaire: its table, its coefficients, and categories that are settled or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from analysis.drivers import KanoOptions, kano_categories
from analysis.respondents import respondents
from analysis.values.kano import Kano, KanoCategory, KanoReason
from tests.analysis.carrying import lacks

# One pair of answers for each category.
PAIRS = {
    "must-be": (3, 5),
    "one-dimensional": (1, 5),
    "attractive": (1, 3),
    "indifferent": (3, 3),
    "reverse": (5, 1),
    "questionable": (1, 1),
}


def asked(**counts: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the answers of a survey with so many respondents of each category, by feature."""
    columns = {
        name: [PAIRS[category] for category, n in wanted.items() for _ in range(n)] for name, wanted in counts.items()
    }
    longest = max(len(each) for each in columns.values())
    filled = {name: each + [(np.nan, np.nan)] * (longest - len(each)) for name, each in columns.items()}
    return (pd.DataFrame({name: [pair[side] for pair in each] for name, each in filled.items()}) for side in (0, 1))  # type: ignore[return-value]


def found(**counts: dict[str, int]) -> Kano:
    functional, dysfunctional = asked(**counts)
    return kano_categories(functional, dysfunctional)


@pytest.mark.parametrize("category", PAIRS)
def test_every_pair_falls_where_bergers_table_puts_it(category: str) -> None:
    only = found(seat={category: 3}).feature("seat")
    assert {each.category: each.n for each in only.shares if each.n} == {KanoCategory(category): 3}


def test_the_whole_evaluation_table_is_bergers() -> None:
    letters = {
        KanoCategory.MUST_BE: "M",
        KanoCategory.ONE_DIMENSIONAL: "O",
        KanoCategory.ATTRACTIVE: "A",
        KanoCategory.INDIFFERENT: "I",
        KanoCategory.REVERSE: "R",
        KanoCategory.QUESTIONABLE: "Q",
    }
    rows = []
    for functional in range(1, 6):
        tables = [
            kano_categories(pd.DataFrame({"x": [functional]}), pd.DataFrame({"x": [each]})) for each in range(1, 6)
        ]
        rows.append("".join(letters[each.feature("x").commonest] for each in tables))
    assert rows == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]


def test_better_and_worse_are_the_shares_that_berger_defines_with_wilsons_interval() -> None:
    only = found(
        seat={"attractive": 40, "one-dimensional": 20, "must-be": 10, "indifferent": 30, "reverse": 7}
    ).feature("seat")
    assert only.better is not None
    assert only.worse is not None
    assert only.better.value == pytest.approx(60 / 100)
    assert only.worse.value == pytest.approx(-30 / 100)
    assert only.better.interval is not None
    assert only.worse.interval is not None
    assert (only.better.interval.low, only.better.interval.high) == pytest.approx(
        proportion_confint(60, 100, method="wilson")
    )
    low, high = proportion_confint(30, 100, method="wilson")
    assert (only.worse.interval.low, only.worse.interval.high) == pytest.approx((-high, -low))


def test_the_intervals_of_the_categories_are_goodmans() -> None:
    counts = [10, 20, 40, 30, 7, 3]
    only = found(seat=dict(zip(PAIRS, counts, strict=True))).feature("seat")
    goodman = multinomial_proportions_confint(counts, method="goodman")
    mine = [(each.share.interval.low, each.share.interval.high) for each in only.shares if each.share.interval]
    # Goodman's quantile is chi2(alpha / 6) with one degree of freedom, as ours.
    assert np.array(mine) == pytest.approx(goodman, abs=1e-9)


def test_a_clear_lead_settles_the_category_and_a_narrow_one_does_not() -> None:
    clear = {"attractive": 60, "indifferent": 30, "must-be": 10}
    narrow = {"attractive": 40, "indifferent": 35, "must-be": 25}
    result = found(wifi=clear, pool=narrow)
    assert (result.feature("wifi").category, result.feature("wifi").reason) == (
        KanoCategory.ATTRACTIVE,
        KanoReason.SETTLED,
    )
    assert result.feature("pool").category is KanoCategory.UNCLASSIFIED
    assert result.feature("pool").commonest is KanoCategory.ATTRACTIVE
    assert result.feature("wifi").p_value == pytest.approx(stats.binomtest(60, 90).pvalue)
    assert result.feature("wifi").adjusted_p_value == pytest.approx(2 * stats.binomtest(60, 90).pvalue)
    assert list(lacks(result)) == []


def test_fongs_rule_passes_leads_that_the_exact_test_does_not() -> None:
    only = found(seat={"attractive": 59, "indifferent": 41}).feature("seat")
    assert only.settled_by_fong
    assert only.category is KanoCategory.UNCLASSIFIED


def test_thirty_respondents_are_needed_and_people_are_counted_not_rows() -> None:
    few = found(seat={"attractive": 29}).feature("seat")
    assert few.reason is KanoReason.BASE_TOO_SMALL
    functional, dysfunctional = asked(seat={"attractive": 60})
    who = respondents(60, clusters=np.repeat(np.arange(20), 3))
    assert kano_categories(functional, dysfunctional, who).feature("seat").reason is KanoReason.BASE_TOO_SMALL


def test_questionable_answers_in_the_lead_settle_nothing() -> None:
    only = found(seat={"questionable": 60, "attractive": 5}).feature("seat")
    assert (only.category, only.reason) == (KanoCategory.UNCLASSIFIED, KanoReason.QUESTIONABLE_ANSWERS)


def test_a_feature_that_nobody_answered_is_refused_beside_the_others() -> None:
    functional, dysfunctional = asked(seat={"attractive": 50})
    result = kano_categories(functional.assign(desk=np.nan), dysfunctional.assign(desk=np.nan))
    assert [name for name, _ in result.refused] == ["desk"]
    assert result.feature("seat").category is KanoCategory.ATTRACTIVE


def test_weights_move_the_shares_and_half_answered_pairs_are_left_out() -> None:
    functional, dysfunctional = asked(seat={"attractive": 50, "must-be": 50})
    dysfunctional.iloc[0, 0] = np.nan
    who = respondents(100, np.repeat([3.0, 1.0], 50))
    only = kano_categories(functional, dysfunctional, who).feature("seat")
    assert only.base.n == 99
    shares = {each.category: each.share.value for each in only.shares}
    assert shares[KanoCategory.ATTRACTIVE] == pytest.approx(147 / 197)
    assert only.lead.value == pytest.approx(97 / 197)


def test_equal_weights_of_any_unit_change_nothing() -> None:
    functional, dysfunctional = asked(seat={"attractive": 50, "must-be": 30})
    plain = kano_categories(functional, dysfunctional).feature("seat")
    heavy = kano_categories(functional, dysfunctional, respondents(80, np.full(80, 1e6))).feature("seat")
    assert heavy.p_value == plain.p_value
    assert [each.share.interval for each in heavy.shares] == [each.share.interval for each in plain.shares]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 80), st.booleans())
def test_row_order_changes_nothing_and_every_base_gives_a_statement(seed: int, n: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    functional, dysfunctional = (pd.DataFrame(rng.integers(1, 6, (n, 2)), columns=["a", "b"]) for _ in range(2))
    who = respondents(n, rng.uniform(0.5, 2, n) if weighted else None)
    order = rng.permutation(n)
    moved = respondents(n, who.weights[order])
    plain = kano_categories(functional, dysfunctional, who)
    turned = kano_categories(functional.iloc[order], dysfunctional.iloc[order], moved)
    assert list(lacks(plain)) == []
    for one, other in zip(plain.features, turned.features, strict=True):
        assert one.category is other.category
        assert one.lead.value == pytest.approx(other.lead.value, abs=1e-12)


def test_other_answers_and_tables_that_do_not_fit_are_refused_in_words() -> None:
    one = pd.DataFrame({"seat": [1, 2, 3]})
    with pytest.raises(ValueError, match="whole numbers from 1"):
        kano_categories(one, one + 3)
    with pytest.raises(ValueError, match="whole numbers from 1"):
        kano_categories(one.astype(float) * np.inf, one)
    with pytest.raises(ValueError, match="same features"):
        kano_categories(one, one.rename(columns={"seat": "desk"}))
    with pytest.raises(ValueError, match="one row for each"):
        kano_categories(one, one.head(2))
    assert kano_categories(one.head(0), one.head(0), options=KanoOptions()).features == ()
