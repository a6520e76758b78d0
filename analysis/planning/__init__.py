"""Planning: how many answers a survey needs, how many invitations that takes, and what a given base can show."""

from analysis.planning.changes import change_power, detectable_change, sample_size_for_change
from analysis.planning.driver_models import (
    importance_precision,
    r_squared_power,
    sample_size_for_importance,
    sample_size_for_r_squared,
    sample_size_to_outrank,
)
from analysis.planning.margins import margin_of_error, sample_size_for_margin
from analysis.planning.options import (
    PlanningOptions,
    planned_mean,
    planned_net_promoter_score,
    planned_share,
)
from analysis.planning.trends import WaveSeries, detectable_slope, sample_size_for_slope, slope_power

__all__ = [
    "PlanningOptions",
    "WaveSeries",
    "change_power",
    "detectable_change",
    "detectable_slope",
    "importance_precision",
    "margin_of_error",
    "planned_mean",
    "planned_net_promoter_score",
    "planned_share",
    "r_squared_power",
    "sample_size_for_change",
    "sample_size_for_importance",
    "sample_size_for_margin",
    "sample_size_for_r_squared",
    "sample_size_for_slope",
    "sample_size_to_outrank",
    "slope_power",
]
