"""Duplicates: what may be one person, compared side by side, merged, told apart, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.customers.comparing import lines_of
from survey_app.customers.duplicates import REASONS, find_groups, needs_comparing, reasons_of, tell_apart
from survey_app.customers.identity import CustomerMerge
from survey_app.customers.merging import MergePlan, merge_customers, undo_merge
from survey_app.customers.models import Customer
from survey_app.customers.queries import get_customer
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.jobs.queries import find_newest
from survey_app.web import access
from survey_app.web.storable import page_number, row_number

MERGE_ALL = "customers.merge_same_addresses"
FOLD = "customers.fold_names"
_CHOICE = "choice-"


@blueprint.get("/duplicates")
@access.requires("customers.edit")
def duplicates() -> str:
    """List the customers that may be one person, by what they share."""
    reason = request.args.get("reason", "address")
    if reason not in REASONS:
        abort(404)
    page = request.args.get("page", 1, type=page_number)
    return render_template(
        "customers/duplicates.html",
        reason=reason,
        page=page,
        found=find_groups(reason, page),
        needs_comparing=needs_comparing(),
        job=find_newest(MERGE_ALL, None),
    )


@blueprint.get("/<int:customer_id>/compare/<int:other_id>")
@access.requires("customers.edit")
def compare(customer_id: int, other_id: int) -> str:
    """Show two customers side by side, to choose what is kept."""
    return _compared(customer_id, other_id, {})


@blueprint.post("/<int:customer_id>/compare/<int:other_id>")
@access.requires("customers.edit")
def merge(customer_id: int, other_id: int) -> Response | tuple[str, int]:
    """Make one customer of two."""
    _two(customer_id, other_id)
    chosen = request.form.items()
    choice = {name.removeprefix(_CHOICE): value for name, value in chosen if name.startswith(_CHOICE)}
    try:
        merge_customers(MergePlan(customer_id, other_id, choice, g.staff_user.id), datetime.now(UTC))
    except CustomerError as error:
        db.session.rollback()
        return _compared(customer_id, other_id, choice, str(error)), 422
    db.session.commit()
    flash(_("The two records are one customer now. You can take that back on this page."), "success")
    return redirect(url_for("customers.show", customer_id=customer_id), 303)


@blueprint.post("/merges/<int:merge_id>/undo")
@access.requires("customers.edit")
def undo(merge_id: int) -> Response:
    """Take a merge back."""
    found = db.session.get(CustomerMerge, merge_id)
    if found is None:
        abort(404)
    kept_id = found.kept_id
    try:
        lost = undo_merge(found, datetime.now(UTC))
    except CustomerError as error:
        db.session.rollback()
        flash(str(error), "danger")
        return redirect(url_for("customers.show", customer_id=kept_id), 303)
    db.session.commit()
    flash(_("They are two customers again, each as before."), "success")
    if lost:
        flash(_("Changed since, so it stays as it is now: %(names)s.", names=", ".join(lost)), "warning")
    return redirect(url_for("customers.show", customer_id=kept_id), 303)


@blueprint.post("/duplicates/apart")
@access.requires("customers.edit")
def separate() -> Response:
    """Write down that customers are different people; they are not proposed again."""
    customers = _customers(request.form.getlist("id", type=row_number)[:100])
    tell_apart(customers, datetime.now(UTC))
    record("customers.told_apart", "customer", str(customers[0].id), others=[each.id for each in customers[1:]])
    db.session.commit()
    flash(_("They are different people, and are not proposed again."), "success")
    reason = request.form.get("reason", "address")
    return redirect(url_for("customers.duplicates", reason=reason if reason in REASONS else "address"), 303)


@blueprint.post("/duplicates/merge-all")
@access.requires("customers.import")
def merge_all() -> Response:
    """Put down the work of merging all clear duplicates by address."""
    enqueue(MERGE_ALL, payload={"user_id": g.staff_user.id}, coalesce=True)
    record("customers.merge_all_asked")
    db.session.commit()
    return redirect(url_for("customers.duplicates"), 303)


@blueprint.post("/duplicates/compare-all")
@access.requires("customers.edit")
def compare_all() -> Response:
    """Put down the work of folding names that were not compared yet."""
    enqueue(FOLD, coalesce=True)
    db.session.commit()
    return redirect(url_for("customers.duplicates"), 303)


def _compared(customer_id: int, other_id: int, choice: dict[str, str], problem: str = "") -> str:
    one, other = _two(customer_id, other_id)
    return render_template(
        "customers/compare.html",
        one=one,
        other=other,
        lines=lines_of(one, other, choice),
        why=reasons_of(one, other),
        problem=problem,
    )


def _two(customer_id: int, other_id: int) -> tuple[Customer, Customer]:
    if customer_id == other_id:
        abort(404)
    one, other = _customers([customer_id, other_id])
    return one, other


def _customers(ids: Iterable[int]) -> list[Customer]:
    try:
        found = [get_customer(each) for each in dict.fromkeys(ids)]
    except NoResultFound:
        abort(404)
    if not found:
        abort(404)
    return found
