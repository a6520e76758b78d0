"""The design behind an estimate: who was drawn with whom, how weights came about, and the variance that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.values import Note
from analysis.weighting.results import Weighting
from analysis.weights import check_weights

SOURCE = "Binder 1983; Särndal, Swensson & Wretman 1992"
# With fewer clusters than this above the strata, the variance rests on too few of them to be trusted blindly.
_FEW = 20


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """Weights (n) with the sampling unit of each row, the stratum of each unit, and what share of a stratum was drawn.

    `units` numbers the clusters (rows, where there are none) from 0, -1 for rows of weight zero. `fractions` holds
    the sampled share of each stratum, 0 where the population is large. `calibrated` is the weighting whose gain the
    errors take into account, None where weights are taken as fixed. Made by `survey_design`.
    """

    weights: FloatArray
    units: IntArray
    strata: IntArray
    fractions: FloatArray
    population: float | None
    calibrated: Weighting | None
    clustered: bool

    @property
    def n_units(self) -> int:
        """Return how many clusters (rows, where there are none) carry weight."""
        return int(self.strata.size)

    @property
    def n_strata(self) -> int:
        """Return how many strata there are."""
        return int(self.fractions.size)

    @property
    def method(self) -> str:
        """Return the name of the variance: linearised, and what it knows of."""
        known = {"-clusters": self.clustered, "-strata": self.n_strata > 1, "-calibrated": self.calibrated is not None}
        return "linearised" + "".join(name for name, there in known.items() if there)

    @property
    def source(self) -> str:
        """Return who is to be read on the variance."""
        return SOURCE if self.calibrated is None else f"{SOURCE}; Deville & Särndal 1992"

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return warnings that hold for every figure of this design."""
        notes = []
        degrees = self.n_units - self.n_strata
        if self.clustered and degrees < _FEW:
            notes.append(Note("few-clusters", {"clusters": self.n_units, "strata": self.n_strata}))
        lonely = int((np.bincount(self.strata, minlength=self.n_strata) == 1).sum())
        if lonely and self.n_strata > 1:
            notes.append(Note("lonely-strata", {"n": lonely}))
        return tuple(notes)

    def unit_totals(self, rows: FloatArray) -> FloatArray:
        """Return figures of rows (n,) or (n, q) added up within units (u,) or (u, q)."""
        there = self.units >= 0
        totals: FloatArray = np.zeros((self.n_units, *rows.shape[1:]))
        np.add.at(totals, self.units[there], rows[there])
        return totals

    def contributions(self, residuals: FloatArray) -> FloatArray:
        """Return what each row adds to totals (n, q): weight times residual.

        With calibrated weights, residuals first lose what the auxiliaries explain (regression with the base weights).
        """
        if self.calibrated is not None:
            residuals = residuals - explained(residuals, self.calibrated)
        added: FloatArray = self.weights[:, None] * residuals
        return added

    def covariance(self, residuals: FloatArray) -> FloatArray:
        """Return the covariance (q x q) of totals whose linearised contributions per row are weight times residual."""
        return self.covariance_of(self.contributions(residuals))

    def covariance_of(self, contributions: FloatArray) -> FloatArray:
        """Return the covariance (q x q) of the totals of what rows contribute (n x q).

        sum over strata of (1 - f) g/(g-1) sum over the g units of (z - mean z)(z - mean z)', z the unit's total. A
        unit alone in its stratum is set against the mean of all units.
        """
        totals = self.unit_totals(contributions)
        sizes = np.bincount(self.strata, minlength=self.n_strata)
        centres = np.zeros((self.n_strata, totals.shape[1]))
        np.add.at(centres, self.strata, totals)
        centres = np.where(sizes[:, None] > 1, centres / np.maximum(sizes, 1)[:, None], totals.mean(axis=0))
        factors = (1 - self.fractions) * sizes / np.maximum(sizes - 1, 1)
        centred = (totals - centres[self.strata]) * np.sqrt(factors)[self.strata][:, None]
        covariance: FloatArray = centred.T @ centred
        return covariance


