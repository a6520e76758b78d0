"""The planner's answer, by `analysis.planning`; only a worker loads this."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.planning import (
    PlanningOptions,
    detectable_change,
    margin_of_error,
    planned_mean,
    planned_net_promoter_score,
    planned_share,
    sample_size_for_change,
)
from analysis.values import as_data
from analysis.values.planning import PlannedFigure
from survey_app.reports.planning.requests import CONFIDENCE, POWER, Kind, PlanRequest

FEWEST = 3
STEPS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)


def compute(request: PlanRequest) -> dict[str, Any]:
    """Return everything a page shows for a request, as data."""
    figure, options = figure_of(request), options_of(request)
    sizes = sorted({*(step for step in STEPS if step < request.audience), request.audience, request.invitations})
    return {
        "figure": as_data(figure),
        "asked": _row(figure, request.invitations, options),
        "needed": {
            "rise": as_data(_needed(figure, request.change, options)),
            "fall": as_data(_needed(figure, -request.change, options)),
        },
        "ladder": [_row(figure, size, options) for size in sizes],
    }


def figure_of(request: PlanRequest) -> PlannedFigure:
    """Return the figure that is expected; raise ValueError where it cannot be."""
    if request.kind is Kind.NPS:
        return planned_net_promoter_score(detractors=request.second, promoters=request.first)
    if request.kind is Kind.SHARE:
        return planned_share(request.first)
    return planned_mean(request.first, request.second, request.low, request.high)


def options_of(request: PlanRequest) -> PlanningOptions:
    """Return what is taken for granted."""
    return PlanningOptions(
        confidence=CONFIDENCE, power=POWER, response_rate=request.response_rate, population=request.audience
    )


def _row(figure: PlannedFigure, invitations: int, options: PlanningOptions) -> dict[str, Any]:
    """Return what so many invitations bring; nothing but their number where too few answers would come."""
    n = int(invitations * (options.response_rate or 1.0) + 1e-9)
    row: dict[str, Any] = {"invitations": invitations, "n": n, "margin": None, "rise": None, "fall": None}
    if n < FEWEST:
        return row
    return row | {
        "margin": as_data(margin_of_error(figure, n, options)),
        "rise": as_data(detectable_change(figure, n, options)),
        "fall": as_data(detectable_change(figure, n, replace(options, falling=True))),
    }


def _needed(figure: PlannedFigure, change: float, options: PlanningOptions) -> Any:
    """Return the size that shows a change; None where the change leaves the scale."""
    if not figure.low <= figure.value + change <= figure.high:
        return None
    return sample_size_for_change(figure, change, options)
