"""A campaign as data, for the command line and whoever reads its output."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.progress import count_reminders, progress_of
from survey_app.campaigns.queries import count_dispositions, count_held_back
from survey_app.campaigns.tokens import public_url


def summary(campaign: Campaign) -> dict[str, Any]:
    """Return what a list says of a campaign."""
    return {
        "id": campaign.id,
        "name": campaign.name,
        "survey": campaign.survey.code,
        "version": campaign.version.number,
        "mode": campaign.mode,
        "state": campaign.state,
        "wave": campaign.wave,
        "wave_order": campaign.wave_order,
        "segment": campaign.segment.name if campaign.segment else None,
        "closes_at": campaign.closes_at.isoformat() if campaign.closes_at else None,
        "public_link": public_url(campaign.public_code) if campaign.public_code else None,
    }


def account(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign with everybody counted once by state, and once by disposition."""
    return summary(campaign) | {
        "is_audience_done": campaign.audience_done,
        "counts": asdict(progress_of(campaign)),
        "dispositions": {each.value: n for each, n in count_dispositions(campaign).items()},
        "held_back": {each.value: n for each, n in count_held_back(campaign).items()},
        "n_reminders": count_reminders(campaign),
    }
