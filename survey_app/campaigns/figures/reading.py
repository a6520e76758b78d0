"""A campaign as data, for the command line and whoever reads its output."""

from __future__ import annotations

from typing import Any

from analysis.values.fieldwork import HoldReason
from survey_app.campaigns.figures.progress import count_reminders, is_finished, progress_of
from survey_app.campaigns.models import Campaign
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
        "starts_at": campaign.starts_at.isoformat() if campaign.starts_at else None,
        "closes_at": campaign.closes_at.isoformat() if campaign.closes_at else None,
        "public_link": public_url(campaign.public_code) if campaign.public_code else None,
    }


def counts_by_state(campaign: Campaign) -> dict[str, Any]:
    """Return everybody in the audience counted once by the state of their mail; the states add up to the audience."""
    progress = progress_of(campaign)
    return {
        "campaign": campaign.id,
        "state": campaign.state,
        "phase": campaign.phase,
        "paused_reason": campaign.paused_reason,
        "is_audience_done": campaign.audience_done,
        "is_finished": is_finished(campaign, progress),
        "audience": progress.n_audience,
        "states": progress.by_state(),
        "held_back": {
            each.value: n for each, n in count_held_back(campaign).items() if each is not HoldReason.CAMPAIGN_ENDED
        },
        "started": progress.n_started,
        "finished": progress.n_finished,
        "reminded": count_reminders(campaign),
    }


def account(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign with everybody counted once by state, and once by disposition."""
    counts = counts_by_state(campaign)
    return summary(campaign) | {
        "is_audience_done": campaign.audience_done,
        "is_finished": counts["is_finished"],
        "counts": {f"n_{state}": n for state, n in counts["states"].items()}
        | {
            "n_audience": counts["audience"],
            "n_started": counts["started"],
            "n_finished": counts["finished"],
        },
        "dispositions": {each.value: n for each, n in count_dispositions(campaign).items()},
        "held_back": {each.value: n for each, n in count_held_back(campaign).items()},
        "n_reminders": counts["reminded"],
    }
