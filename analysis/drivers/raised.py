"""Ratings raised in a completed table: what the slopes make of it, how surely, and whether anybody was ever there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.battery import RatingScale
from analysis.drivers.designs import Design
from analysis.drivers.regression import Regression, linear_model
from analysis.respondents import Respondents, summed_by_respondent, weighted_mean


@dataclass(frozen=True, slots=True)
class Raised:
    """What one completed table says: change per lifted rating (m), their covariance over respondents, and support."""

    parts: FloatArray
    covariance: FloatArray
    lifts: FloatArray
    capped: FloatArray
    beyond: BoolArray
    mean_beyond: bool
    r_squared: float
    degrees: float


def raised_ratings(ratings: FloatArray, applies: BoolArray, scale: RatingScale, points: float) -> FloatArray:
    """Return ratings `points` better where they apply, never beyond the ends of the scale."""
    turned = points if scale.higher_is_better else -points
    # A rating outside its declared scale stays where it is rather than being pulled in.
    low, high = np.minimum(ratings, scale.low), np.maximum(ratings, scale.high)
    result: FloatArray = np.where(applies, np.clip(ratings + turned, low, high), ratings)
    return result


def _influences(
    lifts: FloatArray, slopes: FloatArray, own: FloatArray, who: Respondents
) -> tuple[FloatArray, FloatArray]:
    """Return each part b_j mean(lift_j), and what each respondent's row adds to its error (n x m).

    Two things are uncertain: the slopes (`own` are their influences) and how far people are from the end of the scale.
    """
    shares = who.weights / who.weights.sum()
    means = shares @ lifts
    n = len(shares)
    spread = math.sqrt(n / max(n - 1, 1))
    return slopes * means, own * means + spread * shares[:, None] * (lifts - means) * slopes


def _leverage(columns: FloatArray, weights: FloatArray, raised: FloatArray) -> tuple[BoolArray, bool]:
    """Return which raised rows lie further out than any observed, by (x - m)' S^+ (x - m), and whether their mean does.

    An ellipsoid round the data instead of their convex hull: it forgives a little and can be had in any dimension.
    """
    shares = weights / weights.sum()
    centre = shares @ columns
    spread = np.sqrt(shares @ np.square(columns - centre))
    scale = np.where(spread > 0, spread, 1.0)
    standard = (columns - centre) / scale
    inverse = np.linalg.pinv((standard.T * shares) @ standard, rcond=1e-10, hermitian=True)
    moved = (raised - centre) / scale
    most = np.einsum("ij,jk,ik->i", standard, inverse, standard).max()
    away = np.einsum("ij,jk,ik->i", moved, inverse, moved)
    middle = shares @ moved
    return away > most * (1 + 1e-9), bool(middle @ inverse @ middle > most * (1 + 1e-9))


def _moved(design: Design, columns: FloatArray, raises: Mapping[int, float]) -> tuple[FloatArray, FloatArray]:
    """Return the table with ratings raised, and the share of respondents who could not rise by all of it."""
    raised, capped = columns.copy(), np.zeros(len(raises))
    for at, (column, points) in enumerate(raises.items()):
        applies = np.ones(len(columns), dtype=bool)
        if column in design.indicators:
            applies = columns[:, design.indicators[column]] <= 0
        raised[:, column] = raised_ratings(columns[:, column], applies, design.screened.scales[column], points)
        short = np.abs(raised[:, column] - columns[:, column]) < abs(points) - 1e-9
        capped[at] = weighted_mean((short & applies).astype(np.float64), design.sample)[0]
    return raised, capped


def raised_table(design: Design, place: int, raises: Mapping[int, float], outcome: FloatArray) -> Raised:
    """Return what one completed table says of the ratings in `raises` (column: points)."""
    columns, who, chosen = design.tables[place][:, :-1], design.sample, list(raises)
    fit: Regression = linear_model(outcome, columns, who)
    raised, capped = _moved(design, columns, raises)
    lifts, slots = (raised - columns)[:, chosen], [1 + each for each in chosen]
    parts, influences = _influences(lifts, fit.coefficients[slots], fit.influences[:, slots], who)
    scores = summed_by_respondent(influences, who.clusters)
    beyond, mean_beyond = _leverage(columns, who.weights, raised)
    return Raised(
        parts=parts,
        covariance=fit.factor * scores.T @ scores,
        lifts=who.weights @ lifts / who.weights.sum(),
        capped=capped,
        beyond=beyond,
        mean_beyond=mean_beyond,
        r_squared=fit.r_squared,
        degrees=fit.degrees,
    )
