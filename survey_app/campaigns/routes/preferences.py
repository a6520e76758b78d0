"""My details: a customer sees and corrects what we know of them and what mail they wish, from any survey mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from survey_app.accounts.attempts import begin_attempt
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.preferences import (
    Preferences,
    change_preferences,
    customer_behind,
    languages_for,
    preferences_of,
)
from survey_app.campaigns.queries import find_invitation
from survey_app.campaigns.timing.time_zones import zones_for
from survey_app.customers.address_changes import confirm_change, find_change
from survey_app.customers.identity import AddressChange
from survey_app.customers.rules import CustomerError
from survey_app.extensions import csrf, db
from survey_app.web import access
from survey_app.web.languages import choose_language, interface_language

blueprint = Blueprint("preferences", __name__)
# The link's own token is what other sites cannot know; there is no cookie to ride on.
csrf.exempt(blueprint)
REASON = "customers have no account; the link of a mail to them is what they have"


@blueprint.get("/p/<token>")
@access.public(REASON)
def show(token: str) -> Answer:
    """Show a customer what we know of them and what mail they get."""
    invitation = _invitation_or_404(token)
    known = preferences_of(customer_behind(invitation))
    return _page(invitation, token, known, saved=request.args.get("saved", ""))


@blueprint.post("/p/<token>")
@access.public(REASON)
def save(token: str) -> Answer:
    """Take what a customer corrected and wishes."""
    invitation = _invitation_or_404(token)
    said = Preferences.typed(request.form)
    try:
        is_waiting = change_preferences(invitation, said, str(wishes().get(said.wish, "")), datetime.now(UTC))
    except CustomerError as error:
        db.session.rollback()
        return _page(_invitation_or_404(token), token, said, problems=error.problems)
    db.session.commit()
    saved = "test" if invitation.is_test else "mail" if is_waiting else "1"
    return redirect(url_for("preferences.show", token=token, saved=saved), 303)


@blueprint.get("/p/confirm/<token>")
@access.public(REASON)
def ask(token: str) -> Answer:
    """Ask whether this address shall be used from now on; looking confirms nothing."""
    change = _change_or_404(token)
    return _draw("campaigns/confirm_address.html", address=change.address, token=token, is_done=False)


@blueprint.post("/p/confirm/<token>")
@access.public(REASON)
def confirm(token: str) -> Answer:
    """Use the new address from now on, and tell the old one."""
    change = _change_or_404(token)
    address = change.address
    confirm_change(change, datetime.now(UTC))
    db.session.commit()
    return _draw("campaigns/confirm_address.html", address=address, token=token, is_done=True)


def wishes() -> dict[str, str]:
    """Return the kinds of survey mail a customer may wish, in words that are kept with their choice."""
    return {
        "all": _("All surveys"),
        "transactional": _("Only about something that just happened, such as a purchase or a call"),
        "none": _("No surveys at all"),
    }


def _channels() -> dict[str, str]:
    return {"": _("Any of these ways"), "mail": _("By mail"), "sms": _("By text message"), "phone": _("By telephone")}


def _invitation_or_404(token: str) -> Invitation:
    invitation = find_invitation(token)
    if invitation is None:
        _refuse()
    customer = customer_behind(invitation)
    choose_language((customer.language if customer else None) or invitation.language)
    g.names_organisation = True
    return invitation


def _change_or_404(token: str) -> AddressChange:
    change = find_change(token, datetime.now(UTC))
    if change is None:
        _refuse()
    choose_language(change.language)
    g.names_organisation = True
    return change


def _refuse() -> NoReturn:
    """Answer every wrong link alike; whoever sends many forms to made-up ones is told to wait."""
    if request.method == "POST":
        attempt = begin_attempt("a link", request.remote_addr, "link", datetime.now(UTC))
        db.session.commit()
        if attempt is None:
            abort(429)
    abort(404)


def _page(invitation: Invitation, token: str, said: Preferences, **more: Any) -> Answer:
    problems = more.get("problems", {})
    known = preferences_of(customer_behind(invitation))
    page = _draw(
        "campaigns/preferences.html",
        said=said,
        problems=problems,
        saved=more.get("saved", ""),
        known=known,
        token=token,
        is_test=invitation.is_test,
        languages=languages_for(invitation, said.language),
        zones=zones_for(said.time_zone, interface_language(), datetime.now(UTC)),
        wishes=wishes(),
        channels=_channels(),
    )
    page.status_code = 422 if problems else 200
    return page


def _draw(template: str, **values: Any) -> Response:
    html = render_template(template, organisation=get_organisation(), language=interface_language(), **values)
    answer = Response(html)
    # The respondents' own small style, and nothing else.
    answer.headers["Content-Security-Policy"] = current_app.jinja_env.globals["respondent_style"].policy  # type: ignore[attr-defined]
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
