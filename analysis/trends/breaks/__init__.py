"""Breaks in the level of a series: whether there is one, how many there are, and when."""

from analysis.trends.breaks.bai_perron import bai_perron
from analysis.trends.breaks.cusum import ols_cusum
from analysis.trends.breaks.segments import BreakOptions
from analysis.trends.breaks.sup_f import sup_f

__all__ = ["BreakOptions", "bai_perron", "ols_cusum", "sup_f"]
