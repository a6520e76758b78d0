"""The level behind waves, and the band in which the next figure is to be expected.

Local level: y = level + scatter + sampling error with known variance; the level is a random walk (Harvey 1989; Durbin
& Koopman 2012). With a handful of waves its two variances are hardly known, and plugging in the best ones gives bands
that are far too narrow. So bands average over both: every pair on a grid counts by its restricted likelihood, flat in
the standard deviations (Gelman 2006), and the band's ends are quantiles of the mixture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from analysis.arrays import FloatArray
from analysis.trends.state_space import Course, Predicted, Smoothed, WaveModel
from analysis.trends.waves import Waves
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.levels import LevelPoint, NextBand, WaveLevels

MODELS = ("local-level", "local-trend")
SOURCE = "Harvey 1989; Durbin & Koopman 2012; averaged over the variances after Gelman 2006"
FEWEST = 5
# Standard deviations tried for movement and scatter, as shares of the scatter of the figures.
GRID = np.linspace(0.0, 1.8, 7)
# Pairs of variances that count less than this share of the likeliest are left out.
NEGLIGIBLE = 1e-3


@dataclass(frozen=True, slots=True)
class LevelOptions:
    """The model, and the figure to expect next.

    `model` is `local-level` or, with a constant slope, `local-trend`. `season` is the number of seasons to a cycle (0
    for none), one per unit of time. `next_at` is the moment of the next figure (None: a typical gap after the last),
    `next_error` its standard error (None: the median of those there are).
    """

    level: float = 0.95
    model: str = "local-level"
    season: int = 0
    next_at: float | None = None
    next_error: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is not offered."""
        if self.model not in MODELS:
            raise ValueError(f"The level follows a {' or '.join(MODELS)}, not a {self.model}.")
        if not 0 < self.level < 1 or self.season < 0 or self.season == 1:
            raise ValueError("A level of confidence lies between 0 and 1, and a cycle has two seasons or more.")
        if self.next_error is not None and not 0 <= self.next_error < np.inf:
            raise ValueError("The next standard error is finite and at least zero.")


DEFAULTS = LevelOptions()


@dataclass(frozen=True, slots=True, eq=False)
class _Mixture:
    """What each pair of variances says, with its share of the likelihood."""

    shares: FloatArray
    movements: FloatArray
    scatters: FloatArray
    predicted: list[Predicted]


def smoothed_level(waves: Waves, options: LevelOptions = DEFAULTS) -> WaveLevels | Refusal:
    """Return the level of each wave with its band, and the band of the next figure.

    Refused below five waves, with seasons below two full cycles (`too-few-cycles`). Raises ValueError for a next
    moment that is not after the last.
    """
    refusal = _refusal(waves, options)
    if refusal:
        return refusal
    course = _course(waves, options)
    model = WaveModel(course)
    mixture = _mixture(model)
    found = [model.smoothed(*each) for each in zip(mixture.movements, mixture.scatters, strict=True)]
    # Season 0 is that of moments that the cycle divides.
    seasonal = mixture.shares @ np.array([each.seasonal for each in found])
    return WaveLevels(
        points=_level_points(found, mixture.shares, waves, options),
        next_band=_next(mixture, course, waves, options),
        movement=float(mixture.shares @ mixture.movements * np.median(np.diff(waves.at))),
        scatter=float(mixture.shares @ mixture.scatters),
        seasonal=tuple(float(each) for each in seasonal),
        base=waves.base,
        method=options.model,
        source=SOURCE,
        notes=_notes(waves.figures.size),
    )


def _level_points(
    found: Sequence[Smoothed], shares: FloatArray, waves: Waves, options: LevelOptions
) -> tuple[LevelPoint, ...]:
    """Return the level of each wave, averaged over the variances it may have."""
    means = np.array([each.level for each in found])
    spreads = np.sqrt(np.maximum([each.variance for each in found], 0.0))
    return tuple(
        LevelPoint(float(at), _estimate((shares, means[:, i], spreads[:, i]), waves, options))
        for i, at in enumerate(waves.at)
    )


def next_band(waves: Waves, options: LevelOptions = DEFAULTS) -> NextBand | Refusal:
    """Return the band in which the next figure is to be expected, its own sampling error included.

    A figure outside is surprising; if nothing changes, that happens at a rate of 1 - `level`. Refused and raised as
    `smoothed_level`.
    """
    refusal = _refusal(waves, options)
    if refusal:
        return refusal
    course = _course(waves, options)
    return _next(_mixture(WaveModel(course)), course, waves, options)


