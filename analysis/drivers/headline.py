"""The driver analysis of a report: one call from answers to what matters, how surely, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import FloatArray
from analysis.drivers.battery import DriverBattery, Screened, answers_of, screen
from analysis.drivers.designs import complete_cases, everything_imputed, rating_and_not_applicable
from analysis.drivers.models import fit
from analysis.drivers.options import DriverOptions
from analysis.drivers.quadrants import importance_performance
from analysis.moments import CONSTANT_SPREAD
from analysis.respondents import Respondents, respondents
from analysis.values.drivers import DriverAnswers, DriverModel, KeyDrivers
from analysis.values.estimates import Note, Refusal


@dataclass(frozen=True, slots=True)
class _Case:
    """What every model of one call shares: the usable drivers, the outcome and the sample of the kept rows."""

    screened: Screened
    outcome: FloatArray
    sample: Respondents
    options: DriverOptions


def _usable_rows(
    outcome: FloatArray, battery: DriverBattery, sample: Respondents
) -> tuple[NDArray[np.bool_], list[Note]]:
    """Return the rows with an outcome, a weight and at least one answer to the battery, and notes on the others."""
    if np.isinf(outcome).any():
        raise ValueError("An outcome is infinite: pass a missing value instead.")
    weighted, answered = sample.weights > 0, ~np.isnan(outcome)
    touched = ~answers_of(battery).blank.all(axis=1)
    left_out = {
        "outcome-missing": int((weighted & ~answered).sum()),
        "battery-blank": int((weighted & answered & ~touched).sum()),
        "weight-zero": int((~weighted).sum()),
    }
    keep: NDArray[np.bool_] = weighted & answered & touched
    return keep, [Note(f"left-out-{why}", {"n": n}) for why, n in left_out.items() if n]


def _refusal(case: _Case, n_drivers: int) -> Refusal | None:
    """Return why no model of this base is shown, None when it can be."""
    base, needed = case.sample.base(), case.options.needed(n_drivers)
    n = case.sample.n_units
    if n < needed:
        return Refusal("base-too-small", base, {"n": n, "needed": needed, "n_drivers": n_drivers})
    if np.ptp(case.outcome) <= CONSTANT_SPREAD * np.abs(case.outcome).max():
        return Refusal("outcome-constant", base, {"value": float(case.outcome[0])})
    if not n_drivers:
        return Refusal("no-usable-driver", base, {"least_ratings": case.options.least_ratings})
    return None


def _complete_cases(case: _Case, rng: np.random.Generator) -> DriverModel | Refusal | None:
    """Return the model of those who rated everything; None where that is everybody."""
    answers = case.screened.answers
    whole = answers.complete
    if whole.all():
        return None
    kept = answers.ratings[whole]
    varying = np.ptp(kept, axis=0) > 0 if len(kept) else np.ones(kept.shape[1], dtype=bool)
    screened = case.screened.only(varying)
    part = _Case(screened, case.outcome[whole], case.sample.rows(whole), case.options)
    refused = _refusal(part, int(varying.sum()))
    return refused or fit(complete_cases(screened, case.outcome, case.sample), case.options, rng).model


def _everything_imputed(case: _Case, rng: np.random.Generator) -> DriverModel | None:
    """Return the model with ratings imputed even where not applicable; None where nobody said so."""
    if not case.screened.answers.not_applicable.any():
        return None
    imputing, fitting = rng.spawn(2)
    design = everything_imputed(case.screened, case.outcome, case.sample, case.options, imputing)
    return fit(design, case.options, fitting).model


def _base_notes(screened: Screened) -> list[Note]:
    """Return how many rated, found not applicable and left blank each driver."""
    counts: tuple[DriverAnswers, ...] = screened.counts()
    return [
        Note(
            "driver-answers",
            {"driver": code, "rated": each.n_rated, "not_applicable": each.n_not_applicable, "blank": each.n_blank},
        )
        for code, each in zip(screened.codes, counts, strict=True)
    ]


def _analysed(case: _Case, notes: list[Note], rng: np.random.Generator) -> KeyDrivers:
    """Return headline, sensitivities and quadrants; each has its own random stream, so none moves another."""
    imputing, fitting, listwise, everything = rng.spawn(4)
    design = rating_and_not_applicable(case.screened, case.outcome, case.sample, case.options, imputing)
    fitted = fit(design, case.options, fitting)
    wanted = case.options.sensitivities
    return KeyDrivers(
        model=fitted.model,
        complete_cases=_complete_cases(case, listwise) if wanted else None,
        everything_imputed=_everything_imputed(case, everything) if wanted else None,
        importance_performance=importance_performance(fitted, case.options),
        notes=(*notes, *_base_notes(case.screened), Note("association-not-effect")),
    )


def key_drivers(
    outcome: ArrayLike,
    battery: DriverBattery,
    rng: np.random.Generator,
    sample: Respondents | None = None,
    options: DriverOptions | None = None,
) -> KeyDrivers | Refusal:
    """Return what goes with the outcome (n numbers, missing where unanswered) among the drivers of the battery.

    Headline: LMG (Shapley value of R2) with each driver as a group of its rating and its "not applicable" indicator;
    blanks by multiple imputation, shares averaged; percentile intervals from a bootstrap of every completed table.
    Beside it: those who rated everything, and everything imputed. Rows without outcome, weight or any answer to the
    battery are left out, drivers with few or equal ratings too, each with a note; the outcome is never imputed.
    Sources: Groemping 2007, van Buuren 2018, Schomaker & Heumann 2018; docs/statistics/drivers.md. Returns a Refusal
    `base-too-small` below max(10 per driver, 50) respondents, `outcome-constant` or `no-usable-driver`.
    Raises ValueError for arrays that do not fit each other. The same generator state gives the same result.
    """
    options = options or DriverOptions()
    answers = np.asarray(outcome, dtype=np.float64)
    n = len(battery.ratings)
    sample = sample or respondents(n)
    if answers.shape != (n,) or sample.weights.shape != (n,):
        raise ValueError("Give one outcome and one weight for each row of the battery.")
    keep, notes = _usable_rows(answers, battery, sample)
    case = _Case(screen(battery, keep, options.least_ratings), answers[keep], sample.rows(keep), options)
    too_few = case.sample.n_units < options.least_base
    refused = _refusal(case, battery.ratings.shape[1] if too_few else len(case.screened.codes))
    return refused or _analysed(case, notes, rng)
