"""Reliability: alpha, omega and item correlations in normal and skewed five-point items, weighted and clustered.

Truths come from the population's own covariances, by numerical integration over the common factor.
"""

from __future__ import annotations

from functools import cache, partial

import numpy as np
from scipy import special, stats

from analysis.reliability import cronbach_alpha, mcdonald_omega, reliability
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Refusal
from analysis.values.scores import Scale
from tests.simulations.settings import Drawn, Outcome, Setting

FIVE, WIDE = Scale(1, 5), Scale(-1000, 1000)
LOADINGS = {
    "five parallel normal items": (0.7,) * 5,
    "five unequal normal items": (0.9, 0.8, 0.6, 0.5, 0.4),
    "five unequal five-point items, 58 % in the top": (0.9, 0.8, 0.6, 0.5, 0.4),
}
SKEWED = np.array([-2.0, -1.5, -0.8, -0.2])
# Normal items are rounded to a scale so fine that rounding changes nothing that is shown.
FINE = 100


def _is_skewed(population: str) -> bool:
    return "five-point" in population


@cache
def covariances(population: str) -> np.ndarray:
    """Return the covariances of the items in the population."""
    loadings = np.array(LOADINGS[population])
    if not _is_skewed(population):
        return np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    nodes, weights = special.roots_hermitenorm(101)
    weights = weights / weights.sum()
    above = stats.norm.sf((SKEWED - nodes[:, None, None] * loadings[:, None]) / np.sqrt(1 - loadings[:, None] ** 2))
    means = above.sum(axis=2)
    squares = ((2 * np.arange(1, 5) - 1) * above).sum(axis=2)
    grand = weights @ means
    between = (means - grand).T @ ((means - grand) * weights[:, None])
    within = weights @ (squares - means**2)
    return between + np.diag(within)


@cache
def truth(population: str, figure: str) -> float:
    """Return the figure of the population."""
    matrix = covariances(population)
    k = matrix.shape[0]
    if figure == "alpha":
        return float(k / (k - 1) * (1 - np.trace(matrix) / matrix.sum()))
    spread = np.sqrt(np.diag(matrix))
    if figure == "average correlation":
        return float(((matrix / np.outer(spread, spread)).sum() - k) / (k * (k - 1)))
    if figure == "item-rest":
        rest = matrix[1:, 1:].sum()
        return float(matrix[0, 1:].sum() / np.sqrt(matrix[0, 0] * rest))
    return _omega(population)


def _omega(population: str) -> float:
    """Return omega of the population: from the loadings, or of as many people as make its error negligible."""
    if not _is_skewed(population):
        loadings = np.array(LOADINGS[population])
        return float(loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum()))
    people = _items(np.random.default_rng(7), 1_000_000, population)
    found = mcdonald_omega(ScaleAnswers(people, FIVE))
    assert isinstance(found, Estimate)
    return found.value


def _items(rng: np.random.Generator, n: int, population: str, factor: np.ndarray | None = None) -> np.ndarray:
    loadings = np.array(LOADINGS[population])
    common = rng.normal(size=n) if factor is None else factor
    latent = common[:, None] * loadings + rng.normal(size=(n, loadings.size)) * np.sqrt(1 - loadings**2)
    return 1.0 + np.searchsorted(SKEWED, latent) if _is_skewed(population) else np.round(FINE * latent)


def _found(answers: ScaleAnswers, figure: str) -> Estimate | Refusal:
    if figure == "alpha":
        return cronbach_alpha(answers)
    if figure == "omega":
        return mcdonald_omega(answers)
    found = reliability(answers)
    if isinstance(found, Refusal):
        return found
    return found.average_correlation if figure == "average correlation" else found.items[0].item_rest


def _draw(rng: np.random.Generator, n: int, population: str, figure: str, design: str = "") -> Outcome:
    weights = rng.choice([1.0, 3.0], size=n) if design == "weighted" else None
    people, factor = None, None
    if design == "clustered":
        people = np.repeat(np.arange(n // 3), 3)
        # Half of the common factor belongs to the person, who answers about three occasions.
        factor = np.sqrt(0.5) * (rng.normal(size=n // 3)[people] + rng.normal(size=people.size))
    items = _items(rng, n if people is None else people.size, population, factor)
    if design == "missing":
        items[rng.random(items.shape) < 0.03] = np.nan
    scale = FIVE if _is_skewed(population) else WIDE
    found = _found(ScaleAnswers(items, scale, weights=weights, clusters=people), figure)
    if isinstance(found, Refusal) or found.interval is None:
        return Outcome.REFUSED
    held = found.interval.low <= truth(population, figure) <= found.interval.high
    return Outcome.HELD if held else Outcome.MISSED


SETTINGS: tuple[Drawn, ...] = (
    *(
        Drawn(Setting(f"Cronbach's {figure}", population, n), partial(_draw, n=n, population=population, figure=figure))
        for figure in ("alpha",)
        for population in LOADINGS
        for n in (10, 30, 100, 1000)
    ),
    *(
        Drawn(
            Setting(f"McDonald's {figure}", population, n),
            partial(_draw, n=n, population=population, figure=figure),
        )
        for figure in ("omega",)
        for population in LOADINGS
        for n in (30, 100, 1000)
    ),
    *(
        Drawn(Setting(figure, population, n), partial(_draw, n=n, population=population, figure=figure))
        for figure in ("average correlation", "item-rest")
        for population in (*LOADINGS,)[1:]
        for n in (10, 30, 100)
    ),
    *(
        Drawn(
            Setting(f"{figure}, {design}", population, n),
            partial(_draw, n=n, population=population, figure=figure, design=design),
        )
        for figure in ("alpha", "omega")
        for design in ("weighted", "clustered", "missing")
        for population in (*LOADINGS,)[2:]
        for n in (99, 300)
    ),
)
