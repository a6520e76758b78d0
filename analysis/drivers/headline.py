"""The driver analysis of a report: one call from answers to what matters, how surely, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.background import background_known, background_of
from analysis.drivers.battery import DriverBattery, Screened, answers_of, screen
from analysis.drivers.designs import Material, complete_cases, everything_imputed, rating_and_not_applicable
from analysis.drivers.gaps import gap_treatment
from analysis.drivers.models import fit
from analysis.drivers.options import DriverOptions
from analysis.drivers.quadrants import importance_performance
from analysis.moments import CONSTANT_SPREAD
from analysis.respondents import Respondents, respondents
from analysis.values.drivers import DriverAnswers, DriverModel, KeyDrivers
from analysis.values.estimates import Note, Refusal


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every model of one call shares: the material of the kept rows, the choices, and notes on the others."""

    material: Material
    options: DriverOptions
    notes: tuple[Note, ...] = ()

    @property
    def n_columns(self) -> int:
        """Return how many columns of drivers a model of these would have."""
        factors = sum(len(columns) for _, columns in self.material.background.factors)
        return len(self.material.screened.codes) + factors


def _usable_rows(outcome: FloatArray, battery: DriverBattery, sample: Respondents) -> tuple[BoolArray, list[Note]]:
    """Return the rows with an outcome, a weight and at least one answer to the battery, and notes on the others.

    Rows in which a factor or a control is missing are left out too.
    """
    if np.isinf(outcome).any():
        raise ValueError("An outcome is infinite: pass a missing value instead.")
    weighted, answered = sample.weights > 0, ~np.isnan(outcome)
    # Without any rating column there is no battery to leave blank.
    touched = ~answers_of(battery).blank.all(axis=1) if battery.ratings.shape[1] else np.ones(len(outcome), dtype=bool)
    known = background_known(battery)
    left_out = {
        "outcome-missing": int((weighted & ~answered).sum()),
        "battery-blank": int((weighted & answered & ~touched).sum()),
        "factor-or-control-missing": int((weighted & answered & touched & ~known).sum()),
        "weight-zero": int((~weighted).sum()),
    }
    keep: BoolArray = weighted & answered & touched & known
    return keep, [Note(f"left-out-{why}", {"n": n}) for why, n in left_out.items() if n]


def _refusal(case: Prepared, n_drivers: int) -> Refusal | None:
    """Return why no model of this base is shown, None when it can be."""
    material = case.material
    base, needed = material.sample.base(), case.options.needed(n_drivers)
    n = material.sample.n_units
    if n < needed:
        return Refusal("base-too-small", base, {"n": n, "needed": needed, "n_drivers": n_drivers})
    if np.ptp(material.outcome) <= CONSTANT_SPREAD * np.abs(material.outcome).max():
        return Refusal("outcome-constant", base, {"value": float(material.outcome[0])})
    if not n_drivers:
        return Refusal("no-usable-driver", base, {"least_ratings": case.options.least_ratings})
    return None


def _complete_cases(case: Prepared, rng: np.random.Generator) -> DriverModel | Refusal | None:
    """Return the model of those who rated everything; None where that is everybody."""
    answers = case.material.screened.answers
    whole = answers.complete
    if whole.all():
        return None
    kept = answers.ratings[whole]
    varying = np.ptp(kept, axis=0) > 0 if len(kept) else np.ones(kept.shape[1], dtype=bool)
    material = replace(case.material, screened=case.material.screened.only(varying))
    part = replace(case, material=material.rows(whole))
    refused = _refusal(part, part.n_columns)
    return refused or fit(complete_cases(material), case.options, rng).model


def _everything_imputed(case: Prepared, rng: np.random.Generator) -> DriverModel | None:
    """Return the model with ratings imputed even where not applicable; None where nobody said so."""
    if not case.material.screened.answers.not_applicable.any():
        return None
    imputing, fitting = rng.spawn(2)
    return fit(everything_imputed(case.material, case.options, imputing), case.options, fitting).model


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


def _analysed(case: Prepared, rng: np.random.Generator) -> KeyDrivers:
    """Return headline, sensitivities and quadrants; each has its own random stream, so none moves another."""
    imputing, fitting, listwise, everything = rng.spawn(4)
    fitted = fit(rating_and_not_applicable(case.material, case.options, imputing), case.options, fitting)
    wanted = case.options.sensitivities
    whole = _complete_cases(case, listwise) if wanted else None
    imputed = _everything_imputed(case, everything) if wanted else None
    return KeyDrivers(
        model=fitted.model,
        complete_cases=whole,
        everything_imputed=imputed,
        importance_performance=importance_performance(fitted, case.options),
        gaps=gap_treatment(case.material.screened.answers, fitted.model, (whole, imputed)),
        notes=(*case.notes, *_base_notes(case.material.screened), Note("association-not-effect")),
    )


def prepared(
    outcome: ArrayLike, battery: DriverBattery, sample: Respondents | None, options: DriverOptions
) -> Prepared | Refusal:
    """Return the material of the rows that can enter a model, or why there can be none.

    Raises ValueError for arrays that do not fit each other, infinite numbers and names that stand twice.
    """
    answers, n = np.asarray(outcome, dtype=np.float64), len(battery.ratings)
    sample = sample or respondents(n)
    if answers.shape != (n,) or sample.weights.shape != (n,):
        raise ValueError("Give one outcome and one weight for each row of the battery.")
    keep, notes = _usable_rows(answers, battery, sample)
    screened = screen(battery, keep, options.least_ratings)
    material = Material(screened, background_of(battery, keep), answers[keep], sample.rows(keep), battery.groups)
    case = Prepared(material, options, tuple(notes))
    too_few = material.sample.n_units < options.least_base
    refused = _refusal(case, battery.ratings.shape[1] if too_few else case.n_columns)
    return refused or case


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
    case = prepared(outcome, battery, sample, options or DriverOptions())
    return case if isinstance(case, Refusal) else _analysed(case, rng)
