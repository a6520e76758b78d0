"""Two records found to be one person: merged, and taken apart again as they were.

The record that goes stays as a row that points to the one that is kept, with its own details untouched: its number and
address go on to find the customer. What belongs to it follows (see `kin`). Suppressions stand by address and are never
touched; an objection of either counts for the merged customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import NoResultFound

from survey_app.accounts.operations import record
from survey_app.customers.contact_points import Given, add_point
from survey_app.customers.identity import CustomerMerge
from survey_app.customers.kin import all_kin, move
from survey_app.customers.matching import settle_keys
from survey_app.customers.models import STATE_OF_PURPOSE, Consent, ContactPoint, Customer
from survey_app.customers.operations import ConsentEntry, record_consent
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db

# What a person chooses between, and what goes along with each choice.
CHOICES = {
    "name": ("name",),
    "email": ("email", "email_state"),
    "phone": ("phone", "phone_state"),
    "company": ("company_id",),
    "language": ("language",),
    "time_zone": ("time_zone",),
    "owner": ("owner_id",),
    "preferred_channel": ("preferred_channel",),
}
_DETAILS = tuple(column for columns in CHOICES.values() for column in columns)
_KEYS = ("search_key", "name_key", "email_key", "phone_key", "updated_at")
_SNAPSHOT = (*_DETAILS, *_KEYS, *STATE_OF_PURPOSE.values())
_ATTRIBUTE = "attribute."
_BASIS = "objection"


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Which record is kept, which one goes, and by detail (`attribute.plan`) whose value stands: kept or merged.

    Where nothing is said, a value of the kept record stands, and the other's fills what is empty.
    """

    kept_id: int
    merged_id: int
    choice: Mapping[str, str]
    by_id: int | None = None


def merge_customers(plan: MergePlan, now: datetime) -> CustomerMerge:
    """Make one customer of two; raise CustomerError, in words, where they cannot be."""
    kept, merged = _pair(plan)
    before = _snapshot(kept)
    states = _strictest(kept, merged)
    _take_over(kept, merged, plan.choice)
    kept.updated_at = now
    db.session.flush()
    db.session.refresh(kept, ["company"])
    moves = {kin.name: move(kin, merged.id, kept.id) for kin in all_kin()}
    merged.merged_into_id = kept.id
    made = {"contact_points": _keep_further(kept, merged, before, now), "consents": _keep_objections(kept, states, now)}
    for column, state in states.items():
        setattr(kept, column, state)
    settle_keys(kept)
    undo = {
        "before": before,
        "after": _snapshot(kept),
        "moved": {name: each.ids for name, each in moves.items() if each.ids},
        "stayed": {name: each.stayed for name, each in moves.items() if each.stayed},
        "made": made,
    }
    done = CustomerMerge(kept_id=kept.id, merged_id=merged.id, undo=undo, merged_by_id=plan.by_id, merged_at=now)
    db.session.add(done)
    db.session.flush()
    record("customers.merged", "customer", str(kept.id), merged=merged.id, merge=done.id)
    _read_anew()
    return done


def undo_merge(merge: CustomerMerge, now: datetime) -> list[str]:
    """Take a merge back and return, by name, what could not be put back; raise CustomerError where it cannot be.

    What was changed by hand since, and what came since, stays with the kept customer.
    """
    kept, merged = _pair_of(merge)
    merge.undone_at = now
    merged.merged_into_id = None
    lost = [name for kin in all_kin() for name in _back(kin.name, merge)]
    objections = _objections_since(kept, merge)
    for table, model in (("contact_points", ContactPoint), ("consents", Consent)):
        ids = merge.undo["made"].get(table, [])
        db.session.execute(delete(model).where(model.id.in_(ids)))
    lost += _restore(kept, merge.undo)
    for entry in objections:
        record_consent(merged, entry, now)
    db.session.flush()
    record("customers.unmerged", "customer", str(kept.id), merged=merged.id, merge=merge.id)
    _read_anew()
    return sorted(set(lost))


def _pair(plan: MergePlan) -> tuple[Customer, Customer]:
    if plan.kept_id == plan.merged_id:
        raise CustomerError({"merged": _("Choose two different customers.")})
    found = _locked(plan.kept_id, plan.merged_id)
    if any(each.merged_into_id for each in found.values()):
        raise CustomerError({"merged": _("One of the two was already merged. Look at the list again.")})
    return found[plan.kept_id], found[plan.merged_id]


def _pair_of(merge: CustomerMerge) -> tuple[Customer, Customer]:
    found = _locked(merge.kept_id, merge.merged_id)
    kept, merged = found[merge.kept_id], found[merge.merged_id]
    db.session.refresh(merge)
    if merge.undone_at is not None:
        raise CustomerError({"merge": _("This merge has been taken back already.")})
    if kept.merged_into_id is not None:
        raise CustomerError({"merge": _("The kept customer was merged into another since. Take that back first.")})
    return kept, merged


