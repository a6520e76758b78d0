"""Where providers send their notices: `/hooks/mail/<provider>`, each checked before a byte of it is believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, current_app, request

from survey_app.extensions import csrf, db
from survey_app.outbox.bounces.hooks import mailgun, postmark, sendgrid, ses, standard
from survey_app.outbox.bounces.hooks.notices import Event, HookError, Notice, NotYetError, Reader
from survey_app.outbox.bounces.recording import Arrival, take_in
from survey_app.web.access import public

blueprint = Blueprint("mail_hooks", __name__)
# Another machine writes here without a browser; its signature takes the place of our token.
csrf.exempt(blueprint)
MOST_BYTES = 2 * 1024 * 1024
FORBIDDEN = 403
READERS: dict[str, Reader] = {
    "sendgrid": sendgrid.read,
    "mailgun": mailgun.read,
    "ses": ses.read,
    "postmark": postmark.read,
    "standard": standard.read,
}


@blueprint.post("/hooks/mail/<provider>")
@public("a mail provider tells of bounces and complaints; every notice is signed, and refused where it is not")
def take(provider: str) -> tuple[dict[str, Any], int]:
    """Take in a provider's notice; a wrong one is told why and changes nothing."""
    if provider not in READERS:
        abort(404)
    request.max_content_length = MOST_BYTES
    now = datetime.now(UTC)
    try:
        events = _events(provider, now)
    except NotYetError as refused:
        # Only the order to fetch the certificate is kept.
        db.session.commit()
        return {"status": refused.code, "detail": str(refused)}, refused.code
    except HookError as refused:
        db.session.rollback()
        return {"status": refused.code, "detail": str(refused)}, refused.code
    taken = [each for event in events for each in take_in(event.report, _arrival(provider, event, now))]
    db.session.commit()
    return {"taken": sum(each.is_new for each in taken)}, 200


def _events(provider: str, now: datetime) -> list[Event]:
    """Return what a provider tells; raise HookError where it cannot prove that it is the provider."""
    secret = current_app.config["SURVEY_SETTINGS"].hook_secrets.get(provider, "")
    if not secret:
        setting = f"SURVEY_HOOK_{provider.upper()}"
        raise HookError(FORBIDDEN, f"Notices of this provider are not expected: {setting} is not set.")
    headers = {name.casefold(): value for name, value in request.headers.items()}
    return READERS[provider](Notice(request.get_data(), headers, secret, now))


def _arrival(provider: str, event: Event, now: datetime) -> Arrival:
    return Arrival(f"{provider}:{event.key}"[:100], f"webhook:{provider}", now, is_one_event=True)
