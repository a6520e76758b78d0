"""Where staff type in what a customer says on the phone or at the counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyAnswer

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.queries import find_campaign
from survey_app.campaigns.tokens import token_of
from survey_app.customers.models import Customer
from survey_app.customers.queries import find_customers
from survey_app.extensions import db
from survey_app.responses.entering import (
    EntryError,
    begin_entry,
    find_entry_form,
    find_entry_invitation,
    find_entry_link,
    list_open_campaigns,
    refusal_of,
)
from survey_app.responses.links import Link, with_started
from survey_app.responses.operations import serialise
from survey_app.responses.routes.committing import committed
from survey_app.responses.submissions import verified
from survey_app.responses.visits import opened, received, thanked
from survey_app.web import access
from survey_app.web.storable import row_number

blueprint = Blueprint("entering", __name__)


@blueprint.get("/campaigns/<int:campaign_id>/entry")
@access.requires("responses.enter")
def begin(campaign_id: int) -> str:
    """Show whose answers can be typed in: customers that a search finds, or somebody without a record."""
    return _draw_begin(_campaign(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/entry")
@access.requires("responses.enter")
def start(campaign_id: int) -> AnyAnswer | tuple[str, int]:
    """Begin with somebody's answers, or say why they cannot be typed in."""
    campaign = _campaign(campaign_id)
    number = request.form.get("customer", type=row_number)
    customer = db.session.get(Customer, number) if number else None
    if number and customer is None:
        abort(404)
    try:
        path = begin_entry(campaign, customer, datetime.now(UTC))
    except EntryError as error:
        db.session.rollback()
        flash(str(error), "error")
        return _draw_begin(_campaign(campaign_id)), 422
    db.session.commit()
    return redirect(f"{request.script_root}{path}", 303)


@blueprint.get("/customers/<int:customer_id>/entry")
@access.requires("responses.enter")
def choose(customer_id: int) -> str:
    """Show for which campaigns a customer's answers can be typed in."""
    customer = db.session.get(Customer, customer_id)
    if customer is None:
        abort(404)
    campaigns = list_open_campaigns()
    choices = [(each, refusal_of(each, customer, find_entry_invitation(each, customer))) for each in campaigns]
    return render_template("responses/entry/choose.html", customer=customer, choices=choices)


@blueprint.get("/desk/<int:invitation_id>")
@access.requires("responses.enter")
def open_customer(invitation_id: int) -> AnyAnswer:
    """Show the page of a customer's answers that comes next."""
    return opened(_customer_link(invitation_id), None)


@blueprint.post("/desk/<int:invitation_id>")
@access.requires("responses.enter")
def answer_customer(invitation_id: int) -> AnyAnswer:
    """Take a page of a customer's answers."""
    # By the same key as the customer's own link: both may send at this moment.
    return _receive(lambda: token_of(_invitation(invitation_id)), lambda: _customer_link(invitation_id))


@blueprint.get("/desk/<int:invitation_id>/thanks")
@access.requires("responses.enter")
def thank_customer(invitation_id: int) -> AnyAnswer:
    """Say that a customer's answers are stored, and lead to the next."""
    return thanked(_customer_link(invitation_id))


@blueprint.get("/desk/campaign/<int:campaign_id>")
@access.requires("responses.enter")
def open_form(campaign_id: int) -> AnyAnswer:
    """Show the first page for somebody without a record."""
    return opened(_form_link(campaign_id), None)


@blueprint.get("/desk/campaign/<int:campaign_id>/<submission>")
@access.requires("responses.enter")
def resume_form(campaign_id: int, submission: str) -> AnyAnswer:
    """Show a later page for somebody without a record."""
    link = _form_link(campaign_id)
    known = verified(submission, link.scope)
    if known is None:
        abort(404)
    return opened(with_started(link, known, db.session.connection()), known)


@blueprint.post("/desk/campaign/<int:campaign_id>")
@blueprint.post("/desk/campaign/<int:campaign_id>/<submission>")
@access.requires("responses.enter")
def answer_form(campaign_id: int, submission: str = "") -> AnyAnswer:  # noqa: ARG001 - the form itself carries it
    """Take a page of answers of somebody without a record."""
    return _receive(lambda: request.form.get("_submission", ""), lambda: _form_link(campaign_id))


@blueprint.get("/desk/campaign/<int:campaign_id>/thanks")
@access.requires("responses.enter")
def thank_form(campaign_id: int) -> AnyAnswer:
    """Say that the answers are stored, and lead to the next."""
    return thanked(_form_link(campaign_id))


def _receive(key: Callable[[], str], find: Callable[[], Link]) -> AnyAnswer:
    """Take a posted page; equal ones, of one key, pass one after another."""

    def take() -> AnyAnswer:
        serialise(key())
        link = find()
        submission = verified(request.form.get("_submission", ""), link.scope)
        link = with_started(link, submission, db.session.connection())
        return received(link, submission, datetime.now(UTC))

    return committed(take)


def _campaign(campaign_id: int) -> Campaign:
    return find_campaign(campaign_id) or _none()


def _invitation(invitation_id: int) -> Invitation:
    return db.session.get(Invitation, invitation_id) or _none()


def _customer_link(invitation_id: int) -> Link:
    return find_entry_link(_invitation(invitation_id), g.staff_user.id, db.session.connection()) or _none()


def _form_link(campaign_id: int) -> Link:
    return find_entry_form(_campaign(campaign_id), g.staff_user.id, db.session.connection()) or _none()


def _none() -> NoReturn:
    abort(404)


def _draw_begin(campaign: Campaign) -> str:
    text = request.args.get("q", "").strip()
    found = find_customers(text, 1).items if text else []
    choices = [(each, refusal_of(campaign, each, find_entry_invitation(campaign, each))) for each in found]
    return render_template(
        "responses/entry/begin.html",
        campaign=campaign,
        text=text,
        choices=choices,
        back=url_for("campaigns.show", campaign_id=campaign.id),
    )
