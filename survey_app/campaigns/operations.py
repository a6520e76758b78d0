"""A campaign created and changed; and what answering makes of an invitation. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from survey_app.campaigns.dispositions import (
    mark_completed,
    mark_over_quota,
    mark_resubscribed,
    mark_screened_out,
    mark_started,
    mark_unsubscribed,
    mark_withdrawn,
)
from survey_app.campaigns.mail.texts import (
    PARTS,
    REMINDER_PARTS,
    SHORT_PARTS,
    SHORT_REMINDER_PARTS,
    Texts,
    default_texts,
    second,
)
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import AnswerLimits
from survey_app.campaigns.steps import CampaignError, require
from survey_app.campaigns.tokens import new_public_code
from survey_app.customers.models import Segment
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import newest_published, questionnaire_of

__all__ = [
    "CampaignDetails",
    "CampaignError",
    "CampaignPlan",
    "adopt_newest",
    "change_details",
    "change_second_texts",
    "change_texts",
    "create_campaign",
    "mark_completed",
    "mark_over_quota",
    "mark_resubscribed",
    "mark_screened_out",
    "mark_started",
    "mark_unsubscribed",
    "mark_withdrawn",
    "parts_to_write",
    "require_way",
]


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a campaign is to be: a survey asked in one way of one audience."""

    survey: Survey
    name: str
    mode: str = "mail"
    contact_channel: str = "mail"
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
        title = plan.survey.title
        raise CampaignError(
            _("%(survey)s has no published questionnaire yet. Publish it, then invite people.", survey=title)
        )
    campaign = Campaign(
        survey_id=plan.survey.id,
        version_id=version.id,
        name=plan.name,
        mode=plan.mode,
        contact_channel=plan.contact_channel,
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


def require_way(survey: Survey, channel: str) -> None:
    """Raise CampaignError where a survey cannot be asked on this way."""
    if channel == "phone" and survey.identification == "anonymous":
        raise CampaignError(_("An anonymous survey cannot be asked by telephone: whoever calls knows who answers."))


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """What may be changed of a campaign: the audience while it is a draft, the rest until it is closed."""

    name: str
    wave: str
    wave_order: int
    segment: Segment | None
    closes_at: datetime | None
    limits: AnswerLimits = field(default_factory=AnswerLimits)


def change_limits(campaign: Campaign, limits: AnswerLimits) -> None:
    """Store how many answers a campaign takes and how long corrections and drafts stay open."""
    campaign.most_responses = limits.most_responses
    campaign.correction_days = limits.correction_days
    campaign.break_off_days = limits.break_off_days


def change_details(campaign: Campaign, details: CampaignDetails) -> None:
    """Store new details; raise CampaignError once the campaign is closed."""
    require("edit", campaign)
    campaign.name, campaign.closes_at = details.name, details.closes_at
    campaign.wave, campaign.wave_order = details.wave, details.wave_order
    change_limits(campaign, details.limits)
    if campaign.state == "draft":
        campaign.segment_id = details.segment.id if details.segment else None


def adopt_newest(campaign: Campaign) -> None:
    """Let a draft ask what the survey's newest published version asks; raise CampaignError once it was sent."""
    require("send", campaign)
    version = newest_published(campaign.survey)
    if version is None:
        raise CampaignError(_("This survey has no published version any more."))
    campaign.version = version
    campaign.texts = default_texts(questionnaire_of(version).languages) | campaign.texts


def change_second_texts(campaign: Campaign, texts: Texts) -> None:
    """Store what an experiment's second wording says differently; raise CampaignError once mails went out."""
    require("send", campaign)
    others = {
        second(language): {part: text for part, text in given.items() if text} for language, given in texts.items()
    }
    campaign.texts = campaign.texts | others


def parts_to_write(campaign: Campaign) -> tuple[str, ...]:
    """Return the parts that may be written: all before sending, those of reminder and thanks afterwards."""
    is_sms, is_draft = campaign.contact_channel == "sms", campaign.state == "draft"
    if is_sms:
        return tuple(SHORT_PARTS) if is_draft else SHORT_REMINDER_PARTS
    return tuple(PARTS) if is_draft else REMINDER_PARTS


def change_texts(campaign: Campaign, texts: Texts) -> None:
    """Store the mails' wording; once sent, only what the reminder says. Raise CampaignError when nothing may change."""
    require("write", campaign)
    parts = parts_to_write(campaign)
    before = campaign.texts
    campaign.texts = before | {
        language: before.get(language, {}) | {part: given[part] for part in parts if part in given}
        for language, given in texts.items()
    }
