"""The survey as respondents will see it, in any language; nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request

from survey_app.conditions.sentences import sentence
from survey_app.questionnaires.definition import Page, Questionnaire, text_in
from survey_app.questionnaires.names import condition_labels
from survey_app.questionnaires.queries import find_version, questionnaire_of
from survey_app.questionnaires.rendering.pages import PageState, render_page_body, styles_of
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.designing import FRAMED
from survey_app.questionnaires.routes.desk import open_desk
from survey_app.web import access
from survey_app.web.languages import choose_language

THANKS = "thanks"
WIDTHS = ("phone", "desktop")


@blueprint.get("/surveys/<code>/preview")
@access.requires("surveys.view")
def preview(code: str) -> Response:
    """Show the preview with its choice of page, language and width."""
    desk = open_desk(code)
    questionnaire = _questionnaire(code)
    html = render_template(
        "questionnaires/preview.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=questionnaire,
        language=_language(questionnaire),
        width=request.args.get("width") if request.args.get("width") in WIDTHS else WIDTHS[0],
        version=request.args.get("version", ""),
        page=request.args.get("page", ""),
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@blueprint.get("/surveys/<code>/preview/page")
@access.requires("surveys.view")
def preview_page(code: str) -> Response:
    """Show one page as a respondent sees it; buttons lead through the pages and send nothing."""
    questionnaire = _questionnaire(code)
    language = _language(questionnaire)
    choose_language(language)
    page = _page(questionnaire)
    html = render_template(
        "questionnaires/preview_page.html",
        code=code,
        questionnaire=questionnaire,
        language=language,
        page=page,
        version=request.args.get("version", ""),
        body=render_page_body(questionnaire, _always_asked(page), PageState(), language) if page else "",
        styles=styles_of(page),
        notes=_notes(questionnaire, page, language) if page else [],
        words=lambda texts: text_in(texts, language, questionnaire.languages),
        places=[each.code for each in questionnaire.pages] + [THANKS],
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _policy()
    return response


def _questionnaire(code: str) -> Questionnaire:
    desk = open_desk(code)
    number = request.args.get("version", "")
    if not number:
        return desk.questionnaire
    version = find_version(desk.survey, int(number)) if number.isascii() and number.isdigit() else None
    if version is None:
        abort(404)
    return questionnaire_of(version)


def _language(questionnaire: Questionnaire) -> str:
    wanted = request.args.get("language", "")
    return wanted if wanted in questionnaire.languages else questionnaire.languages[0]


def _page(questionnaire: Questionnaire) -> Page | None:
    wanted = request.args.get("page", "")
    if wanted == THANKS:
        return None
    return next((page for page in questionnaire.pages if page.code == wanted), questionnaire.pages[0])


def _always_asked(page: Page) -> Page:
    """Return the page with everything that could be on it."""
    return replace(page, show_if=None, items=tuple(replace(item, show_if=None) for item in page.items))


def _notes(questionnaire: Questionnaire, page: Page, language: str) -> list[str]:
    """Return the conditions on this page as sentences."""
    labels = condition_labels(questionnaire, language)
    trees = [page.show_if, *(item.show_if for item in page.items)]
    return [sentence(tree, labels) for tree in trees if tree]


def _policy() -> str:
    """Return the policy of respondents' pages, which our own pages may frame here, and which send nothing."""
    style: Any = current_app.jinja_env.globals["respondent_style"]
    policy = str(style.policy)
    return policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'").replace(
        "form-action 'self'", "form-action 'none'"
    )
