"""Trends: a figure period by period, the test of a trend, the latest change, limits and a shift of level."""

from analysis.trends.change_points import change_point, pettitt
from analysis.trends.charts import laney_chart, p_chart
from analysis.trends.lines import fixed_effect_line, random_effects_line, trend_test
from analysis.trends.periods import Grain, calendar_periods
from analysis.trends.series import TrendOptions, latest_change, trend, trend_points

__all__ = [
    "Grain",
    "TrendOptions",
    "calendar_periods",
    "change_point",
    "fixed_effect_line",
    "laney_chart",
    "latest_change",
    "p_chart",
    "pettitt",
    "random_effects_line",
    "trend",
    "trend_points",
    "trend_test",
]