def explained(residuals: FloatArray, weighting: Weighting) -> FloatArray:
    """Return what a regression on the auxiliaries, with the base weights, explains of residuals (n x q)."""
    columns, base = weighting.auxiliaries.columns(), weighting.base_weights
    sizes = np.sqrt(base @ np.square(columns))
    columns = columns / np.where(sizes > 0, sizes, 1.0)
    weighted = columns * base[:, None]
    slopes = np.linalg.lstsq(weighted.T @ columns, weighted.T @ residuals, rcond=1e-12)[0]
    fitted: FloatArray = columns @ slopes
    return fitted


def survey_design(
    weights: ArrayLike | Weighting,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_units: ArrayLike | None = None,
    population: float | None = None,
) -> SurveyDesign:
    """Return the design of n rows, from which every error is computed.

    `weights` (n): survey weights, taken as fixed; or the `Weighting` that `rake` or `calibrate` returned, and errors
    take its gain into account. `clusters` (n): the unit drawn (a respondent, a branch); the last stage's rows are
    counted within it (ultimate clusters). `strata` (n): groups drawn from separately. `population_units`: how many
    units the population (each stratum; one number, or one per row) has, for the finite population correction.
    `population`: how many rows it has; design effects are then against a sample drawn without replacement from it.
    Raises ValueError for lengths that differ, bad weights, a cluster in two strata, more units drawn than there are.
    """
    calibrated = weights if isinstance(weights, Weighting) and weights.auxiliaries.there else None
    values = np.asarray(weights.weights if isinstance(weights, Weighting) else weights, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError("Weights must be one number per row.")
    if not isinstance(weights, Weighting):
        check_weights(values)
    there = values != 0
    units = _units(_labels(clusters, values.size, "cluster"), there)
    row_strata = _numbered(_labels(strata, values.size, "stratum"), there)
    unit_strata = _strata_of_units(units[there], row_strata[there])
    fractions = _fractions(unit_strata, row_strata, there, population_units)
    return SurveyDesign(values, units, unit_strata, fractions, population, calibrated, clusters is not None)


def _labels(given: ArrayLike | None, n: int, what: str) -> IntArray | None:
    """Return labels as numbers, None where there are none."""
    if given is None:
        return None
    labels = np.asarray(given)
    if labels.shape != (n,):
        raise ValueError(f"Give one {what} for each of the {n} rows.")
    if pd.isna(labels).any():
        raise ValueError(f"Every row needs a {what}: some are missing.")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _units(labels: IntArray | None, there: BoolArray) -> IntArray:
    """Return the unit of each row, rows of weight zero -1."""
    return _numbered(np.arange(there.size) if labels is None else labels, there)


def _numbered(labels: IntArray | None, there: BoolArray) -> IntArray:
    """Return labels numbered from 0 without gaps among the rows that are there, -1 elsewhere; one label where none."""
    numbers = np.full(there.size, -1, dtype=np.int64)
    given = np.zeros(there.size, dtype=np.int64) if labels is None else labels
    numbers[there] = np.unique(given[there], return_inverse=True)[1]
    return numbers


def _strata_of_units(units: IntArray, strata: IntArray) -> IntArray:
    """Return the stratum of each unit; raises ValueError where a unit lies in two."""
    found = np.zeros(int(units.max(initial=-1)) + 1, dtype=np.int64)
    found[units] = strata
    if (found[units] != strata).any():
        raise ValueError("A cluster lies in two strata: give clusters names of their own in each stratum.")
    return found


def _fractions(
    unit_strata: IntArray, row_strata: IntArray, there: BoolArray, population_units: ArrayLike | None
) -> FloatArray:
    """Return the sampled share of the units of each stratum, 0 where nobody says how many there are."""
    sizes = np.bincount(unit_strata, minlength=1).astype(np.float64)
    if population_units is None:
        return np.zeros(sizes.size)
    if isinstance(population_units, Mapping):
        raise TypeError("Give the number of units as one number, or for each row the number in its stratum.")
    per_row = np.broadcast_to(np.asarray(population_units, dtype=np.float64), there.shape)
    existing = np.full(sizes.size, np.nan)
    existing[row_strata[there]] = per_row[there]
    if not (existing >= sizes).all():
        raise ValueError("The population must have at least as many units in each stratum as were drawn.")
    fractions: FloatArray = sizes / existing
    return fractions
