"""Driver analysis: which ratings go with the outcome, how strongly, how surely, and what to fix first.

`key_drivers` is the one call reports use. For tables without gaps: `driver_importance` (all measures with intervals),
`relative_importance` (LMG alone, fast) and `driver_regression` (slopes with robust errors).
Formulas and sources: docs/statistics/drivers.md.
"""

from analysis.drivers.battery import DriverBattery, RatingScale
from analysis.drivers.headline import key_drivers
from analysis.drivers.importance import RelativeImportance, relative_importance
from analysis.drivers.intervals import BootstrapInterval
from analysis.drivers.kano import KanoOptions, kano_categories
from analysis.drivers.options import DriverOptions
from analysis.drivers.penalty_reward import ContrastOptions, Cuts, penalty_reward_contrast
from analysis.drivers.regression import Errors
from analysis.drivers.regressions import RegressionOptions, driver_regression
from analysis.drivers.shares import ImportanceOptions, driver_importance
from analysis.drivers.terms import Terms
from analysis.drivers.what_if import Supposition, what_if
from analysis.values.drivers import QuadrantLines
from analysis.values.what_if import OutcomeMeasure

__all__ = [
    "BootstrapInterval",
    "ContrastOptions",
    "Cuts",
    "DriverBattery",
    "DriverOptions",
    "Errors",
    "ImportanceOptions",
    "KanoOptions",
    "OutcomeMeasure",
    "QuadrantLines",
    "RatingScale",
    "RegressionOptions",
    "RelativeImportance",
    "Supposition",
    "Terms",
    "driver_importance",
    "driver_regression",
    "kano_categories",
    "key_drivers",
    "penalty_reward_contrast",
    "relative_importance",
    "what_if",
]
