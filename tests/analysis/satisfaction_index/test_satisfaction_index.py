"""The index of a survey: what it carries, what it flags, and when it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.imputation import ImputationOptions
from analysis.respondents import Respondents, respondents
from analysis.satisfaction_index import (
    IndexOptions,
    MissingItems,
    PathFit,
    PathModel,
    Scheme,
    path_model_fit,
    satisfaction_index,
)
from analysis.values import Estimate, Refusal, as_data
from analysis.values.drivers import Quadrant
from analysis.values.satisfaction_index import SatisfactionIndex
from analysis.values.scores import Scale
from tests.analysis.carrying import lacks
from tests.analysis.satisfaction_index.surveys import BLOCKS, MODEL, PATHS, QUICK, a_survey, an_index, fit, noted

PAIR = PathModel({"A": ("a1", "a2"), "B": ("b1", "b2")}, ["A->B"], (-100, 100))


def index(
    items: pd.DataFrame, model: PathModel = MODEL, sample: Respondents | None = None, **chosen: Any
) -> SatisfactionIndex:
    found = satisfaction_index(items, model, np.random.default_rng(3), sample, replace(QUICK, **chosen))
    assert isinstance(found, SatisfactionIndex), found
    return found


def refusal(items: pd.DataFrame, model: PathModel = MODEL, **chosen: Any) -> Refusal:
    found = satisfaction_index(items, model, np.random.default_rng(3), options=replace(QUICK, **chosen))
    assert isinstance(found, Refusal)
    return found


def pairs_of_columns(n: int = 80, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return pd.DataFrame(common + rng.normal(size=(n, 4)), columns=["a1", "a2", "b1", "b2"])


def test_every_figure_carries_base_interval_method_and_source() -> None:
    found = an_index()
    assert list(lacks(found)) == []
    assert found.base.n == 300
    assert all(
        each.interval and each.se is not None for each in (found.construct("Image").index, found.paths[0].standardised)
    )
    assert as_data(found)["map"]["target"] == "Loyalty"
    assert {note.code for note in found.notes} >= {"association-not-effect"}


def test_a_result_is_looked_up_by_name() -> None:
    found = an_index()
    assert found.effect("Image", "Loyalty").direct == 0
    assert found.effect("Image", "Loyalty").indirect == found.effect("Image", "Loyalty").total.value
    assert found.construct("Image").r_squared is None
    assert found.construct("Complaints").item("c1").weight.value == pytest.approx(1)
    for look in (
        lambda: found.path("Image", "Loyalty"),
        lambda: found.effect("Loyalty", "Image"),
        lambda: found.construct("image"),
        lambda: found.construct("Image").item("q1"),
        lambda: found.map.point("Loyalty"),
    ):
        with pytest.raises(KeyError):
            look()


def test_the_same_seed_gives_the_same_digits_and_another_seed_other_intervals() -> None:
    again = satisfaction_index(a_survey(), MODEL, np.random.default_rng(3), options=QUICK)
    other = satisfaction_index(a_survey(), MODEL, np.random.default_rng(4), options=QUICK)
    assert again == an_index()
    assert isinstance(other, SatisfactionIndex)
    assert other.path("Image", "Quality").standardised.value == an_index().path("Image", "Quality").standardised.value
    assert (
        other.path("Image", "Quality").standardised.interval
        != an_index().path("Image", "Quality").standardised.interval
    )


def test_the_error_of_an_index_is_that_of_a_mean_and_a_little_more() -> None:
    found = index(a_survey(), n_draws=2000)
    for construct in found.constructs:
        mean_only = construct.index_sd.value / np.sqrt(300)
        assert 0.93 * mean_only < (construct.index.se or 0) < 1.2 * mean_only


def test_clusters_widen_intervals_and_change_no_figure() -> None:
    items = a_survey(n=120)
    tripled = pd.concat([items] * 3, ignore_index=True)
    clustered = index(tripled, sample=respondents(360, clusters=np.tile(np.arange(120), 3)))
    single, naive = index(items), index(tripled)
    for construct in ("Image", "Satisfaction", "Loyalty"):
        errors = [each.construct(construct).index.se or 0 for each in (single, clustered, naive)]
        assert errors[1] == pytest.approx(errors[0], rel=0.25)
        assert errors[2] < 0.75 * errors[1]
        assert clustered.construct(construct).index.value == pytest.approx(single.construct(construct).index.value)


def test_uneven_weights_are_noted_and_rows_without_weight_left_out() -> None:
    items, weights = a_survey(), np.where(np.arange(300) < 30, 20.0, 1.0)
    found = index(items, sample=respondents(300, weights))
    assert noted(found.notes, "uneven-weights")
    assert found.base.effective < 100
    weights[:50] = 0.0
    without = index(items, sample=respondents(300, weights))
    assert without.base.n == 250
    assert noted(without.notes, "rows-without-weight-left-out")[0].figures == {"n": 50}
    assert without.paths[0].standardised.value == pytest.approx(index(items[50:]).paths[0].standardised.value)


def test_incomplete_rows_are_left_out_and_counted() -> None:
    items = a_survey()
    holed = items.mask(np.random.default_rng(2).uniform(size=items.shape) < 0.02)
    complete = holed.dropna()
    found = index(holed)
    assert noted(found.notes, "incomplete-rows-left-out")[0].figures == {"n": 300 - len(complete), "of": 300}
    assert found.base.n == len(complete)
    assert found.construct("Image").index.value == pytest.approx(index(complete).construct("Image").index.value)


def test_blanks_may_be_imputed_instead() -> None:
    items = a_survey()
    holed = items.mask(np.random.default_rng(2).uniform(size=items.shape) < 0.05)
    imputed = {"missing": MissingItems.IMPUTATION, "imputation": ImputationOptions(n_imputations=5, cycles=3)}
    found = index(holed, **imputed)
    assert found.base.n == 300
    assert found.n_draws == 200
    assert noted(found.notes, "blanks-imputed")[0].figures["imputations"] == 5
    assert list(lacks(found)) == []
    for path in found.paths:
        assert path.standardised.value == pytest.approx(
            an_index().path(path.driver, path.target).standardised.value, abs=0.1
        )
    untouched = index(items, **imputed)
    assert untouched.paths == an_index().paths


def test_a_row_without_any_answer_is_never_imputed() -> None:
    items = a_survey()
    items.loc[:9] = np.nan
    found = index(items, missing=MissingItems.IMPUTATION)
    assert found.base.n == 290
    assert noted(found.notes, "blank-rows-left-out")[0].figures == {"n": 10, "of": 300}
    nobody = items.assign(c1=np.nan)
    with pytest.raises(ValueError, match="Nobody answered c1"):
        index(nobody, missing=MissingItems.IMPUTATION)


def test_a_negative_weight_is_flagged_wherever_it_is_read() -> None:
    items = a_survey()
    against = items.assign(v2=11 - items["v2"] + 0 * items["v1"])
    model = PathModel(BLOCKS | {"Value": ("v1", "v2", "q9")}, PATHS, (1, 10))
    found = index(against.assign(q9=items["v1"]), model)
    note = noted(found.notes, "negative-outer-weights")[0]
    assert note.figures == {"construct": "Value", "items": "v2"}
    assert noted(found.notes, "loading-negative")[0].figures["item"] == "v2"
    assert found.construct("Value").index.notes == (note,)
    assert found.map.point("Value").notes == (note,)
    assert found.map.point("Value").performance.notes == (note,)
    assert found.map.point("Image").notes == ()


def test_weights_that_cancel_out_give_no_index() -> None:
    base = pairs_of_columns(400)
    noise = np.random.default_rng(6).normal(size=400)
    items = base.assign(a1=base["a1"] * 10, a2=-base["a2"] - noise)
    model = PathModel(dict(PAIR.blocks), PAIR.pairs, (-1000, 1000))
    found = refusal(items, model)
    assert found.code == "weights-cancel"
    assert found.figures == {"construct": "A"}


def test_items_where_lower_is_better_are_turned_round() -> None:
    items = a_survey()
    scales = dict.fromkeys(MODEL.items, Scale(1, 10)) | {"s2": Scale(1, 10, higher_is_better=False)}
    turned = index(items.assign(s2=11 - items["s2"]), PathModel(BLOCKS, PATHS, scales))
    assert turned.construct("Satisfaction") == an_index().construct("Satisfaction")
    assert not next(each for each in turned.weights.items if each.item == "s2").higher_is_better


def test_formative_blocks_show_inflation_instead_of_reliability() -> None:
    items = a_survey()
    near = items.assign(q2=np.clip(items["q1"] + (np.arange(300) % 7 == 0), 1, 10))
    found = index(near, PathModel(BLOCKS, PATHS, (1, 10), {"Quality": "B"}))
    quality = found.construct("Quality")
    assert isinstance(quality.reliability.alpha, Refusal)
    assert quality.reliability.alpha.code == "formative-block"
    assert (quality.item("q1").vif or 0) > 5
    assert {note.figures["item"] for note in noted(found.notes, "vif-high")} == {"q1", "q2"}
    assert found.construct("Image").item("i1").vif is None
    ratios = {isinstance(pair.htmt, Refusal) for pair in found.pairs if "Quality" in (pair.first, pair.second)}
    assert ratios == {True}


def test_a_single_item_is_reliable_by_convention_only() -> None:
    alpha = an_index().construct("Complaints").reliability.alpha
    assert isinstance(alpha, Estimate)
    assert alpha.value == 1
    assert noted(alpha.notes, "single-item")


def test_constructs_that_say_the_same_are_named() -> None:
    items = a_survey()
    rng = np.random.default_rng(5)
    copies = {f"v{place}": np.clip(items[f"s{place}"] + rng.integers(-1, 2, 300), 1, 10) for place in (1, 2)}
    found = index(items.assign(**copies))
    assert {"first": "Value", "second": "Satisfaction"}.items() <= noted(found.notes, "htmt-high")[-1].figures.items()


def test_the_map_names_a_quadrant_only_where_draws_agree() -> None:
    found = an_index().map
    assert {point.construct for point in found.points} == set(BLOCKS) - {"Loyalty"}
    assert found.importance_line == pytest.approx(np.mean([point.importance.value for point in found.points]))
    for point in found.points:
        assert point.quadrant in {point.place, Quadrant.UNCLEAR}
        assert (point.quadrant is not Quadrant.UNCLEAR) == (point.stability >= 0.8)
        important = point.importance.value >= found.importance_line
        good = point.performance.value >= found.performance_line
        assert (point.place in {Quadrant.FIX_FIRST, Quadrant.KEEP_UP}) == important
        assert (point.place in {Quadrant.KEEP_UP, Quadrant.POSSIBLE_OVERKILL}) == good


def test_a_target_with_one_driver_has_no_quadrants() -> None:
    found = index(a_survey(), target="Quality").map
    assert [(point.construct, point.quadrant) for point in found.points] == [("Image", Quadrant.UNCLEAR)]
    assert [note.code for note in found.notes] == ["too-few-constructs-for-quadrants"]


@pytest.mark.parametrize("n", [0, 1, 2, 49])
def test_a_small_base_is_refused_with_what_is_needed(n: int) -> None:
    found = refusal(a_survey().head(n))
    assert (found.code, found.figures) == ("base-too-small", {"n": n, "needed": 50})


def test_a_base_below_a_hundred_is_indicative() -> None:
    assert noted(index(a_survey(n=99)).notes, "base-indicative")
    assert not noted(index(a_survey(n=100)).notes, "base-indicative")


def test_few_respondents_in_many_rows_are_few() -> None:
    sample = respondents(300, clusters=np.arange(300) % 20)
    found = satisfaction_index(a_survey(), MODEL, np.random.default_rng(1), sample, QUICK)
    assert isinstance(found, Refusal)
    assert found.figures["n"] == 20


def test_a_constant_item_is_refused_with_its_name() -> None:
    found = refusal(a_survey().assign(q3=7))
    assert (found.code, found.figures) == ("item-constant", {"item": "q3"})


def test_a_formative_block_with_a_copy_is_refused_with_its_name() -> None:
    items = a_survey()
    found = refusal(items.assign(q2=items["q1"]), PathModel(BLOCKS, PATHS, (1, 10), {"Quality": "B"}))
    assert (found.code, found.figures) == ("items-collinear", {"construct": "Quality"})
    assert isinstance(path_model_fit(items.assign(q2=items["q1"]), MODEL), PathFit)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_constructs_that_repeat_each_other_before_a_third_are_refused(scheme: Scheme) -> None:
    items = a_survey()
    model = PathModel({"A": ("q1",), "B": ("q2",), "C": ("s1",)}, ["A->C", "B->C"], (1, 10))
    found = refusal(items.assign(q2=items["q1"]), model, scheme=scheme)
    assert found.code == "constructs-collinear"


def test_a_perfect_fit_is_a_figure() -> None:
    items = a_survey()
    model = PathModel({"A": ("q1",), "B": ("q2",)}, ["A->B"], (1, 10))
    found = index(items.assign(q2=items["q1"]), model)
    assert found.path("A", "B").standardised.value == pytest.approx(1)
    assert found.construct("B").r_squared is not None
    assert list(lacks(found)) == []


def test_a_fit_that_does_not_settle_is_refused_and_draws_that_do_not_are_counted() -> None:
    assert refusal(a_survey(), max_iterations=2).code == "not-converged"
    steps = [fit(a_survey()).iterations, *(fit(a_survey(seed)).iterations for seed in range(2, 5))]
    found = satisfaction_index(
        a_survey(), MODEL, np.random.default_rng(3), options=replace(QUICK, max_iterations=steps[0])
    )
    if isinstance(found, SatisfactionIndex):
        left = noted(found.notes, "draws-not-converged")
        assert sum(int(note.figures["n"]) for note in left) == 200 - found.n_draws
    else:
        assert found.code == "draws-unusable"


def test_draws_in_which_an_item_does_not_vary_are_counted() -> None:
    items = a_survey(n=60).assign(c1=np.where(np.arange(60) == 0, 1, 9))
    found = index(items)
    degenerate = noted(found.notes, "draws-degenerate")[0].figures
    assert degenerate["of"] == 200
    assert 200 - found.n_draws == degenerate["n"]
    assert list(lacks(found)) == []


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ([7.0] * 299 + [11.0], "q1 has answers beyond its scale from 1 to 10"),
        ([7.0] * 299 + [0.0], "q1 has answers beyond"),
        ([7.0] * 299 + [np.inf], "q1 has answers beyond"),
        ([[7.0]] * 300, "one list of answers"),
        ([7.0], "all of one length"),
    ],
)
def test_wrong_answers_are_an_error_in_words(column: Any, sentence: str) -> None:
    answers = {code: a_survey()[code] for code in MODEL.items} | {"q1": column}
    with pytest.raises(ValueError, match=sentence):
        path_model_fit(answers, MODEL)


def test_answers_may_be_lists_with_none_or_columns_with_missing_marks() -> None:
    items = a_survey()
    lists = {code: [None, *items[code].tolist()[1:]] for code in MODEL.items}
    marked = items.astype("Int64")
    marked.iloc[0] = pd.NA
    expected = fit(items[1:]).figures.paths
    for given_so in (lists, marked):
        found = path_model_fit(given_so, MODEL)
        assert isinstance(found, PathFit)
        assert found.figures.paths == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="one list of answers"):
        path_model_fit(pd.concat([items, items[["q1"]]], axis=1), MODEL)


def test_a_missing_item_and_too_few_respondents_are_an_error_in_words() -> None:
    with pytest.raises(ValueError, match="The answers lack q1, q2"):
        path_model_fit(a_survey().drop(columns=["q1", "q2"]), MODEL)
    with pytest.raises(ValueError, match="The respondents are 5, the rows 300"):
        path_model_fit(a_survey(), MODEL, respondents(5))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scheme=st.sampled_from(list(Scheme)), formative=st.booleans())
def test_order_and_units_change_nothing(seed: int, scheme: Scheme, *, formative: bool) -> None:
    rng = np.random.default_rng(seed)
    items, modes = a_survey(int(rng.integers(5)), 90), {"Image": "B"} if formative else {}
    plain = fit(items, PathModel(BLOCKS, PATHS, (1, 10), modes), scheme=scheme)
    factor, shift = 10.0 ** rng.uniform(-6, 6), rng.uniform(-5, 5)
    scales = dict.fromkeys(MODEL.items, (shift + factor, shift + 10 * factor))
    names = [list(BLOCKS)[place] for place in rng.permutation(len(BLOCKS))]
    blocks = {name: tuple(rng.permutation(BLOCKS[name]).tolist()) for name in names}
    paths = [PATHS[place] for place in rng.permutation(len(PATHS))]
    rows = items.iloc[rng.permutation(len(items))] * factor + shift
    other = fit(rows.clip(shift + factor, shift + 10 * factor), PathModel(blocks, paths, scales, modes), scheme=scheme)
    for pair in PATHS:
        assert other.path(*pair) == pytest.approx(plain.path(*pair), abs=1e-7)
    places = [other.items.index(code) for code in plain.items]
    assert other.figures.index_weights[places] == pytest.approx(plain.figures.index_weights, abs=1e-7)
    own = [other.constructs.index(name) for name in plain.constructs]
    assert other.figures.index_mean[own] == pytest.approx(plain.figures.index_mean, abs=1e-5)
    assert other.figures.rho_a[own] == pytest.approx(plain.figures.rho_a, abs=1e-6, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 14), points=st.integers(2, 5))
# Some draws have a block whose items do not go together at all.
@example(seed=255216, n=13, points=2)
def test_any_table_of_ratings_gives_an_index_or_a_reason(seed: int, n: int, points: int) -> None:
    rng = np.random.default_rng(seed)
    items = pd.DataFrame(rng.integers(1, points + 1, size=(n, 4)).astype(float), columns=["a1", "a2", "b1", "b2"])
    items = items.mask(rng.uniform(size=items.shape) < rng.choice([0.0, 0.1]))
    model = PathModel(dict(PAIR.blocks), PAIR.pairs, (1, points), str(rng.choice(["A", "B"])))
    weights = rng.choice([0.0, 1.0, 2.0], n)
    options = IndexOptions(n_draws=20, least_base=1, max_iterations=50)
    found = satisfaction_index(items, model, rng, respondents(n, weights), options)
    assert isinstance(found, Refusal | SatisfactionIndex)
    assert list(lacks(found)) == []
