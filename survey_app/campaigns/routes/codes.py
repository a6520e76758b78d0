"""The QR code of a public campaign, alone and on a poster, for screens and for print."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from flask import Response, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyAnswer

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.reaching.posters import QUIET_ZONE, SIZES, WHAT, draw, poster_of, qr_code
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.tokens import public_url
from survey_app.extensions import db
from survey_app.questionnaires.printing import TooManyPrintsError, order_print
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web import access

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@blueprint.get("/campaigns/<int:campaign_id>/code.<any(svg, png):kind>")
@access.requires("campaigns.view")
def code(campaign_id: int, kind: str) -> Response:
    """Answer with the QR code as a picture; who scans it comes by its own way."""
    campaign = public_campaign(campaign_id)
    picture = BytesIO()
    qr_code(public_url(campaign.public_code or "", "q")).save(
        picture, kind=kind, scale=16 if kind == "png" else 8, border=QUIET_ZONE
    )
    answer = Response(picture.getvalue(), mimetype=TYPES[kind])
    answer.headers["Content-Disposition"] = f"inline; filename=campaign-{campaign.id}.{kind}"
    return answer


@blueprint.get("/campaigns/<int:campaign_id>/poster-<any(a4, a6):size>.svg")
@access.requires("campaigns.view")
def poster(campaign_id: int, size: str) -> Response:
    """Answer with the poster as a drawing, in the language that the address names."""
    campaign = public_campaign(campaign_id)
    language = _language(campaign, request.args.get("language", ""))
    answer = Response(draw(poster_of(campaign, language), size), mimetype=TYPES["svg"])
    answer.headers["Content-Disposition"] = f"inline; filename={_name(campaign, language, size)}.svg"
    # A drawing that somebody opens by itself runs and loads nothing.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
    return answer


@blueprint.post("/campaigns/<int:campaign_id>/poster")
@access.requires("campaigns.view")
def print_poster(campaign_id: int) -> AnyAnswer:
    """Order the poster as a PDF; the worker makes it."""
    campaign = public_campaign(campaign_id)
    language, size = _language(campaign, request.form.get("language", "")), request.form.get("size", "")
    if size not in SIZES:
        abort(404)
    order = {
        "what": WHAT,
        "filename": _name(campaign, language, size),
        "language": language,
        "size": size,
        "campaign_id": campaign.id,
    }
    try:
        paper = order_print(campaign.survey, order, datetime.now(UTC), g.staff_user.id)
    except TooManyPrintsError as error:
        flash(str(error), "error")
        return redirect(url_for("campaigns.ways", campaign_id=campaign.id), 303)
    db.session.commit()
    flash(_("The poster is being made."), "success")
    return redirect(url_for("questionnaires.show_print", print_id=paper.id), 303)


def public_campaign(campaign_id: int) -> Campaign:
    """Return the public campaign an address names, or answer that there is none."""
    campaign = campaign_or_404(campaign_id)
    if campaign.public_code is None:
        abort(404)
    return campaign


def _language(campaign: Campaign, wanted: str) -> str:
    languages = questionnaire_of(campaign.version).languages
    return wanted if wanted in languages else languages[0]


def _name(campaign: Campaign, language: str, size: str) -> str:
    return f"poster-{campaign.id}-{language}-{size}"
