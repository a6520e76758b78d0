"""Driver analysis: which ratings go with the outcome, how strongly, how surely, and what to fix first.

`key_drivers` is the one call reports use; `relative_importance` is LMG alone, for tables without gaps.
Formulas and sources: docs/statistics/drivers.md.
"""

from analysis.drivers.battery import DriverBattery, RatingScale
from analysis.drivers.headline import key_drivers
from analysis.drivers.importance import Grouping, RelativeImportance, relative_importance
from analysis.drivers.options import DriverOptions

__all__ = [
    "DriverBattery",
    "DriverOptions",
    "Grouping",
    "RatingScale",
    "RelativeImportance",
    "key_drivers",
    "relative_importance",
]
