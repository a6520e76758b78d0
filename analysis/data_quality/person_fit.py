"""Answers that don't hang together as other people's do."""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.data_quality.findings import Check, Figures, Finding
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Battery, Responses
from analysis.values.data_quality import MarkCode, Strength

# Rows per item below which a covariance matrix is too rough to judge single rows by.
_ROWS_PER_ITEM = 10
_RANK = 1e-10


def squared_distances(answers: FloatArray) -> tuple[FloatArray, int]:
    """Return the squared Mahalanobis distance of each row (n x k, complete) to the mean, and the rank it rests on."""
    centred = answers - answers.mean(axis=0)
    spread = centred.std(axis=0, ddof=1)
    scaled = centred[:, spread > 0] / spread[spread > 0]
    values, vectors = np.linalg.eigh(scaled.T @ scaled / (len(answers) - 1))
    kept = values > _RANK
    scores = scaled @ vectors[:, kept] / np.sqrt(values[kept])
    return np.square(scores).sum(axis=1), int(kept.sum())


def unusual_patterns(responses: Responses, options: QualityOptions) -> Check:
    """Return whose complete battery answers lie beyond the distance that `pattern_alpha` of normal answers exceed.

    D2 n / (n-1)^2 follows a beta distribution with rank/2 and (n - rank - 1)/2 (Gnanadesikan & Kettenring 1972).
    Answers on few points are not normal: docs/statistics/data-quality.md gives the rates among honest respondents.
    """
    items = list(dict.fromkeys(each for battery in responses.batteries for each in battery.items))
    if not items:
        return Check("patterns")
    answers = responses.values(items)
    complete = ~np.isnan(answers).any(axis=1)
    n = int(complete.sum())
    if n < max(options.least_rows, _ROWS_PER_ITEM * len(items)):
        return Check("patterns", reason="too-few-complete-responses")
    distances, rank = squared_distances(answers[complete])
    if not rank:
        return Check("patterns", reason="no-variation")
    cut = float(stats.beta.isf(options.pattern_alpha, rank / 2, (n - rank - 1) / 2)) * (n - 1) ** 2 / n
    all_distances = np.full(len(answers), np.nan)
    all_distances[complete] = distances
    figures: Figures = {"distance": all_distances, "cut": cut}
    rows = all_distances > cut
    return Check("patterns", (Finding(MarkCode.UNUSUAL_PATTERN, Strength.WEAK, rows, figures),))


def _halves(responses: Responses, battery: Battery) -> tuple[FloatArray, FloatArray]:
    """Return the means of the odd and of the even items of each response, turned alike, as shares of the scale."""
    answers = responses.of(battery)
    turned = np.isin(battery.items, battery.reversed)
    aligned = (np.where(turned, battery.low + battery.high - answers, answers) - battery.low) / (
        battery.high - battery.low
    )
    return aligned[:, ::2].mean(axis=1), aligned[:, 1::2].mean(axis=1)


def disagreeing_halves(responses: Responses, options: QualityOptions) -> Check:
    """Return for whom the odd items of the batteries tell another story than the even ones.

    Within-person correlation over batteries of four or more items, all answered, corrected by Spearman-Brown (Johnson
    2005). Sound only where there are many batteries on different things: made from `least_scales` on.
    """
    wide = [each for each in responses.batteries if len(each.items) >= 4]  # noqa: PLR2004 - two items per half
    if not wide:
        return Check("halves")
    if len(wide) < options.least_scales:
        return Check("halves", reason="too-few-batteries")
    odd, even = (np.column_stack(side) for side in zip(*(_halves(responses, each) for each in wide), strict=True))
    odd, even = odd - odd.mean(axis=1, keepdims=True), even - even.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.square(odd).sum(axis=1) * np.square(even).sum(axis=1))
    r = np.divide((odd * even).sum(axis=1), scale, out=np.full(scale.shape, np.nan), where=scale > _RANK)
    corrected = np.divide(2 * r, 1 + r, out=r.copy(), where=r > 0)
    figures = {"correlation": corrected, "batteries": len(wide)}
    rows = corrected <= options.halves_cut
    return Check("halves", (Finding(MarkCode.HALVES_DISAGREE, Strength.WEAK, rows, figures),))
