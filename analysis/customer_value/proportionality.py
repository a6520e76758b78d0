"""Do hazard ratios stay the same over time? Grambsch and Therneau's test (1994) of scaled Schoenfeld residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.customer_value.partial_likelihood import Likelihood, Prepared, schoenfeld_residuals
from analysis.customer_value.risk_sets import risk_sets
from analysis.values.customer_value.persistence import ProportionalHazards


@dataclass(frozen=True, slots=True)
class Drift:
    """Correlation of one covariate's scaled residuals with time, and the p-value of none."""

    correlation: float
    p_value: float


def proportionality(
    risk: Prepared, coefficients: FloatArray, likelihood: Likelihood
) -> tuple[tuple[Drift, ...], ProportionalHazards]:
    """Return each covariate's drift and the test of all together, time running as 1 - S(t) just before.

    With scaled residuals s = d V r (d departures, V inverse information): per covariate (sum g s)^2 / (d V_jj sum
    g^2), all together (sum g s)' V^-1 (sum g s) / (d sum g^2), g being centred time. With weights the residuals carry
    them and the test is approximate.
    """
    residuals = schoenfeld_residuals(risk, coefficients) * risk.spells.weights[risk.gone][:, None]
    time = _transformed_times(risk)
    centred = time - time.mean()
    d, spread = residuals.shape[0], float(np.square(centred).sum())
    if spread <= 0:
        return tuple(Drift(0.0, 1.0) for _ in coefficients), ProportionalHazards(0.0, coefficients.size, 1.0)
    inverse = np.linalg.inv(likelihood.information)
    scaled = d * residuals @ inverse
    sums = centred @ scaled
    single = sums**2 / (d * np.diagonal(inverse) * spread)
    together = float(sums @ likelihood.information @ sums / (d * spread))
    spreads = np.sqrt(np.square(scaled - scaled.mean(axis=0)).sum(axis=0) * spread)
    correlations = np.divide(sums, spreads, out=np.zeros_like(sums), where=spreads > 0)
    drifts = tuple(
        Drift(float(rho), float(stats.chi2.sf(value, 1))) for rho, value in zip(correlations, single, strict=True)
    )
    return drifts, ProportionalHazards(together, coefficients.size, float(stats.chi2.sf(together, coefficients.size)))


def _transformed_times(risk: Prepared) -> FloatArray:
    """Return 1 - S just before each departure: ranks of time that censoring does not distort."""
    sets = risk_sets(risk.spells)
    place = np.searchsorted(sets.times, risk.spells.times[risk.gone])
    result: FloatArray = 1 - sets.before[place]
    return result
