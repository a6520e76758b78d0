"""A base asked in parts, so that everybody's turn comes once: each customer has one fixed part, by a stable order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from survey_app.campaigns.audience.drawing import Draw
from survey_app.customers.models import Customer


def part_sample(series_id: int, number: int, n_parts: int) -> dict[str, Any]:
    """Return what a wave stores to ask one part of so many; nothing where the whole base is asked."""
    return {"series": series_id, "part": number, "of": n_parts} if n_parts > 1 else {}


def in_part(sample: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Return the conditions under which a customer belongs to the part that a wave asks."""
    if not sample.get("of"):
        return []
    place = Draw.of(int(sample["series"]), "part").column(Customer.id.expression)
    return [place % int(sample["of"]) == int(sample["part"])]
