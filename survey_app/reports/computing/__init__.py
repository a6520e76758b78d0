"""What a worker computes for a report: loaded by tasks alone, because it brings pandas and statsmodels along."""

from survey_app.reports.computing.result import compute_result

__all__ = ["compute_result"]
