"""Which customer a record means, and what it would change: the same answer for a preview and for the act."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.customers.models import Customer
from survey_app.customers.rules import (
    CustomerError,
    CustomerRecord,
    attribute_value,
    clean_text,
    company_key,
    fold,
    folded_name,
    phone_key,
)
from survey_app.outbox.rules import address_key

_TEXTS = ("name", "email", "phone", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class Known:
    """The customers that a record may mean."""

    by_number: Customer | None = None
    by_address: list[Customer] = field(default_factory=list)
    # Found by the number or address of a record that was merged into them: such a source fills gaps and overwrites
    # nothing, so that two rows of one file about one person do not take turns.
    through_merge: bool = False


def match(record: CustomerRecord, known: Known) -> Customer | None:
    """Return the customer that a record means, or None for a new one; raise CustomerError where two could be meant.

    A number decides. An address stands for its customer unless that one has another number of the same source:
    people who share an address stay two customers.
    """
    if known.by_number is not None or record.email is None:
        return known.by_number
    same = [each for each in known.by_address if not _is_another(each, record)]
    if len(same) > 1:
        raise CustomerError(
            {
                "email": _(
                    "Several customers have the address %(address)s. Give the customer number.", address=record.email
                )
            }
        )
    return same[0] if same else None


def differences(
    customer: Customer, record: CustomerRecord, kinds: dict[str, str], *, only_gaps: bool = False
) -> dict[str, object]:
    """Return the columns that a record would change on a customer, with their new values.

    With `only_gaps` what is known stays, and only what is missing is filled in.
    """
    changed = _all_differences(customer, record, kinds)
    if not only_gaps:
        return changed
    filled = {name: value for name, value in changed.items() if not getattr(customer, name) and name != "attributes"}
    if "attributes" in changed:
        known = {**_attributes(customer, record, kinds), **customer.attributes}
        filled |= {"attributes": known} if known != customer.attributes else {}
    return filled


def _all_differences(customer: Customer, record: CustomerRecord, kinds: dict[str, str]) -> dict[str, object]:
    changed = {name: value for name, value in _stated(record).items() if value != getattr(customer, name)}
    if customer.external_id is not None:
        # The number of the system that knew the customer first stays.
        changed.pop("external_id", None)
    if record.company is not None and company_key(record.company) != _company_of(customer):
        changed["company"] = clean_text(record.company)
    attributes = _attributes(customer, record, kinds)
    if attributes != customer.attributes:
        changed["attributes"] = attributes
    return changed


def search_key(customer: Customer) -> str:
    """Return all that a customer is found by, folded."""
    company = customer.company.name if customer.company else None
    parts = (customer.name, customer.email, company, customer.external_id, customer.phone)
    return fold(" ".join(part for part in parts if part))


def settle_keys(customer: Customer) -> None:
    """Bring all that a customer is found and compared by in line with their details."""
    customer.email_key = address_key(customer.email) if customer.email else None
    customer.name_key = folded_name(customer.name)
    customer.phone_key = phone_key(customer.phone)
    customer.search_key = search_key(customer)


def _stated(record: CustomerRecord) -> dict[str, object]:
    """Return the plain columns a record says something about; an emptied one is None, but a name stays."""
    stated: dict[str, object] = {}
    for name in _TEXTS:
        value = getattr(record, name)
        if value is not None and (clean_text(value) or name != "name"):
            stated[name] = clean_text(value) or None
    if record.number:
        stated["external_id"] = record.number
    if record.owner_id is not None:
        stated["owner_id"] = record.owner_id
    return stated


def _is_another(customer: Customer, record: CustomerRecord) -> bool:
    """Return whether the customer has a number of the record's source that is not the record's."""
    if customer.external_id is None or record.number is None:
        return False
    return customer.external_id.startswith(f"{record.source}:")


def _company_of(customer: Customer) -> str:
    return customer.company.name_key if customer.company else ""


def _attributes(customer: Customer, record: CustomerRecord, kinds: dict[str, str]) -> dict[str, object]:
    merged = dict(customer.attributes)
    for code, value in record.attributes.items():
        if value is None:
            continue
        stored = attribute_value(kinds[code], value)
        if stored is None:
            merged.pop(code, None)
        else:
            merged[code] = stored
    return merged
