"""Is there a shift of level at an unknown date? The largest of the F statistics of all dates (Andrews 1993).

How often chance alone reaches as far: Hansen's approximation (1997), a chi-square tail whose coefficients he published
for one to forty changing parameters and trimmed shares from 0.01 to 0.49 (here the part for one parameter), and beside
it the limiting distribution itself. The limit of F at a share t of the series is B(t)^2 / (t (1 - t)), B a Brownian
bridge; in the time log(t / (1 - t)) / 2 that is the square of an Ornstein-Uhlenbeck process, whose chance to stay
within a bound solves u' = u'' - x u'. Hansen's values come from simulated paths of finite steps and are a little
smaller than the limit's (0.045 instead of 0.050 at 8.85).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev
from scipy import linalg, special, stats

from analysis.arrays import FloatArray, IntArray
from analysis.trends.breaks.memory import remembered
from analysis.trends.breaks.segments import DEFAULTS, BreakOptions, Segments, break_date, segments_of, why_no_breaks
from analysis.values import Refusal
from analysis.values.breaks import SupF

SOURCE = "Andrews 1993; Hansen 1997; dates: Hansen 2000, Eo & Morley 2015"
# Hansen (1997) for one parameter: p = P(chi2_c > a + b F), for trimmed shares 0.49, 0.47, …, 0.01.
HANSEN = np.array(
    [
        (-0.0648467, 0.99671156, 1.2573241),
        (-0.15305667, 0.96757645, 1.43651315),
        (-0.23071675, 0.95825013, 1.56531261),
        (-0.29247661, 0.95715782, 1.68851898),
        (-0.35706588, 0.95237505, 1.77889686),
        (-0.40514715, 0.96055795, 1.89761322),
        (-0.45248386, 0.95810999, 1.98370422),
        (-0.50458517, 0.96149538, 2.07086519),
        (-0.55009159, 0.96684273, 2.17244338),
        (-0.60241623, 0.96518399, 2.23509053),
        (-0.64308746, 0.97354902, 2.33722161),
        (-0.68833676, 0.97829106, 2.42776524),
        (-0.73136161, 0.9820687, 2.50833918),
        (-0.78078198, 0.99475319, 2.6209551),
        (-0.82894221, 1.00023473, 2.70286643),
        (-0.88430133, 1.00162529, 2.77835798),
        (-0.9499265, 1.00384268, 2.84325795),
        (-0.98828874, 1.01604712, 2.96752918),
        (-1.04892713, 1.02570939, 3.08442682),
        (-1.11527783, 1.03526033, 3.19770394),
        (-1.14992644, 1.06643436, 3.44739573),
        (-1.24010871, 1.06929468, 3.54993605),
        (-1.38522113, 1.06808543, 3.61667211),
        (-1.48296473, 1.1283969, 4.07202473),
        (-1.78738608, 1.17220925, 4.4726701),
    ]
)
TRIMS = np.arange(0.49, 0.0, -0.02)
NODES = 48
# Beyond this bound the tail formula has all the digits that a difference from 1 has lost.
FAR = 40.0


def sup_f(
    values: npt.ArrayLike, variances: npt.ArrayLike | None = None, options: BreakOptions = DEFAULTS
) -> SupF | Refusal:
    """Return supF of a shift of level in values (n,), in order of time, with the likely dates.

    F(k) = (RSS0 - RSS_k) / (RSS_k / (n - 2)) for a shift after k periods, floor(trim n) <= k <= n - floor(trim n).
    With sampling variances (n,) periods weigh 1/v. Periods are taken as independent: autocorrelation is noted. Refused
    below eight periods and where the series does not vary. Raises ValueError for missing or infinite values.
    """
    segments = segments_of(values, variances, 2, "A test of a shift")
    return why_no_breaks(segments) or _tested(segments, options)


def _tested(segments: Segments, options: BreakOptions) -> SupF:
    """Return the test of a series that varies."""
    n, total = segments.n, float(segments.rss(0, segments.n))
    first = segments.smallest(options.trim)
    places = np.arange(first, n - first + 1, dtype=np.int64)
    statistics = _statistics(segments, places, total)
    largest, best = float(statistics.max()), int(places[statistics.argmax()])
    stretch = _stretch(first, n)
    p_values = hansen_p(largest, stretch), limit_p(_as_of_many(largest, n - 2), stretch)
    return SupF(
        statistic=largest,
        p_value=p_values[0],
        p_limit=p_values[1],
        is_shift=max(p_values) < options.alpha,
        alpha=options.alpha,
        date=break_date(segments, best, (0, n), options.level),
        trim=options.trim,
        first=first,
        f_statistics=tuple(float(each) for each in statistics),
        base=segments.base,
        method="sup-f",
        source=SOURCE,
        notes=remembered(segments, (best,)),
    )


def _statistics(segments: Segments, places: IntArray, total: float) -> FloatArray:
    """Return the F statistic of each date; infinite where two levels leave no residual."""
    rest = segments.rss(0, places) + segments.rss(places, segments.n)
    with np.errstate(divide="ignore"):
        return np.asarray((total - rest) / rest * (segments.n - 2), dtype=np.float64)


def _as_of_many(statistic: float, df: int) -> float:
    """Return the chi-square with one degree of freedom that is as rare as this F with few in its denominator."""
    if not statistic < FAR:
        return statistic
    return float(special.chdtri(1, special.fdtrc(1, df, statistic)))


def _stretch(first: int, n: int) -> float:
    """Return Andrews' lambda = t2 (1 - t1) / (t1 (1 - t2)) of the share of the series that was searched."""
    return ((n - first) / first) ** 2


