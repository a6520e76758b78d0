"""The log-likelihood of ordered categories with its exact gradient and Hessian, n (p + K)^2 work per evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.categorical.links import Link, Terms

# Rows multiplied together: small enough for the cache.
_PIECE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Rows sorted by category (`starts` is where each begins), columns (n x p), and the weight of each row."""

    columns: FloatArray
    codes: IntArray
    weights: FloatArray
    starts: IntArray
    link: Link

    @property
    def n_thresholds(self) -> int:
        """Return the number of thresholds: categories less one."""
        return self.starts.size - 1

    def distances(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how far the upper and the lower threshold of each row's category lie from x * beta."""
        p = self.columns.shape[1]
        ends = np.concatenate(([-np.inf], parameters[p:], [np.inf]))
        middle = self.columns @ parameters[:p]
        return ends[self.codes + 1] - middle, ends[self.codes] - middle

    def terms(self, parameters: FloatArray) -> Terms:
        """Return log P of each row with its derivatives."""
        return self.link.terms(*self.distances(parameters))

    def value(self, terms: Terms) -> float:
        """Return the log-likelihood."""
        return float(self.weights @ terms.log_probability)

    def only(self, columns: list[int]) -> Likelihood:
        """Return the same rows with some of the columns."""
        return Likelihood(self.columns[:, columns], self.codes, self.weights, self.starts, self.link)

    def scores(self, terms: Terms) -> FloatArray:
        """Return the gradient of each row's log P (n x p + K - 1), before weighting."""
        n, k = self.codes.size, self.n_thresholds
        thresholds = np.zeros((n, k + 2))
        rows = np.arange(n)
        thresholds[rows, self.codes + 1] = terms.upper
        thresholds[rows, self.codes] = terms.lower
        middle = -(terms.upper + terms.lower)
        return np.concatenate((self.columns * middle[:, None], thresholds[:, 1:-1]), axis=1)

    def gradient(self, terms: Terms) -> FloatArray:
        """Return the gradient: coefficients first, then thresholds."""
        upper, lower = self._sums(terms.upper), self._sums(terms.lower)
        middle = -self.weights * (terms.upper + terms.lower)
        return np.concatenate((middle @ self.columns, upper[:-1] + lower[1:]))

    def information(self, terms: Terms) -> FloatArray:
        """Return minus the Hessian."""
        p, k = self.columns.shape[1], self.n_thresholds
        result = np.zeros((p + k, p + k))
        result[:p, :p] = -self._products(terms.upper2 + 2 * terms.cross + terms.lower2)
        mixed = self._mixed(terms.upper2 + terms.cross)[:-1] + self._mixed(terms.lower2 + terms.cross)[1:]
        result[:p, p:], result[p:, :p] = mixed.T, mixed
        places = p + np.arange(k)
        result[places, places] = -(self._sums(terms.upper2)[:-1] + self._sums(terms.lower2)[1:])
        beside = -self._sums(terms.cross)[1:-1]
        result[places[:-1], places[1:]] = result[places[1:], places[:-1]] = beside
        return result

    def _sums(self, values: FloatArray) -> FloatArray:
        """Return the weighted sum within each category."""
        sums: FloatArray = np.add.reduceat(self.weights * values, self.starts)
        return sums

    def _mixed(self, values: FloatArray) -> FloatArray:
        """Return the weighted sums of the columns within each category (K x p)."""
        ends = [*self.starts[1:], self.codes.size]
        weighted = self.weights * values
        return np.array([weighted[a:b] @ self.columns[a:b] for a, b in zip(self.starts, ends, strict=True)])

    def _products(self, values: FloatArray) -> FloatArray:
        """Return the weighted sum of products of the columns, rows taken in pieces that stay in the cache."""
        weighted, p = self.weights * values, self.columns.shape[1]
        total = np.zeros((p, p))
        for start in range(0, weighted.size, _PIECE):
            part = self.columns[start : start + _PIECE]
            total += (part * weighted[start : start + _PIECE, None]).T @ part
        return total


def null_log_likelihood(counts: FloatArray) -> float:
    """Return the log-likelihood of the thresholds alone: sum n_j log(n_j / n)."""
    return float(counts @ np.log(counts / counts.sum()))


def null_thresholds(counts: FloatArray, link: Link) -> FloatArray:
    """Return the thresholds of the model without predictors."""
    return link.quantile(np.cumsum(counts)[:-1] / counts.sum())
