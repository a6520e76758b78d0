"""What happened with customers, told by another system again and again: new, or with what is different. No commit."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from survey_app.customers.models import Customer, Interaction
from survey_app.customers.operations import Happening, Outcome, record_interaction

_COMPARED = [field.name for field in fields(Happening) if field.name != "external_id"]


def tell_happening(customer: Customer, happening: Happening, now: datetime) -> tuple[Interaction, Outcome]:
    """Record what happened; told again under its number, change what differs, the customer excepted."""
    interaction, is_new = record_interaction(customer, happening, now)
    if is_new:
        return interaction, "created"
    told = {name: getattr(happening, name) for name in _COMPARED}
    changed = {name: value for name, value in told.items() if value != getattr(interaction, name)}
    for name, value in changed.items():
        setattr(interaction, name, value)
    return interaction, "changed" if changed else "unchanged"
