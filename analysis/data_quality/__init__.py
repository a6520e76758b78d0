"""Data quality: responses given without care, twice, or against themselves are marked with reasons, never dropped.

`response_quality` marks; `effect_of_leaving_out` shows a figure with and without the marked. Thresholds and their
sources: `QualityOptions` and docs/statistics/data-quality.md.
"""

from analysis.data_quality.contradictions import agreed_pairs
from analysis.data_quality.marking import effect_of_leaving_out, response_quality
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Battery, Responses, RulePair

__all__ = [
    "Battery",
    "QualityOptions",
    "Responses",
    "RulePair",
    "agreed_pairs",
    "effect_of_leaving_out",
    "response_quality",
]
