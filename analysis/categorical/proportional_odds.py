"""Whether one slope serves all cuts of an ordered outcome: Brant's test, one predictor at a time, Holm-adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg, special, stats

from analysis.arrays import FloatArray
from analysis.categorical.cases import Cases, cases_of, refusal_of
from analysis.categorical.fitting import SUSPICIOUS_STEPS, Standardised, degrees_of, standardised
from analysis.categorical.likelihood import Likelihood, null_thresholds
from analysis.categorical.links import LOGIT
from analysis.categorical.models import Wald, threshold_names
from analysis.categorical.newton import maximum
from analysis.categorical.options import CategoricalOptions, Rows
from analysis.multiplicity import adjusted_p_values
from analysis.respondents import summed_by_respondent
from analysis.values.categorical import PredictorOdds, ProportionalOdds
from analysis.values.estimates import Estimate, Note, Refusal

# Answers on the smaller side of a cut per column: fewer make a logit unsteady (Vittinghoff & McCulloch 2007).
_PER_COLUMN = 10
SOURCE = "Brant 1990; Holm 1979"


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The binary logit of lying above one cut, on standardised columns: slopes, P(above), residual and inverse."""

    name: str
    slopes: FloatArray
    above: FloatArray
    residual: FloatArray
    inverse: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """All usable cuts, the covariance of their slopes (cut by cut, m p x m p), and the names of those left out."""

    cuts: tuple[_Cut, ...]
    covariance: FloatArray
    spread: FloatArray
    left_out: tuple[str, ...]

    def contrast(self, columns: Sequence[int]) -> FloatArray:
        """Return the differences of some columns' slopes to those at the first cut (rows x m p)."""
        p, m = self.spread.size, len(self.cuts)
        result = np.zeros(((m - 1) * len(columns), m * p))
        row = 0
        for cut in range(1, m):
            for column in columns:
                result[row, column], result[row, cut * p + column] = -1.0, 1.0
                row += 1
        return result

    def wald(self, columns: Sequence[int]) -> tuple[float, int]:
        """Return Wald's statistic of equal slopes, and how many differences it tests."""
        contrast = self.contrast(columns)
        slopes = np.concatenate([each.slopes for each in self.cuts])
        away, spread = contrast @ slopes, contrast @ self.covariance @ contrast.T
        return float(away @ np.linalg.solve(spread, away)), away.size


def _with_threshold(columns: FloatArray) -> FloatArray:
    return np.concatenate((columns, -np.ones((len(columns), 1))), axis=1)


def _cut(model: Standardised, place: int, name: str) -> _Cut | None:
    """Return the binary logit at a cut, None where its sides are separated."""
    whole = model.likelihood
    codes = (whole.codes > place).astype(np.int64)
    likelihood = Likelihood(whole.columns, codes, whole.weights, np.array([0, whole.starts[place + 1]]), LOGIT)
    sides = np.array([model.counts[: place + 1].sum(), model.counts[place + 1 :].sum()])
    p = whole.columns.shape[1]
    top = maximum(likelihood, np.concatenate((np.zeros(p), null_thresholds(sides, LOGIT))))
    if not top.converged or top.n_iterations > SUSPICIOUS_STEPS:
        return None
    above = special.expit(_with_threshold(whole.columns) @ top.parameters)
    inverse = linalg.cho_solve(linalg.cho_factor(top.information), np.eye(p + 1))
    return _Cut(name, top.parameters[:p], above, codes - above, inverse)


def _modelled(cuts: Sequence[_Cut], model: Standardised) -> FloatArray:
    """Return Brant's covariance: A_j^-1 X' diag(w pi_k (1 - pi_j)) X A_k^-1 for cuts j <= k."""
    columns, m = _with_threshold(model.likelihood.columns), len(cuts)
    p = columns.shape[1] - 1
    result = np.zeros((m * p, m * p))
    for j, low in enumerate(cuts):
        for k, high in enumerate(cuts[j:], start=j):
            common = model.likelihood.weights * high.above * (1.0 - low.above)
            block = (low.inverse @ (columns.T * common) @ columns @ high.inverse)[:p, :p]
            result[j * p : (j + 1) * p, k * p : (k + 1) * p] = block
            result[k * p : (k + 1) * p, j * p : (j + 1) * p] = block.T
    return result


def _linearised(cuts: Sequence[_Cut], model: Standardised, cases: Cases) -> FloatArray:
    """Return n/(n-1) sum psi psi', psi a respondent's weighted influence on the slopes of all cuts (Binder 1983)."""
    standing, columns = cases.standing, _with_threshold(model.likelihood.columns)
    weights, frequencies = standing.weights[model.order], standing.frequencies[model.order]
    influence = np.concatenate(
        [((columns * (weights * each.residual)[:, None]) @ each.inverse)[:, :-1] for each in cuts], axis=1
    )
    n = standing.n_units
    if standing.clusters is None:
        spread: FloatArray = (influence * frequencies[:, None]).T @ influence * (n / (n - 1))
        return spread
    sums = summed_by_respondent(influence * frequencies[:, None], standing.clusters[model.order])
    result: FloatArray = sums.T @ sums * (n / (n - 1))
    return result


