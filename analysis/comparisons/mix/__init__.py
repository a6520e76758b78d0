"""Mix shift: is the average changing because people answer differently, or because different people answer."""

from analysis.comparisons.mix.answers import MixedAnswers, MixOptions
from analysis.comparisons.mix.dimensions import mix_shift_by_dimension
from analysis.comparisons.mix.shifts import mix_shift
from analysis.comparisons.mix.tables import MixTable, mix_shift_of_table

__all__ = [
    "MixOptions",
    "MixTable",
    "MixedAnswers",
    "mix_shift",
    "mix_shift_by_dimension",
    "mix_shift_of_table",
]
