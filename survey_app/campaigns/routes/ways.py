"""The ways into a public campaign: link, QR code and posters, a shared device, a website; and how each behaves."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import escape

from survey_app.accounts.operations import record
from survey_app.campaigns.forms import KioskForm, WebsiteForm, texts_form, texts_from
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.reaching.channels import kiosk_of
from survey_app.campaigns.reaching.posters import PARTS, SIZES, poster_texts
from survey_app.campaigns.routes import blueprint
from survey_app.campaigns.routes.codes import public_campaign
from survey_app.campaigns.routes.design import Answer
from survey_app.campaigns.tokens import own_address, public_url
from survey_app.extensions import db
from survey_app.questionnaires.definition import text_in
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web import access
from survey_app.web.forms import Form

A_DAY = "public, max-age=86400"
SNIPPET = "embed.js"


@blueprint.get("/campaigns/<int:campaign_id>/ways")
@access.requires("campaigns.view")
def ways(campaign_id: int) -> str:
    """Show every way in, with what it needs."""
    return _draw(public_campaign(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/ways/poster")
@access.requires("campaigns.edit")
def change_poster(campaign_id: int) -> Answer:
    """Store what the poster says."""
    campaign = public_campaign(campaign_id)
    languages = questionnaire_of(campaign.version).languages
    form = texts_form(languages, PARTS, {})
    if not form.validate():
        return _draw(campaign, poster=form), 422
    written = texts_from(form, languages, PARTS)
    campaign.texts = campaign.texts | {tag: campaign.texts.get(tag, {}) | parts for tag, parts in written.items()}
    return _saved(campaign, "poster")


@blueprint.post("/campaigns/<int:campaign_id>/ways/kiosk")
@access.requires("campaigns.edit")
def change_kiosk(campaign_id: int) -> Answer:
    """Store how the form behaves on a shared device."""
    campaign, form = public_campaign(campaign_id), KioskForm()
    if not form.validate():
        return _draw(campaign, kiosk=form), 422
    campaign.kiosk = form.settings.to_data()
    return _saved(campaign, "kiosk")


@blueprint.post("/campaigns/<int:campaign_id>/ways/website")
@access.requires("campaigns.edit")
def change_website(campaign_id: int) -> Answer:
    """Store which websites may show the form."""
    campaign, form = public_campaign(campaign_id), WebsiteForm()
    if not form.validate():
        return _draw(campaign, website=form), 422
    campaign.embedding_origins = form.read
    record("campaign.websites", "campaign", str(campaign.id), websites=form.read)
    return _saved(campaign, "website")


@blueprint.get(f"/{SNIPPET}")
@access.public("websites that show a survey load it; it holds nothing but our own program text")
def snippet() -> Response:
    """Answer with the module that puts a form into a website's page."""
    answer = Response((files("survey_app") / "static" / SNIPPET).read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = A_DAY
    # Modules of another origin are only run where that origin agrees.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _saved(campaign: Campaign, part: str) -> Answer:
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("campaigns.ways", campaign_id=campaign.id, _anchor=part), 303)


def _draw(campaign: Campaign, **refused: Form) -> str:
    """Return the page; `refused` are forms to be mended, in place of those that show what is stored."""
    questionnaire = questionnaire_of(campaign.version)
    languages, settings = questionnaire.languages, kiosk_of(campaign.kiosk)
    forms: dict[str, Any] = {
        "poster": texts_form(languages, PARTS, {tag: poster_texts(campaign, tag) for tag in languages}, formdata=None),
        "kiosk": KioskForm(formdata=None, data=settings.to_data()),
        "website": WebsiteForm(formdata=None, data={"origins": "\n".join(campaign.embedding_origins)}),
    }
    return render_template(
        "campaigns/ways.html",
        campaign=campaign,
        languages=languages,
        parts=PARTS,
        sizes=SIZES,
        forms=forms | refused,
        links={way: public_url(campaign.public_code or "", way) for way in "wqke"},
        module=own_address(f"/{SNIPPET}"),
        # As it is written in HTML: the page shows the lines as somebody copies them.
        title=str(escape(text_in(questionnaire.title, "", languages))),
    )
