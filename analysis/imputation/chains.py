"""Chained equations over a battery of ratings whose answers may also be "not applicable" (van Buuren 2018, 4.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.imputation.matching import draw_coefficients, nearest_donors


@dataclass(frozen=True, slots=True)
class ImputationOptions:
    """How many completed data sets, after how many rounds of the chain, matching among how many donors.

    At least 20 data sets (White, Royston & Wood 2011) and 5 donors (as in R's mice) are the defaults.
    """

    n_imputations: int = 20
    cycles: int = 5
    donors: int = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """A battery as answered: ratings (n x d, NaN where there is none), and where "not applicable" was ticked."""

    ratings: FloatArray
    not_applicable: NDArray[np.bool_]

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Return the cells with no answer at all."""
        return np.isnan(self.ratings) & ~self.not_applicable

    @property
    def rated(self) -> NDArray[np.bool_]:
        """Return the cells with a rating."""
        return ~np.isnan(self.ratings)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Return the rows in which everything is rated."""
        rows: NDArray[np.bool_] = np.asarray(self.rated.all(axis=1))
        return rows

    def filled(self) -> Completed:
        """Return the battery with the mean of raters wherever no rating stands; exact where nothing is blank."""
        return Completed(np.where(self.rated, self.ratings, self.means()), self.not_applicable.copy())

    def means(self) -> FloatArray:
        """Return the mean rating of each driver over those who rated it, 0 where nobody did."""
        counts = self.rated.sum(axis=0)
        result: FloatArray = np.nansum(self.ratings, axis=0) / np.maximum(counts, 1)
        return result


@dataclass(frozen=True, slots=True)
class Completed:
    """A battery without blanks: ratings hold the mean of raters where not applicable."""

    ratings: FloatArray
    not_applicable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Target:
    """One column to impute: its place, the places of its predictors, who answered it and what they answered."""

    place: int
    predictors: NDArray[np.intp]
    observed: NDArray[np.intp]
    others: NDArray[np.intp]
    values: FloatArray


class _Chain:
    """One running chain: a standardised table of ratings, states, predictors and intercept, and its cross-products."""

    def __init__(self, answers: Answers, predictors: FloatArray, rng: np.random.Generator) -> None:
        """Lay out the table, blanks filled with random answers of others."""
        self.rng = rng
        self.answers = answers
        n, d = answers.ratings.shape
        self.with_state = [j for j in range(d) if answers.not_applicable[:, j].any()]
        start = answers.filled()
        states = answers.not_applicable[:, self.with_state].astype(np.float64)
        table = np.concatenate((start.ratings, states, predictors), axis=1)
        self.centre = table.mean(axis=0)
        spread = table.std(axis=0)
        self.spread = np.where(spread > 0, spread, 1.0)
        self.table = np.concatenate(((table - self.centre) / self.spread, np.ones((n, 1))), axis=1)
        self.fill = (answers.means() - self.centre[:d]) / self.spread[:d]
        self.states, self.ratings = self._targets()
        self._start()
        self.products = self.table.T @ self.table

    def _targets(self) -> tuple[dict[int, _Target], dict[int, _Target]]:
        """Return the state and the rating to impute of each driver with blanks."""
        d = self.answers.ratings.shape[1]
        everything = np.arange(self.table.shape[1])
        states, ratings = {}, {}
        places = {j: d + place for place, j in enumerate(self.with_state)}
        for j in np.flatnonzero(self.answers.blank.any(axis=0)).tolist():
            predictors = np.setdiff1d(everything, [j, places.get(j, j)])
            if j in places:
                states[j] = self._target(places[j], predictors, ~self.answers.blank[:, j])
            ratings[j] = self._target(j, predictors, self.answers.rated[:, j])
        return states, ratings

    def _target(self, place: int, predictors: NDArray[np.intp], seen: NDArray[np.bool_]) -> _Target:
        """Return one column to impute."""
        observed = np.flatnonzero(seen)
        return _Target(place, predictors, observed, np.flatnonzero(~seen), self.table[observed, place].copy())

    def _start(self) -> None:
        """Fill each blank with a random answer of those who gave one."""
        for j in self.ratings:
            rows = np.flatnonzero(self.answers.blank[:, j])
            if j in self.states:
                state = self.states[j]
                self.table[rows, state.place] = self.rng.choice(state.values, rows.size)
            self._set_ratings(j, rows, self.rng.choice(self.ratings[j].values, rows.size))

    def _set_ratings(self, j: int, rows: NDArray[np.intp], values: FloatArray) -> None:
        """Store ratings for these rows, the fixed fill where the state says not applicable."""
        self.table[rows, j] = np.where(self._is_not_applicable(j, rows), self.fill[j], values)

    def _is_not_applicable(self, j: int, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell for which rows driver j is not applicable now."""
        if j not in self.states:
            return np.zeros(rows.size, dtype=bool)
        result: NDArray[np.bool_] = self.table[rows, self.states[j].place] > 0
        return result

    def _observed_products(self, target: _Target) -> FloatArray:
        """Return cross-products of predictors and target over those who answered it, from the smaller side."""
        places = np.append(target.predictors, target.place)
        if target.others.size < target.observed.size:
            rest = self.table[np.ix_(target.others, places)]
            left: FloatArray = self.products[np.ix_(places, places)] - rest.T @ rest
            return left
        rows = self.table[np.ix_(target.observed, places)]
        own: FloatArray = rows.T @ rows
        return own

    def _draw(self, target: _Target, rows: NDArray[np.intp], donors: int) -> FloatArray:
        """Return answers for these rows, copied from people whose predicted answer is nearest."""
        model = draw_coefficients(self._observed_products(target), self.rng, target.observed.size)
        fitted = (self.table[:, target.predictors] @ model.fitted)[target.observed]
        predicted = self.table[np.ix_(rows, target.predictors)] @ model.drawn
        return target.values[nearest_donors(fitted, predicted, donors, self.rng)]

    def _refresh(self, place: int) -> None:
        """Bring the cross-products of a changed column up to date."""
        self.products[place] = self.products[:, place] = self.table.T @ self.table[:, place]

    def step(self, j: int, donors: int) -> None:
        """Impute driver j once: first whether it applied, then the rating where it did."""
        rows = np.flatnonzero(self.answers.blank[:, j])
        if j in self.states:
            state = self.states[j]
            self.table[rows, state.place] = self._draw(state, rows, donors)
            self._refresh(state.place)
        self._set_ratings(j, rows, self._draw(self.ratings[j], rows, donors))
        self._refresh(j)

    def completed(self) -> Completed:
        """Return the battery as it stands, answers given left exactly as they were."""
        d = self.answers.ratings.shape[1]
        ratings = np.where(
            self.answers.rated, self.answers.ratings, self.table[:, :d] * self.spread[:d] + self.centre[:d]
        )
        absent = self.answers.not_applicable.copy()
        for j in self.states:
            rows = np.flatnonzero(self.answers.blank[:, j])
            absent[rows, j] = self._is_not_applicable(j, rows)
        return Completed(ratings, absent)


def _one(answers: Answers, predictors: FloatArray, options: ImputationOptions, rng: np.random.Generator) -> Completed:
    """Return one completed battery: a chain of its own, drivers with few blanks first."""
    chain = _Chain(answers, predictors, rng)
    order = sorted(chain.ratings, key=lambda j: int(answers.blank[:, j].sum()))
    for _ in range(options.cycles):
        for j in order:
            chain.step(j, options.donors)
    return chain.completed()


def impute(
    answers: Answers, predictors: FloatArray, options: ImputationOptions, rng: np.random.Generator
) -> tuple[Completed, ...]:
    """Return completed batteries; one is enough, and exact, when nothing is blank.

    `predictors` (n x r, complete) enter every model and are never changed: the outcome, the weights, and whatever else
    predicts who leaves blanks. Each chain is independent; the same generator state gives the same answers.
    Raises ValueError when a predictor is missing somewhere or a driver with blanks was rated by nobody.
    """
    if not np.isfinite(predictors).all():
        raise ValueError("Predictors of an imputation must be complete: leave out the rows without an outcome.")
    if (answers.blank.any(axis=0) & ~answers.rated.any(axis=0)).any():
        raise ValueError("A driver that nobody rated cannot be imputed: leave it out.")
    if not answers.blank.any():
        return (answers.filled(),)
    return tuple(_one(answers, predictors, options, rng) for _ in range(options.n_imputations))
