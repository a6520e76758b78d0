"""What goes with a theme: how the scores of those who mention it differ, and how much of the mean that makes up.

Themes are learned from texts, and the same people's texts and scores go together; a theme coded by words learned from
the very comments it is tested on would look stronger than it is (Egami et al. 2022). So every comment is coded by
words learned from the other half of the comments (cross-fitting), matched with the themes of all comments. One
regression on all themes and covariates then gives the impacts; it is an association, never the effect of removing a
cause.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.multiplicity import adjusted_p_values
from analysis.respondents import Respondents, respondents, summed_by_respondent
from analysis.scores import share_of_sample
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.verbatims import ThemeEffect, ThemeEffects, Themes
from analysis.verbatims.coding import Coded, coded
from analysis.verbatims.themes import ThemeOptions
from analysis.verbatims.vocabulary import Verbatim
from analysis.weights import Sample

METHOD = "theme-regression-cross-fitted"
SOURCE = "Egami et al. 2022; Binder 1983; MacKinnon & White 1985; Benjamini & Hochberg 1995"


@dataclass(frozen=True, slots=True)
class EffectOptions:
    """Level of the intervals, comments needed in all and on either side of a theme, and how themes are looked for."""

    alpha: float = 0.05
    minimum_base: int = 100
    minimum_mentions: int = 20
    search: ThemeOptions = field(default_factory=ThemeOptions)


DEFAULTS = EffectOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Comments with the scores of their authors (n,), NaN for none; weights, authors' names and covariates if any.

    `covariates` (n x c, complete numbers) are held as well: segment dummies, the wave, the channel.
    """

    comments: Sequence[Verbatim]
    scores: npt.ArrayLike
    weights: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None
    covariates: npt.ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class _Regression:
    """Slopes (k,), the influence of each respondent on them (g x k), and degrees of freedom."""

    slopes: FloatArray
    influence: FloatArray
    degrees: float


def theme_effects(
    scored: Scored, rng: np.random.Generator, given: Themes | None = None, options: EffectOptions = DEFAULTS
) -> ThemeEffects | Refusal:
    """Return what goes with each theme: prevalence, impact on the score, and their product, with BH over all themes.

    Impact: weighted least squares on all themes and covariates, HC3 errors (weights or clusters: linearised by author).
    At stake: prevalence times impact, its error from every author's influence on both. `given` themes are taken as they
    are; others are cross-fitted. Comments without a score are left out and counted. Refused: `base-too-small` in all; a
    theme with too few comments on either side (`theme-too-rare`, `theme-too-common`), one that a half does not show
    (`theme-not-found-again`) or others reproduce (`aliased`). ValueError: lengths differ, infinite scores, gaps.
    """
    scores, everybody, covariates = _checked(scored)
    there = ~np.isnan(scores) & (everybody.weights > 0)
    kept, who = [each for each, use in zip(scored.comments, there, strict=True) if use], everybody.rows(there)
    base = who.base()
    if base.n < options.minimum_base:
        return Refusal("base-too-small", base, {"n": base.n, "needed": options.minimum_base})
    code = coded(kept, who, rng, given, options.search)
    if isinstance(code, Refusal):
        return code
    effects = _effects(code, scores[there], who, covariates[there], options)
    return ThemeEffects(
        effects=_adjusted(effects, options.alpha),
        base=base,
        n_without_score=int((~there).sum()),
        alpha=options.alpha,
        method=METHOD if given is None else "theme-regression",
        source=SOURCE,
        notes=(Note("association-not-effect"), Note("commenters-only", {"n": base.n})),
    )


def _checked(scored: Scored) -> tuple[FloatArray, Respondents, FloatArray]:
    """Return scores, respondents and covariates as arrays of one length."""
    n = len(scored.comments)
    scores = np.asarray(scored.scores, dtype=np.float64)
    given = np.zeros((n, 0)) if scored.covariates is None else np.asarray(scored.covariates, dtype=np.float64)
    covariates = given[:, None] if given.ndim == 1 else given
    if scores.shape != (n,) or covariates.shape[:1] != (n,):
        raise ValueError(f"Give one score, and one row of covariates, for each of the {n} comments.")
    if np.isinf(scores).any() or not np.isfinite(covariates).all():
        raise ValueError("Scores must be finite (NaN for none), covariates complete and finite.")
    return scores, respondents(n, scored.weights, scored.clusters), covariates


def _effects(
    code: Coded, scores: FloatArray, who: Respondents, covariates: FloatArray, options: EffectOptions
) -> list[ThemeEffect]:
    """Return the effect of every theme, p-values not yet adjusted."""
    said = code.said.astype(float)
    reasons = [_why_not(column, agreed, who, options) for column, agreed in zip(said.T, code.agreement, strict=True)]
    columns, usable = _independent(said, covariates, np.array([each is None for each in reasons], dtype=bool))
    fit = _regress(scores, columns, who)
    places = {k: 1 + place for place, k in enumerate(np.flatnonzero(usable).tolist())}
    made = []
    for k, theme in enumerate(code.found.themes):
        refusal = reasons[k] or (None if k in places else Refusal("aliased", who.base()))
        told = (refusal, refusal, None) if refusal else _told(said[:, k], who, fit, places[k], options.alpha)
        made.append(
            ThemeEffect(
                label=theme.label,
                terms=theme.terms,
                prevalence=_prevalence(said[:, k], who, reasons[k]),
                impact=told[0],
                at_stake=told[1],
                p_value=told[2],
                p_adjusted=None,
                is_clear=False,
                agreement=float(code.agreement[k]),
                notes=theme.notes,
            )
        )
    return made


