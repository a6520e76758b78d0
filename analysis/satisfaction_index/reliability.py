"""How well items measure their construct, for many samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.satisfaction_index.elimination import solve
from analysis.satisfaction_index.layout import Layout
from analysis.satisfaction_index.moments import ItemMoments

# A mean absolute correlation below this is nought and its rounding errors.
UNRELATED = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Reliability of each construct (b x K): 1 by convention for a single item, NaN for a mode B block."""

    alpha: FloatArray
    alpha_standardised: FloatArray
    rho_c: FloatArray
    rho_a: FloatArray
    ave: FloatArray


def cronbach_alpha(covariance: FloatArray) -> FloatArray:
    """Return k/(k-1) (1 - sum of variances / variance of the sum) of covariance matrices (b x k x k), k at least 2."""
    k = covariance.shape[1]
    variances = np.trace(covariance, axis1=1, axis2=2)
    result: FloatArray = k / (k - 1) * (1 - variances / covariance.sum(axis=(1, 2)))
    return result


def _rho_a(correlation: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Dijkstra & Henseler's reliability of mode A weights that give unit variance."""
    squares = np.square(weights)
    size = squares.sum(axis=1)
    among = np.einsum("bi,bij,bj->b", weights, correlation, weights) - size
    result: FloatArray = size**2 * among / (size**2 - np.square(squares).sum(axis=1))
    return result


def _block(correlation: FloatArray, spread: FloatArray, weights: FloatArray, loadings: FloatArray) -> list[FloatArray]:
    """Return the five figures of one reflective block of several items, in the order of `Measured`."""
    covariance = correlation * spread[:, :, None] * spread[:, None, :]
    together = np.square(loadings.sum(axis=1))
    squares = np.square(loadings).sum(axis=1)
    composite = together / (together + loadings.shape[1] - squares)
    return [
        cronbach_alpha(covariance),
        cronbach_alpha(correlation),
        composite,
        _rho_a(correlation, weights),
        squares / loadings.shape[1],
    ]


def measured(moments: ItemMoments, weights: FloatArray, loadings: FloatArray, layout: Layout) -> Measured:
    """Return alpha, standardised alpha, rho_c, rho_A and AVE of every construct.

    Cronbach 1951; Joereskog 1971; Dijkstra & Henseler 2015; Fornell & Larcker 1981.
    """
    found = np.ones((5, len(weights), layout.n_constructs))
    for construct in range(layout.n_constructs):
        items = layout.items_of(construct)
        if construct in layout.formative:
            found[:, :, construct] = np.nan
        elif layout.sizes[construct] > 1:
            correlation = moments.correlation[:, items, items]
            parts = _block(correlation, moments.spread[:, items], weights[:, items], loadings[:, items])
            found[:, :, construct] = np.stack(parts)
    return Measured(*found)


def heterotrait_ratios(correlation: FloatArray, layout: Layout) -> FloatArray:
    """Return the heterotrait-monotrait ratio of every two constructs (b x K x K), from absolute correlations.

    Mean correlation across two blocks over the geometric mean of the mean correlations within (Henseler, Ringle &
    Sarstedt 2015; absolute values as in Ringle et al. 2023). Within a single item that mean is 1. NaN on the diagonal,
    for mode B blocks and where the items of a block do not go together at all, so that there is nothing to divide by.
    """
    sizes = layout.sizes
    sums = np.add.reduceat(np.abs(correlation), layout.starts, axis=1)
    sums = np.add.reduceat(sums, layout.starts, axis=2)
    across = sums / np.outer(sizes, sizes)
    pairs = np.where(sizes > 1, sizes * (sizes - 1), 1)
    within = np.where(sizes > 1, (np.diagonal(sums, axis1=1, axis2=2) - sizes) / pairs, 1.0)
    # Sums that are nought come out as some rounding error of either sign, another one on each processor.
    within[within < UNRELATED] = np.nan
    ratio: FloatArray = across / np.sqrt(within[:, :, None] * within[:, None, :])
    ratio[:, _outside(layout)] = np.nan
    return ratio


def _outside(layout: Layout) -> BoolArray:
    """Return the pairs that have no ratio."""
    outside = np.eye(layout.n_constructs, dtype=bool)
    outside[list(layout.formative), :] = True
    outside[:, list(layout.formative)] = True
    return outside


def variance_inflation(correlation: FloatArray, layout: Layout) -> FloatArray:
    """Return the variance inflation of each item among the items of its mode B block (p); NaN in other blocks.

    The diagonal of the block's inverse correlation matrix.
    """
    result = np.full(layout.block.size, np.nan)
    for construct in layout.formative:
        items = layout.items_of(construct)
        block = correlation[items, items][None]
        result[items] = np.diagonal(solve(block, np.eye(block.shape[1])[None])[0])
    return result
