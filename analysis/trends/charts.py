"""Control charts: which periods lie outside of what chance alone lets periods scatter.

Limits of three standard deviations: a period in control lies outside about once in 370 (0.27 %), where its standard
deviation is known; estimated from few periods, somewhat more often.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.trends.observations import whole_series
from analysis.values import Base, Note
from analysis.values.trends import ChartPoint, ControlChart

# The mean range of two standard normal values, rounded as in the tables of quality control.
D2 = 1.128
SIGMAS = 3.0
# With fewer periods, limits from moving ranges are a rough guess.
FEWEST_FOR_LIMITS = 20
# Below these expected counts of either kind, three standard deviations are no longer 0.27 %.
FEWEST_EXPECTED = 5
SOURCES = {
    "p-chart": "Shewhart 1931",
    "laney-p-prime": "Laney 2002",
    "individuals": "Shewhart 1931; Montgomery 2013",
    "ewma": "Roberts 1959; Lucas & Saccucci 1990",
}


def p_chart(counts: npt.ArrayLike, bases: npt.ArrayLike, labels: Sequence[str]) -> ControlChart:
    """Return the p-chart: centre pbar = sum counts / sum n, limits pbar +/- 3 sqrt(pbar (1 - pbar) / n_i).

    `counts` and `bases` (k,) may be fractional: for weighted answers share times effective base (Shewhart 1931).
    """
    return _chart("p-chart", *_checked(counts, bases, labels), labels)


def laney_chart(counts: npt.ArrayLike, bases: npt.ArrayLike, labels: Sequence[str]) -> ControlChart:
    """Return Laney's p'-chart: the p-chart's limits times sigma_z, for periods that scatter more than chance.

    sigma_z is the mean moving range of z_i = (p_i - pbar)/sigma_i over 1.128 (Laney 2002). Survey waves nearly
    always have sigma_z above 1.
    """
    return _chart("laney-p-prime", *_checked(counts, bases, labels), labels)


def individuals_chart(values: npt.ArrayLike, labels: Sequence[str]) -> ControlChart:
    """Return the individuals chart of values (k,): mean +/- 3 sigma, sigma the mean moving range over 1.128.

    For figures whose sampling error is not known or alike in all periods. Raises ValueError for fewer than two,
    missing or infinite values.
    """
    series, centre, sigma = _individuals(values, labels)
    limits = np.full(series.size, SIGMAS * sigma)
    points = _points(series, (centre - limits, centre + limits), labels)
    return ControlChart(
        "individuals", centre, 1.0, points, _base(series.size), SOURCES["individuals"], sigma, notes=_few(series.size)
    )


def ewma_chart(
    values: npt.ArrayLike, labels: Sequence[str], weight: float = 0.2, width: float = SIGMAS
) -> ControlChart:
    """Return the chart of exponentially weighted means of values (k,), which shows small lasting shifts.

    z_i = weight x_i + (1 - weight) z_(i-1), z_0 the mean; limits of period i, exact from the first on:
    mean +/- width sigma sqrt(weight / (2 - weight) (1 - (1 - weight)^(2 i))), sigma the mean moving range over 1.128.
    `points[i].value` is z_i. Raises ValueError as `individuals_chart`, and for a weight outside 0..1.
    """
    if not 0 < weight <= 1 or not width > 0:
        raise ValueError("The weight of the newest value lies above 0 and up to 1, and limits have a width above 0.")
    series, centre, sigma = _individuals(values, labels)
    means, current = [], centre
    for value in series:
        current = weight * float(value) + (1 - weight) * current
        means.append(current)
    limit = width * sigma * float(np.sqrt(weight / (2 - weight)))
    limits = limit * np.sqrt(1 - (1 - weight) ** (2 * np.arange(1, series.size + 1)))
    points = _points(np.array(means), (centre - limits, centre + limits), labels)
    return ControlChart(
        "ewma", centre, 1.0, points, _base(series.size), SOURCES["ewma"], sigma, limit, _few(series.size)
    )


def _individuals(values: npt.ArrayLike, labels: Sequence[str]) -> tuple[FloatArray, float, float]:
    """Return the values, their mean and their standard deviation from moving ranges."""
    series = whole_series(values, 2, "A chart")
    if series.size != len(labels):
        raise ValueError("A chart needs one label for each period.")
    return series, float(series.mean()), float(np.abs(np.diff(series)).mean() / D2)


def _checked(counts: npt.ArrayLike, bases: npt.ArrayLike, labels: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Return counts and bases as arrays; raise ValueError for periods that cannot be charted."""
    n_chosen, n = np.asarray(counts, dtype=float), np.asarray(bases, dtype=float)
    if n_chosen.shape != n.shape or n.shape != (len(labels),) or n.size <= 1:
        raise ValueError("A chart needs two periods or more, with one count, one base and one label each.")
    if (n <= 0).any() or (n_chosen < 0).any() or (n_chosen > n * (1 + 1e-12)).any():
        raise ValueError("Every period needs a base above zero and a count between zero and its base.")
    return n_chosen, n


def _chart(method: str, counts: FloatArray, bases: FloatArray, labels: Sequence[str]) -> ControlChart:
    """Return the chart, its limits clipped to 0..1."""
    centre, shares = float(counts.sum() / bases.sum()), counts / bases
    sigmas = np.sqrt(centre * (1 - centre) / bases)
    sigma_z = 1.0 if method == "p-chart" else _overdispersion(shares - centre, sigmas)
    lows = np.maximum(centre - SIGMAS * sigma_z * sigmas, 0.0)
    highs = np.minimum(centre + SIGMAS * sigma_z * sigmas, 1.0)
    base = Base(round(float(bases.sum())), float(bases.sum()), float(bases.sum()))
    rare = min(centre, 1 - centre) * float(bases.min()) < FEWEST_EXPECTED
    notes = (Note("few-expected", {"needed": FEWEST_EXPECTED}),) if rare else ()
    if method != "p-chart":
        notes = (*notes, *_few(len(labels)))
    return ControlChart(
        method, centre, sigma_z, _points(shares, (lows, highs), labels), base, SOURCES[method], notes=notes
    )


def _points(values: FloatArray, limits: tuple[FloatArray, FloatArray], labels: Sequence[str]) -> tuple[ChartPoint, ...]:
    """Return the points with their limits."""
    return tuple(
        ChartPoint(label, float(value), float(low), float(high), bool(value < low or value > high))
        for label, value, low, high in zip(labels, values, *limits, strict=True)
    )


def _base(n: int) -> Base:
    """Return the base of a series: every period counts once."""
    return Base(n, float(n), float(n))


def _few(n: int) -> tuple[Note, ...]:
    """Warn where the scatter is estimated from few periods."""
    return (Note("few-periods", {"n": n, "needed": FEWEST_FOR_LIMITS}),) if n < FEWEST_FOR_LIMITS else ()


def _overdispersion(deviations: FloatArray, sigmas: FloatArray) -> float:
    """Return sigma_z from the moving ranges of the standardised shares; 1 where nobody or everybody chose it."""
    if not sigmas.all():
        return 1.0
    return float(np.abs(np.diff(deviations / sigmas)).mean() / D2)
