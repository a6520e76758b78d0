"""Customer value: persistence, retention, purchases and their worth, concentration, forecasts, value at risk."""

from analysis.customer_value.bg_nbd import PurchaseOptions, bg_nbd, expected_purchases, probability_alive
from analysis.customer_value.cohorts import CohortOptions, Span, retention_cohorts
from analysis.customer_value.concentration import ConcentrationOptions, concentration
from analysis.customer_value.contracts import ContractOptions, contractual_churn
from analysis.customer_value.cox import CoxOptions, cox
from analysis.customer_value.forecasts import ForecastOptions, forecast
from analysis.customer_value.histories import Histories
from analysis.customer_value.hold_out import hold_out_validation
from analysis.customer_value.incidence import cumulative_incidence
from analysis.customer_value.lifetime_value import ValueOptions, lifetime_value
from analysis.customer_value.log_rank import LogRankOptions, log_rank
from analysis.customer_value.spend import expected_spend, gamma_gamma
from analysis.customer_value.survival import (
    SurvivalOptions,
    kaplan_meier,
    median_survival,
    restricted_mean,
    survival_at,
)
from analysis.customer_value.transactions import Purchases, Transactions, purchase_histories, purchases_of
from analysis.customer_value.value_at_risk import RiskOptions, value_at_risk

__all__ = [
    "CohortOptions",
    "ConcentrationOptions",
    "ContractOptions",
    "CoxOptions",
    "ForecastOptions",
    "Histories",
    "LogRankOptions",
    "PurchaseOptions",
    "Purchases",
    "RiskOptions",
    "Span",
    "SurvivalOptions",
    "Transactions",
    "ValueOptions",
    "bg_nbd",
    "concentration",
    "contractual_churn",
    "cox",
    "cumulative_incidence",
    "expected_purchases",
    "expected_spend",
    "forecast",
    "gamma_gamma",
    "hold_out_validation",
    "kaplan_meier",
    "lifetime_value",
    "log_rank",
    "median_survival",
    "probability_alive",
    "purchase_histories",
    "purchases_of",
    "restricted_mean",
    "retention_cohorts",
    "survival_at",
    "value_at_risk",
]
