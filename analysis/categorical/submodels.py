"""The log-likelihood of every sub-model, each climbed from its parent, and what it would be in resampled data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.categorical.cases import Cases, Standing
from analysis.categorical.fitting import Standardised
from analysis.categorical.likelihood import Likelihood
from analysis.categorical.newton import Maximum, maximum

Counts: TypeAlias = NDArray[np.signedinteger]

# Numbers of the table of second derivatives held at a time: 8 MB.
_HELD = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Submodel:
    """A sub-model: the bits of its players, its likelihood and its maximum."""

    mask: int
    likelihood: Likelihood
    top: Maximum


def _warm_start(parent: FloatArray, inside: Sequence[int], wanted: Sequence[int]) -> FloatArray:
    """Return the parent's parameters with zeros for the columns that it does not have."""
    known = dict(zip(inside, parent[: len(inside)], strict=True))
    return np.concatenate(([known.get(each, 0.0) for each in wanted], parent[len(inside) :]))


def submodels(model: Standardised, players: Sequence[tuple[int, ...]]) -> Iterator[Submodel]:
    """Yield all 2^p sub-models, in the order of their bits, each started where its parent (highest bit off) ended."""
    ends: list[tuple[list[int], FloatArray]] = [([], model.start[model.likelihood.columns.shape[1] :])]
    for mask in range(1 << len(players)):
        columns = [column for bit, player in enumerate(players) if mask >> bit & 1 for column in player]
        parent = mask & ~(1 << mask.bit_length() >> 1)
        likelihood = model.likelihood.only(columns)
        top = maximum(likelihood, _warm_start(ends[parent][1], ends[parent][0], columns))
        if mask:
            ends.append((columns, top.parameters))
        yield Submodel(mask, likelihood, top)


def resampled_counts(standing: Standing, n_draws: int, rng: np.random.Generator) -> Counts:
    """Return how often each row counts in each resample of respondents with replacement (n_draws x n).

    Whole clusters are drawn where there are clusters; a row of frequency f is f respondents.
    """
    frequencies = standing.frequencies.astype(np.int32)
    if standing.clusters is not None:
        units = _drawn(int(standing.clusters.max()) + 1, n_draws, rng)
        return units[:, standing.clusters] * frequencies
    if (frequencies == 1).all():
        return _drawn(frequencies.size, n_draws, rng)
    total = int(frequencies.sum())
    return rng.multinomial(total, standing.frequencies / total, size=n_draws).astype(np.int32)


def _drawn(n_units: int, n_draws: int, rng: np.random.Generator) -> Counts:
    """Return how often each unit is drawn in each resample (n_draws x n_units)."""
    counts = np.empty((n_draws, n_units), dtype=np.int16)
    for draw in counts:
        draw[:] = np.bincount(rng.integers(0, n_units, n_units), minlength=n_units)
    return counts


def _row_information(likelihood: Likelihood, part: slice, top: Maximum) -> FloatArray:
    """Return minus the second derivatives of log P for some rows, as upper triangles (rows x q (q+1)/2)."""
    columns, codes = likelihood.columns[part], likelihood.codes[part]
    n, p = columns.shape
    k = likelihood.n_thresholds
    rows = np.arange(n)
    ends = np.zeros((2, n, p + k + 2))
    ends[:, :, :p] = -columns
    ends[0, rows, p + codes + 1] = 1.0
    ends[1, rows, p + codes] = 1.0
    inner = [*range(p), *range(p + 1, p + k + 1)]
    high, low = ends[0][:, inner], ends[1][:, inner]
    left, right = np.triu_indices(p + k)
    terms = top.terms
    to_high = terms.upper2[part, None] * high + terms.cross[part, None] * low
    to_low = terms.cross[part, None] * high + terms.lower2[part, None] * low
    products: FloatArray = to_high[:, left] * high[:, right] + to_low[:, left] * low[:, right]
    return -products


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Log-likelihood (b), gradient (b x q) and information (b x q x q) at the sample's maximum in each resample."""

    value: FloatArray
    gradient: FloatArray
    information: FloatArray


def _resampled(counts: Counts, likelihood: Likelihood, weights: FloatArray, top: Maximum) -> _Sums:
    """Return the resampled sums, going over the rows in pieces that fit in memory."""
    q, draws = top.parameters.size, len(counts)
    left, right = np.triu_indices(q)
    triangles, gradient, value = np.zeros((draws, left.size)), np.zeros((draws, q)), np.zeros(draws)
    scores = likelihood.scores(top.terms)
    step = max(1, _HELD // max(left.size, draws))
    for start in range(0, weights.size, step):
        part = slice(start, start + step)
        often = counts[:, part] * weights[part]
        triangles += often @ _row_information(likelihood, part, top)
        gradient += often @ scores[part]
        value += often @ top.terms.log_probability[part]
    information = np.empty((draws, q, q))
    information[:, left, right] = triangles
    information[:, right, left] = triangles
    return _Sums(value, gradient, information)


def resampled_log_likelihood(counts: Counts, likelihood: Likelihood, weights: FloatArray, top: Maximum) -> FloatArray:
    """Return the largest log-likelihood in each resample (b), by one Newton step from the full sample's maximum.

    value + g' I^-1 g / 2 with the resample's own gradient and information (one-step bootstrap: Moulton & Zeger 1991);
    what it leaves out is of the third order in the difference, far below the spread between resamples.
    """
    sums = _resampled(counts, likelihood, weights, top)
    try:
        steps = np.linalg.solve(sums.information, sums.gradient[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        steps = (np.linalg.pinv(sums.information, hermitian=True) @ sums.gradient[:, :, None])[:, :, 0]
    gains: FloatArray = 0.5 * np.einsum("bq,bq->b", sums.gradient, steps)
    return sums.value + gains


def log_likelihoods(
    cases: Cases, model: Standardised, players: Sequence[tuple[int, ...]], counts: Counts | None
) -> FloatArray:
    """Return the log-likelihood of each sub-model (2^p x 1 + b): of the sample, then of each resample."""
    weights = cases.standing.weights[model.order]
    sorted_counts = np.empty((0, weights.size), dtype=np.int16) if counts is None else counts[:, model.order]
    table = np.empty((1 << len(players), 1 + len(sorted_counts)))
    for each in submodels(model, players):
        table[each.mask, 0] = each.top.log_likelihood
        if counts is not None:
            table[each.mask, 1:] = resampled_log_likelihood(sorted_counts, each.likelihood, weights, each.top)
    return table