def _cuts(cases: Cases) -> _Cuts:
    model, below = standardised(cases, "logit"), np.cumsum(cases.raw_counts)
    least = _PER_COLUMN * len(cases.names)
    cuts, left_out = [], []
    for place, name in enumerate(threshold_names(cases.categories)):
        wide = min(below[place], below[-1] - below[place]) >= least
        found = _cut(model, place, name) if wide else None
        if found is None:
            left_out.append(name)
        else:
            cuts.append(found)
    robust = cases.standing.is_weighted or cases.standing.clusters is not None
    covariance = _linearised(cuts, model, cases) if robust and cuts else _modelled(cuts, model)
    spread = 1 / np.diagonal(model.jacobian)[: len(cases.names)]
    return _Cuts(tuple(cuts), covariance, spread, tuple(left_out))


def _p_value(statistic: float, degrees: int, design: float) -> float:
    """Return the p-value by chi-squared; with design degrees of freedom by Korn & Graubard's F (1990)."""
    if np.isinf(design):
        return float(stats.chi2.sf(statistic, degrees))
    left = design - degrees + 1
    return float(stats.f.sf(statistic * left / (design * degrees), degrees, left))


def proportional_odds(
    outcome: Any,
    predictors: pd.DataFrame,
    rows: Rows | None = None,
    options: CategoricalOptions | None = None,
    alpha: float = 0.05,
) -> ProportionalOdds | Refusal:
    """Return whether the predictors' log-odds ratios are the same at every cut of the outcome.

    Binary logits of lying above each cut; Wald test of equal slopes for each predictor (Brant 1990), p-values adjusted
    by Holm; with weights or clusters the joint covariance is the linearised one and the test an F test. Cuts with fewer
    than 10 answers per column on their smaller side are left out (`cuts-left-out`). Arguments as in
    `ordered_regression`; the link is always logit.

    Refuses as `ordered_regression`, and with `too-few-cuts` where fewer than two cuts are usable or where there are
    not enough respondents for their differences.
    """
    options = options or CategoricalOptions()
    cases = cases_of(outcome, predictors, rows or Rows(), options)
    refusal = refusal_of(cases, options)
    if refusal is not None:
        return refusal
    found, design = _cuts(cases), degrees_of(cases)
    most = (len(found.cuts) - 1) * len(cases.names)
    if len(found.cuts) < 2 or design <= most:  # noqa: PLR2004 - one cut has nothing to differ from
        return Refusal("too-few-cuts", cases.standing.base, {"cuts": len(found.cuts), "left_out": len(found.left_out)})
    return _verdict(cases, found, Wald(cases.standing.base, options.level, design, "cut-logit", SOURCE), alpha)


def _verdict(cases: Cases, found: _Cuts, wald: Wald, alpha: float) -> ProportionalOdds:
    tests = [found.wald(columns) for columns in cases.players]
    raw = [_p_value(statistic, degrees, wald.degrees) for statistic, degrees in tests]
    adjusted = adjusted_p_values(raw)
    each = zip(cases.codings, cases.players, tests, raw, adjusted, strict=True)
    predictors = tuple(
        PredictorOdds(
            coding.predictor,
            {name: _slopes(found, wald, column) for name, column in zip(coding.names, columns, strict=True)},
            *test,
            p_value=p_value,
            adjusted_p_value=own,
            violated=own <= alpha,
        )
        for coding, columns, test, p_value, own in each
    )
    statistic, degrees = found.wald(range(len(cases.names)))
    return ProportionalOdds(
        predictors=predictors,
        statistic=statistic,
        degrees=degrees,
        p_value=_p_value(statistic, degrees, wald.degrees),
        violated=any(one.violated for one in predictors),
        alpha=alpha,
        cuts=tuple(one.name for one in found.cuts),
        base=wald.base,
        method="brant-wald" if np.isinf(wald.degrees) else "brant-linearised-f",
        source=SOURCE,
        notes=(*cases.notes, *_left_out(found)),
    )


def _left_out(found: _Cuts) -> tuple[Note, ...]:
    return (Note("cuts-left-out", {"cuts": ", ".join(found.left_out)}),) if found.left_out else ()


def _slopes(found: _Cuts, wald: Wald, column: int) -> dict[str, Estimate]:
    """Return the log-odds ratio of one column at each cut, in the units of the data."""
    p, spread = found.spread.size, float(found.spread[column])
    errors = np.sqrt(np.diagonal(found.covariance))
    return {
        cut.name: wald.estimate(
            float(cut.slopes[column]) / spread, float(errors[place * p + column]) / spread, "log-odds"
        )
        for place, cut in enumerate(found.cuts)
    }
