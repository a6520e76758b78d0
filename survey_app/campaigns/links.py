"""What stands behind a link, read in one light statement: respondents' pages ask for nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.tokens import hash_of
from survey_app.extensions import db
from survey_app.questionnaires.models import QuestionnaireVersion, Survey


class InvitationRow(NamedTuple):
    """An invitation with what its campaign and survey say about answering it."""

    id: int
    campaign_id: int
    customer_id: int | None
    language: str
    is_test: bool
    disposition: str
    n_reminders: int
    mode: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    version_id: int
    survey_id: int
    identification: str
    # Names the questionnaire's content: pages made from it may be kept under this.
    version_digest: str | None
    # How the survey looks, see `questionnaires.brand`.
    brand: dict[str, Any]
    # At most so many completions are taken; for so many days after one the person may correct it.
    most_responses: int | None
    correction_days: int


class PublicRow(NamedTuple):
    """A public campaign with what its survey says about answering it."""

    campaign_id: int
    mode: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    version_id: int
    survey_id: int
    identification: str
    version_digest: str | None
    brand: dict[str, Any]
    most_responses: int | None
    correction_days: int
    # How the form behaves on a shared device, and which pages may show it in a frame.
    kiosk: dict[str, Any]
    embedding_origins: list[str]


_campaigns, _invitations, _surveys = Campaign.__table__, Invitation.__table__, Survey.__table__
_versions = QuestionnaireVersion.__table__
_FIELDING = (
    _campaigns.c.mode,
    _campaigns.c.state,
    _campaigns.c.opens_at,
    _campaigns.c.closes_at,
    _campaigns.c.version_id,
    _campaigns.c.survey_id,
    _surveys.c.identification,
    _versions.c.digest,
    _surveys.c.brand,
    _campaigns.c.most_responses,
    _campaigns.c.correction_days,
)
# What finds a link; the room that takes answers joins to these what it must know besides, to stay at one statement.
BY_TOKEN = (
    select(
        _invitations.c.id,
        _invitations.c.campaign_id,
        _invitations.c.customer_id,
        _invitations.c.language,
        _invitations.c.is_test,
        _invitations.c.disposition,
        _invitations.c.n_reminders,
        *_FIELDING,
    )
    .join_from(_invitations, _campaigns, _invitations.c.campaign_id == _campaigns.c.id)
    .join(_surveys, _campaigns.c.survey_id == _surveys.c.id)
    .join(_versions, _campaigns.c.version_id == _versions.c.id)
    .where(_invitations.c.token_hash == bindparam("token_hash"))
)
BY_CODE = (
    select(_campaigns.c.id, *_FIELDING, _campaigns.c.kiosk, _campaigns.c.embedding_origins)
    .join_from(_campaigns, _surveys, _campaigns.c.survey_id == _surveys.c.id)
    .join(_versions, _campaigns.c.version_id == _versions.c.id)
    .where(_campaigns.c.public_code == bindparam("code"))
)


def find_invitation_row(token: str) -> InvitationRow | None:
    """Return what a personal link's token stands for; None for every wrong one."""
    row = db.session.connection().execute(BY_TOKEN, {"token_hash": hash_of(token)}).first()
    return InvitationRow._make(row) if row is not None else None


def find_public_row(code: str) -> PublicRow | None:
    """Return what a public link's code stands for; None for every wrong one."""
    if "\0" in code or not code.isascii():
        return None
    row = db.session.connection().execute(BY_CODE, {"code": code}).first()
    return PublicRow._make(row) if row is not None else None
