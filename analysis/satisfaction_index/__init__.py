"""The satisfaction index: a path model of what leads to satisfaction and on from it, by partial least squares.

`satisfaction_index` is the call for reports; `ecsi_model` and `acsi_model` are models ready-made, `PathModel` makes any
other. `index_scores` and `index_change` carry an index across waves.
Formulas and sources: docs/statistics/satisfaction-index.md.
"""

from analysis.satisfaction_index.index import PathFit, path_model_fit, satisfaction_index
from analysis.satisfaction_index.models import Mode, PathModel, Scheme
from analysis.satisfaction_index.options import IndexOptions, MissingItems
from analysis.satisfaction_index.ready_made import acsi_model, ecsi_model
from analysis.satisfaction_index.waves import IndexScores, Wave, index_change, index_scores

__all__ = [
    "IndexOptions",
    "IndexScores",
    "MissingItems",
    "Mode",
    "PathFit",
    "PathModel",
    "Scheme",
    "Wave",
    "acsi_model",
    "ecsi_model",
    "index_change",
    "index_scores",
    "path_model_fit",
    "satisfaction_index",
]
