"""Two customers side by side: each detail with both values, and which of them stands unless somebody chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.accounts.queries import find_staff
from survey_app.customers.models import Customer
from survey_app.customers.vocabulary import list_attributes


@dataclass(frozen=True, slots=True)
class Line:
    """One detail of two customers; `chosen` is kept or merged."""

    name: str
    label: str
    ours: str
    theirs: str
    chosen: str

    @property
    def differs(self) -> bool:
        """Return whether there is something to choose."""
        return bool(self.ours and self.theirs and self.ours != self.theirs)


def lines_of(one: Customer, other: Customer, choice: Mapping[str, str]) -> list[Line]:
    """Return every detail that either of two customers has."""
    labels = {
        "name": _("Name"),
        "email": _("Mail address"),
        "phone": _("Telephone"),
        "company": _("Company"),
        "language": _("Language"),
        "time_zone": _("Time zone"),
        "owner": _("Looked after by"),
        "preferred_channel": _("Preferred way to be asked"),
    } | {f"attribute.{each.code}": each.label for each in list_attributes()}
    both = _values(one), _values(other)
    found = [(name, label, *(each.get(name, "") for each in both)) for name, label in labels.items()]
    return [
        Line(name, label, ours, theirs, choice.get(name) or ("kept" if ours else "merged"))
        for name, label, ours, theirs in found
        if ours or theirs
    ]


def _values(customer: Customer) -> dict[str, str]:
    owner = find_staff(customer.owner_id) if customer.owner_id else None
    plain = {name: getattr(customer, name) or "" for name in ("name", "email", "phone", "language", "time_zone")}
    attributes = {f"attribute.{code}": str(value) for code, value in customer.attributes.items()}
    return (
        attributes
        | plain
        | {
            "company": customer.company.name if customer.company else "",
            "owner": owner.name if owner else "",
            "preferred_channel": customer.preferred_channel or "",
        }
    )
