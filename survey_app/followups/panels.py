"""The customer page's panels that look back from here: cases and invitations; answers are brought by `responses`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from survey_app.campaigns.labels import DISPOSITIONS
from survey_app.customers.models import Customer
from survey_app.customers.registry import Panel
from survey_app.followups.queries import (
    cases_of_customer,
    invitations_of_customer,
    is_overdue,
    names_of_staff,
)


def load_cases(customer: Customer) -> Mapping[str, Any]:
    """Return the customer's cases."""
    cases, now = cases_of_customer(customer), datetime.now(UTC)
    overdue = {case.id for case in cases if is_overdue(case, now)}
    return {"cases": cases, "overdue": overdue, "names": names_of_staff(case.assignee_id for case in cases)}


def load_invitations(customer: Customer) -> Mapping[str, Any]:
    """Return how the customer was asked, and what became of it."""
    return {"invitations": invitations_of_customer(customer), "dispositions": DISPOSITIONS}


PANELS = (
    Panel("cases", 10, "followups/panel_cases.html", load_cases, "cases.view"),
    Panel("invitations", 30, "followups/panel_invitations.html", load_invitations),
)
