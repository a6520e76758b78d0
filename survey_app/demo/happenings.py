"""What happened with the demo's customers in two years: purchases, visits and complaints."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from survey_app.customers.models import Interaction
from survey_app.demo.customers import Person
from survey_app.demo.model import FALL
from survey_app.extensions import db

# How many times in two years, at most, and the usual worth of a purchase (lognormal).
MOST = {"standard": 5, "silver": 8, "gold": 14}
WORTH = (5.2, 0.8)
SHARE_DELIVERED = 0.6
COMPLAINTS_A_PERSON = 0.06
# Delivery fell this long ago; complaints about it follow where it fell most.
FALL_LASTS = timedelta(days=150)

PURCHASES = ("Oak table", "Sofa", "Bookshelf", "Bed frame", "Armchair", "Set of chairs", "Floor lamp", "Rug", "Desk")
COMPLAINTS = ("Scratched on arrival", "A screw pack was missing", "Wrong colour delivered", "Invoice was wrong")


def add_happenings(chance: random.Random, people: Sequence[Person], now: datetime) -> int:
    """Store the happenings of all customers, oldest first by person, and return how many."""
    rows = [row for person in people for row in _of(chance, person, now)]
    db.session.execute(insert(Interaction), rows)
    return len(rows)


def _of(chance: random.Random, person: Person, now: datetime) -> Iterator[dict[str, Any]]:
    since = person.customer.created_at
    for _time in range(chance.randint(1, MOST[person.customer.attributes["tier"]])):
        at = _moment(chance, since, now)
        worth = Decimal(f"{chance.lognormvariate(*WORTH):.2f}")
        yield _row(person, "purchase", at, value=worth, product=chance.choice(PURCHASES), channel=_channel(chance))
    for _time in range(chance.randint(0, 3)):
        yield _row(person, "visit", _moment(chance, since, now))
    if chance.random() < COMPLAINTS_A_PERSON:
        yield _row(person, "complaint", _moment(chance, since, now), note=chance.choice(COMPLAINTS))
    if chance.random() < FALL[person.country.code] * SHARE_DELIVERED / 10:
        late = f"Delivered {chance.randint(4, 16)} days late"
        yield _row(person, "complaint", _moment(chance, now - FALL_LASTS, now), note=late)


def _row(person: Person, kind: str, at: datetime, **known: object) -> dict[str, Any]:
    nothing: dict[str, object] = {"value": None, "product": "", "channel": "", "note": ""}
    row = {"customer_id": person.customer.id, "kind": kind, "happened_at": at, "recorded_at": at}
    return row | nothing | {"location": person.customer.attributes["branch"]} | known


def _channel(chance: random.Random) -> str:
    return "web shop" if chance.random() < SHARE_DELIVERED else "branch"


def _moment(chance: random.Random, since: datetime, now: datetime) -> datetime:
    return (since + (now - since) * chance.random()).replace(microsecond=0)
