"""Groups so small that they would betray somebody: told together with others, so that none follows from the rest."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.arrays import BoolArray
from survey_app.responses.rules import PRIVACY_BASE

MOST_GROUPS = 12


def told_together(labels: pd.Series[Any], *sides: BoolArray, most: int = MOST_GROUPS) -> list[str]:
    """Return the groups that are told together: those too small, and those beyond `most`.

    Each side says which rows count on it, within those of the side before; a group needs the privacy base on every
    side. As many more groups join them as it takes that none of them follows from the others and the total.
    """
    counts = pd.DataFrame({str(at): labels[side].value_counts() for at, side in enumerate(sides)}).fillna(0)
    # Smallest first on the last side: nobody counts there who doesn't count on all others.
    counts = counts.sort_index().sort_values([*counts.columns[::-1]], kind="stable")
    n_hidden = int((counts.min(axis=1) < PRIVACY_BASE).sum())
    if len(counts) > most:
        n_hidden = max(n_hidden, len(counts) - most + 1)
    while 0 < n_hidden < len(counts) and not _is_safe(counts.iloc[:n_hidden]):
        n_hidden += 1
    return list(counts.index[:n_hidden])


def _is_safe(hidden: pd.DataFrame) -> bool:
    """Return whether groups told together are more than one, and people enough."""
    return len(hidden) > 1 and bool((hidden.sum() >= PRIVACY_BASE).all())
