"""Campaigns, their audience and their organisation for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from survey_app.accounts.models import Organisation
from survey_app.campaigns.life import start_campaign
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.operations import CampaignPlan, create_campaign
from survey_app.campaigns.tasks import remind_campaign, send_campaign
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from tests.factories.customers import agree, make_customer
from tests.factories.questionnaires import a_published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def an_organisation(**overrides: Any) -> Organisation:
    """Return the installation's organisation, made where there is none."""
    found = db.session.get(Organisation, 1)
    if found is not None:
        return found
    values: dict[str, Any] = {
        "id": 1,
        "name": "Lotus Air",
        "sender_name": "Lotus Air",
        "sender_address": "surveys@example.org",
        "contact_address": "care@example.org",
    }
    organisation = Organisation(**(values | overrides))
    db.session.add(organisation)
    db.session.flush()
    return organisation


def willing(n: int = 3, **details: Any) -> list[Customer]:
    """Return customers who agreed to be asked."""
    customers = [make_customer(**details) for _ in range(n)]
    for customer in customers:
        agree(customer)
    return customers


def a_campaign(survey_code: str = "relationship", definition: dict[str, Any] | None = None, **plan: Any) -> Campaign:
    """Return a draft campaign of a newly published survey."""
    an_organisation()
    version = a_published_version(survey_code, **(definition or {}))
    return create_campaign(CampaignPlan(**({"survey": version.survey, "name": "Autumn"} | plan)), NOW)


def sent(campaign: Campaign) -> Campaign:
    """Start the campaign and let the work be done that writes to its audience; commits."""
    with writing():
        start_campaign(campaign)
        db.session.commit()
    send_campaign(JobRun(campaign.id, {}, NOW))
    return campaign


def delivered(campaign: Campaign) -> Campaign:
    """Let every invitation that waits stand as sent; commits."""
    with writing():
        for invitation in invitations(campaign):
            if invitation.disposition == "not-yet-sent":
                invitation.sent_at, invitation.disposition = NOW, "no-reply"
        db.session.commit()
    return campaign


def reminded(campaign: Campaign) -> None:
    """Let the work be done that reminds."""
    remind_campaign(JobRun(campaign.id, {}, NOW))


def invitations(campaign: Campaign) -> list[Invitation]:
    """Return the campaign's invitations in order."""
    return list(
        db.session.scalars(select(Invitation).where(Invitation.campaign_id == campaign.id).order_by(Invitation.id))
    )
