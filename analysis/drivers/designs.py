"""Three ways to turn a battery with gaps into complete model tables: the headline and its two sensitivities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.background import Background
from analysis.drivers.battery import Screened
from analysis.drivers.options import DriverOptions
from analysis.imputation import Answers, Completed, impute
from analysis.respondents import Respondents
from analysis.values.drivers import DriverMethod
from analysis.values.estimates import Note


@dataclass(frozen=True, slots=True)
class Material:
    """What every design of one analysis is made of: usable drivers, factors and controls, outcome, respondents."""

    screened: Screened
    background: Background
    outcome: FloatArray
    sample: Respondents
    groups: Mapping[str, Sequence[str]]

    def rows(self, keep: BoolArray) -> Material:
        """Return the same of the kept rows only."""
        return replace(
            self,
            screened=self.screened.rows(keep),
            background=self.background.rows(keep),
            outcome=self.outcome[keep],
            sample=self.sample.rows(keep),
        )


@dataclass(frozen=True, slots=True)
class Entrant:
    """One driver of a design: a rating, a group of ratings (then their `ratings` are several), or a factor (none).

    `columns` are its columns of the tables: ratings and, where some answered "not applicable", their indicators.
    """

    code: str
    label: str
    columns: tuple[int, ...]
    ratings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """Complete model tables of one method: one per imputation (n x k+1, outcome last), and who stands behind them.

    The ratings come first, in the order of `screened`; `indicators` gives the column that says "not applicable" for
    each rating that has one.
    """

    method: DriverMethod
    screened: Screened
    tables: tuple[FloatArray, ...]
    entrants: tuple[Entrant, ...]
    indicators: Mapping[int, int]
    controls: tuple[int, ...]
    sample: Respondents
    notes: tuple[Note, ...] = ()

    @property
    def players(self) -> tuple[tuple[int, ...], ...]:
        """Return the columns of each driver."""
        return tuple(each.columns for each in self.entrants)

    @property
    def outcome(self) -> FloatArray:
        """Return the outcome, the same in every table."""
        result: FloatArray = self.tables[0][:, -1]
        return result


def _predictors(material: Material) -> FloatArray:
    """Return what predicts blanks besides the battery: outcome, factors, controls and, where they differ, weights."""
    own = [material.outcome[:, None], material.background.data]
    return np.concatenate([*own, material.sample.weights[:, None]] if material.sample.is_weighted else own, axis=1)


def _entrants(material: Material, indicators: Mapping[int, int]) -> tuple[Entrant, ...]:
    """Return the drivers: ratings alone or in groups, in the order of their first rating, then factors."""
    screened = material.screened
    inside = {member: name for name, members in material.groups.items() for member in members}
    labels = dict(zip(screened.codes, screened.labels, strict=True))
    ratings: dict[str, list[int]] = {}
    for place, code in enumerate(screened.codes):
        ratings.setdefault(inside.get(code, code), []).append(place)
    found = []
    for name, places in ratings.items():
        columns = (*places, *(indicators[each] for each in places if each in indicators))
        found.append(Entrant(name, labels.get(name, name), columns, tuple(places)))
    start = len(screened.codes) + len(indicators)
    factors = (Entrant(name, name, tuple(start + e for e in own), ()) for name, own in material.background.factors)
    return (*found, *factors)


def _design(
    method: DriverMethod, material: Material, tables: tuple[FloatArray, ...], states: list[int], notes: tuple[Note, ...]
) -> Design:
    """Return the design of complete tables of ratings and indicators (of the drivers in `states`)."""
    d = len(material.screened.codes)
    indicators = {j: d + place for place, j in enumerate(states)}
    outcome, start = material.outcome[:, None], d + len(states)
    return Design(
        method=method,
        screened=material.screened,
        tables=tuple(np.concatenate((each, material.background.data, outcome), axis=1) for each in tables),
        entrants=_entrants(material, indicators),
        indicators=indicators,
        controls=tuple(start + each for each in material.background.controls),
        sample=material.sample,
        notes=notes,
    )


def _imputed(answers: Answers) -> tuple[Note, ...]:
    """Return a note on how many cells are imputed, none if none is."""
    cells = int(answers.blank.sum())
    figures: dict[str, float | int | str] = {"n_cells": cells, "share": cells / answers.blank.size}
    return (Note("blanks-imputed", figures),) if cells else ()


def _table(completed: Completed, states: list[int]) -> FloatArray:
    """Return ratings and, for the drivers with states, indicators."""
    indicators = completed.not_applicable[:, states].astype(np.float64)
    return np.concatenate((completed.ratings, indicators), axis=1)


def rating_and_not_applicable(material: Material, options: DriverOptions, rng: np.random.Generator) -> Design:
    """Return the headline design: each driver is its rating and its "not applicable" indicator, blanks imputed.

    Where not applicable, the rating holds a constant (the mean of raters): with the indicator beside it, R2 and every
    share are the same whatever the constant is, so nothing is invented.
    """
    answers = material.screened.answers
    states = [int(each) for each in np.flatnonzero(answers.not_applicable.any(axis=0))]
    batteries = impute(answers, _predictors(material), options.imputation, rng)
    absent = int(answers.not_applicable.sum())
    notes = (Note("not-applicable-as-indicator", {"n_cells": absent, "n_drivers": len(states)}),) if absent else ()
    tables = tuple(_table(each, states) for each in batteries)
    return _design(DriverMethod.RATING_AND_NOT_APPLICABLE, material, tables, states, notes + _imputed(answers))


def everything_imputed(material: Material, options: DriverOptions, rng: np.random.Generator) -> Design:
    """Return the design that treats "not applicable" as a blank too and imputes a rating for everybody."""
    ratings = material.screened.answers.ratings
    answers = Answers(ratings, np.zeros(ratings.shape, dtype=bool))
    batteries = impute(answers, _predictors(material), options.imputation, rng)
    tables = tuple(_table(each, []) for each in batteries)
    return _design(DriverMethod.EVERYTHING_IMPUTED, material, tables, [], _imputed(answers))


def complete_cases(material: Material) -> Design:
    """Return the design of those alone who rated every driver."""
    whole = material.screened.answers.complete
    kept = material.rows(whole)
    notes = (Note("complete-cases-only", {"n": int(whole.sum()), "of": int(whole.size)}),)
    return _design(DriverMethod.COMPLETE_CASES, kept, (kept.screened.answers.ratings,), [], notes)
