"""The fit from correlations alone equals independent ways to the same figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.api as sm
from sklearn.cross_decomposition import CCA, PLSRegression
from statsmodels.stats.outliers_influence import variance_inflation_factor

from analysis.respondents import respondents
from analysis.satisfaction_index import IndexOptions, PathFit, PathModel, Scheme, index_scores, path_model_fit
from analysis.satisfaction_index.algorithm import oriented, outer_weights
from analysis.satisfaction_index.elimination import solve
from analysis.satisfaction_index.figures import fitted
from analysis.satisfaction_index.layout import layout_of
from analysis.satisfaction_index.moments import ItemMoments, of_table, resampled
from analysis.satisfaction_index.reliability import variance_inflation
from tests.analysis.satisfaction_index.surveys import BLOCKS, MODEL, PATHS, PlainPls, a_survey, fit

MODES = ({}, {"Quality": "B"}, dict.fromkeys(BLOCKS, "B"))


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize("modes", MODES, ids=["A", "one B", "B"])
def test_a_fit_is_that_of_the_textbook_iteration_on_raw_scores(scheme: Scheme, modes: dict[str, str]) -> None:
    model, items = PathModel(BLOCKS, PATHS, (1, 10), modes), a_survey()
    plain, found = PlainPls(items, model, scheme.value), fit(items, model, scheme=scheme)
    assert {pair: found.path(*pair) for pair in model.pairs} == pytest.approx(plain.paths(), abs=1e-8)
    for k, name in enumerate(model.constructs):
        loadings = [np.corrcoef(items[item], plain.scores[name])[0, 1] for item in model.items]
        assert found.figures.cross_loadings[:, k] == pytest.approx(loadings, abs=1e-8)


def test_paths_and_r_squared_are_least_squares_on_the_scores() -> None:
    items = a_survey()
    found = fit(items)
    index = pd.DataFrame(index_scores(items, found.weights).scores, columns=list(found.constructs))
    standard = (index - index.mean()) / index.std(ddof=1)
    k = found.constructs.index("Satisfaction")
    leading = list(MODEL.leading_to("Satisfaction"))
    for table, ours in ((standard, found.figures.paths), (index, found.figures.unstandardised_paths)):
        fitted_by_ols = sm.OLS(table["Satisfaction"], sm.add_constant(table[leading])).fit()
        places = [found.constructs.index(each) for each in leading]
        assert ours[places, k] == pytest.approx(fitted_by_ols.params[leading].to_numpy(), abs=1e-8)
        assert found.figures.r_squared[k] == pytest.approx(fitted_by_ols.rsquared, abs=1e-10)
    assert found.figures.index_mean == pytest.approx(index.mean().to_numpy(), abs=1e-9)
    assert found.figures.index_sd == pytest.approx(index.std(ddof=1).to_numpy(), abs=1e-9)


def test_total_effects_add_the_products_along_every_chain() -> None:
    found = fit(a_survey())

    def along(start: str, end: str) -> float:
        steps = [(first, then) for first, then in PATHS if first == start]
        return sum(found.path(*step) * (1.0 if step[1] == end else along(step[1], end)) for step in steps)

    for start in found.constructs:
        for end in found.constructs:
            place = found.constructs.index(start), found.constructs.index(end)
            assert found.figures.total_effects[place] == pytest.approx(along(start, end), abs=1e-12)


def test_two_formative_blocks_give_the_canonical_correlation() -> None:
    items = a_survey(n=400)
    model = PathModel({"One": ("i1", "i2", "i3"), "Other": ("q1", "q2", "q3", "q4")}, ["One->Other"], (1, 10), "B")
    theirs = CCA(n_components=1, scale=True, tol=1e-14, max_iter=10_000)
    one, other = theirs.fit_transform(items[list(model.blocks["One"])], items[list(model.blocks["Other"])])
    expected = abs(np.corrcoef(one[:, 0], other[:, 0])[0, 1])
    assert fit(items, model).path("One", "Other") == pytest.approx(expected, abs=1e-7)


def test_a_block_before_a_single_item_has_the_weights_of_pls_regression() -> None:
    items = a_survey()
    model = PathModel({"Quality": BLOCKS["Quality"], "Complaints": ("c1",)}, ["Quality->Complaints"], (1, 10))
    theirs = PLSRegression(n_components=1, scale=True).fit(items[list(BLOCKS["Quality"])], items["c1"])
    found = fit(items, model).figures.weights[:4]
    assert found / np.linalg.norm(found) == pytest.approx(theirs.x_weights_[:, 0], abs=1e-10)


def test_single_items_give_a_path_analysis_of_the_items_themselves() -> None:
    items = a_survey()
    model = PathModel({"A": ("i1",), "B": ("q1",), "C": ("s1",)}, ["A->B", "A->C", "B->C"], (1, 10))
    standard = (items - items.mean()) / items.std()
    theirs = sm.OLS(standard["s1"], standard[["i1", "q1"]]).fit()
    found = fit(items, model)
    assert found.figures.weights == pytest.approx(np.ones(3))
    assert [found.path("A", "C"), found.path("B", "C")] == pytest.approx(theirs.params.to_numpy(), abs=1e-12)


def test_reliability_is_that_of_other_programs() -> None:
    items = a_survey()
    found = fit(items)
    for k, (name, block) in enumerate(BLOCKS.items()):
        if len(block) > 1:
            theirs = pingouin.cronbach_alpha(items[list(block)])[0]
            assert found.figures.alpha[k] == pytest.approx(theirs, abs=1e-12), name
    assert found.figures.alpha[found.constructs.index("Complaints")] == 1.0


def test_alpha_does_not_depend_on_the_number_of_scale_points() -> None:
    items = a_survey()
    wide = items.assign(q1=items["q1"] * 10)
    scales = dict.fromkeys(MODEL.items, (1, 10)) | {"q1": (10, 100)}
    assert fit(wide, PathModel(BLOCKS, PATHS, scales)).figures.alpha == pytest.approx(fit(items).figures.alpha)


def test_rho_a_is_the_true_reliability_of_a_one_factor_block() -> None:
    strength = np.array([0.9, 0.8, 0.6, 0.7, 0.75, 0.65])
    factors = np.array([[1.0, 0.5], [0.5, 1.0]])
    block = np.repeat([0, 1], 3)
    correlation = np.outer(strength, strength) * factors[np.ix_(block, block)]
    np.fill_diagonal(correlation, 1.0)
    model = PathModel({"One": ("a", "b", "c"), "Other": ("d", "e", "f")}, ["One->Other"], (0, 1))
    moments = ItemMoments(np.zeros((1, 6)), np.ones((1, 6)), correlation[None])
    found = fitted(moments, layout_of(model), IndexOptions()).figures
    for k, items in enumerate((slice(0, 3), slice(3, 6))):
        weights = found.weights[0, items]
        assert found.rho_a[0, k] == pytest.approx((weights @ strength[items]) ** 2, abs=1e-9)
    assert found.paths[0, 0, 1] / np.sqrt(found.rho_a[0].prod()) == pytest.approx(0.5, abs=1e-9)
    within = [
        np.mean([strength[i] * strength[j] for i in half for j in half if i < j]) for half in ([0, 1, 2], [3, 4, 5])
    ]
    across = np.mean([0.5 * strength[i] * strength[j] for i in (0, 1, 2) for j in (3, 4, 5)])
    assert found.htmt[0, 0, 1] == pytest.approx(across / np.sqrt(within[0] * within[1]), abs=1e-12)


def test_inflation_of_a_formative_block_is_that_of_statsmodels() -> None:
    items = a_survey()
    model = PathModel(BLOCKS, PATHS, (1, 10), {"Quality": "B"})
    block = list(BLOCKS["Quality"])
    table = sm.add_constant(items[block]).to_numpy()
    theirs = [variance_inflation_factor(table, 1 + place) for place in range(len(block))]
    correlation = items[list(MODEL.items)].corr().to_numpy()
    ours = variance_inflation(correlation, layout_of(model))
    assert ours[3:7] == pytest.approx(theirs)
    assert np.isnan(np.delete(ours, range(3, 7))).all()


def test_whole_weights_fit_what_repeated_rows_fit() -> None:
    items = a_survey()
    times = np.random.default_rng(8).integers(1, 4, len(items))
    weighted = path_model_fit(items, MODEL, respondents(len(items), weights=times))
    repeated = fit(items.loc[np.repeat(items.index, times)])
    assert isinstance(weighted, PathFit)
    for name in ("paths", "weights", "cross_loadings", "index_weights", "index_mean", "unstandardised_effects"):
        assert getattr(weighted.figures, name) == pytest.approx(getattr(repeated.figures, name), abs=1e-9), name
    assert weighted.base.effective < weighted.base.n


def test_resampled_moments_are_those_of_the_resampled_rows() -> None:
    table, draws = a_survey(n=80).to_numpy(), 6
    clusters = np.repeat(np.arange(40), 2)
    weights = np.random.default_rng(5).uniform(0.5, 3, 80)
    for sample in (respondents(80), respondents(80, weights, clusters)):
        found = next(iter(resampled(table, sample, draws, np.random.default_rng(2))))
        units = np.random.default_rng(2).integers(0, sample.n_units, size=(draws, sample.n_units))
        owner = np.arange(80) if sample.clusters is None else sample.clusters
        for draw, chosen in enumerate(units):
            rows = np.concatenate([np.flatnonzero(owner == unit) for unit in chosen])
            theirs = of_table(table[rows], respondents(80, sample.weights[rows]))
            assert found.mean[draw] == pytest.approx(theirs.mean[0])
            assert found.spread[draw] == pytest.approx(theirs.spread[0])
            assert found.correlation[draw] == pytest.approx(theirs.correlation[0])


def test_many_matrices_at_once_give_what_each_gives_alone() -> None:
    tables = [a_survey(seed)[list(MODEL.items)].corr().to_numpy() for seed in range(5)]
    layout, options = layout_of(MODEL), IndexOptions()
    together = outer_weights(np.stack(tables), layout, options)
    for place, table in enumerate(tables):
        alone = outer_weights(table[None], layout, options)
        assert together.weights[place] == pytest.approx(alone.weights[0], abs=1e-14)
        assert together.iterations[place] == alone.iterations[0]


def test_scores_are_turned_so_that_most_loadings_are_positive_or_like_given_ones() -> None:
    items, layout = a_survey(), layout_of(MODEL)
    correlation = items[list(MODEL.items)].corr().to_numpy()[None]
    found = outer_weights(correlation, layout, IndexOptions())
    turned = oriented(correlation, -found.weights, layout)
    loadings = turned.crossed[0, np.arange(layout.block.size), layout.block]
    assert (loadings > 0).all()
    aligned = oriented(correlation, found.weights, layout, like=-loadings)
    assert aligned.weights == pytest.approx(-turned.weights)


def test_systems_are_solved_and_a_repeated_column_gives_no_number() -> None:
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(3, 50, 4))
    matrices = np.stack([np.corrcoef(each.T) for each in rows])
    right = rng.normal(size=(3, 4, 2))
    assert solve(matrices, right) == pytest.approx(np.linalg.solve(matrices, right))
    assert np.isnan(solve(np.ones((1, 2, 2)), right[:1, :2])).any()
