"""The PLS iteration on item correlation matrices alone, for many matrices at once.

Wold 1982; Lohmoeller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005. With S the correlation matrix of the items
and W their weights, scores have the covariance W'SW and items have the covariance S W E with the inner proxies:
nothing depends on the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.satisfaction_index.elimination import solve
from analysis.satisfaction_index.layout import Layout
from analysis.satisfaction_index.models import Scheme
from analysis.satisfaction_index.options import IndexOptions


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Outer weights (b x p) that give scores of unit variance, and how the iteration ended for each of b matrices.

    `converged` is False where the weights still moved at the last iteration, or where there are none (not a number).
    """

    weights: FloatArray
    iterations: IntArray
    converged: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Standardised scores, by their moments: weights (b x p), item-score (b x p x K) and score-score correlations."""

    weights: FloatArray
    crossed: FloatArray
    latent: FloatArray


def scores_of(correlations: FloatArray, weights: FloatArray, layout: Layout) -> Scores:
    """Return the weights scaled to unit-variance scores, and what these scores correlate with."""
    b, p = weights.shape
    spread = np.zeros((b, p, layout.n_constructs))
    spread[:, np.arange(p), layout.block] = weights
    crossed = correlations @ spread
    own = crossed[:, np.arange(p), layout.block]
    variance = np.add.reduceat(weights * own, layout.starts, axis=1)
    scale = 1.0 / np.sqrt(np.where(variance > 0, variance, np.nan))
    crossed *= scale[:, None, :]
    spread *= scale[:, None, :]
    return Scores(weights * scale[:, layout.block], crossed, spread.transpose(0, 2, 1) @ crossed)


def inner_weights(latent: FloatArray, layout: Layout, scheme: Scheme) -> FloatArray:
    """Return what each construct (row) gives to the inner proxy of each other (column), b x K x K.

    Neighbours only. Centroid: the sign of their correlation; factorial: the correlation; path: for a construct that
    leads here its coefficient in the regression on all that do, for one that is led to the correlation.
    """
    if scheme is Scheme.CENTROID:
        signs: FloatArray = np.sign(latent) * layout.joined
        return signs
    inner = latent * layout.joined
    if scheme is Scheme.PATH:
        for construct, leading in enumerate(layout.leading):
            if leading.size > 1:
                inner[:, leading, construct] = regression(latent, leading, construct)
    return inner


def regression(latent: FloatArray, leading: IntArray, construct: int) -> FloatArray:
    """Return the coefficients of a construct on those that lead to it, b x m."""
    among = latent[:, leading[:, None], leading[None, :]]
    found: FloatArray = solve(among, latent[:, leading, construct, None])[:, :, 0]
    return found


def _stepped(correlations: FloatArray, scores: Scores, layout: Layout, scheme: Scheme) -> FloatArray:
    """Return new outer weights: covariances of items with their proxy; in mode B regressed on the whole block."""
    inner = inner_weights(scores.latent, layout, scheme)
    weights: FloatArray = np.einsum("bpk,bkp->bp", scores.crossed, inner[:, :, layout.block])
    for construct in layout.formative:
        items = layout.items_of(construct)
        weights[:, items] = solve(correlations[:, items, items], weights[:, items, None])[:, :, 0]
    return weights


def outer_weights(correlations: FloatArray, layout: Layout, options: IndexOptions) -> Weighting:
    """Return the weights of b correlation matrices (b x p x p), from equal weights to the stop rule.

    Stops, each matrix for itself, when no weight's size changes by more than the tolerance. Matrices that are done
    leave the batch. The direction of a score is arbitrary until `oriented`.
    """
    b, p = correlations.shape[:2]
    result, iterations = np.full((b, p), np.nan), np.full(b, options.max_iterations)
    done, active, matrices = np.zeros(b, dtype=bool), np.arange(b), correlations
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = scores_of(matrices, np.ones((b, p)), layout)
        for step in range(1, options.max_iterations + 1):
            after = scores_of(matrices, _stepped(matrices, scores, layout, options.scheme), layout)
            change = np.abs(np.abs(after.weights) - np.abs(scores.weights)).max(axis=1)
            result[active] = after.weights
            over = ~(change > options.tolerance)
            iterations[active[over]] = step
            done[active[over]] = np.isfinite(change[over])
            if over.all():
                break
            stay = ~over
            active, matrices = active[stay], matrices[stay] if over.any() else matrices
            scores = Scores(after.weights[stay], after.crossed[stay], after.latent[stay]) if over.any() else after
    return Weighting(result, iterations, done)


def oriented(correlations: FloatArray, weights: FloatArray, layout: Layout, like: FloatArray | None = None) -> Scores:
    """Return the scores turned to their natural direction.

    Without `like`, so that most loadings of a block are positive (where as many are negative: so that their sum is).
    With `like` (p), the loadings of the full sample, so that the loadings go along with them: sign alignment.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = scores_of(correlations, weights, layout)
    loadings = scores.crossed[:, np.arange(layout.block.size), layout.block]
    agreeing = np.sign(np.add.reduceat(loadings if like is None else loadings * like, layout.starts, axis=1))
    if like is None:
        majority = np.sign(np.add.reduceat(np.sign(loadings), layout.starts, axis=1))
        agreeing = np.where(majority != 0, majority, agreeing)
    signs = np.where(agreeing < 0, -1.0, 1.0)
    return Scores(
        scores.weights * signs[:, layout.block],
        scores.crossed * signs[:, None, :],
        scores.latent * signs[:, :, None] * signs[:, None, :],
    )
