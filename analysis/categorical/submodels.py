"""The log-likelihood of every sub-model, each climbed from its parent, and what it would be in resampled data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.categorical.cases import Cases, Standing
from analysis.categorical.fitting import Standardised
from analysis.categorical.likelihood import Likelihood
from analysis.categorical.newton import Maximum, maximum

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


def resampled_counts(standing: Standing, n_draws: int, rng: np.random.Generator) -> IntArray:
    """Return how often each row counts in each resample of respondents with replacement (n_draws x n).

    Whole clusters are drawn where there are clusters; a row of frequency f is f respondents.
    """
    if standing.clusters is not None:
        units = _drawn(int(standing.clusters.max()) + 1, n_draws, rng)
        return (units[:, standing.clusters] * standing.frequencies).astype(np.int64)
    if (standing.frequencies == 1).all():
        return _drawn(standing.frequencies.size, n_draws, rng)
    total = int(standing.frequencies.sum())
    drawn: IntArray = rng.multinomial(total, standing.frequencies / total, size=n_draws).astype(np.int64)
    return drawn


def _drawn(n_units: int, n_draws: int, rng: np.random.Generator) -> IntArray:
    """Return how often each unit is drawn in each resample (n_draws x n_units)."""
    places = rng.integers(0, n_units, size=(n_draws, n_units)) + np.arange(n_draws)[:, None] * n_units
    counts: IntArray = np.bincount(places.ravel(), minlength=n_draws * n_units).reshape(n_draws, n_units)
    return counts.astype(np.int64)


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


def _resampled_information(counts: FloatArray, likelihood: Likelihood, top: Maximum) -> FloatArray:
    """Return the information at the maximum in each resample (b x q x q); `counts` hold weights too."""
    q = top.parameters.size
    left, right = np.triu_indices(q)
    total = np.zeros((len(counts), left.size))
    step = max(1, _HELD // left.size)
    for start in range(0, counts.shape[1], step):
        part = slice(start, start + step)
        total += counts[:, part] @ _row_information(likelihood, part, top)
    result = np.empty((len(counts), q, q))
    result[:, left, right] = total
    result[:, right, left] = total
    return result


def resampled_log_likelihood(counts: FloatArray, likelihood: Likelihood, top: Maximum) -> FloatArray:
    """Return the largest log-likelihood in each resample (b), by one Newton step from the full sample's maximum.

    value + g' I^-1 g / 2 with the resample's own gradient and information (one-step bootstrap: Moulton & Zeger 1991);
    what it leaves out is of the third order in the difference, far below the spread between resamples.
    """
    gradient = counts @ likelihood.scores(top.terms)
    information = _resampled_information(counts, likelihood, top)
    try:
        steps = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        steps = (np.linalg.pinv(information, hermitian=True) @ gradient[:, :, None])[:, :, 0]
    gains: FloatArray = 0.5 * np.einsum("bq,bq->b", gradient, steps)
    return counts @ top.terms.log_probability + gains


def log_likelihoods(
    cases: Cases, model: Standardised, players: Sequence[tuple[int, ...]], counts: IntArray | None
) -> FloatArray:
    """Return the log-likelihood of each sub-model (2^p x 1 + b): of the sample, then of each resample."""
    weights = cases.standing.weights[model.order]
    weighted = np.empty((0, weights.size)) if counts is None else counts[:, model.order] * weights
    table = np.empty((1 << len(players), 1 + len(weighted)))
    for each in submodels(model, players):
        table[each.mask, 0] = each.top.log_likelihood
        table[each.mask, 1:] = resampled_log_likelihood(weighted, each.likelihood, each.top)
    return table