def _refusal(waves: Waves, options: LevelOptions) -> Refusal | None:
    n = int(waves.figures.size)
    needed = FEWEST + (options.model == "local-trend") + max(options.season - 1, 0)
    if n < needed:
        return Refusal("too-few-periods", waves.base, {"n": n, "needed": needed})
    if options.season:
        seasons, counts = np.unique(np.round(waves.at) % options.season, return_counts=True)
        span = float(np.ptp(waves.at)) + 1
        if seasons.size < options.season or counts.min() <= 1 or span < 2 * options.season:
            return Refusal("too-few-cycles", waves.base, {"n": span / options.season, "needed": 2})
    return None


def _course(waves: Waves, options: LevelOptions) -> Course:
    """Return the waves and the next one, still without a figure."""
    at = float(waves.at[-1] + np.median(np.diff(waves.at))) if options.next_at is None else options.next_at
    if not waves.at[-1] < at < np.inf:
        raise ValueError("The next figure comes after the last one.")
    if options.season and not np.allclose(waves.at, np.round(waves.at)):
        raise ValueError("Seasons need moments that are whole numbers.")
    return Course(
        np.append(waves.at, at),
        np.append(waves.figures, np.nan),
        np.append(waves.variances, _next_error(waves, options) ** 2),
        options.model == "local-trend",
        options.season,
    )


def _next_error(waves: Waves, options: LevelOptions) -> float:
    return float(np.sqrt(np.median(waves.variances))) if options.next_error is None else options.next_error


def _mixture(model: WaveModel) -> _Mixture:
    """Return the pairs of variances that the figures allow, with their shares."""
    course = model.course
    there = ~np.isnan(course.figures)
    scale = max(float(np.std(course.figures[there])), 1e-3 * float(np.sqrt(np.median(course.variances[there]))))
    gap = float(np.median(np.diff(course.at)))
    tried = [((scale * a) ** 2 / gap, (scale * b) ** 2) for a in GRID for b in GRID]
    predicted = [model.predicted(*each) for each in tried]
    likelihoods = np.array([each.log_likelihood for each in predicted])
    relative = np.exp(likelihoods - likelihoods.max())
    kept = np.flatnonzero(relative > NEGLIGIBLE)
    return _Mixture(
        relative[kept] / relative[kept].sum(),
        np.array([tried[i][0] for i in kept]),
        np.array([tried[i][1] for i in kept]),
        [predicted[i] for i in kept],
    )


def _next(mixture: _Mixture, course: Course, waves: Waves, options: LevelOptions) -> NextBand:
    """Return the band of the figure that is still missing."""
    means = np.array([each.mean for each in mixture.predicted])
    variances = np.array([each.variance for each in mixture.predicted])
    spreads = np.sqrt(variances + mixture.scatters + course.variances[-1])
    expected = _estimate((mixture.shares, means, spreads), waves, options)
    error = _next_error(waves, options)
    return NextBand(float(course.at[-1]), expected, error, options.model, SOURCE, _notes(waves.figures.size))


def _estimate(parts: tuple[FloatArray, FloatArray, FloatArray], waves: Waves, options: LevelOptions) -> Estimate:
    """Return mean, standard deviation and equal-tailed interval of a mixture of normals (shares, means, spreads)."""
    shares, means, spreads = parts
    mean = float(shares @ means)
    spread = float(np.sqrt(shares @ (spreads**2 + (means - mean) ** 2)))
    tail = (1 - options.level) / 2
    interval = Interval(_quantile(parts, tail), _quantile(parts, 1 - tail), options.level, "mixture")
    return Estimate(mean, interval, waves.base, options.model, waves.unit, spread, source=SOURCE)


def _quantile(parts: tuple[FloatArray, FloatArray, FloatArray], share: float) -> float:
    """Return the quantile of the mixture, found between the smallest and largest of its parts."""
    shares, means, spreads = parts
    spreads = np.maximum(spreads, 1e-300)
    ends = means + special.ndtri(share) * spreads
    low, high = float(ends.min()), float(ends.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        return low

    def excess(value: float) -> float:
        return float(shares @ special.ndtr((value - means) / spreads)) - share

    room = (high - low) * 1e-9
    return float(optimize.brentq(excess, low - room, high + room, xtol=1e-12 * max(high - low, 1e-300)))


def _notes(n: int) -> tuple[Note, ...]:
    """Warn where the variances rest on a handful of waves."""
    return (Note("few-periods", {"n": n, "needed": 8}),) if n < 8 else ()  # noqa: PLR2004 - see the simulations
