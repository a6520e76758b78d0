"""Whom to tell about a weakness of this installation (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from flask import Response, abort, current_app, url_for

from survey_app.accounts.queries import find_organisation
from survey_app.accounts.routes import blueprint
from survey_app.config import LANGUAGES
from survey_app.web import access

# The standard wants less than a year; what is fetched later says a later day.
GOOD_FOR = timedelta(days=180)


@blueprint.get("/.well-known/security.txt")
@access.public("who finds a weakness has no account; only the contact address is told, which invitations name too")
def security_txt() -> Response:
    """Say whom to write to."""
    organisation = find_organisation() or abort(404)
    until = (datetime.now(UTC) + GOOD_FOR).replace(microsecond=0)
    lines = {
        "Contact": f"mailto:{quote(organisation.contact_address, safe='@+')}",
        "Expires": until.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": ", ".join(LANGUAGES),
        "Canonical": current_app.config["SURVEY_SETTINGS"].public_url + url_for("accounts.security_txt"),
    }
    return Response("".join(f"{name}: {value}\n" for name, value in lines.items()), mimetype="text/plain")
