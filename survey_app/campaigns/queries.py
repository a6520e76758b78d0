"""Reads of campaigns and invitations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, func, select

from analysis.values.fieldwork import STANDINGS, Disposition, HoldReason, Standing
from survey_app.campaigns.links import InvitationRow, PublicRow, find_invitation_row, find_public_row
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.tokens import hash_of
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey

__all__ = [
    "InvitationRow",
    "PublicRow",
    "count_dispositions",
    "count_held_back",
    "find_campaign",
    "find_invitation",
    "find_invitation_row",
    "find_public",
    "find_public_row",
    "get_campaign",
    "list_campaigns",
    "list_invited",
]

# Whom the response rate counts: written to, and not found out to be no customer of the kind that was sought.
ELIGIBLE = [each for each, at in STANDINGS.items() if at not in {Standing.NOT_INVITED, Standing.NOT_ELIGIBLE}]


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation a personal link belongs to; None for every wrong token."""
    return db.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))


def find_public(code: str) -> Campaign | None:
    """Return the public campaign with this code in its link; None for every wrong one."""
    row = find_public_row(code)
    return db.session.get(Campaign, row.campaign_id) if row else None


def find_campaign(campaign_id: int) -> Campaign | None:
    """Return a campaign, or None."""
    return db.session.get(Campaign, campaign_id)


def get_campaign(campaign_id: int) -> Campaign:
    """Return a campaign; raise NoResultFound when there is none."""
    return db.session.get_one(Campaign, campaign_id)


def list_campaigns(survey: Survey | None = None) -> list[Campaign]:
    """Return all campaigns, or a survey's, the newest first."""
    statement = select(Campaign).order_by(Campaign.id.desc())
    if survey is not None:
        statement = statement.where(Campaign.survey_id == survey.id)
    return list(db.session.scalars(statement))


def count_dispositions(campaign: Campaign) -> dict[Disposition, int]:
    """Return how many invited customers stand at each disposition, zeros included; test sends don't count."""
    rows = db.session.execute(
        select(Invitation.disposition, func.count())
        .where(Invitation.campaign_id == campaign.id, ~Invitation.is_test)
        .group_by(Invitation.disposition)
    )
    found = {Disposition(name): n for name, n in rows}
    return {each: found.get(each, 0) for each in Disposition}


def count_held_back(campaign: Campaign) -> dict[HoldReason, int]:
    """Return how many customers were held back for each reason that occurs."""
    rows = db.session.execute(
        select(Invitation.held_back_reason, func.count())
        .where(
            Invitation.campaign_id == campaign.id,
            ~Invitation.is_test,
            Invitation.disposition == Disposition.HELD_BACK,
        )
        .group_by(Invitation.held_back_reason)
    )
    return {HoldReason(name): n for name, n in rows if name is not None}


def list_invited(campaigns: Collection[Campaign], kinds: Mapping[str, str]) -> list[Row[Any]]:
    """Return every eligible invitation of these campaigns, the oldest first, as plain values in one statement.

    A row holds the customer's id, the language written in, whether they completed, and the customer's value of each
    attribute in `kinds` (kind by code) in that order: a number, else text; None where it is not known.
    """
    values = [
        Customer.attributes[code].as_float() if kind == "number" else Customer.attributes[code].as_string()
        for code, kind in kinds.items()
    ]
    statement = (
        select(
            Invitation.customer_id,
            Invitation.language,
            Invitation.disposition == Disposition.COMPLETED,
            # Two attributes are two columns, whatever the database calls them.
            *(value.label(f"value_{at}") for at, value in enumerate(values)),
        )
        .join(Customer, Customer.id == Invitation.customer_id)
        .where(Invitation.campaign_id.in_([each.id for each in campaigns]), ~Invitation.is_test)
        .where(Invitation.disposition.in_(ELIGIBLE))
    )
    return list(db.session.execute(statement.order_by(Invitation.id)))
