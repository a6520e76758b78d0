"""What follows from outer weights: loadings, paths, effects, indices, reliability; for many samples at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import reduce

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.satisfaction_index.algorithm import Scores, oriented, outer_weights, regression
from analysis.satisfaction_index.layout import Layout
from analysis.satisfaction_index.moments import ItemMoments
from analysis.satisfaction_index.options import IndexOptions
from analysis.satisfaction_index.reliability import Measured, heterotrait_ratios, measured


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """All figures of a fit; a leading axis b runs over samples where there are several.

    p items, K constructs; K x K tables of paths and effects run from row to column, 0 where no path leads. Weights and
    loadings are those of standardised items and scores; `index_weights` are the unstandardised ones that sum to 1 in
    each block. `index_mean` and `index_sd` are in 0..100 points, so are unstandardised paths and effects (points of the
    target per point). NaN: R2 where nothing leads to the construct, an index whose weights don't add up to something
    positive, reliability of a mode B block.
    """

    weights: FloatArray
    loadings: FloatArray
    cross_loadings: FloatArray
    latent_correlations: FloatArray
    paths: FloatArray
    unstandardised_paths: FloatArray
    total_effects: FloatArray
    unstandardised_effects: FloatArray
    r_squared: FloatArray
    index_weights: FloatArray
    index_mean: FloatArray
    index_sd: FloatArray
    item_mean: FloatArray
    alpha: FloatArray
    alpha_standardised: FloatArray
    rho_c: FloatArray
    rho_a: FloatArray
    ave: FloatArray
    htmt: FloatArray

    def rows(self, keep: BoolArray) -> Figures:
        """Return the figures of some of the samples."""
        return self.mapped(lambda array: array[keep])

    def mapped(self, change: Callable[[FloatArray], FloatArray]) -> Figures:
        """Return the figures after a change of every array, such as a mean over the leading axis."""
        return Figures(*(change(getattr(self, each.name)) for each in fields(self)))


def joined(parts: list[Figures]) -> Figures:
    """Return batches of figures as one."""
    names = [each.name for each in fields(Figures)]
    return Figures(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Figures of b samples, how many iterations each took, and which of them converged to proper figures."""

    figures: Figures
    iterations: IntArray
    converged: BoolArray

    @property
    def usable(self) -> BoolArray:
        """Return which samples gave weights, paths and indices."""
        found = self.figures
        parts = [np.isfinite(each).all(axis=1) for each in (found.weights, found.index_mean)]
        parts.append(np.isfinite(found.paths).all(axis=(1, 2)))
        proper: BoolArray = reduce(np.logical_and, parts, self.converged)
        return proper


def structural_paths(latent: FloatArray, layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Return path coefficients (b x K x K, from row to column) and R2 (b x K) by least squares on the scores."""
    b, k = latent.shape[:2]
    paths, explained = np.zeros((b, k, k)), np.full((b, k), np.nan)
    for construct, leading in enumerate(layout.leading):
        if leading.size:
            found = regression(latent, leading, construct)
            paths[:, leading, construct] = found
            explained[:, construct] = np.einsum("bm,bm->b", found, latent[:, leading, construct])
    return paths, explained


def total_effects(paths: FloatArray) -> FloatArray:
    """Return direct and indirect effects together: P + P^2 + …, which ends since paths never run in a circle."""
    total, step = paths.copy(), paths
    for _ in range(paths.shape[1] - 1):
        step = step @ paths
        if not step.any():
            break
        total += step
    return total


def _index_weights(scores: Scores, moments: ItemMoments, layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Return weights of the unstandardised items that sum to 1 in each block, and the standard deviation of each index.

    A score is the sum of w x / s over its items, of variance 1; divided by the sum of w / s it is the index.
    """
    raw = scores.weights / np.where(moments.spread > 0, moments.spread, np.nan)
    sums = np.add.reduceat(raw, layout.starts, axis=1)
    sizes = np.add.reduceat(np.abs(raw), layout.starts, axis=1)
    sums = np.where(sums > 1e-8 * sizes, sums, np.nan)
    return raw / sums[:, layout.block], 1.0 / sums


def _figures(moments: ItemMoments, scores: Scores, layout: Layout) -> Figures:
    """Return all figures of oriented scores."""
    paths, explained = structural_paths(scores.latent, layout)
    effects = total_effects(paths)
    weights, spread = _index_weights(scores, moments, layout)
    loadings = scores.crossed[:, np.arange(layout.block.size), layout.block]
    ratio = spread[:, None, :] / spread[:, :, None]
    quality: Measured = measured(moments, scores.weights, loadings, layout)
    return Figures(
        weights=scores.weights,
        loadings=loadings,
        cross_loadings=scores.crossed,
        latent_correlations=scores.latent,
        paths=paths,
        unstandardised_paths=paths * ratio,
        total_effects=effects,
        unstandardised_effects=effects * ratio,
        r_squared=explained,
        index_weights=weights,
        index_mean=np.add.reduceat(weights * moments.mean, layout.starts, axis=1),
        index_sd=spread,
        item_mean=moments.mean,
        alpha=quality.alpha,
        alpha_standardised=quality.alpha_standardised,
        rho_c=quality.rho_c,
        rho_a=quality.rho_a,
        ave=quality.ave,
        htmt=heterotrait_ratios(moments.correlation, layout),
    )


def fitted(moments: ItemMoments, layout: Layout, options: IndexOptions, like: FloatArray | None = None) -> Fitted:
    """Return the fit of each sample in the batch, turned like the loadings `like` (p) where they are given."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = outer_weights(moments.correlation, layout, options)
        scores = oriented(moments.correlation, found.weights, layout, like)
        return Fitted(_figures(moments, scores, layout), found.iterations, found.converged)
