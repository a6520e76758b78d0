"""Does the level wander? Cumulated residuals about the mean (Ploberger & Kraemer 1992)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.trends.breaks.memory import remembered
from analysis.trends.breaks.segments import DEFAULTS, BreakOptions, segments_of
from analysis.values import Refusal
from analysis.values.breaks import Cusum

FEWEST = 8


def ols_cusum(
    values: npt.ArrayLike, variances: npt.ArrayLike | None = None, options: BreakOptions = DEFAULTS
) -> Cusum | Refusal:
    """Return the OLS-CUSUM test of a constant level in values (n,): max |sum of residuals| / (s sqrt(n)).

    p is that of the largest excursion of a Brownian bridge (Kolmogorov). With sampling variances (n,) residuals weigh
    w = 1/v (mean 1) in the sum, and s^2 = sum w residual^2 / (n - 1): the bridge is then seen at the shares of the
    weights. Refused below eight periods and where the series does not vary; raises ValueError
    for missing or infinite values.
    """
    segments = segments_of(values, variances, 2, "A test of a constant level")
    if segments.n < FEWEST:
        return Refusal("too-few-periods", segments.base, {"n": segments.n, "needed": FEWEST})
    if float(segments.rss(0, segments.n)) <= 1e-24 * float(np.square(segments.values).sum()):
        return Refusal("no-variation", segments.base)
    residuals = segments.values - segments.mean(0, segments.n)
    variance = float(segments.weights @ np.square(residuals)) / (segments.n - 1)
    statistic = float(np.abs(np.cumsum(segments.weights * residuals)).max() / np.sqrt(variance * segments.n))
    p_value = float(stats.kstwobign.sf(statistic))
    return Cusum(
        statistic=statistic,
        p_value=p_value,
        is_shift=bool(p_value < options.alpha),
        alpha=options.alpha,
        base=segments.base,
        method="ols-cusum",
        source="Ploberger & Kraemer 1992",
        notes=remembered(segments, ()),
    )
