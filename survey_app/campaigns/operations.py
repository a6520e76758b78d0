"""What is done with a campaign: created, edited, sent, paused, closed. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from survey_app.accounts.operations import record
from survey_app.campaigns.dispositions import (
    mark_completed,
    mark_resubscribed,
    mark_started,
    mark_unsubscribed,
)
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import may_be_done
from survey_app.campaigns.texts import PARTS, Texts, default_texts
from survey_app.campaigns.tokens import new_public_code
from survey_app.customers.models import Segment
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import newest_published, questionnaire_of

__all__ = [
    "CampaignError",
    "CampaignPlan",
    "create_campaign",
    "mark_completed",
    "mark_resubscribed",
    "mark_started",
    "mark_unsubscribed",
]


class CampaignError(ValueError):
    """Something cannot be done with a campaign; the message says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a campaign is to be: a survey asked in one way of one audience."""

    survey: Survey
    name: str
    mode: str = "mail"
    segment: Segment | None = None
    wave: str = ""
    wave_order: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    texts: Texts = field(default_factory=dict)
    created_by_id: int | None = None
    is_demo: bool = False


def create_campaign(plan: CampaignPlan, now: datetime) -> Campaign:
    """Create a campaign of the survey's newest published version as a draft; raise CampaignError without one."""
    version = newest_published(plan.survey)
    if version is None:
        raise CampaignError(
            _(
                "%(survey)s has no published questionnaire yet. Publish it, then invite people.",
                survey=plan.survey.title,
            )
        )
    campaign = Campaign(
        survey_id=plan.survey.id,
        version_id=version.id,
        name=plan.name,
        mode=plan.mode,
        wave=plan.wave,
        wave_order=plan.wave_order,
        segment_id=plan.segment.id if plan.segment else None,
        texts=default_texts(questionnaire_of(version).languages) | plan.texts,
        public_code=new_public_code() if plan.mode == "public" else None,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        audience_done=plan.mode != "mail",
        created_by_id=plan.created_by_id,
        is_demo=plan.is_demo,
        created_at=now,
    )
    db.session.add(campaign)
    db.session.flush()
    return campaign
