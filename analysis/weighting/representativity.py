"""The R-indicator: how evenly people of all kinds answered (Schouten, Cobben & Bethlehem 2009)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from analysis.arrays import BoolArray
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.weighting.attributes import Attributes, attribute_table
from analysis.weighting.logit import LogitFit, logit

SOURCE = "Schouten, Cobben & Bethlehem 2009; Shlomo, Skinner & Schouten 2012"
# People of each kind (answered, did not) needed for each term of the response model (Peduzzi et al. 1996).
PER_TERM = 10


def answered_of(answered: ArrayLike, n: int) -> BoolArray:
    """Return who answered as truth values; raises ValueError for another length or missing values."""
    given = np.asarray(answered)
    if given.shape != (n,):
        raise ValueError(f"Say for each of the {n} people whether they answered.")
    if not np.isin(given, (0, 1)).all():
        raise ValueError("Who answered is told by true and false (or 1 and 0), nothing else.")
    return given.astype(bool)


def too_few(attributes: Attributes, who: BoolArray) -> Refusal | None:
    """Return why a response model of these attributes can't be fitted, None where it can."""
    fewer = int(min(who.sum(), (~who).sum()))
    needed = PER_TERM * max(attributes.n_terms, 1)
    base = Base(who.size, float(who.size), float(who.size))
    if fewer < needed:
        return Refusal("too-few-per-attribute", base, {"n": fewer, "needed": needed, "terms": attributes.n_terms})
    return None if attributes.n_terms else Refusal("no-attribute-varies", base, {"n": who.size})


def representativity(frame: pd.DataFrame, answered: ArrayLike, level: float = 0.95) -> Estimate | Refusal:
    """Return R = 1 - 2 S, S the spread of the propensities to answer, given attributes of everybody asked.

    1: answering does not depend on the attributes; 0: as uneven as can be. Propensities by logistic regression; their
    variance is corrected for what estimation adds (Shlomo et al. 2012). Interval: the variance is taken as a scaled
    noncentral chi-square with as many degrees as terms, which holds at R = 1 too.
    Refused below 10 respondents or non-respondents a term (`too-few-per-attribute`), where no attribute varies, and
    where attributes tell exactly who answers (`separated`).
    """
    attributes = attribute_table(frame)
    who = answered_of(answered, len(frame))
    refusal = too_few(attributes, who)
    if refusal:
        return refusal
    fit = logit(attributes.table, who)
    if fit is None:
        return Refusal("separated", Base(who.size, float(who.size), float(who.size)), {"terms": attributes.n_terms})
    return _indicator(fit, attributes, level)


def _indicator(fit: LogitFit, attributes: Attributes, level: float) -> Estimate:
    n, terms = fit.fitted.size, attributes.n_terms
    observed = float(fit.fitted.var(ddof=1))
    slopes = attributes.table * (fit.fitted * (1 - fit.fitted))[:, None]
    noise = float(np.trace(np.cov(slopes.T) @ fit.covariance))
    unit = noise / terms
    variance = max(observed - noise, 0.0)
    low, high = (unit * each for each in noncentrality_interval(observed / unit, terms, level))
    notes = () if observed > noise else (Note("no-more-uneven-than-chance", {"spread": math.sqrt(observed)}),)
    # The spread of probabilities with a given mean is at most that of 0 and 1.
    most = float(fit.fitted.mean() * (1 - fit.fitted.mean())) * n / (n - 1)
    bounds = [1 - 2 * math.sqrt(min(each, most)) for each in (high, low)]
    value = min(max(1 - 2 * math.sqrt(variance), bounds[0]), bounds[1])
    base = Base(n, float(n), float(n))
    interval = Interval(bounds[0], bounds[1], level, "noncentral-chi-square")
    return Estimate(value, interval, base, "r-indicator", "index-share", None, (*attributes.notes, *notes), SOURCE)


def noncentrality_interval(statistic: float, degrees: int, level: float) -> tuple[float, float]:
    """Return the noncentralities of a chi-square that a statistic does not reject, both tails alike."""
    tail = (1 - level) / 2

    def bound(share: float) -> float:
        def excess(noncentrality: float) -> float:
            return float(stats.ncx2.cdf(statistic, degrees, noncentrality)) - share

        central = float(stats.chi2.cdf(statistic, degrees)) - share
        if central <= 0:
            return 0.0
        top = statistic + 10 * math.sqrt(statistic + degrees) + 50
        return float(optimize.brentq(excess, 1e-12, top))

    return bound(1 - tail), bound(tail)
