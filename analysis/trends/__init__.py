"""Trends: a figure period by period, the test of a trend, the latest change, limits, shifts and what to expect next."""

from analysis.trends.breaks import BreakOptions, bai_perron, ols_cusum, sup_f
from analysis.trends.change_points import ShiftOptions, change_point, pettitt
from analysis.trends.charts import ewma_chart, individuals_chart, laney_chart, p_chart
from analysis.trends.least_squares import SeriesOptions, series_line
from analysis.trends.levels import LevelOptions, next_band, smoothed_level
from analysis.trends.lines import LineOptions, fixed_effect_line, random_effects_line, trend_test, wave_trend
from analysis.trends.monotone import (
    MonotoneOptions,
    mann_kendall,
    seasonal_mann_kendall,
    seasonal_sen_slope,
    sen_slope,
)
from analysis.trends.periods import Grain, calendar_periods
from analysis.trends.seasonal import seasonal_adjustment
from analysis.trends.series import TrendOptions, latest_change, trend, trend_points
from analysis.trends.variation import between_variance, homogeneity
from analysis.trends.waves import Waves, wave_series, waves_of

__all__ = [
    "BreakOptions",
    "Grain",
    "LevelOptions",
    "LineOptions",
    "MonotoneOptions",
    "SeriesOptions",
    "ShiftOptions",
    "TrendOptions",
    "Waves",
    "bai_perron",
    "between_variance",
    "calendar_periods",
    "change_point",
    "ewma_chart",
    "fixed_effect_line",
    "homogeneity",
    "individuals_chart",
    "laney_chart",
    "latest_change",
    "mann_kendall",
    "next_band",
    "ols_cusum",
    "p_chart",
    "pettitt",
    "random_effects_line",
    "seasonal_adjustment",
    "seasonal_mann_kendall",
    "seasonal_sen_slope",
    "sen_slope",
    "series_line",
    "smoothed_level",
    "sup_f",
    "trend",
    "trend_points",
    "trend_test",
    "wave_series",
    "wave_trend",
    "waves_of",
]
