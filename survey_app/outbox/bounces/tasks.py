"""What a worker does about mail that comes back: empty the mailbox, fetch what providers sign with."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from cryptography.x509 import load_pem_x509_certificate
from flask import current_app
from sqlalchemy import delete

from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.jobs.upserts import insert
from survey_app.outbox.bounces.hooks.ses import CERTIFICATE, SUBSCRIPTION
from survey_app.outbox.bounces.imap import open_imap
from survey_app.outbox.bounces.ingesting import ingest
from survey_app.outbox.bounces.mailboxes import Opens, Place, mailbox_place
from survey_app.outbox.bounces.pop3 import open_pop3
from survey_app.outbox.bounces.values import Tally
from survey_app.outbox.models import MailEvent, ProviderCertificate
from survey_app.web.outgoing import fetch

# What is left then is there in five minutes, too.
LONGEST_SECONDS = 200.0
MOST_MAILS = 2000
KEPT_UNPROVEN = timedelta(days=90)


def empty_mailbox(run: JobRun) -> None:
    """Take in what came to the mailbox; each mail is marked, deleted or moved after its report is committed."""
    place = mailbox_place(current_app.config["SURVEY_SETTINGS"].bounce_mailbox)
    until, tally = time.monotonic() + LONGEST_SECONDS, Tally()
    with _opened(place) as visit:
        for name, raw in visit.mails():
            with writing():
                tally.add(ingest(raw, "mailbox", datetime.now(UTC)))
                db.session.commit()
            visit.done(name)
            run.report_progress(0.5, f"{tally.n_mails} mails read")
            if run.stop_requested() or time.monotonic() > until or tally.n_mails >= MOST_MAILS:
                break


def _opened(place: Place) -> Opens:
    return open_pop3(place) if place.protocol.startswith("pop3") else open_imap(place)


def fetch_certificate(run: JobRun) -> None:
    """Fetch and keep the certificate that a provider signs with; its address was checked to be the provider's."""
    url = str(run.payload["url"])
    if not CERTIFICATE.match(url):
        raise ValueError("This is no address of a provider's certificate.")
    db.session.rollback()
    pem = fetch(url).decode("ascii")
    load_pem_x509_certificate(pem.encode())
    with writing():
        values = {"url": url, "pem": pem, "fetched_at": datetime.now(UTC)}
        db.session.execute(insert(ProviderCertificate).values(values).on_conflict_do_nothing(index_elements=["url"]))
        db.session.commit()


def confirm_subscription(run: JobRun) -> None:
    """Tell Amazon that its notices of our topic are wanted here."""
    url = str(run.payload["url"])
    if not SUBSCRIPTION.match(url):
        raise ValueError("This is no address to confirm a subscription at.")
    db.session.rollback()
    fetch(url)


def forget_unproven(run: JobRun) -> None:
    """Forget reports that were never ours: anybody can write to a mailbox."""
    with writing():
        old = MailEvent.received_at < run.now - KEPT_UNPROVEN
        db.session.execute(delete(MailEvent).where(MailEvent.verdict == "unproven", old))
        db.session.commit()
