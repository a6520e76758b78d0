"""A customer's merges as their page tells them: which record, when, and what could not follow."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.customers.identity import CustomerMerge
from survey_app.customers.kin import all_kin
from survey_app.customers.models import Customer
from survey_app.customers.queries import list_merges
from survey_app.extensions import db


@dataclass(frozen=True, slots=True)
class ToldMerge:
    """A merge, the record that was merged, and in words what stayed with it."""

    merge: CustomerMerge
    merged: Customer
    stayed: list[str]


def told_merges(customer: Customer) -> list[ToldMerge]:
    """Return what was merged into a customer and still is."""
    titles = {kin.name: str(kin.title) for kin in all_kin()}
    return [
        ToldMerge(merge, db.session.get_one(Customer, merge.merged_id), _stayed(merge, titles))
        for merge in list_merges(customer)
    ]


def _stayed(merge: CustomerMerge, titles: dict[str, str]) -> list[str]:
    stayed: dict[str, list[int]] = merge.undo.get("stayed", {})
    return [_("%(n)s %(what)s", n=len(ids), what=titles.get(name, name)) for name, ids in stayed.items()]
