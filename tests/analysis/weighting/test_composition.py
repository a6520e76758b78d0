"""Respondents beside everybody asked: differences, tests, and the R-indicator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.multiplicity import adjusted_p_values
from analysis.values import Estimate, Refusal
from analysis.values.weighting import BaseComparison
from analysis.weighting import compare_with_base, representativity
from analysis.weighting.representativity import noncentrality_interval
from tests.analysis.carrying import lacks

N = 800
RNG = np.random.default_rng(7)
PEOPLE = pd.DataFrame(
    {
        "region": RNG.choice(["north", "east", "south"], N, p=[0.5, 0.3, 0.2]),
        "age": RNG.normal(45, 12, N),
        "newsletter": RNG.uniform(size=N) < 0.4,
    }
)
ANSWERED = RNG.uniform(size=N) < np.where(PEOPLE["region"] == "south", 0.15, 0.4)


def compared(people: pd.DataFrame = PEOPLE, answered: np.ndarray = ANSWERED) -> BaseComparison:
    found = compare_with_base(people, answered)
    assert isinstance(found, BaseComparison)
    return found


def test_shares_of_base_and_respondents_stand_side_by_side() -> None:
    region = compared().characteristics[0]
    south = region.groups[2]
    assert [each.category for each in region.groups] == ["east", "north", "south"]
    assert south.share_of_base == pytest.approx((PEOPLE["region"] == "south").mean())
    assert south.share_of_respondents == pytest.approx((PEOPLE["region"] == "south")[ANSWERED].mean())
    assert south.difference.value == pytest.approx(south.share_of_respondents - south.share_of_base)
    assert south.response_rate.value == pytest.approx(ANSWERED[PEOPLE["region"] == "south"].mean())
    assert south.difference.interval.high < 0
    assert south.verdict == "answers-less"
    assert list(lacks(compared())) == []


def test_the_test_of_a_characteristic_is_pearsons() -> None:
    region = compared().characteristics[0]
    expected = stats.chi2_contingency(pd.crosstab(PEOPLE["region"], ANSWERED), correction=False)
    assert (region.statistic, region.p_value, region.degrees) == pytest.approx(
        (expected.statistic, expected.pvalue, expected.dof)
    )


def test_means_are_compared_by_welch() -> None:
    age = compared().characteristics[1]
    values = PEOPLE["age"].to_numpy()
    expected = stats.ttest_ind(values[ANSWERED], values[~ANSWERED], equal_var=False)
    silent = 1 - ANSWERED.mean()
    assert age.p_value == pytest.approx(expected.pvalue)
    assert age.difference.value == pytest.approx(values[ANSWERED].mean() - values.mean())
    assert age.difference.interval.low == pytest.approx(silent * expected.confidence_interval().low)
    assert age.standardised_difference == pytest.approx(age.difference.value / values.std())


def test_p_values_are_adjusted_over_all_groups_and_all_characteristics() -> None:
    found = compared()
    overall = [each.p_value for each in found.characteristics]
    assert [each.adjusted_p_value for each in found.characteristics] == pytest.approx(
        multipletests(overall, method="holm")[1].tolist()
    )
    groups = [group for each in found.characteristics for group in getattr(each, "groups", ())]
    assert [each.adjusted_p_value for each in groups] == pytest.approx(
        multipletests([each.p_value for each in groups], method="holm")[1].tolist()
    )
    assert len(groups) == 5


@pytest.mark.parametrize("n", [0, 1, 6])
def test_holm_is_that_of_statsmodels(n: int) -> None:
    p_values = np.random.default_rng(n).uniform(0, 0.2, n).round(2).tolist()
    expected = multipletests(p_values, method="holm")[1].tolist() if n else []
    assert adjusted_p_values(p_values) == pytest.approx(expected)


def test_order_of_rows_and_offsets_do_not_matter() -> None:
    order = np.random.default_rng(1).permutation(N)
    moved = PEOPLE.assign(age=PEOPLE["age"] * 1e-3 + 1e4).iloc[order]
    found, plain = compared(moved, ANSWERED[order]), compared()
    assert found.characteristics[0] == plain.characteristics[0]
    assert found.characteristics[1].p_value == pytest.approx(plain.characteristics[1].p_value, rel=1e-6)
    assert isinstance(plain.representativity, Estimate)
    assert found.representativity.value == pytest.approx(plain.representativity.value, rel=1e-6)


def test_missing_characteristics_are_a_category_or_left_out_with_a_note() -> None:
    holed = PEOPLE.copy()
    holed.loc[:99, ["region", "age"]] = [None, np.nan]
    found = compared(holed)
    assert found.characteristics[0].groups[0].category == "(missing)"
    assert found.characteristics[0].groups[0].n_base == 100
    assert found.characteristics[1].notes[0].figures == {"n": 100}
    assert found.characteristics[1].base.n == N - 100


def test_constant_characteristics_are_named_and_small_counts_announced() -> None:
    people = PEOPLE.assign(country="VN", vip=["yes"] * 6 + ["no"] * (N - 6))
    found = compared(people)
    assert [note.figures for note in found.notes] == [{"variable": "country"}]
    vip = found.characteristics[-1]
    assert [note.code for note in vip.notes] == ["small-expected-counts"]


def test_few_respondents_or_few_others_are_refused() -> None:
    for who in (np.arange(N) < 9, np.arange(N) >= 9):
        found = compare_with_base(PEOPLE, who)
        assert isinstance(found, Refusal)
        assert (found.code, found.figures) == ("base-too-small", {"n": 9, "needed": 10})


def test_wrong_input_is_named() -> None:
    with pytest.raises(ValueError, match="each of the 800 people"):
        compare_with_base(PEOPLE, ANSWERED[1:])
    with pytest.raises(ValueError, match="true and false"):
        compare_with_base(PEOPLE, np.where(ANSWERED, 2, 0))
    with pytest.raises(ValueError, match="infinite"):
        compare_with_base(PEOPLE.assign(age=np.inf), ANSWERED)


def test_the_r_indicator_is_that_of_its_formula() -> None:
    found = representativity(PEOPLE, ANSWERED)
    columns = np.column_stack(
        [
            np.ones(N),
            PEOPLE["region"] == "east",
            PEOPLE["region"] == "south",
            PEOPLE["age"],
            PEOPLE["newsletter"],
        ]
    ).astype(float)
    fit = sm.Logit(ANSWERED.astype(float), columns).fit(disp=0)
    fitted = fit.predict()
    slopes = columns * (fitted * (1 - fitted))[:, None]
    noise = np.trace(np.cov(slopes.T) @ fit.cov_params())
    assert found.value == pytest.approx(1 - 2 * np.sqrt(fitted.var(ddof=1) - noise), rel=1e-6)
    assert found.interval.low < found.value < found.interval.high
    assert list(lacks(found)) == []


def test_nothing_more_uneven_than_chance_is_one() -> None:
    found = representativity(pd.DataFrame({"parity": np.arange(400) % 2}), np.arange(400) % 4 < 2)
    assert (found.value, found.interval.high) == (1, 1)
    assert "no-more-uneven-than-chance" in [note.code for note in found.notes]


@pytest.mark.parametrize(
    ("people", "who", "code"),
    [
        (PEOPLE[:60], ANSWERED[:60], "too-few-per-attribute"),
        (PEOPLE.assign(region="x", age=1.0, newsletter=True), ANSWERED, "no-attribute-varies"),
        (PEOPLE.assign(told=np.where(ANSWERED, "yes", "no")), ANSWERED, "separated"),
    ],
)
def test_models_of_answering_that_cannot_be_fitted_are_refused(
    people: pd.DataFrame, who: np.ndarray, code: str
) -> None:
    found = representativity(people, who)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert compare_with_base(people, who).representativity == found


def test_the_interval_of_a_noncentrality_rejects_just_what_it_should() -> None:
    low, high = noncentrality_interval(20.0, 3, 0.95)
    assert stats.ncx2.sf(20.0, 3, low) == pytest.approx(0.025)
    assert stats.ncx2.cdf(20.0, 3, high) == pytest.approx(0.025)
    assert noncentrality_interval(0.01, 3, 0.95) == (0.0, 0.0)