def _locked(*ids: int) -> dict[int, Customer]:
    """Return customers that nobody else merges meanwhile; in one order, so that two merges never wait on each other."""
    query = select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update()
    found = {each.id: each for each in db.session.scalars(query, execution_options={"populate_existing": True})}
    if len(found) < len(ids):
        raise NoResultFound
    return found


def _read_anew() -> None:
    """Forget what was loaded of rows that now belong to somebody else."""
    db.session.flush()
    db.session.expire_all()


def _snapshot(customer: Customer) -> dict[str, Any]:
    values = {name: getattr(customer, name) for name in _SNAPSHOT}
    values["updated_at"] = customer.updated_at.isoformat()
    return values | {"attributes": dict(customer.attributes)}


def _take_over(kept: Customer, merged: Customer, choice: Mapping[str, str]) -> None:
    for field, columns in CHOICES.items():
        if _wins(choice.get(field), getattr(kept, columns[0]), getattr(merged, columns[0])):
            for column in columns:
                setattr(kept, column, getattr(merged, column))
    kept.attributes = kept.attributes | {
        code: value
        for code, value in merged.attributes.items()
        if _wins(choice.get(_ATTRIBUTE + code), kept.attributes.get(code), value)
    }


def _wins(chosen: str | None, ours: object, theirs: object) -> bool:
    if theirs in (None, ""):
        return False
    return chosen == "merged" or (chosen is None and ours in (None, ""))


def _keep_further(kept: Customer, merged: Customer, before: Mapping[str, Any], now: datetime) -> list[int]:
    """Keep the addresses and telephone numbers that are not the main ones as further ones; return the new rows."""
    source = _("merged with customer %(id)s", id=merged.id)
    had = [("mail", before["email"], before["email_state"]), ("phone", before["phone"], before["phone_state"])]
    had += [("mail", merged.email, merged.email_state), ("phone", merged.phone, merged.phone_state)]
    points = [add_point(kept, Given(kind, value, source, state), now) for kind, value, state in had if value]
    return [point.id for point in points if point is not None]


def _strictest(kept: Customer, merged: Customer) -> dict[str, str | None]:
    """Return by column what the merged customer's wishes are: an objection of either, else an agreement of either."""
    states: dict[str, str | None] = {}
    for column in STATE_OF_PURPOSE.values():
        either = {getattr(kept, column), getattr(merged, column)}
        states[column] = next((state for state in ("objected", "given") if state in either), None)
    return states


def _keep_objections(kept: Customer, states: Mapping[str, str | None], now: datetime) -> list[int]:
    """Write an objection down once more where the newest of the joined entries would read as an agreement."""
    made = []
    for purpose, column in STATE_OF_PURPOSE.items():
        newest = select(Consent).where(Consent.customer_id == kept.id, Consent.purpose == purpose)
        entry = db.session.scalar(newest.order_by(Consent.id.desc()).limit(1))
        if states[column] == "objected" and (entry is None or entry.is_given):
            said = ConsentEntry(is_given=False, basis=_BASIS, source=_("merge of two records"), purpose=purpose)
            made.append(record_consent(kept, said, now).id)
    return made


def _objections_since(kept: Customer, merge: CustomerMerge) -> list[ConsentEntry]:
    """Return what the customer objected to since: said while they were one, so it counts for both."""
    known = {*merge.undo["made"].get("consents", []), *merge.undo["moved"].get("consents.customer_id", [])}
    since = select(Consent).where(Consent.customer_id == kept.id, Consent.recorded_at > merge.merged_at)
    newest = {each.purpose: each for each in db.session.scalars(since.order_by(Consent.id)) if each.id not in known}
    return [
        ConsentEntry(is_given=False, basis=each.basis, source=each.source, wording=each.wording, purpose=each.purpose)
        for each in newest.values()
        if not each.is_given
    ]


def _back(name: str, merge: CustomerMerge) -> list[str]:
    ids = merge.undo["moved"].get(name, [])
    kin = next(each for each in all_kin() if each.name == name)
    return [str(kin.title)] if ids and move(kin, merge.kept_id, merge.merged_id, ids).stayed else []


def _restore(kept: Customer, undo: Mapping[str, Any]) -> list[str]:
    """Put details back that still are what the merge made of them; return the others' names."""
    before, after = undo["before"], undo["after"]
    now_is = _snapshot(kept)
    for name in _SNAPSHOT:
        if now_is[name] == after[name]:
            value = datetime.fromisoformat(before[name]) if name == "updated_at" else before[name]
            setattr(kept, name, value)
    attributes, was, became = dict(kept.attributes), before["attributes"], after["attributes"]
    for code in {*was, *became}:
        if attributes.get(code) == became.get(code):
            attributes.pop(code, None)
            attributes |= {code: was[code]} if code in was else {}
    kept.attributes = attributes
    lost = [name for name in _DETAILS if now_is[name] != after[name]]
    if lost or now_is["updated_at"] != after["updated_at"]:
        db.session.flush()
        db.session.refresh(kept, ["company"])
        settle_keys(kept)
    return lost
