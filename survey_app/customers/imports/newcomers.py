"""New customers as rows of the database, many by one statement: what saving one of them would store."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from survey_app.customers.contact_points import key_of
from survey_app.customers.imports.checks import Checks, fast_key
from survey_app.customers.models import ContactPoint, Customer
from survey_app.customers.operations import ConsentEntry
from survey_app.customers.rules import LIMITS, CustomerRecord, fold, phone_key
from survey_app.extensions import db


def customer_row(record: CustomerRecord, checks: Checks, company_key: str, now: datetime) -> dict[str, Any]:
    """Return the row of a new customer, without its id and its company's."""
    name = record.name or record.email or record.external_id or ""
    name_key = folded(name)
    number, email_key = record.number, fast_key(record.email) if record.email else None
    values = {code: checks.value(code, stated) for code, stated in record.attributes.items()}
    found_by = (name_key, folded(record.email), company_key, folded(number), folded(record.phone))
    return {
        "external_id": number,
        "name": name,
        "name_key": name_key[: LIMITS["name"]],
        "search_key": " ".join(filter(None, found_by)),
        "email": record.email,
        "email_key": email_key,
        "email_state": "unverified",
        "phone": record.phone,
        "phone_key": phone_key(record.phone),
        "phone_state": "unverified",
        "consent_state": None,
        "language": record.language,
        "time_zone": record.time_zone,
        "company_id": None,
        "attributes": values if None not in values.values() else _stated(values),
        "is_demo": record.is_demo,
        "created_at": now,
        "updated_at": now,
    }


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    return {code: value for code, value in values.items() if value is not None}


def folded(text: str | None) -> str:
    """Return a text for comparison (see `fold`); numbers and addresses in plain letters need no table."""
    if text and text.isascii() and "'" not in text and "`" not in text:
        return " ".join(text.lower().split())
    return " ".join(filter(None, map(_folded_word, text.split()))) if text else ""


# The words of names come again and again.
_folded_word = lru_cache(maxsize=20_000)(fold)


def consent_row(customer_id: int, entry: ConsentEntry, now: datetime) -> dict[str, Any]:
    """Return the row of what a new customer agreed to."""
    return {
        "customer_id": customer_id,
        "purpose": entry.purpose,
        "is_given": entry.is_given,
        "basis": entry.basis,
        "source": entry.source,
        "wording": entry.wording,
        "recorded_at": now,
    }


def point_row(customer_id: int, point: tuple[str, str], source: str, now: datetime) -> dict[str, Any]:
    """Return the row of a further address or telephone."""
    kind, value = point
    return {
        "customer_id": customer_id,
        "kind": kind,
        "value": value,
        "key": key_of(kind, value),
        "state": "unverified",
        "source": source,
        "created_at": now,
    }


def further_keys(ids: list[int]) -> set[tuple[int, str, str]]:
    """Return the further addresses and telephones that these customers have."""
    columns = select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.key)
    return {(row[0], row[1], row[2]) for row in db.session.execute(columns.where(ContactPoint.customer_id.in_(ids)))}


def has_point(customer: Customer, point: tuple[str, str], known: set[tuple[int, str, str]]) -> bool:
    """Return whether a customer can be reached so already."""
    kind, value = point
    key = key_of(kind, value)
    own = customer.email_key if kind == "mail" else key_of("phone", customer.phone or "")
    return key == own or (customer.id, kind, key) in known
