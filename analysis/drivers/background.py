"""What else enters a driver model besides ratings: factors, which are drivers, and controls, which are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.battery import DriverBattery
from analysis.drivers.terms import Terms, as_frame, laid_out


@dataclass(frozen=True, slots=True)
class Background:
    """Columns of factors and controls (n x b), the columns of each factor by name, and those of the controls."""

    data: FloatArray
    factors: tuple[tuple[str, tuple[int, ...]], ...] = ()
    controls: tuple[int, ...] = ()

    def rows(self, keep: BoolArray) -> Background:
        """Return the same columns with the kept rows only."""
        return Background(self.data[keep], self.factors, self.controls)


def tables_of(battery: DriverBattery) -> list[pd.DataFrame]:
    """Return the tables of factors and controls that are given.

    Raises ValueError where their rows are not those of the ratings, or a name stands twice among ratings, groups and
    factors.
    """
    given = [each for each in (battery.factors, battery.controls) if each is not None]
    if any(len(each) != len(battery.ratings) for each in given):
        raise ValueError("Give one row of factors and of controls for each row of ratings.")
    as_frame(battery.ratings)
    members = [each for group in battery.groups.values() for each in group]
    drivers = [str(each) for each in battery.ratings.columns]
    if len(set(members)) < len(members) or not set(members) <= set(drivers):
        raise ValueError("Each rating belongs to at most one group, and a group holds ratings only.")
    factors = [] if battery.factors is None else [str(each) for each in battery.factors.columns]
    names = [*(each for each in drivers if each not in members), *battery.groups, *factors]
    if len(set(names)) < len(names):
        raise ValueError("Ratings, groups and factors need names of their own.")
    return given


def background_known(battery: DriverBattery) -> BoolArray:
    """Return the rows in which every factor and control is known."""
    known = np.ones(len(battery.ratings), dtype=bool)
    for table in tables_of(battery):
        known &= table.notna().to_numpy().all(axis=1)
        numbers = table.select_dtypes("number").to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isinf(numbers).any():
            raise ValueError("A factor or control is infinite: pass a missing value instead.")
    return known


def background_of(battery: DriverBattery, keep: BoolArray) -> Background:
    """Return factors and controls of the kept rows as numbers, categories as dummies against their first level."""
    blocks, factors, controls, width = [np.empty((int(keep.sum()), 0))], [], [], 0
    if battery.factors is not None:
        layout = laid_out(battery.factors[keep], Terms(factors=tuple(battery.factors.columns)))
        factors = list(zip(layout.names, layout.players, strict=True))
        blocks.append(layout.data)
        width = len(layout.columns)
    if battery.controls is not None:
        layout = laid_out(battery.controls[keep], Terms(controls=tuple(battery.controls.columns)))
        controls = [width + each for each in layout.controls]
        blocks.append(layout.data)
    return Background(np.concatenate(blocks, axis=1), tuple(factors), tuple(controls))
