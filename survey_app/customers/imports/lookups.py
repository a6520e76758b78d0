"""The customers that many rows may mean, found by a few statements: what `find_known` finds for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from survey_app.customers.imports.checks import fast_key
from survey_app.customers.matching import Known
from survey_app.customers.models import Customer, ExternalId
from survey_app.customers.queries import standing_of
from survey_app.customers.rules import CustomerRecord
from survey_app.extensions import db


class Acquaintances:
    """Who is known by the numbers and addresses of these records."""

    def __init__(self, records: Iterable[CustomerRecord]) -> None:
        """Look all of them up at once."""
        taken = list(records)
        numbers = {each.number for each in taken if each.number}
        self._by_number = _by_number(numbers)
        keys = {fast_key(each.email) for each in taken if each.email and each.number not in self._by_number}
        self._by_address = _by_address(keys)

    def known(self, record: CustomerRecord) -> Known:
        """Return the customers this record may mean."""
        found = self._by_number.get(record.number) if record.number else None
        if found is not None:
            return Known(standing_of(found), [], found.merged_into_id is not None)
        rows = self._by_address.get(fast_key(record.email), []) if record.email else []
        standing = {each.id: each for each in map(standing_of, rows)}
        return Known(None, list(standing.values()), any(each.merged_into_id for each in rows))


def _by_number(numbers: set[str]) -> dict[str, Customer]:
    if not numbers:
        return {}
    whole = select(Customer).options(selectinload(Customer.company))
    own = db.session.scalars(whole.where(Customer.external_id.in_(numbers)))
    found = {str(each.external_id): each for each in own}
    left = numbers - found.keys()
    if left:
        further = select(ExternalId.number, Customer).join(Customer, ExternalId.customer_id == Customer.id)
        rows = db.session.execute(further.where(ExternalId.number.in_(left)))
        found.update((row[0], row[1]) for row in rows)
    return found


def _by_address(keys: set[str]) -> dict[str, list[Customer]]:
    found: dict[str, list[Customer]] = defaultdict(list)
    if keys:
        wanted = select(Customer).options(selectinload(Customer.company)).where(Customer.email_key.in_(keys))
        for each in db.session.scalars(wanted.order_by(Customer.id)):
            found[str(each.email_key)].append(each)
    return found