def hansen_p(statistic: float, stretch: float) -> float:
    """Return Hansen's p-value of supF with one parameter, between his trimmed shares by straight lines."""
    trim = 1 / (1 + math.sqrt(stretch))
    tails = stats.chi2.sf(np.maximum(HANSEN[:, 0] + HANSEN[:, 1] * statistic, 0.0), HANSEN[:, 2])
    # A trimmed share of one half leaves one date, hence one chi-square.
    tails = np.append(tails[::-1], stats.chi2.sf(statistic, 1))
    return float(np.interp(trim, np.append(TRIMS[::-1], 0.5), tails))


def limit_p(statistic: float, stretch: float) -> float:
    """Return the limiting p-value: an Ornstein-Uhlenbeck process leaves +-sqrt(F) within log(stretch) / 2."""
    bound = math.sqrt(statistic)
    if statistic > FAR:
        # Miller & Siegmund 1982
        tail = (1 - 1 / statistic) * math.log(stretch) + 4 / statistic
        return min(1.0, bound * math.exp(-statistic / 2) / math.sqrt(2 * math.pi) * tail) if bound < math.inf else 0.0
    if statistic <= 0:
        return 1.0
    nodes, derivative = _chebyshev()
    slope = derivative / bound
    generator = (slope @ slope - (bound * nodes)[:, None] * slope)[1:-1, 1:-1]
    stays = linalg.expm(generator * math.log(stretch) / 2) @ np.ones(NODES - 1)
    density = np.concatenate([[0.0], stays * stats.norm.pdf(bound * nodes[1:-1]), [0.0]])
    integral = chebyshev.chebint(chebyshev.chebfit(nodes, density, NODES))
    inside = bound * (chebyshev.chebval(1, integral) - chebyshev.chebval(-1, integral))
    return min(max(1 - float(inside), 0.0), 1.0)


def _chebyshev() -> tuple[FloatArray, FloatArray]:
    """Return the Chebyshev points of -1..1 and the matrix that differentiates at them."""
    nodes = np.cos(np.pi * np.arange(NODES + 1) / NODES)
    signs = np.where(np.arange(NODES + 1) % 2, -1.0, 1.0) * np.where(np.arange(NODES + 1) % NODES, 1.0, 2.0)
    gaps = nodes[:, None] - nodes[None, :] + np.eye(NODES + 1)
    matrix = np.outer(signs, 1 / signs) / gaps
    return nodes, matrix - np.diag(matrix.sum(axis=1))
