"""What happened with customers, told by another system again and again: new, or with what is different. No commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from survey_app.customers.models import Customer, Interaction
from survey_app.customers.operations import Happening, Outcome
from survey_app.customers.queries import find_by_number
from survey_app.extensions import db

# Databases take a limited number of values in one statement.
_MANY = 500


def tell_happenings(told: Sequence[tuple[Customer, Happening]], now: datetime) -> list[tuple[Interaction, Outcome]]:
    """Record what happened; told again under its number, change what differs, the customer excepted."""
    known = _known({happening.external_id for _customer, happening in told if happening.external_id})
    stored: list[tuple[Interaction, Outcome]] = []
    for customer, happening in told:
        interaction = known.get(happening.external_id or "")
        if interaction is not None:
            stored.append((interaction, _change(interaction, happening)))
            continue
        interaction = Interaction(customer_id=customer.id, recorded_at=now, **asdict(happening))
        db.session.add(interaction)
        stored.append((interaction, "created"))
        if happening.external_id:
            known[happening.external_id] = interaction
    db.session.flush()
    return stored


def customers_by_number(numbers: Collection[str]) -> dict[str, Customer]:
    """Return customers by their number, their own or a further one; of merged ones, those that stand."""
    wanted, found = sorted(numbers), {}
    for start in range(0, len(wanted), _MANY):
        some = select(Customer).where(Customer.external_id.in_(wanted[start : start + _MANY]))
        found.update({each.external_id: each for each in db.session.scalars(some) if each.merged_into_id is None})
    others = {number: find_by_number(number) for number in wanted if number not in found}
    return {number: each for number, each in (found | others).items() if number and each is not None}


def _known(numbers: Collection[str]) -> dict[str, Interaction]:
    wanted, found = sorted(numbers), {}
    for start in range(0, len(wanted), _MANY):
        some = select(Interaction).where(Interaction.external_id.in_(wanted[start : start + _MANY]))
        found.update({each.external_id: each for each in db.session.scalars(some) if each.external_id})
    return found


def _change(interaction: Interaction, happening: Happening) -> Outcome:
    changed = {name: value for name, value in asdict(happening).items() if value != getattr(interaction, name)}
    for name, value in changed.items():
        setattr(interaction, name, value)
    return "changed" if changed else "unchanged"
