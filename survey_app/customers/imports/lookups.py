"""The customers that many rows may mean, found by a few statements: what `find_known` finds for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import BindParameter, bindparam, exists, select
from sqlalchemy.orm import selectinload

from survey_app.customers.imports.checks import fast_key
from survey_app.customers.matching import Known
from survey_app.customers.models import Customer, ExternalId
from survey_app.customers.queries import standing_of
from survey_app.customers.rules import CustomerRecord
from survey_app.extensions import db

# One value for all that is looked for: a thousand values, each taken into the statement, cost more than finding them.
NOBODY = Known()
_WANTED: BindParameter[str] = bindparam("wanted", expanding=True)
_WHOLE = select(Customer).options(selectinload(Customer.company))
_OWN = _WHOLE.where(Customer.external_id.in_(_WANTED))
_FURTHER = (
    select(ExternalId.number, Customer)
    .join(Customer, ExternalId.customer_id == Customer.id)
    .where(ExternalId.number.in_(_WANTED))
)
_AT_ADDRESS = _WHOLE.where(Customer.email_key.in_(_WANTED)).order_by(Customer.id)


class Acquaintances:
    """Who is known by the numbers and addresses of these records."""

    def __init__(self, records: Iterable[CustomerRecord]) -> None:
        """Look all of them up at once."""
        taken = list(records)
        numbered = [(each.number, each.email) for each in taken]
        self._by_number = _by_number({number for number, _email in numbered if number})
        keys = {fast_key(email) for number, email in numbered if email and number not in self._by_number}
        self._by_address = _by_address(keys)

    def known(self, record: CustomerRecord) -> Known:
        """Return the customers this record may mean."""
        found = self._by_number.get(record.number or "") if self._by_number else None
        if found is not None:
            return Known(standing_of(found), [], found.merged_into_id is not None)
        rows = self._by_address.get(fast_key(record.email)) if self._by_address and record.email else None
        if not rows:
            return NOBODY
        standing = {each.id: each for each in map(standing_of, rows)}
        return Known(None, list(standing.values()), any(each.merged_into_id for each in rows))

    def ids(self) -> set[int]:
        """Return the ids of all who are known, and of those they were merged into."""
        rows = [*self._by_number.values(), *(each for rows in self._by_address.values() for each in rows)]
        return {standing_of(each).id for each in rows}


def _by_number(numbers: set[str]) -> dict[str, Customer]:
    if not numbers:
        return {}
    own = db.session.scalars(_OWN, {"wanted": list(numbers)})
    found = {str(each.external_id): each for each in own}
    left = numbers - found.keys()
    if left and db.session.scalar(select(exists(select(ExternalId.id)))):
        found.update((row[0], row[1]) for row in db.session.execute(_FURTHER, {"wanted": list(left)}))
    return found


def _by_address(keys: set[str]) -> dict[str, list[Customer]]:
    found: dict[str, list[Customer]] = defaultdict(list)
    if keys:
        for each in db.session.scalars(_AT_ADDRESS, {"wanted": list(keys)}):
            found[str(each.email_key)].append(each)
    return found