def _prevalence(said: FloatArray, who: Respondents, refusal: Refusal | None) -> Estimate | Refusal:
    """Return the share that mentions a theme; where a half could not code it, there is none."""
    if refusal is not None and refusal.code == "theme-not-found-again":
        return refusal
    return share_of_sample(Sample(said, who.weights, who.clusters))


def _why_not(said: FloatArray, agreement: float, who: Respondents, options: EffectOptions) -> Refusal | None:
    """Return why a theme's impact cannot be told, if so."""
    if agreement <= 0:
        return Refusal("theme-not-found-again", who.base())
    n, needed = int(said.sum()), options.minimum_mentions
    if n < needed:
        return Refusal("theme-too-rare", who.base(), {"n": n, "needed": needed})
    if said.size - n < needed:
        return Refusal("theme-too-common", who.base(), {"n": said.size - n, "needed": needed})
    return None


def _independent(said: FloatArray, covariates: FloatArray, fit_for_use: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return a design of full rank (intercept, themes, covariates), and which themes are in it.

    A theme or covariate that those before it reproduce is left out: covariates first, so that they are always held.
    """
    held = np.ones((said.shape[0], 1))
    for column in covariates.T:
        held = np.column_stack((held, column)) if _adds(held, column) else held
    usable, taken = fit_for_use.copy(), np.ones((said.shape[0], 1))
    for k in np.flatnonzero(fit_for_use):
        usable[k] = _adds(np.column_stack((taken, held[:, 1:])), said[:, k])
        taken = np.column_stack((taken, said[:, k])) if usable[k] else taken
    return np.column_stack((taken, held[:, 1:])), usable


# Relative to its size, a column that leaves less than this unexplained says nothing of its own.
_OWN_PART = 1e-8


def _adds(columns: FloatArray, column: FloatArray) -> bool:
    """Tell whether a column says something that the columns do not say already."""
    scale = np.linalg.norm(columns, axis=0)
    fitted, *_ = np.linalg.lstsq(columns / np.where(scale > 0, scale, 1), column, rcond=None)
    left = column - columns / np.where(scale > 0, scale, 1) @ fitted
    return bool(np.linalg.norm(left) > _OWN_PART * np.linalg.norm(column))


def _regress(scores: FloatArray, columns: FloatArray, who: Respondents) -> _Regression:
    """Return weighted least squares with the influence of each author: their squares sum to the robust variance.

    HC3 without weights and clusters (each residual over 1 - leverage), else linearised with g/(g-1).
    """
    weighted = columns * who.weights[:, None]
    bread = np.linalg.inv(weighted.T @ columns)
    slopes = bread @ (weighted.T @ scores)
    left = scores - columns @ slopes
    plain = who.clusters is None and not who.is_weighted
    if plain:
        leverage = np.einsum("ij,jk,ik->i", weighted, bread, columns)
        left = left / np.maximum(1 - leverage, _OWN_PART)
    influence = summed_by_respondent(weighted * left[:, None], who.clusters) @ bread
    g = influence.shape[0]
    factor = 1.0 if plain else math.sqrt(g / (g - 1))
    degrees = float(g - 1 if who.clusters is not None else scores.size - columns.shape[1])
    return _Regression(slopes, influence * factor, degrees)


def _told(
    said: FloatArray, who: Respondents, fit: _Regression, place: int, alpha: float
) -> tuple[Estimate, Estimate, float]:
    """Return impact, what is at stake, and the p-value of the impact (at stake: the same question)."""
    base = who.base()
    share = float(np.average(said, weights=who.weights))
    on_share = summed_by_respondent(who.weights * (said - share) / who.weights.sum(), who.clusters)
    slope, on_slope = float(fit.slopes[place]), fit.influence[:, place]
    impact = _estimate((slope, on_slope), fit, base, alpha, "theme-impact")
    at_stake = _estimate((share * slope, share * on_slope + slope * on_share), fit, base, alpha, "theme-at-stake")
    t = slope / impact.se if impact.se else math.copysign(math.inf, slope) if slope else 0.0
    return impact, at_stake, float(2 * stats.t.sf(abs(t), fit.degrees))


def _estimate(told: tuple[float, FloatArray], fit: _Regression, base: Base, alpha: float, method: str) -> Estimate:
    """Return a figure with the t interval that its influence gives."""
    value, influence = told
    se = float(np.linalg.norm(influence))
    half = float(stats.t.ppf(1 - alpha / 2, fit.degrees)) * se
    interval = Interval(value - half, value + half, 1 - alpha, "t")
    return Estimate(value, interval, base, method, "slope", se, source=SOURCE)


def _adjusted(effects: Sequence[ThemeEffect], alpha: float) -> tuple[ThemeEffect, ...]:
    """Return the effects with BH over all that were tested, the largest loss first, refused ones last."""
    tested = [each for each in effects if each.p_value is not None]
    adjusted = adjusted_p_values([each.p_value for each in tested if each.p_value is not None], "bh")
    clear = [replace(each, p_adjusted=p, is_clear=p < alpha) for each, p in zip(tested, adjusted, strict=True)]
    refused = [each for each in effects if each.p_value is None]
    return (*sorted(clear, key=lambda each: (_stake(each), each.label)), *refused)


def _stake(effect: ThemeEffect) -> float:
    return 0.0 if isinstance(effect.at_stake, Refusal) else effect.at_stake.value
