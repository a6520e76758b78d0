"""The drivers as asked: ratings, "not applicable" and blanks, and which drivers can enter a model at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.imputation import Answers
from analysis.moments import CONSTANT_SPREAD
from analysis.values.drivers import DriverAnswers
from analysis.values.estimates import Note


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The declared ends of a rating scale, never the observed ones, and its direction."""

    low: float
    high: float
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        """Refuse a scale without extent."""
        if not self.low < self.high:
            raise ValueError(f"A scale from {self.low} to {self.high} has no extent.")

    def index(self, rating: FloatArray) -> FloatArray:
        """Return ratings on 0 (worst) to 100 (best)."""
        place = (rating - self.low) / (self.high - self.low)
        result: FloatArray = 100.0 * (place if self.higher_is_better else 1.0 - place)
        return result


@dataclass(frozen=True, slots=True)
class DriverBattery:
    """Drivers of one outcome, one column each, rows in the order of the outcome.

    `ratings` holds numbers, missing where there is no rating; `not_applicable` (same columns, True where that was the
    answer) may be left out. `labels` and `scales` are by column; a driver without label goes by its code, one without
    scale by the ends 1 and 5. `groups` are ratings that enter as one driver under the name given. `factors` (one column
    each) are drivers that are categories, `controls` columns (numbers or categories) that are always in and are no
    drivers; rows in which one of these is missing are left out.
    """

    ratings: pd.DataFrame
    not_applicable: pd.DataFrame | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, RatingScale] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    factors: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """The drivers that stay: their codes, labels, scales and answers, and notes on those left out."""

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    scales: tuple[RatingScale, ...]
    answers: Answers
    notes: tuple[Note, ...]

    def rows(self, keep: NDArray[np.bool_]) -> Screened:
        """Return the same drivers with the kept rows only."""
        kept = Answers(self.answers.ratings[keep], self.answers.not_applicable[keep])
        return Screened(self.codes, self.labels, self.scales, kept, self.notes)

    def only(self, stay: NDArray[np.bool_]) -> Screened:
        """Return the drivers that stay; the others are noted as constant."""
        chosen = [int(each) for each in np.flatnonzero(stay)]
        gone = [Note("driver-constant", {"driver": self.codes[each]}) for each in np.flatnonzero(~stay)]
        return Screened(
            codes=tuple(self.codes[each] for each in chosen),
            labels=tuple(self.labels[each] for each in chosen),
            scales=tuple(self.scales[each] for each in chosen),
            answers=Answers(self.answers.ratings[:, chosen], self.answers.not_applicable[:, chosen]),
            notes=(*self.notes, *gone),
        )

    def counts(self) -> tuple[DriverAnswers, ...]:
        """Return how many rated, found not applicable and left blank, for each driver."""
        answers = self.answers
        rows = zip(
            answers.rated.sum(axis=0), answers.not_applicable.sum(axis=0), answers.blank.sum(axis=0), strict=True
        )
        return tuple(DriverAnswers(int(rated), int(absent), int(blank)) for rated, absent, blank in rows)


def answers_of(battery: DriverBattery) -> Answers:
    """Return the battery as arrays; a cell that is both rated and not applicable, or infinite, raises ValueError."""
    ratings = battery.ratings.to_numpy(dtype=np.float64, na_value=np.nan)
    absent = np.zeros(ratings.shape, dtype=bool)
    if battery.not_applicable is not None:
        if set(battery.not_applicable.columns) != set(battery.ratings.columns):
            raise ValueError("Give the same columns for ratings and for not applicable.")
        ordered = battery.not_applicable[list(battery.ratings.columns)]
        if bool(ordered.isna().to_numpy().any()):
            raise ValueError("Not applicable is yes or no: a cell of it is missing.")
        absent = ordered.to_numpy(dtype=bool)
    if absent.shape != ratings.shape:
        raise ValueError("Give as many rows of not applicable as of ratings.")
    if np.isinf(ratings).any():
        raise ValueError("A rating is infinite: pass a missing value instead.")
    if (absent & ~np.isnan(ratings)).any():
        raise ValueError("A rating stands where not applicable was answered: pass a missing value there.")
    return Answers(ratings, absent)


def _why_left_out(column: FloatArray, least: int) -> tuple[str, int]:
    """Return why a driver cannot enter ("" if it can), and how many rated it."""
    seen = column[~np.isnan(column)]
    if seen.size < least:
        return "driver-too-few-ratings", seen.size
    constant = np.ptp(seen) <= CONSTANT_SPREAD * max(abs(float(seen.mean())), 1e-300)
    return ("driver-constant" if constant else ""), seen.size


def screen(battery: DriverBattery, keep: NDArray[np.bool_], least_ratings: int) -> Screened:
    """Return the drivers that can enter a model of the kept rows, in the battery's order.

    Left out, each with a note: those rated by fewer than `least_ratings` people, and those all raters rated alike.
    """
    answers = answers_of(battery)
    answers = Answers(answers.ratings[keep], answers.not_applicable[keep])
    codes = [str(each) for each in battery.ratings.columns]
    reasons = [_why_left_out(column, least_ratings) for column in answers.ratings.T]
    stay = [place for place, (why, _) in enumerate(reasons) if not why]
    notes = tuple(
        Note(why, {"driver": code, "n_rated": n, "needed": least_ratings})
        for code, (why, n) in zip(codes, reasons, strict=True)
        if why
    )
    return Screened(
        codes=tuple(codes[each] for each in stay),
        labels=tuple(battery.labels.get(codes[each], codes[each]) for each in stay),
        scales=tuple(battery.scales.get(codes[each], RatingScale(1, 5)) for each in stay),
        answers=Answers(answers.ratings[:, stay], answers.not_applicable[:, stay]),
        notes=notes,
    )
