"""Raking meets every margin, keeps base weights otherwise, and says by name where it can't."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from analysis.weighting import RakingOptions, Weighting, rake
from tests.analysis.carrying import lacks

TARGETS = {"segment": {"a": 500.0, "b": 300.0, "c": 200.0}, "region": {"n": 650.0, "s": 350.0}}


def people(seed: int = 1, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"segment": rng.choice(list("abc"), n, p=[0.2, 0.3, 0.5]), "region": rng.choice(list("ns"), n)})


def codes(found: Weighting) -> dict[str, dict[str, object]]:
    return {note.code: note.figures for note in found.summary.notes}


def test_every_margin_is_met() -> None:
    found = rake(people(), TARGETS)
    for variable, targets in TARGETS.items():
        reached = pd.Series(found.weights).groupby(people()[variable]).sum().to_dict()
        assert reached == pytest.approx(targets, rel=1e-9)
    assert found.summary.largest_error < 1e-9
    assert list(lacks(found)) == []


def test_raked_weights_are_the_nearest_in_entropy() -> None:
    base = np.random.default_rng(3).uniform(0.5, 2, 300)
    table = people()
    found = rake(table, TARGETS, base)
    columns = pd.get_dummies(table, dtype=float).to_numpy()[:, [0, 1, 2, 3]]
    totals = np.array([500.0, 300.0, 200.0, 650.0])

    def gap(place: np.ndarray) -> np.ndarray:
        return (base * np.exp(columns @ place)) @ columns - totals

    solved = optimize.root(gap, np.zeros(4), tol=1e-13)
    assert found.weights == pytest.approx(base * np.exp(columns @ solved.x), rel=1e-8)
    assert found.factors == pytest.approx(found.weights / base)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_order_of_rows_columns_and_the_scale_of_base_weights_do_not_matter(seed: int, scale: float) -> None:
    table, base = people(seed), np.random.default_rng(seed).uniform(0.5, 2, 300)
    order = np.random.default_rng(seed).permutation(300)
    plain = rake(table, TARGETS, base).weights
    turned = {name: TARGETS[name] for name in reversed(TARGETS)}
    other = rake(table.iloc[order, ::-1], turned, scale * base[order]).weights
    assert other == pytest.approx(plain[order], rel=1e-8)


def test_shares_and_totals_give_the_same_up_to_scale() -> None:
    shares = {name: {key: value / 1000 for key, value in each.items()} for name, each in TARGETS.items()}
    assert rake(people(), shares).weights == pytest.approx(rake(people(), TARGETS).weights * 0.3, rel=1e-9)
    scaled = rake(people(), shares, options=RakingOptions(total=1000.0))
    assert scaled.weights == pytest.approx(rake(people(), TARGETS).weights, rel=1e-9)


@pytest.mark.parametrize("kind", ["object", "category", "string"])
def test_every_kind_of_column_is_read(kind: str) -> None:
    assert rake(people().astype(kind), TARGETS).weights == pytest.approx(rake(people(), TARGETS).weights)


def test_plain_mappings_with_numbers_as_categories_are_read() -> None:
    found = rake({"plan": [1, 1, 2, 2, 2]}, {"plan": {1: 50, 2: 50}})
    assert found.weights.tolist() == pytest.approx([25, 25, 50 / 3, 50 / 3, 50 / 3])


def test_a_target_without_anybody_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'segment' = 'd'"):
        rake(people(), {"segment": TARGETS["segment"] | {"d": 10.0}})


def test_a_category_without_target_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'c', for which there is no target"):
        rake(people(), {"segment": {"a": 1.0, "b": 2.0}})


def test_totals_that_differ_are_refused_or_rescaled_on_demand() -> None:
    targets = TARGETS | {"region": {"n": 60.0, "s": 40.0}}
    with pytest.raises(ValueError, match="'region' to 100"):
        rake(people(), targets)
    found = rake(people(), targets, options=RakingOptions(rescale=True))
    assert found.summary.base.weighted == pytest.approx(1000)


def test_a_missing_category_is_refused_or_keeps_its_share() -> None:
    table = people()
    table.loc[:29, "segment"] = None
    with pytest.raises(ValueError, match="'segment' is missing for 30 rows"):
        rake(table, TARGETS)
    found = rake(table, TARGETS, options=RakingOptions(missing="own-category"))
    assert found.weights[:30].sum() == pytest.approx(100)
    assert codes(found)["missing-kept-as-category"] == {"variable": "segment", "n": 30}


def test_margins_that_contradict_each_other_fail_loudly() -> None:
    table = {"a": ["x", "x", "y"], "b": ["u", "u", "v"]}
    with pytest.raises(ValueError, match="did not reach its targets in 50 passes"):
        rake(table, {"a": {"x": 1, "y": 2}, "b": {"u": 2, "v": 1}}, options=RakingOptions(max_iterations=50))


@pytest.mark.parametrize(
    ("columns", "weights", "message"),
    [
        ({"segment": []}, None, "nobody to weight"),
        ({"segment": ["a", "b"]}, [1.0], "one base weight"),
        ({"segment": ["a", "b"]}, [1.0, -1.0], "Every weight"),
        ({"segment": ["a", "b"]}, [1.0, np.inf], "Every weight"),
        ({"segment": ["a", "b"], "x": ["a"]}, None, "same number of rows"),
        ({"x": ["a", "b"]}, None, "no such column"),
    ],
)
def test_wrong_input_is_named(columns: dict[str, list[str]], weights: list[float] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rake(columns, {"segment": {"a": 1.0, "b": 1.0}}, weights)


@pytest.mark.parametrize("targets", [{}, {"segment": {}}, {"segment": {"a": -1.0}}, {"segment": {"a": np.nan}}])
def test_targets_must_be_numbers_of_at_least_zero(targets: dict[str, dict[str, float]]) -> None:
    with pytest.raises(ValueError, match=r"[Tt]arget"):
        rake({"segment": ["a"]}, targets)


def test_a_target_of_zero_takes_its_rows_out_and_says_so() -> None:
    found = rake(people(), {"segment": {"a": 1.0, "b": 1.0, "c": 0.0}})
    assert (found.weights[people()["segment"] == "c"] == 0).all()
    assert codes(found)["category-weighted-to-nothing"] == {"variable": "segment", "category": "c"}


def test_trimmed_weights_keep_their_limits_and_still_meet_the_margins() -> None:
    base = np.random.default_rng(4).lognormal(0, 0.8, 300)
    plain = rake(people(), TARGETS, base)
    found = rake(people(), TARGETS, base, RakingOptions(limits=(0.2, 6.0)))
    median = plain.summary.median
    assert found.weights.max() <= 6.0 * median * (1 + 1e-5)
    assert found.weights.min() >= 0.2 * median * (1 - 1e-5)
    assert found.summary.largest_error < 1e-9
    assert found.summary.design_effect < plain.summary.design_effect
    assert found.summary.n_trimmed > 0
    assert codes(found)["weights-trimmed"]["n"] > 0
    assert found.summary.method == "raking-trimmed"


def test_limits_that_margins_cannot_keep_are_announced() -> None:
    found = rake(people(), TARGETS, options=RakingOptions(limits=(0.9, 1.1)))
    assert "trimming-not-reached" in codes(found)
    assert found.summary.largest_error < 1e-9


def test_limits_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="smaller one first"):
        rake(people(), TARGETS, options=RakingOptions(limits=(2.0, 1.0)))


def test_uneven_weights_and_thin_categories_are_announced() -> None:
    table = {"segment": ["a"] * 200 + ["b"] * 5}
    found = rake(table, {"segment": {"a": 0.2, "b": 0.8}})
    assert codes(found)["thin-category"] == {"variable": "segment", "category": "b", "n": 5}
    assert codes(found)["uneven-weights"]["effective"] == pytest.approx(found.summary.base.effective)
    assert found.summary.design_effect == pytest.approx(205 * np.square(found.weights).sum() / found.weights.sum() ** 2)


def test_many_margins_of_many_categories_are_counted_into_the_cells_that_occur() -> None:
    rng = np.random.default_rng(6)
    table = pd.DataFrame(rng.integers(0, 12, (400, 6)), columns=list("abcdef"))
    targets = {name: {value: 1.0 + value / 50 for value in sorted(table[name].unique())} for name in table}
    found = rake(table, targets, options=RakingOptions(rescale=True))
    assert found.summary.largest_error < 1e-9
