"""Monotone trends: Mann-Kendall's test and Sen's slope, plain, seasonal and under autocorrelation."""

from analysis.trends.monotone.mann_kendall import MonotoneOptions, mann_kendall, seasonal_mann_kendall
from analysis.trends.monotone.sen import seasonal_sen_slope, sen_slope

__all__ = ["MonotoneOptions", "mann_kendall", "seasonal_mann_kendall", "seasonal_sen_slope", "sen_slope"]
