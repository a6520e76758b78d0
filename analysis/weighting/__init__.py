"""Weighting: who answered, weights that make up for who did not, and errors that know where weights come from.

`rake` and `calibrate` meet known totals, `response_propensity` and `propensity_weights` model who answers,
`compare_with_base` shows who is missing. `survey_design` takes weights, clusters and strata; means, shares, totals,
ratios and regressions of a design carry linearised errors. Formulas and sources: docs/statistics/weighting.md.
"""

from analysis.weighting.calibration import CalibrationOptions, calibrate
from analysis.weighting.composition import CompositionOptions, compare_with_base
from analysis.weighting.contrasts import weighted_beside_unweighted
from analysis.weighting.designs import SurveyDesign, survey_design
from analysis.weighting.estimates import survey_mean, survey_means_by, survey_ratio, survey_share, survey_total
from analysis.weighting.propensity import (
    PropensityWeightOptions,
    ResponsePropensity,
    propensity_weights,
    response_propensity,
)
from analysis.weighting.raking import RakingOptions, rake
from analysis.weighting.regression import survey_regression
from analysis.weighting.representativity import representativity
from analysis.weighting.results import Weighting

__all__ = [
    "CalibrationOptions",
    "CompositionOptions",
    "PropensityWeightOptions",
    "RakingOptions",
    "ResponsePropensity",
    "SurveyDesign",
    "Weighting",
    "calibrate",
    "compare_with_base",
    "propensity_weights",
    "rake",
    "representativity",
    "response_propensity",
    "survey_design",
    "survey_mean",
    "survey_means_by",
    "survey_ratio",
    "survey_regression",
    "survey_share",
    "survey_total",
    "weighted_beside_unweighted",
]
