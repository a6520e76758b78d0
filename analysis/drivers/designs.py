"""Three ways to turn a battery with gaps into complete model tables: the headline and its two sensitivities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.battery import Screened
from analysis.drivers.options import DriverOptions
from analysis.imputation import Answers, Completed, impute
from analysis.respondents import Respondents
from analysis.values.drivers import DriverMethod
from analysis.values.estimates import Note


@dataclass(frozen=True, slots=True)
class Design:
    """Complete model tables of one method: one per imputation (n x k+1, outcome last), and who stands behind them.

    `players` are the columns of each driver: its rating first and, where some answered "not applicable", its indicator.
    """

    method: DriverMethod
    screened: Screened
    tables: tuple[FloatArray, ...]
    players: tuple[tuple[int, ...], ...]
    sample: Respondents
    notes: tuple[Note, ...] = ()

    @property
    def outcome(self) -> FloatArray:
        """Return the outcome, the same in every table."""
        result: FloatArray = self.tables[0][:, -1]
        return result


def _predictors(outcome: FloatArray, sample: Respondents) -> FloatArray:
    """Return what predicts blanks besides the battery itself: the outcome and, where they differ, the weights."""
    return np.column_stack([outcome, sample.weights]) if sample.is_weighted else outcome[:, None]


def _imputed(answers: Answers) -> tuple[Note, ...]:
    """Return a note on how many cells are imputed, none if none is."""
    cells = int(answers.blank.sum())
    figures: dict[str, float | int | str] = {"n_cells": cells, "share": cells / answers.blank.size}
    return (Note("blanks-imputed", figures),) if cells else ()


def _table(completed: Completed, states: list[int], outcome: FloatArray) -> FloatArray:
    """Return one model table: ratings, indicators of the drivers with states, outcome."""
    indicators = completed.not_applicable[:, states].astype(np.float64)
    return np.concatenate((completed.ratings, indicators, outcome[:, None]), axis=1)


def rating_and_not_applicable(
    screened: Screened, outcome: FloatArray, sample: Respondents, options: DriverOptions, rng: np.random.Generator
) -> Design:
    """Return the headline design: each driver is its rating and its "not applicable" indicator, blanks imputed.

    Where not applicable, the rating holds a constant (the mean of raters): with the indicator beside it, R2 and every
    share are the same whatever the constant is, so nothing is invented.
    """
    answers = screened.answers
    states = [int(each) for each in np.flatnonzero(answers.not_applicable.any(axis=0))]
    d = len(screened.codes)
    places = {j: d + place for place, j in enumerate(states)}
    batteries = impute(answers, _predictors(outcome, sample), options.imputation, rng)
    absent = int(answers.not_applicable.sum())
    notes = (Note("not-applicable-as-indicator", {"n_cells": absent, "n_drivers": len(states)}),) if absent else ()
    return Design(
        method=DriverMethod.RATING_AND_NOT_APPLICABLE,
        screened=screened,
        tables=tuple(_table(each, states, outcome) for each in batteries),
        players=tuple((j, places[j]) if j in places else (j,) for j in range(d)),
        sample=sample,
        notes=notes + _imputed(answers),
    )


def everything_imputed(
    screened: Screened, outcome: FloatArray, sample: Respondents, options: DriverOptions, rng: np.random.Generator
) -> Design:
    """Return the design that treats "not applicable" as a blank too and imputes a rating for everybody."""
    ratings = screened.answers.ratings
    answers = Answers(ratings, np.zeros(ratings.shape, dtype=bool))
    batteries = impute(answers, _predictors(outcome, sample), options.imputation, rng)
    return Design(
        method=DriverMethod.EVERYTHING_IMPUTED,
        screened=screened,
        tables=tuple(_table(each, [], outcome) for each in batteries),
        players=tuple((j,) for j in range(ratings.shape[1])),
        sample=sample,
        notes=_imputed(answers),
    )


def complete_cases(screened: Screened, outcome: FloatArray, sample: Respondents) -> Design:
    """Return the design of those alone who rated every driver."""
    whole = screened.answers.complete
    kept = screened.rows(whole)
    table = np.concatenate((kept.answers.ratings, outcome[whole, None]), axis=1)
    return Design(
        method=DriverMethod.COMPLETE_CASES,
        screened=kept,
        tables=(table,),
        players=tuple((j,) for j in range(len(kept.codes))),
        sample=sample.rows(whole),
        notes=(Note("complete-cases-only", {"n": int(whole.sum()), "of": int(whole.size)}),),
    )
