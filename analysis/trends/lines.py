"""The line through periods whose sampling variance is known: meta-regression on time.

Each period's figure y_i has sampling variance v_i. The fixed-effect line weights by 1/v_i and is overconfident
wherever periods differ for real; the random-effects line adds the variance between periods, tau2.

The slope's test: the normal one takes tau2 as known and gave 7 to 14 % false alarms at a nominal 5 % with 4 to 16
periods that truly vary. Knapp & Hartung's t (2003) gave 5 to 6 %, but can claim certainty where figures happen to
lie on a line. So by default the more cautious of the two decides (the hybrid of Jackson et al. 2017).

Good and bad periods often last: then neighbouring periods are alike without any trend, and even the cautious test
raised 10 to 20 % false alarms. So the verdict follows the line of the least favourable likeness of neighbours, of all
that the data do not reject (`trend_test`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.comparisons.differences import improvement, verdict_of
from analysis.comparisons.procedures import ratio
from analysis.trends.variation import ESTIMATORS, FEWEST_PERIODS, SOURCES, Fit, between_variance, fitted, homogeneity
from analysis.trends.waves import Waves, latest_series, waves_of
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.trends import Line, TrendPoint, TrendTest

REFERENCES = ("cautious", "normal", "knapp-hartung")
# A step of the grid of likenesses.
STEP = 0.1
# With fewer periods, lasting differences can look like a trend a little more often than the stated rate.
FEWEST_TO_JUDGE = 20


@dataclass(frozen=True, slots=True)
class LineOptions:
    """Rate of false alarms, periods needed, and the reference of the slope's test.

    `cautious` takes Knapp & Hartung's t or the normal, whichever has the larger p; the others one of them alone.
    `estimator` of the variance between periods is `moments` or `reml`. The verdict allows for autocorrelation of the
    true levels of neighbouring periods up to `memory`; 0 takes them as independent.
    """

    alpha: float = 0.05
    minimum_periods: int = 4
    reference: str = "cautious"
    higher_is_better: bool = True
    estimator: str = "moments"
    memory: float = 0.7

    def __post_init__(self) -> None:
        """Refuse what is not offered."""
        if self.reference not in REFERENCES:
            raise ValueError(f"A slope is tested by {' or '.join(REFERENCES)}, not by {self.reference}.")
        if self.estimator not in ESTIMATORS:
            raise ValueError(f"tau2 is estimated by {' or '.join(ESTIMATORS)}, not by {self.estimator}.")
        if not 0 <= self.memory < 1 or not 0 < self.alpha < 1:
            raise ValueError("Autocorrelation lies between 0 and below 1, a rate of false alarms between 0 and 1.")


DEFAULTS = LineOptions()


def trend_test(points: Sequence[TrendPoint], options: LineOptions = DEFAULTS) -> TrendTest | Refusal:
    """Return whether the figures clearly rise or fall over the periods of the latest series.

    Points without a figure and of other series are left out, and counted in the notes. Refused below
    `minimum_periods`.
    """
    series = latest_series(points)
    waves = waves_of(series)
    found = wave_trend(waves, options)
    if isinstance(found, Refusal):
        return found
    return replace(found, notes=(*_left_out(len(points), len(series), found.n_periods), *found.notes))


def wave_trend(waves: Waves, options: LineOptions = DEFAULTS) -> TrendTest | Refusal:
    """Return whether waves with known sampling errors clearly rise or fall.

    `random` decides: the random-effects line under the autocorrelation of neighbouring levels, 0 to `memory`, that
    makes the slope least sure among those whose restricted deviance is within chi-square's 95 % of the best; `plain` is
    the one of independent periods. Refused below `minimum_periods`.
    """
    n, needed = int(waves.figures.size), max(options.minimum_periods, FEWEST_PERIODS)
    if n < needed:
        return Refusal("too-few-periods", waves.base, {"n": n, "needed": needed})
    plain = random_effects_line(waves, options)
    random = _least_sure(waves, plain, options)
    verdict = verdict_of(random.statistic, random.p_value, options.alpha)
    figures: dict[str, float | int | str] = {"rho": random.autocorrelation, "p_independent": plain.p_value}
    return TrendTest(
        random=random,
        fixed=fixed_effect_line(waves, options),
        homogeneity=homogeneity(waves, options.estimator, 1 - options.alpha),
        verdict=verdict,
        alpha=options.alpha,
        n_periods=n,
        is_better=improvement(verdict, higher_is_better=options.higher_is_better),
        notes=_cautions(n, figures),
        plain=plain,
    )


def _cautions(n: int, figures: dict[str, float | int | str]) -> tuple[Note, ...]:
    """Say that lasting differences were allowed for, and that few periods cannot show them."""
    notes = (Note("lasting-differences", figures),) if figures["rho"] else ()
    return (*notes, Note("few-periods", {"n": n, "needed": FEWEST_TO_JUDGE})) if n < FEWEST_TO_JUDGE else notes


def fixed_effect_line(waves: Waves, options: LineOptions = DEFAULTS) -> Line:
    """Return the line with weights 1/v_i, standard errors not rescaled, tested by the normal."""
    return _line(waves, fitted(waves, 0.0), 0.0, options)


def random_effects_line(waves: Waves, options: LineOptions = DEFAULTS) -> Line:
    """Return the line with weights 1/(v_i + tau2), periods independent, tested as the options say."""
    tau2 = between_variance(waves, options.estimator)
    return _referred(waves, fitted(waves, tau2), tau2, options)


def _referred(waves: Waves, fit: Fit, tau2: float, options: LineOptions) -> Line:
    """Return the line with the reference that the options name, or the more cautious."""
    normal = _line(waves, fit, tau2, options)
    if options.reference == "normal":
        return normal
    student = _line(waves, fit, tau2, options, df=waves.figures.size - 2)
    return student if options.reference == "knapp-hartung" else max(normal, student, key=lambda line: line.p_value)


def _least_sure(waves: Waves, plain: Line, options: LineOptions) -> Line:
    """Return the line whose slope is least sure among the likenesses of neighbours that the data do not reject."""
    # Distances in typical gaps between neighbours, so that the unit of time makes no difference.
    gaps = np.abs(waves.at[:, None] - waves.at) / np.median(np.diff(waves.at))
    candidates = [(fitted(waves, plain.tau2).deviance, plain)]
    for rho in np.arange(STEP, options.memory + STEP / 2, STEP):
        likeness = rho**gaps
        tau2 = between_variance(waves, "moments", likeness)
        if tau2 > 0:
            fit = fitted(waves, tau2, likeness)
            line = replace(_referred(waves, fit, tau2, options), autocorrelation=round(float(rho), 10))
            candidates.append((fit.deviance, line))
    limit = min(deviance for deviance, _ in candidates) + float(special.chdtri(1, 0.05))
    allowed = [line for deviance, line in candidates if deviance <= limit or not line.autocorrelation]
    return max(allowed, key=lambda line: line.p_value)


def _line(waves: Waves, fit: Fit, tau2: float, options: LineOptions, *, df: int | None = None) -> Line:
    """Return the slope with interval and test: by the normal, or by Knapp & Hartung's t where `df` is given."""
    method = "fixed-effect" if tau2 == 0 and df is None else "random-effects"
    slope, se = float(fit.coefficients[1]), math.sqrt(fit.covariance[1, 1])
    source, quantile = "Thompson & Sharp 1999", float(special.ndtri(1 - options.alpha / 2))
    if df is not None:
        source, quantile = (
            "Knapp & Hartung 2003; Jackson et al. 2017",
            float(special.stdtrit(df, 1 - options.alpha / 2)),
        )
        se *= math.sqrt(fit.q / df)
        method = "random-effects-knapp-hartung"
    half = quantile * se
    statistic = ratio(slope, se)
    interval = Interval(slope - half, slope + half, 1 - options.alpha, method)
    if tau2 > 0 or df is not None:
        source = "; ".join(dict.fromkeys([*SOURCES[options.estimator].split("; "), source]))
    estimate = Estimate(slope, interval, waves.base, method, f"difference-{waves.unit}", se, source=source)
    tail = special.ndtr(-abs(statistic)) if df is None else special.stdtr(df, -abs(statistic))
    p_value = float(2 * tail)
    return Line(float(fit.coefficients[0]), estimate, statistic, p_value, tau2, None if df is None else float(df))


def _left_out(n_all: int, n_series: int, n_used: int) -> tuple[Note, ...]:
    """Say how many periods of another series, and how many without a usable figure, were left out."""
    notes = []
    if n_all > n_series:
        notes.append(Note("series-break", {"left_out": n_all - n_series}))
    if n_series > n_used:
        notes.append(Note("periods-without-figure", {"left_out": n_series - n_used}))
    return tuple(notes)
