"""Writing down what came back, once, with everything that follows from it. The caller commits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select

from survey_app.extensions import db
from survey_app.jobs.upserts import insert
from survey_app.outbox.bounces.believing import mail_of, mails_meant
from survey_app.outbox.bounces.rules import MOST_SOFT, RETURNED, SUPPRESSES, Verdict
from survey_app.outbox.bounces.values import RecipientReport, Report, Taken
from survey_app.outbox.listeners import MailReturn, tell_return
from survey_app.outbox.models import MailEvent, OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.outbox.queries import find_suppression

LONGEST_DETAIL = 400
LONGEST_KEY = 120
# A mail that left so lately may still come back: it breaks no row of failures.
UNDECIDED = timedelta(days=5)
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a report came to us: `key` is the same for the same report, `source` such as mailbox or webhook:ses.

    A mail that came back may tell of several of ours; where `is_one_event`, its key counts once, whatever it names.
    """

    key: str
    source: str
    now: datetime
    is_rehearsal: bool = False
    is_one_event: bool = False

    def key_of(self, mail: OutboxMail | None) -> str:
        """Return the key under which what is told of this mail is kept, once."""
        return self.key if self.is_one_event else f"{self.key}:{mail.id if mail else 0}"[:LONGEST_KEY]


def mail_key(raw: bytes) -> str:
    """Return the key of a mail that came back: a hash of all of it."""
    return f"mail:{sha256(raw).hexdigest()[:48]}"


def take_in(report: Report, arrival: Arrival) -> list[Taken]:
    """Record what a report says of each recipient and return what became of it.

    A report that cannot be proven to be ours is kept as such, without an address, and changes nothing.
    """
    if not report.recipients:
        return [Taken(Verdict.IGNORED, note=report.note)]
    mails = mails_meant(report)
    return [_take(recipient, mail_of(recipient, mails), arrival) for recipient in report.recipients]


def _take(recipient: RecipientReport, mail: OutboxMail | None, arrival: Arrival) -> Taken:
    if mail is None:
        is_new = not arrival.is_rehearsal and _store(recipient, None, Verdict.UNPROVEN, arrival)
        return Taken(Verdict.UNPROVEN, status=recipient.status, note="not-about-a-mail-of-ours", is_new=is_new)
    verdict = recipient.verdict
    suppressed_as = SUPPRESSES.get(verdict, "")
    if arrival.is_rehearsal:
        is_new = _find(arrival.key_of(mail)) is None
    else:
        is_new = _store(recipient, mail, verdict, arrival)
        suppressed_as = (_act(mail, verdict, arrival) if is_new else "") or _standing(mail, suppressed_as)
    return Taken(verdict, mail.id, mail.to_address, recipient.status, "", is_new, suppressed_as)


def _store(recipient: RecipientReport, mail: OutboxMail | None, verdict: Verdict, arrival: Arrival) -> bool:
    """Keep the event and return whether it is new; addresses in a server's words are left out."""
    values = {
        "key": arrival.key_of(mail),
        "mail_id": mail.id if mail else None,
        "address_key": mail.address_key if mail else "",
        "verdict": verdict.value,
        "status": recipient.status[:20],
        "detail": _storable(_ADDRESS.sub("…", recipient.detail))[:LONGEST_DETAIL] if mail else "",
        "source": arrival.source,
        "received_at": arrival.now,
    }
    statement = insert(MailEvent).values(values).on_conflict_do_nothing(index_elements=["key"])
    return db.session.scalar(statement.returning(MailEvent.id)) is not None


def _act(mail: OutboxMail, verdict: Verdict, arrival: Arrival) -> str:
    """Let follow what must from a new event; return the reason under which the address is now suppressed."""
    if verdict is Verdict.COMPLAINT:
        mail.complained_at = mail.complained_at or arrival.now
    elif verdict in RETURNED:
        mail.bounced_at = mail.bounced_at or arrival.now
    else:
        return ""
    reason = SUPPRESSES.get(verdict, "")
    if verdict is Verdict.SOFT and _fails_again_and_again(mail, arrival.now):
        reason = "bounced"
    if reason:
        suppress(mail.to_address, reason, f"{arrival.source}, mail {mail.id}", arrival.now)
    db.session.flush()
    tell_return(MailReturn(mail, "complained" if verdict is Verdict.COMPLAINT else "bounced", is_dead=bool(reason)))
    return reason


def _fails_again_and_again(mail: OutboxMail, now: datetime) -> bool:
    """Return whether the last mails to this address each failed softly, with no success between them."""
    db.session.flush()
    query = (
        select(OutboxMail.id, OutboxMail.sent_at)
        .where(OutboxMail.address_key == mail.address_key, OutboxMail.sent_at.is_not(None))
        .order_by(OutboxMail.sent_at.desc(), OutboxMail.id.desc())
        .limit(20)
    )
    sent: dict[int, datetime | None] = dict(db.session.execute(query).all())
    told = _verdicts_of(list(sent))
    n_failed = 0
    for mail_id, sent_at in sent.items():
        verdicts = told.get(mail_id, set())
        if "soft" in verdicts and "delivered" not in verdicts:
            n_failed += 1
        elif verdicts - {"delayed"} or sent_at is None or sent_at < now - UNDECIDED:
            break
        if n_failed >= MOST_SOFT:
            return True
    return False


def _verdicts_of(mail_ids: list[int]) -> dict[int, set[str]]:
    told: dict[int, set[str]] = {}
    query = select(MailEvent.mail_id, MailEvent.verdict).where(MailEvent.mail_id.in_(mail_ids))
    for mail_id, verdict in db.session.execute(query):
        told.setdefault(mail_id or 0, set()).add(verdict)
    return told


def _standing(mail: OutboxMail, reason: str) -> str:
    return reason if reason and find_suppression(mail.to_address, reason) else ""


def _find(key: str) -> int | None:
    return db.session.scalar(select(MailEvent.id).where(MailEvent.key == key))


def _storable(text: str) -> str:
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
