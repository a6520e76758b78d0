"""Non-negative matrix factorisation: comments by terms as a sum of a few themes.

X (n x t) is approximated by W H with W (n x k) and H (k x t) not negative, minimising the squared error (Lee & Seung
1999) by hierarchical alternating least squares, which solves for one column at a time exactly and never increases the
error (Cichocki & Phan 2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray

# A column that died comes back to life from this instead of dividing by nothing.
_SMALLEST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """How much of each theme a comment has (n x k), how much of each term a theme has (k x t), and the error left."""

    comments: FloatArray
    terms: FloatArray
    error: float


def factorise(table: sparse.csr_matrix, n_themes: int, rng: np.random.Generator, rounds: int = 60) -> Factors:
    """Return the factors from one random start; the error never grows from round to round."""
    n, t = table.shape
    scale = float(np.sqrt(table.mean() / n_themes))
    comments, terms = scale * rng.random((n, n_themes)), scale * rng.random((n_themes, t))
    for _ in range(rounds):
        _improve(comments, table @ terms.T, terms @ terms.T)
        _improve(terms.T, table.T @ comments, comments.T @ comments)
    total = float(table.multiply(table).sum())
    cross = float(np.sum((table @ terms.T) * comments))
    square = float(np.sum((comments.T @ comments) * (terms @ terms.T)))
    return Factors(comments, terms, max(total - 2 * cross + square, 0.0))


def _improve(factor: FloatArray, cross: FloatArray, products: FloatArray) -> None:
    """Set each column of a factor, in place, to the best one that is not negative, the others held."""
    for k in range(factor.shape[1]):
        step = (cross[:, k] - factor @ products[:, k]) / max(products[k, k], _SMALLEST)
        factor[:, k] = np.maximum(factor[:, k] + step, _SMALLEST)


def weighted_terms(present: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the table with rare terms weighing more (log(n / n_term)) and every comment of length one or zero.

    Inverse document frequency: Spaerck Jones 1972.
    """
    counts = np.asarray(present.sum(axis=0)).ravel()
    rarity = np.log(present.shape[0] / np.maximum(counts, 1.0)) + 1.0
    weighed = present.multiply(rarity).tocsr()
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(length > 0, length, 1.0)) @ weighed)
