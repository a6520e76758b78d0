"""The designer's tab "Look": colour, logo and sender, with the page beside it as respondents will see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.accounts.queries import find_organisation
from survey_app.extensions import db
from survey_app.questionnaires.brand import Brand, brand_of
from survey_app.questionnaires.brand_colours import DARK_PAPER, LIGHT_PAPER, contrast, read_colour
from survey_app.questionnaires.brand_keeping import change_brand, find_logo, keep_logo, with_logo
from survey_app.questionnaires.brand_logos import DIGEST_LENGTH, MOST_BYTES, LogoError, read_logo
from survey_app.questionnaires.definition import text_in
from survey_app.questionnaires.forms.look import LookForm, look_form_of
from survey_app.questionnaires.models import Logo, Survey
from survey_app.questionnaires.page_words.speech import speech_of
from survey_app.questionnaires.rendering.pages import PageState, render_page_body, styles_of
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk
from survey_app.web import access
from survey_app.web.headers import CONTENT_SECURITY_POLICY
from survey_app.web.languages import choose_language

FRAMED = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/surveys/<code>/look")
@access.requires("surveys.design")
def look(code: str) -> Response:
    """Show what the survey wears, and a page in it."""
    desk = open_desk(code)
    brand = brand_of(desk.survey.brand)
    return _draw(desk, look_form_of(brand), brand)


@blueprint.post("/surveys/<code>/look")
@access.requires("surveys.design")
def change_look(code: str) -> Answer:
    """Let the survey look so from now on; or, asked to try it, only show how that would be."""
    desk = open_desk(code)
    before = brand_of(desk.survey.brand)
    form = look_form_of(before)
    if not form.validate():
        return _draw(desk, form, before, 422)
    try:
        brand = _worn(form, desk.survey, before)
    except LogoError as error:
        form.logo.errors = [str(error)]
        return _draw(desk, form, before, 422)
    if "try" in request.form:
        db.session.commit()
        form.kept_logo.data = brand.logo if brand.logo != before.logo else ""
        return _draw(desk, form, brand)
    change_brand(desk.survey, brand)
    db.session.commit()
    flash(_("Saved. Pages and mails look like this from now on, in running campaigns too."), "success")
    return redirect(url_for("questionnaires.look", code=code), 303)


@blueprint.get("/surveys/<code>/look/page")
@access.requires("surveys.design")
def look_page(code: str) -> Response:
    """Show the first page in the brand that the address describes; nothing is stored."""
    desk = open_desk(code)
    language = desk.questionnaire.languages[0]
    choose_language(language, speech_of(desk.questionnaire, language))
    brand = Brand(accent=read_colour(request.args.get("accent", "")) or "")
    brand = with_logo(brand, _logo_of(desk.survey, request.args.get("logo", "")))
    page = desk.questionnaire.pages[0] if desk.questionnaire.pages else None
    html = render_template(
        "questionnaires/look_page.html",
        language=language,
        title=text_in(desk.questionnaire.title, language, desk.questionnaire.languages),
        brand=replace(brand, logo_text=desk.survey.title) if brand.logo else brand,
        styles=styles_of(page),
        body=render_page_body(desk.questionnaire, page, PageState(), language) if page else "",
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _policy(brand)
    return response


@blueprint.get("/logo/<digest>.png")
@access.public("respondents' pages and mails show it, and these need no account")
def logo(digest: str) -> Response:
    """Answer with a survey's logo; its address changes whenever the picture does."""
    found = find_logo(digest) if len(digest) == DIGEST_LENGTH and digest.isascii() and digest.isalnum() else None
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.media_type)
    response.headers["Cache-Control"] = FOR_EVER
    # Mail programs on the web show it from an origin of theirs.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _worn(form: LookForm, survey: Survey, before: Brand) -> Brand:
    """Return the brand that a form describes; raise LogoError where its picture is none."""
    brand = replace(before, accent=form.chosen_accent, sender_name=(form.sender_name.data or "").strip())
    upload = form.logo.data
    if upload:
        brand = with_logo(brand, keep_logo(survey, read_logo(upload.stream.read(MOST_BYTES + 1))))
    elif form.no_logo.data:
        return with_logo(brand, None)
    elif form.kept_logo.data:
        brand = with_logo(brand, _logo_of(survey, form.kept_logo.data))
    return replace(brand, logo_text=_logo_text(form) if brand.logo else "")


def _logo_text(form: LookForm) -> str:
    organisation = find_organisation()
    return (form.logo_text.data or "").strip() or (organisation.name if organisation else "")


def _logo_of(survey: Survey, digest: str) -> Logo | None:
    """Return a logo of this survey, never another's."""
    found = find_logo(digest) if digest else None
    return found if found is not None and found.survey_id == survey.id else None


def _draw(desk: Desk, form: LookForm, brand: Brand, status: int = 200) -> Response:
    html = render_template(
        "questionnaires/look.html",
        desk=desk,
        survey=desk.survey,
        form=form,
        worn=brand,
        papers={"light": LIGHT_PAPER, "dark": DARK_PAPER},
        contrast=contrast,
        has_changed=brand != brand_of(desk.survey.brand),
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _policy(brand: Brand) -> str:
    """Return the policy of respondents' pages, for a page that our own may frame and that sends nothing."""
    style: Any = current_app.jinja_env.globals["respondent_style"]
    policy = str(style.policy).replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    policy = policy.replace("form-action 'self'", "form-action 'none'")
    return policy.replace("style-src ", f"style-src {brand.style_hash} ", 1)
