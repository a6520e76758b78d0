"""Who is missing: those who answered beside everybody invited, without groups so small that they betray somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray
from analysis.values import Refusal, as_data
from analysis.weighting import compare_with_base
from survey_app.reports.computing.pooling import told_together
from survey_app.responses.rules import PRIVACY_BASE

# Categories as they are stored: a value, everybody whose value is not known, and the groups that are told together.
VALUE, UNKNOWN, OTHERS = "=", "unknown", "others"


@dataclass(frozen=True, slots=True)
class Invited:
    """Everybody invited, each once: one column per characteristic, and who answered at least one invitation."""

    characteristics: pd.DataFrame
    answered: BoolArray


def invited(rows: Sequence[Any], kinds: Mapping[str, str]) -> Invited:
    """Return the people behind invitations, the oldest first, as `campaigns.queries.list_invited` gives them.

    Somebody invited more than once counts once, in the language of the newest invitation.
    """
    newest = {row[0]: row for row in rows}
    completed = {row[0] for row in rows if row[2]}
    columns = {"language": [row[1] for row in newest.values()]}
    for at, (code, kind) in enumerate(kinds.items(), start=3):
        columns[f"profile.{code}"] = [_value(row[at], kind) for row in newest.values()]
    order = [*(f"profile.{code}" for code in kinds), "language"]
    table = pd.DataFrame({name: pd.Series(columns[name], dtype=_dtype(name, kinds)) for name in order})
    return Invited(table, np.array([each in completed for each in newest], dtype=bool))


def composition(people: Invited) -> dict[str, Any] | None:
    """Return the comparison of all characteristics that can be told, None where there is none.

    Groups below the privacy base, in people invited or in people who answered, are pooled before anything is computed:
    neither the figures nor what is stored holds them.
    """
    told = {name: _told(people.characteristics[name], people.answered) for name in people.characteristics}
    table = pd.DataFrame({name: column for name, column in told.items() if column is not None})
    if table.empty:
        return None
    found = compare_with_base(table, people.answered)
    data: dict[str, Any] = as_data(found)
    return {"refused": data} if isinstance(found, Refusal) else data


def _value(value: Any, kind: str) -> Any:
    """Return a date as its year, so that days make groups; anything else as it is."""
    return value[:4] if kind == "date" and value else value


def _dtype(name: str, kinds: Mapping[str, str]) -> type:
    return float if kinds.get(name.removeprefix("profile.")) == "number" else object


def _told(column: pd.Series[Any], answered: BoolArray) -> pd.Series[Any] | None:
    if column.dtype == float:
        return column if _carries_mean(column, answered) else None
    labels = column.map(lambda value: VALUE + str(value) if value else UNKNOWN)
    hidden = told_together(labels, np.ones(len(labels), dtype=bool), answered)
    told = labels.where(~labels.isin(hidden), OTHERS)
    return told if len(told.unique()) > 1 else None


def _carries_mean(column: pd.Series[Any], answered: BoolArray) -> bool:
    """Return whether enough people stand behind the mean of each side: one of them follows from the other and all."""
    known = column.notna().to_numpy()
    sides = (known & answered).sum(), (known & ~answered).sum()
    return bool(min(sides) >= PRIVACY_BASE and column.min() < column.max())
