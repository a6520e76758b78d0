"""What a campaign's mails say, and how they will look."""

from __future__ import annotations

from flask import Response as Page
from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.campaigns.forms import texts_form, texts_from
from survey_app.campaigns.mail.merging import unknown_fields
from survey_app.campaigns.mail.messages import KINDS, VARIANTS
from survey_app.campaigns.mail.samples import sample_mail
from survey_app.campaigns.mail.texts import LINK, VARIANT_PARTS, parts_in, second, words_of
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import CampaignError, change_second_texts, change_texts, parts_to_write
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.routes.testing import form_of_test
from survey_app.campaigns.rules import may_be_done
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web import access
from survey_app.web.headers import CONTENT_SECURITY_POLICY

Answer = str | tuple[str, int] | Response
# A mail brings its styles on its elements, as mail programs want them; it is shown in a frame that may do nothing.
MAIL_POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@blueprint.get("/campaigns/<int:campaign_id>/message")
@access.requires("campaigns.edit")
def message(campaign_id: int) -> Answer:
    """Show the wording of the campaign's mails."""
    return _message(campaign_or_404(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/message")
@access.requires("campaigns.edit")
def write(campaign_id: int) -> Answer:
    """Store the wording of the campaign's mails."""
    campaign = campaign_or_404(campaign_id)
    languages, parts = questionnaire_of(campaign.version).languages, parts_to_write(campaign)
    form = texts_form(languages, parts, {})
    if not form.validate():
        return _message(campaign), 422
    texts = texts_from(form, languages, parts)
    try:
        change_texts(campaign, texts)
    except CampaignError as error:
        flash(str(error), "error")
        return _message(campaign), 422
    db.session.commit()
    _warn_of_unknown_fields([text for given in texts.values() for text in given.values()])
    flash(_("The wording is saved. This is how the mail will look."), "success")
    return redirect(url_for("campaigns.mail", campaign_id=campaign.id), 303)


@blueprint.get("/campaigns/<int:campaign_id>/message/second")
@access.requires("campaigns.edit")
def second_message(campaign_id: int) -> Answer:
    """Show what the second wording of an experiment says differently."""
    return _second_message(campaign_or_404(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/message/second")
@access.requires("campaigns.edit")
def write_second(campaign_id: int) -> Answer:
    """Store what the second wording says differently; what is left empty reads as in the first."""
    campaign = campaign_or_404(campaign_id)
    languages = questionnaire_of(campaign.version).languages
    form = texts_form(languages, VARIANT_PARTS, {}, may_be_empty=True)
    if not form.validate():
        return _second_message(campaign), 422
    texts = texts_from(form, languages, VARIANT_PARTS)
    try:
        change_second_texts(campaign, texts)
    except CampaignError as error:
        flash(str(error), "error")
        return _second_message(campaign), 422
    db.session.commit()
    _warn_of_unknown_fields([text for given in texts.values() for text in given.values()])
    flash(_("The second wording is saved. This is how its mail will look."), "success")
    return redirect(url_for("campaigns.mail", campaign_id=campaign.id, variant="b"), 303)


def _second_message(campaign: Campaign) -> str:
    languages = questionnaire_of(campaign.version).languages
    if campaign.mode != "mail" or campaign.state != "draft":
        abort(404)
    stored = {language: dict(campaign.texts.get(second(language), {})) for language in languages}
    form = texts_form(languages, VARIANT_PARTS, stored, may_be_empty=True)
    if request.method == "POST":
        form.validate()
    first = {language: parts_in(campaign.texts, language) for language in languages}
    return render_template(
        "campaigns/second_message.html",
        campaign=campaign,
        form=form,
        languages=languages,
        parts=VARIANT_PARTS,
        first=first,
    )


def _message(campaign: Campaign) -> str:
    languages, parts = questionnaire_of(campaign.version).languages, parts_to_write(campaign)
    if not may_be_done("write", state=campaign.state, mode=campaign.mode):
        abort(404)
    stored = {language: words_of(campaign.texts, language, campaign.contact_channel) for language in languages}
    form = texts_form(languages, parts, stored)
    if request.method == "POST":
        form.validate()
    attributes = [(each.code, each.label) for each in list_attributes()]
    return render_template(
        "campaigns/message.html",
        campaign=campaign,
        form=form,
        languages=languages,
        parts=parts,
        attributes=attributes,
    )


def _warn_of_unknown_fields(texts: list[str]) -> None:
    unknown = unknown_fields([text.replace(LINK, "") for text in texts])
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        flash(_("%(names)s is no merge field, so the mail will show it as it stands.", names=names), "warning")


@blueprint.get("/campaigns/<int:campaign_id>/mail")
@access.requires("campaigns.edit")
def mail(campaign_id: int) -> Page:
    """Show a mail of the campaign as it will look, on a phone and on a desktop, and its text part."""
    campaign, language, kind, variant = _which_mail(campaign_id)
    page = render_template(
        "campaigns/mail.html",
        campaign=campaign,
        mail=sample_mail(campaign, language, kind, variant),
        language=language,
        languages=questionnaire_of(campaign.version).languages,
        kind=kind,
        variant=variant,
        form=form_of_test(campaign, language),
    )
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return answer


@blueprint.get("/campaigns/<int:campaign_id>/mail/body")
@access.requires("campaigns.edit")
def mail_body(campaign_id: int) -> Page:
    """Answer with the mail itself, for the frames of the page that shows it."""
    answer = make_response(sample_mail(*_which_mail(campaign_id)).html)
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer


def _which_mail(campaign_id: int) -> tuple[Campaign, str, str, str]:
    campaign = campaign_or_404(campaign_id)
    languages = questionnaire_of(campaign.version).languages
    language, kind = request.args.get("language", languages[0]), request.args.get("kind", "invitation")
    variant = request.args.get("variant", "a")
    if campaign.mode != "mail" or language not in languages or kind not in KINDS or variant not in VARIANTS:
        abort(404)
    return campaign, language, kind, variant
