"""What a database keeps beside its rows, and what could tell from it whose an anonymous answer is: wiped out daily.

PostgreSQL notes with every row by which transaction it was written: an anonymous answer and the invitation that it
completed would have that in common for ever. SQLite's log holds both side by side until it is emptied.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, Text, bindparam, literal_column, select, update

from survey_app.campaigns.models import Invitation
from survey_app.extensions import db, without_transaction
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import ENDED, Response

_responses, _invitations = cast("Table", Response.__table__), cast("Table", Invitation.__table__)
_WRITTEN_BY = {table: literal_column(f"{table.name}.xmin::text", Text) for table in (_responses, _invitations)}


def campaigns_with_traces() -> list[int]:
    """Return the campaigns of anonymous surveys in which an answer and an invitation were written together."""
    if not _is_postgres():
        return []
    together = select(_responses.c.campaign_id).join(
        _invitations,
        (_invitations.c.campaign_id == _responses.c.campaign_id)
        & (_WRITTEN_BY[_invitations] == _WRITTEN_BY[_responses]),
    )
    anonymous = select(Survey.id).where(Survey.identification == "anonymous")
    cut_off = (_responses.c.survey_id.in_(anonymous), _responses.c.invitation_id.is_(None))
    return list(db.session.scalars(together.where(*cut_off).distinct()))


def rewrite_answers(campaign_id: int) -> None:
    """Write a campaign's anonymous answers anew, all at once, in the order of their random ids."""
    _rewrite(_responses, campaign_id, _responses.c.invitation_id.is_(None) & _responses.c.state.in_(ENDED))


def rewrite_invitations(campaign_id: int) -> None:
    """Write a campaign's answered invitations anew, all at once, in the order in which they were made."""
    _rewrite(_invitations, campaign_id, _invitations.c.disposition.in_(ENDED))


def empty_the_logs() -> None:
    """Let go of old versions of rows, which the database keeps aside for a while."""
    if _is_postgres():
        with without_transaction() as connection:
            connection.exec_driver_sql("VACUUM responses, invitations")
        return
    raw = db.engine.raw_connection()
    try:
        # Where somebody reads at this moment, as much as can be is emptied, and the rest another day.
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _is_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def _rewrite(table: Table, campaign_id: int, is_over: Any) -> None:
    """Write rows anew that nobody changes any more, so that nobody waits for this."""
    ids = db.session.scalars(select(table.c.id).where(table.c.campaign_id == campaign_id, is_over).order_by(table.c.id))
    same = update(table).where(table.c.id == bindparam("number")).values(campaign_id=table.c.campaign_id)
    rows = [{"number": number} for number in ids]
    if rows:
        db.session.connection().execute(same, rows)
