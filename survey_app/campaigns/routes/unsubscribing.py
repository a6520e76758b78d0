"""The end of survey mail: a page that asks, a POST that acts at once, and an undo. A GET never changes anything."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, g, render_template
from flask_babel import gettext as _

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.queries import find_invitation
from survey_app.campaigns.unsubscriptions import is_unsubscribed, resubscribe, unsubscribe
from survey_app.extensions import csrf, db
from survey_app.questionnaires.page_words.speech import speech_of
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web import access
from survey_app.web.languages import choose_language

blueprint = Blueprint("unsubscribing", __name__)
# A mail provider posts for its user, without cookies and without having seen a page (RFC 8058).
csrf.exempt(blueprint)

REASON = "whoever holds a mail with this link may end the mail to its address"


@blueprint.get("/u/<token>")
@access.public(REASON)
def ask(token: str) -> str:
    """Ask whether survey mail shall end, or say that it has."""
    invitation = _invitation_or_404(token)
    return _page(invitation, token, "done" if is_unsubscribed(invitation) else "ask")


@blueprint.post("/u/<token>")
@access.public(REASON)
def end(token: str) -> str:
    """End survey mail to the address of this link, at once."""
    invitation = _invitation_or_404(token)
    unsubscribe(invitation, datetime.now(UTC))
    db.session.commit()
    return _page(invitation, token, "done")


@blueprint.post("/u/<token>/undo")
@access.public(REASON)
def undo(token: str) -> str:
    """Take an unsubscription back; an address that bounced or complained stays out of reach."""
    invitation = _invitation_or_404(token)
    is_back = resubscribe(invitation)
    db.session.commit()
    return _page(invitation, token, "back" if is_back else "kept")


def _invitation_or_404(token: str) -> Invitation:
    invitation = find_invitation(token)
    if invitation is None:
        abort(404)
    questionnaire = questionnaire_of(invitation.campaign.version)
    choose_language(invitation.language, speech_of(questionnaire, invitation.language))
    # The page belongs to whoever wrote the mail.
    g.names_organisation = True
    return invitation


def _page(invitation: Invitation, token: str, view: str) -> str:
    titles = {
        "ask": _("Do you want no more survey mail?"),
        "done": _("You get no more survey mail from us"),
        "back": _("You get survey mail again"),
        "kept": _("Nothing was changed"),
    }
    return render_template(
        "campaigns/unsubscribe.html",
        view=view,
        title=titles[view],
        token=token,
        organisation=get_organisation(),
        is_test=invitation.is_test,
    )
