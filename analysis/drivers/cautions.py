"""What a reader of a driver model must be told: copies, overlap, halo, turned signs, ranks that are not settled."""

from __future__ import annotations

from analysis.drivers.options import DriverOptions
from analysis.values.drivers import DriverModel
from analysis.values.estimates import Note

# Usual marks (Kutner et al. 2005 for VIF); they trigger a note, never a change of the model.
HIGH_VIF = 5.0
HALO_SHARE = 0.5
SETTLED_RANK = 0.8


def _per_driver(model: DriverModel) -> tuple[Note, ...]:
    """Return notes on single drivers: collinear ones and those whose sign turns in the full model."""
    collinear = [
        Note("collinear", {"driver": each.code, "vif": each.vif}) for each in model.drivers if each.vif > HIGH_VIF
    ]
    turned = [
        Note(
            "signs-differ",
            {"driver": each.code, "zero_order": each.zero_order_sign, "full_model": each.full_model_sign},
        )
        for each in model.drivers
        if each.signs_differ
    ]
    return (*collinear, *turned)


def _overall(model: DriverModel, options: DriverOptions) -> tuple[Note, ...]:
    """Return notes on the model as a whole: halo, first rank not settled, few effective answers, nothing explained."""
    notes = []
    share = model.collinearity.first_eigenvalue_share
    if len(model.drivers) > 1 and share >= HALO_SHARE:
        notes.append(Note("halo", {"first_eigenvalue_share": share}))
    first = model.drivers[0]
    if first.rank_probabilities[0] < SETTLED_RANK:
        notes.append(Note("first-rank-not-settled", {"driver": first.code, "probability": first.rank_probabilities[0]}))
    needed = options.needed(len(model.drivers))
    if model.base.effective < needed:
        notes.append(Note("effective-base-small", {"effective": model.base.effective, "needed": needed}))
    if model.r_squared_p_value > 1 - options.level:
        notes.append(Note("outcome-not-explained", {"p_value": model.r_squared_p_value}))
    return tuple(notes)


def model_notes(model: DriverModel, aliased: tuple[str, ...], options: DriverOptions) -> tuple[Note, ...]:
    """Return all notes that follow from a fitted model; `aliased` are drivers that others reproduce exactly."""
    copies = (Note("aliased", {"drivers": ", ".join(aliased)}),) if aliased else ()
    return (*copies, *_per_driver(model), *_overall(model, options))
