"""Work on duplicates that outlives a request: folded names worked out, and clear duplicates merged in bulk."""

from __future__ import annotations

from itertools import count

from flask_babel import gettext as _
from sqlalchemy import and_, func, select

from survey_app.accounts.operations import record
from survey_app.customers.duplicates import alike, are_told_apart, fold_some
from survey_app.customers.merging import MergePlan, merge_customers
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun

# How many addresses are taken at once: others may write in between.
CHUNK = 20


def fold_names(run: JobRun) -> None:
    """Work out what is missing of the folded columns, some customers at a time."""
    while not run.stop_requested():
        with writing():
            n_folded = fold_some()
            db.session.commit()
        if not n_folded:
            return


def merge_same_addresses(run: JobRun) -> None:
    """Merge customers with the same address where nothing speaks against one person; the others wait for a look."""
    fold_names(run)
    by_id: int | None = run.payload.get("user_id")
    n_all = db.session.scalar(select(func.count()).select_from(alike("address").subquery())) or 0
    # What was read is let go: nobody may write upon a view of the past.
    db.session.rollback()
    n_merged, last = 0, ""
    for n_done in count(0, CHUNK):
        if run.stop_requested():
            break
        run.report_progress(n_done / max(n_all, 1), _("%(n)s merged", n=n_merged))
        with writing():
            wanted = alike("address").where(Customer.email_key > last).order_by(Customer.email_key).limit(CHUNK)
            keys = [str(row[0]) for row in db.session.execute(wanted)]
            n_merged += sum(_merge_group(key, by_id, run) for key in keys)
            db.session.commit()
        if not keys:
            break
        last = keys[-1]
    with writing():
        record("customers.merged_in_bulk", n_merged=n_merged)
        db.session.commit()
    run.report_progress(1, _("%(n)s merged", n=n_merged))


def is_surely_one(kept: Customer, other: Customer) -> bool:
    """Return whether two customers of one address are one person without anybody looking.

    People share addresses: another name, or another number of the same system, leaves them two.
    """
    has_name = [each.name_key not in {None, "", each.email_key} for each in (kept, other)]
    if all(has_name) and kept.name_key != other.name_key:
        return False
    sources = [each.external_id.partition(":")[0] for each in (kept, other) if each.external_id]
    return len(sources) == len(set(sources)) and not are_told_apart(kept, other)


def _merge_group(key: str, by_id: int | None, run: JobRun) -> int:
    rows = select(Customer).where(and_(Customer.email_key == key, Customer.merged_into_id.is_(None)))
    first, *others = db.session.scalars(rows.order_by(Customer.external_id.is_(None), Customer.id)).all()
    n_merged = 0
    for other in others:
        if is_surely_one(first, other):
            merge_customers(MergePlan(first.id, other.id, {}, by_id), run.now)
            n_merged += 1
    return n_merged
