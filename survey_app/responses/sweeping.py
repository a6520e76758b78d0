"""Drafts that nobody came back to stand as broken off: kept, apart from completions, and still to be resumed.

All but those of anonymous surveys: what is kept of them has no link to whose they were, so nobody can go on with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response
from survey_app.responses.operations import break_off_anonymously

# So many at once that no other writer waits for long.
CHUNK = 500


def forgotten_drafts(now: datetime) -> Iterator[list[int]]:
    """Return in portions the drafts that were not touched for as many days as their campaign states."""
    for days in db.session.scalars(select(Campaign.break_off_days).distinct()).all():
        alike = select(Campaign.id).where(Campaign.break_off_days == days)
        is_forgotten = (Response.state == "draft", Response.saved_at < now - timedelta(days=days))
        ids = list(db.session.scalars(select(Response.id).where(*is_forgotten, Response.campaign_id.in_(alike))))
        yield from (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def break_off(ids: list[int], now: datetime) -> int:
    """Let these drafts stand as broken off, and return how many were still drafts.

    The invitation says already how far somebody came: break-off, or partial once the primary outcome was answered.
    """
    days = select(Campaign.break_off_days).where(Campaign.id == Response.campaign_id).scalar_subquery()
    drafts = select(Response.id, Response.saved_at, days).where(Response.id.in_(ids), Response.state == "draft")
    # Whoever answers at this moment comes first: their draft is left for another day.
    drafts = drafts.with_for_update(of=Response, skip_locked=True)
    # Somebody may have come back since the portion was read.
    still = [number for number, saved_at, n_days in db.session.execute(drafts) if saved_at < now - timedelta(n_days)]
    db.session.execute(update(Response).where(Response.id.in_(still)).values(state="break-off"))
    for response in db.session.scalars(_tied_to_somebody(still)).all():
        break_off_anonymously(response)
    return len(still)


def _tied_to_somebody(ids: list[int]) -> Select[Response]:
    """Return the responses of anonymous surveys that still name an invitation."""
    anonymous = select(Survey.id).where(Survey.identification == "anonymous")
    return select(Response).where(
        Response.id.in_(ids), Response.survey_id.in_(anonymous), Response.invitation_id.is_not(None)
    )
