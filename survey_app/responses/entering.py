"""Answers that staff type in for somebody on the phone or at the counter: the same questions, one answer a customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Connection, select
from sqlalchemy.orm import joinedload

from analysis.values.fieldwork import Disposition
from survey_app.accounts.operations import record
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.tokens import new_token, token_of
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.responses.links import ENDS, STAFF, Link, find_personal, find_public
from survey_app.responses.models import Response
from survey_app.responses.operations import serialise

PATH = "/desk"


class EntryError(ValueError):
    """Answers that cannot be typed in; the message says why."""


def find_entry_invitation(campaign: Campaign, customer: Customer) -> Invitation | None:
    """Return the invitation of a customer in a campaign, or None."""
    mine = select(Invitation).where(Invitation.campaign_id == campaign.id, Invitation.customer_id == customer.id)
    return db.session.scalar(mine)


def list_open_campaigns() -> list[Campaign]:
    """Return the campaigns for which answers of customers may be typed in, the newest first."""
    query = (
        select(Campaign)
        .join(Campaign.survey)
        .where(Campaign.state == "open", Campaign.mode != "imported", Survey.identification != "anonymous")
        .options(joinedload(Campaign.survey))
    )
    return list(db.session.scalars(query.order_by(Campaign.id.desc())))


def refusal_of(campaign: Campaign, customer: Customer | None, invitation: Invitation | None) -> str:
    """Return why a customer's answers (or, with None, somebody's) cannot be typed in; nothing where they can."""
    if customer is None:
        return _("Answers to invitations belong to somebody: choose the customer.") if campaign.mode == "mail" else ""
    if campaign.survey.identification == "anonymous":
        return _("This survey is anonymous: type the answers in without naming the customer.")
    if invitation is None:
        return _("%(name)s is not invited in this campaign.", name=customer.name) if campaign.mode == "mail" else ""
    if invitation.disposition in ENDS:
        return _("%(name)s has answered already, or took the answers back.", name=customer.name)
    if campaign.survey.identification != "identified" and _has_begun_alone(invitation):
        return _(
            "%(name)s has begun to answer. These answers are confidential: only they can go on.", name=customer.name
        )
    return ""


def begin_entry(campaign: Campaign, customer: Customer | None, now: datetime) -> str:
    """Return the path at which somebody's answers are typed in; raise EntryError where they cannot be.

    A customer who was not written to is given an invitation here: one answer per customer and campaign, by constraint.
    """
    if campaign.mode == "imported":
        raise EntryError(_("Imported answers come from a file; none can be typed in."))
    serialise(f"entry:{campaign.id}:{customer.id if customer else ''}")
    invitation = find_entry_invitation(campaign, customer) if customer else None
    refusal = refusal_of(campaign, customer, invitation)
    if refusal:
        raise EntryError(refusal)
    record("responses.enter", "campaign", str(campaign.id), customer=customer.id if customer else None)
    if customer is None:
        return f"{PATH}/campaign/{campaign.id}"
    return f"{PATH}/{(invitation or _invited_here(campaign, customer, now)).id}"


def find_entry_link(invitation: Invitation, staff_id: int, connection: Connection) -> Link | None:
    """Return the way in for a customer's answers as staff type them; None for tests and for answers kept from staff."""
    link = None if invitation.is_test else find_personal(token_of(invitation), connection)
    customer = invitation.customer
    name = customer.name if customer else ""
    return _as_staff(link, f"{PATH}/{invitation.id}", staff_id, name) if link and _may_see(link) else None


def find_entry_form(campaign: Campaign, staff_id: int, connection: Connection) -> Link | None:
    """Return the way in for the answers of somebody without a record; None where the campaign has no public form."""
    link = find_public(campaign.public_code, connection) if campaign.public_code else None
    return _as_staff(link, f"{PATH}/campaign/{campaign.id}", staff_id, "") if link else None


def _may_see(link: Link) -> bool:
    """Return whether staff may see what was said so far: of confidential answers only what staff typed themselves."""
    if link.row.identification != "confidential":
        return link.row.identification == "identified"
    return link.started is None or link.started.entered_by_id is not None


def _has_begun_alone(invitation: Invitation) -> bool:
    own = select(Response.id).where(Response.invitation_id == invitation.id, Response.entered_by_id.is_(None))
    return db.session.scalar(own) is not None


def _as_staff(link: Link, path: str, staff_id: int, name: str) -> Link:
    return replace(link, path=path, channel=STAFF, entered_by_id=staff_id, on_behalf_of=name)


def _invited_here(campaign: Campaign, customer: Customer, now: datetime) -> Invitation:
    """Return a new invitation that no mail carries."""
    token = new_token()
    invitation = Invitation(
        campaign_id=campaign.id,
        customer_id=customer.id,
        token_nonce=token.nonce,
        token_hash=token.hash,
        language=customer.language or "",
        disposition=Disposition.NOT_YET_SENT.value,
        created_at=now,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation
