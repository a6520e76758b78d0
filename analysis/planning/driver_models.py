"""Drivers: is anything explained at all, how precisely is importance known, and which driver outranks which."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.power import FTestPowerF2

from analysis.arrays import FloatArray
from analysis.drivers.shapley import exact_shares
from analysis.intervals import normal_quantile
from analysis.planning.options import (
    DEFAULTS,
    PlanningOptions,
    checked_size,
    plan,
    planned_base,
    smallest,
    warnings,
)
from analysis.values import Note, Refusal
from analysis.values.planning import ImportancePlan, Plan

DRAWS = 2_000
# Draws at this size give the errors from which the size needed is guessed first.
PILOT = 2_000
# Below it the share's own error is too uncertain: at 41 answers the power was 69 % where 80 % was planned.
SURE_FROM = 100
HOW_R2 = ("regression-f-power", "Cohen 1988")
HOW_SHARES = ("simulated-importance", "Lindeman, Merenda & Gold 1980; Odell & Feiveson 1966")


def r_squared_power(r2: float, n_drivers: int, n: int, options: PlanningOptions = DEFAULTS) -> Plan:
    """Return the power of the F test that the drivers explain anything, given the R2 expected.

    Noncentral F with f2 = R2 / (1 - R2); the design effect divides n. Raises ValueError for an R2 outside 0..1 and for
    n that leaves no degree of freedom.
    """
    checked_size(n, math.floor(options.design_effect * (n_drivers + 1)) + 1)
    return plan(n, (r2, "r2"), _r2_power(r2, n_drivers, n, options), HOW_R2, options)


def sample_size_for_r_squared(r2: float, n_drivers: int, options: PlanningOptions = DEFAULTS) -> Plan | Refusal:
    """Return how many answers show with the power wanted that the drivers explain anything."""
    least = math.floor(options.design_effect * (n_drivers + 1)) + 1
    n = smallest(lambda tried: _r2_power(r2, n_drivers, tried, options) >= options.power, least)
    if n is None:
        return Refusal("change-too-small", planned_base(0, options), {"change": r2})
    return r_squared_power(r2, n_drivers, n, options)


def importance_precision(
    correlations: npt.ArrayLike, n: int, rng: np.random.Generator, options: PlanningOptions = DEFAULTS
) -> ImportancePlan:
    """Return how precisely n answers would show LMG shares and the order of drivers.

    `correlations` (p + 1, p + 1) are those expected of the drivers and, last, the outcome: of an earlier wave, or
    guessed. 2,000 samples of n / design effect normal answers are drawn (Wishart); half-widths are z times the SD of
    the shares; driver i is clearly above j where their difference exceeds z of its SD. Raises ValueError for a matrix
    that is no correlation matrix.
    """
    matrix = _checked(correlations)
    checked_size(n, math.ceil(options.design_effect * (matrix.shape[0] + 2)))
    shares, draws = _shares(matrix[None])[0], _drawn(matrix, n, rng, options)
    z = normal_quantile(options.confidence)
    errors = np.sqrt(np.array([[_variance(draws, i, j) for j in range(shares.size)] for i in range(shares.size)]))
    away = np.divide(shares[:, None] - shares, errors, out=np.zeros_like(errors), where=errors > 0)
    outranks = np.where(errors > 0, stats.norm.sf(z - away), 0.0)
    return ImportancePlan(
        n,
        tuple(float(each) for each in shares),
        tuple(float(each) for each in z * draws.std(axis=0)),
        tuple(tuple(float(each) for each in row) for row in outranks),
        options.confidence,
        options.invitations(n),
        planned_base(n, options),
        *HOW_SHARES,
        warnings(n, options),
    )


def sample_size_for_importance(
    correlations: npt.ArrayLike, margin: float, rng: np.random.Generator, options: PlanningOptions = DEFAULTS
) -> Plan:
    """Return how many answers bring the interval of every driver's share of R2 down to plus and minus `margin`.

    Errors of a pilot of 2,000 answers are scaled by 1 / sqrt(n), and once more from draws at the size found.
    """
    if not 0 < margin < 1:
        raise ValueError(f"A margin of a share lies between 0 and 1, not at {margin}.")
    matrix, n = _checked(correlations), PILOT
    least = math.ceil(options.design_effect * (matrix.shape[0] + 2))
    for _ in range(3):
        widest = normal_quantile(options.confidence) * float(_drawn(matrix, n, rng, options).std(axis=0).max())
        n = max(math.ceil(n * (widest / margin) ** 2), least)
    return plan(n, (margin, "share"), None, HOW_SHARES, options)


def sample_size_to_outrank(
    correlations: npt.ArrayLike,
    drivers: tuple[int, int],
    rng: np.random.Generator,
    options: PlanningOptions = DEFAULTS,
) -> Plan | Refusal:
    """Return how many answers show with the power wanted that the first driver is more important than the second.

    `drivers` are places in the correlations, from 0. Refused `not-more-important` where the first isn't by what is
    expected. `effect` is the difference of their shares.
    """
    matrix, n = _checked(correlations), PILOT
    shares = _shares(matrix[None])[0]
    difference = float(shares[drivers[0]] - shares[drivers[1]])
    if difference <= 0:
        return Refusal("not-more-important", planned_base(0, options), {"difference": difference})
    least = math.ceil(options.design_effect * (matrix.shape[0] + 2))
    away = normal_quantile(options.confidence) + float(stats.norm.ppf(options.power))
    for _ in range(3):
        error = math.sqrt(_variance(_drawn(matrix, n, rng, options), *drivers))
        n = max(math.ceil(n * (away * error / difference) ** 2), least)
    made = plan(n, (difference, "difference-share"), options.power, HOW_SHARES, options)
    rough = (Note("approximate-size", {"n": n, "needed": SURE_FROM}),) if n < SURE_FROM else ()
    return replace(made, notes=(*made.notes, *rough))


def _r2_power(r2: float, n_drivers: int, n: int, options: PlanningOptions) -> float:
    if not 0 < r2 < 1 or n_drivers < 1:
        raise ValueError(f"Give an R2 between 0 and 1 and at least one driver, not {r2} and {n_drivers}.")
    left = n / options.design_effect - n_drivers - 1
    power = FTestPowerF2().power(r2 / (1 - r2), n_drivers, left, options.alpha)
    return 1.0 if math.isnan(power) else float(power)


def _checked(correlations: npt.ArrayLike) -> FloatArray:
    """Return the correlations; raise ValueError unless they are those of two or more drivers and an outcome."""
    matrix = np.asarray(correlations, dtype=np.float64)
    square = matrix.ndim == len(("rows", "columns")) and matrix.shape[0] == matrix.shape[1] > len(("driver", "outcome"))
    if not square or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise ValueError("Give the correlations of two or more drivers and, last, the outcome: symmetric, ones within.")
    if np.linalg.eigvalsh(matrix)[0] <= 0 or not np.abs(matrix[-1, :-1]).max() > 0:
        raise ValueError("These correlations contradict each other, or no driver goes with the outcome.")
    return matrix


def _drawn(matrix: FloatArray, n: int, rng: np.random.Generator, options: PlanningOptions) -> FloatArray:
    """Return the shares (draws, p) in samples of n / design effect normal answers."""
    df = max(math.floor(n / options.design_effect) - 1, matrix.shape[0])
    drawn = stats.wishart(df, matrix).rvs(DRAWS, random_state=rng)
    spread = np.sqrt(np.diagonal(drawn, axis1=1, axis2=2))
    return _shares(drawn / (spread[:, :, None] * spread[:, None, :]))


def _shares(matrices: FloatArray) -> FloatArray:
    """Return the LMG shares of R2, each row summing to 1."""
    found = exact_shares(matrices, [(place,) for place in range(matrices.shape[1] - 1)])
    shares: FloatArray = found.lmg / found.total[:, None]
    return shares


def _variance(draws: FloatArray, first: int, second: int) -> float:
    """Return the variance of the difference of two drivers' shares."""
    return float((draws[:, first] - draws[:, second]).var())
