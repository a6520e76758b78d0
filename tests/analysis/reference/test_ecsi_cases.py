"""The satisfaction index against published figures: five other programs on the mobile-phone survey."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.satisfaction_index import (
    IndexOptions,
    PathFit,
    PathModel,
    Scheme,
    ecsi_model,
    index_scores,
    path_model_fit,
    satisfaction_index,
)
from analysis.values.satisfaction_index import SatisfactionIndex

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
SCHEMES = tuple(Scheme)

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"no reference cases at {REFERENCE}")


@cache
def case() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / "cases" / "ecsi_mobi.json").read_text())
    return loaded


@cache
def rows() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / case()["data"]["file"])


@cache
def model() -> PathModel:
    return ecsi_model(case()["model"]["blocks"], (case()["data"]["scale_min"], case()["data"]["scale_max"]))


@cache
def fit(scheme: Scheme) -> PathFit:
    found = path_model_fit(rows(), model(), options=IndexOptions(scheme=scheme))
    assert isinstance(found, PathFit)
    return found


@cache
def index() -> SatisfactionIndex:
    found = satisfaction_index(rows(), model(), np.random.default_rng(1), options=IndexOptions(n_draws=2000))
    assert isinstance(found, SatisfactionIndex)
    return found


def expected(scheme: Scheme) -> dict[str, Any]:
    return case()["expected"][scheme.value]


def tolerance(name: str) -> float:
    return case()["tolerance"][name]


def by_path(found: PathFit, table: np.ndarray, names: dict[str, float]) -> list[float]:
    """Return the entries of a K x K table for names such as `Image->Loyalty`."""
    places = [[found.constructs.index(each) for each in name.split("->")] for name in names]
    return [float(table[start, end]) for start, end in places]


def by_construct(found: PathFit, column: np.ndarray, names: dict[str, float]) -> list[float]:
    return [float(column[found.constructs.index(name)]) for name in names]


def by_item(found: PathFit, column: np.ndarray, blocks: dict[str, dict[str, float]]) -> list[float]:
    return [float(column[found.items.index(item)]) for block in blocks.values() for item in block]


def flat(blocks: dict[str, dict[str, float]]) -> list[float]:
    return [figure for block in blocks.values() for figure in block.values()]


def within(figures: list[float], error: float) -> Any:
    return pytest.approx(figures, abs=error, rel=0)


def test_the_ready_made_european_model_has_the_paths_of_the_case() -> None:
    assert {"->".join(pair) for pair in model().pairs} == set(case()["model"]["paths"])
    assert model() == PathModel(case()["model"]["blocks"], model().pairs, (1, 10))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_path_coefficients_and_total_effects(scheme: Scheme) -> None:
    found, theirs = fit(scheme), expected(scheme)
    paths, effects = theirs["path_coefficients"], theirs["total_effects"]
    assert by_path(found, found.figures.paths, paths) == within(list(paths.values()), tolerance("path_abs"))
    assert by_path(found, found.figures.total_effects, effects) == within(list(effects.values()), tolerance("path_abs"))
    assert np.count_nonzero(found.figures.paths) == len(paths)
    assert np.count_nonzero(found.figures.total_effects) == len(effects)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_r_squared_and_correlations_of_scores(scheme: Scheme) -> None:
    found, theirs = fit(scheme), expected(scheme)
    assert by_construct(found, found.figures.r_squared, theirs["r_squared"]) == within(
        list(theirs["r_squared"].values()), tolerance("r2_abs")
    )
    table = pd.DataFrame(found.figures.latent_correlations, found.constructs, found.constructs)
    for one, others in theirs["latent_correlations"].items():
        assert table.loc[one, list(others)].tolist() == within(list(others.values()), tolerance("path_abs"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("field", "name", "error"),
    [
        ("weights", "outer_weights", "weight_abs"),
        ("loadings", "outer_loadings", "loading_abs"),
        ("index_weights", "unstandardized_normalized_weights", "weight_abs"),
    ],
)
def test_weights_and_loadings(scheme: Scheme, field: str, name: str, error: str) -> None:
    found, theirs = fit(scheme), expected(scheme)[name]
    assert by_item(found, getattr(found.figures, field), theirs) == within(flat(theirs), tolerance(error))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reliability(scheme: Scheme) -> None:
    found = fit(scheme).figures
    ours = {
        "cronbach_alpha": found.alpha,
        "cronbach_alpha_std": found.alpha_standardised,
        "composite_reliability": found.rho_c,
        "rho_A": found.rho_a,
        "ave": found.ave,
    }
    for construct, figures in expected(scheme)["reliability"].items():
        k = fit(scheme).constructs.index(construct)
        got = [float(ours[name][k]) for name in figures]
        assert got == within(list(figures.values()), tolerance("loading_abs"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_index_its_spread_and_the_first_respondents(scheme: Scheme) -> None:
    found, theirs = fit(scheme), expected(scheme)["index_0_100"]
    error = tolerance("index_abs")
    assert by_construct(found, found.figures.index_mean, theirs["mean"]) == within(list(theirs["mean"].values()), error)
    assert by_construct(found, found.figures.index_sd, theirs["sd"]) == within(list(theirs["sd"].values()), error)
    scores = index_scores(rows(), found.weights)
    for row, figures in zip(scores.scores, theirs["first5_rows"], strict=False):
        assert by_construct(found, row, figures) == within(list(figures.values()), error)


def test_the_index_of_every_respondent() -> None:
    theirs = pd.read_csv(REFERENCE / case()["data"]["index_scores_file"])
    found = index_scores(rows(), fit(Scheme(case()["data"]["index_scores_scheme"])).weights)
    difference = np.abs(found.scores - theirs[list(found.constructs)].to_numpy()).max()
    assert difference < tolerance("index_abs")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_importance_and_performance(scheme: Scheme) -> None:
    theirs = expected(scheme)["ipma"]
    options = IndexOptions(scheme=scheme, n_draws=50, target=theirs["target"])
    found = satisfaction_index(rows(), model(), np.random.default_rng(1), options=options)
    assert isinstance(found, SatisfactionIndex)
    assert {point.construct for point in found.map.points} == set(theirs["constructs"])
    for construct, figures in theirs["constructs"].items():
        point, effect = found.map.point(construct), found.effect(construct, theirs["target"])
        assert effect.total.value == pytest.approx(figures["importance_std"], abs=tolerance("path_abs"), rel=0)
        assert point.importance.value == pytest.approx(figures["importance_unstd"], abs=tolerance("path_abs"), rel=0)
        assert point.performance.value == pytest.approx(figures["performance"], abs=tolerance("index_abs"), rel=0)


def test_bootstrap_errors_and_intervals() -> None:
    theirs = expected(Scheme.PATH)["bootstrap"]
    for name, error in theirs["se"].items():
        found = index().path(*name.split("->")).standardised
        assert found.se == pytest.approx(error, rel=tolerance("bootstrap_se_rel"))
        assert found.interval is not None
        # The case states no tolerance for the ends: 0.4 of the error, as the bootstrap of LMG is held to.
        assert found.interval.low == pytest.approx(theirs["lower95"][name], abs=0.4 * error)
        assert found.interval.high == pytest.approx(theirs["upper95"][name], abs=0.4 * error)


def test_a_weak_item_is_kept_and_named() -> None:
    weak = index().construct("Loyalty").item("CUSL2")
    assert 0 < weak.index_weight.value < 0.1
    assert [note.figures["item"] for note in index().notes if note.code == "loading-weak"] == ["CUSL2"]
