"""Comparisons: differences between periods and segments, each with interval, p-value and verdict.

A verdict is "clearly up" or "clearly down" only where the p-value (within a family: the adjusted one) is below
`alpha`, so that at most that share of unchanged figures is announced as changed.
"""

from analysis.comparisons.assignment import assignment_balance
from analysis.comparisons.differences import (
    ComparisonOptions,
    bottom_box_difference,
    compare,
    compare_samples,
    paired_difference,
    verdict_of,
)
from analysis.comparisons.families import adjust_family
from analysis.comparisons.leagues import LeagueOptions, league_table
from analysis.comparisons.mix import (
    MixedAnswers,
    MixOptions,
    MixTable,
    mix_shift,
    mix_shift_by_dimension,
    mix_shift_of_table,
)
from analysis.comparisons.pairwise import segment_pairs
from analysis.comparisons.ranks import ordered_segments_test, rank_comparison
from analysis.comparisons.segments import compare_segments, segments_test
from analysis.comparisons.shrinkage import shrunken_segments
from analysis.multiplicity import adjusted_p_values

__all__ = [
    "ComparisonOptions",
    "LeagueOptions",
    "MixOptions",
    "MixTable",
    "MixedAnswers",
    "adjust_family",
    "adjusted_p_values",
    "assignment_balance",
    "bottom_box_difference",
    "compare",
    "compare_samples",
    "compare_segments",
    "league_table",
    "mix_shift",
    "mix_shift_by_dimension",
    "mix_shift_of_table",
    "ordered_segments_test",
    "paired_difference",
    "rank_comparison",
    "segment_pairs",
    "segments_test",
    "shrunken_segments",
    "verdict_of",
]
