"""One mail that came back: read, believed or not, recorded. The caller commits."""

from __future__ import annotations

from datetime import datetime

from survey_app.outbox.bounces.reading import read_mail
from survey_app.outbox.bounces.recording import Arrival, mail_key, take_in
from survey_app.outbox.bounces.values import Taken


def ingest(raw: bytes, source: str, now: datetime, *, is_rehearsal: bool = False) -> list[Taken]:
    """Record what a mail reports and return what became of it; a rehearsal says the same and records nothing."""
    return take_in(read_mail(raw), Arrival(mail_key(raw), source, now, is_rehearsal))
