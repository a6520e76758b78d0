"""Control charts of shares: which periods lie outside of what chance alone lets periods scatter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.values.trends import ChartPoint, ControlChart

# The mean range of two standard normal values, rounded as in the tables of quality control.
D2 = 1.128
SIGMAS = 3.0


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
    points = tuple(
        ChartPoint(label, float(share), float(low), float(high), bool(share < low or share > high))
        for label, share, low, high in zip(labels, shares, lows, highs, strict=True)
    )
    return ControlChart(method, centre, sigma_z, points)


def _overdispersion(deviations: FloatArray, sigmas: FloatArray) -> float:
    """Return sigma_z from the moving ranges of the standardised shares; 1 where nobody or everybody chose it."""
    if not sigmas.all():
        return 1.0
    return float(np.abs(np.diff(deviations / sigmas)).mean() / D2)
