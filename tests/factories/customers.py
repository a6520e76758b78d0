"""Customers made up for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, Happening, record_consent, record_interaction, save_customer
from survey_app.customers.rules import CustomerRecord

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_numbers = count(1)


def make_customer(**details: Any) -> Customer:
    """Return a saved customer; names, addresses and numbers are made up where the test does not care."""
    n = next(_numbers)
    given = {"name": f"Customer {n}", "email": f"customer{n}@example.org", "language": "en"} | details
    return save_customer(CustomerRecord(**given), NOW)[0]


def agree(customer: Customer) -> None:
    """Let the customer agree to be asked."""
    record_consent(customer, ConsentEntry(is_given=True, basis="consent", source="test"), NOW)


def buy(customer: Customer, value: int, at: datetime = NOW) -> None:
    """Let the customer buy something."""
    record_interaction(customer, Happening(kind="purchase", happened_at=at, value=value))
