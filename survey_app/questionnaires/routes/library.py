"""The library: ready instruments to compare, each with its plan and a look at its pages; nothing is stored."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request

from survey_app.questionnaires.definition import Page
from survey_app.questionnaires.library.instruments import Instrument, instrument_of, instruments
from survey_app.questionnaires.library.previewing import always_asked, notes_of
from survey_app.questionnaires.names import role_names, type_names
from survey_app.questionnaires.rendering.pages import PageState, render_page_body, styles_of
from survey_app.questionnaires.routes import blueprint
from survey_app.web import access
from survey_app.web.headers import CONTENT_SECURITY_POLICY
from survey_app.web.languages import choose_language, interface_language

THANKS = "thanks"


@blueprint.get("/surveys/library")
@access.requires("surveys.view")
def library() -> str:
    """Show every ready instrument with its purpose, length and outcome."""
    return render_template("questionnaires/library.html", instruments=instruments(), type_names=type_names())


@blueprint.get("/surveys/library/<name>")
@access.requires("surveys.view")
def library_plan(name: str) -> Response:
    """Show the plan of one instrument, with its pages in any of its languages."""
    instrument = _instrument(name)
    html = render_template(
        "questionnaires/library_plan.html",
        instrument=instrument,
        plan=instrument.plan,
        says=instrument.says,
        language=_language(instrument),
        type_names=type_names(),
        role_names=role_names(),
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


@blueprint.get("/surveys/library/<name>/page")
@access.requires("surveys.view")
def library_page(name: str) -> Response:
    """Show one page of an instrument as respondents will see it; its buttons lead on and send no answer."""
    wanted = _instrument(name)
    language = _language(wanted)
    choose_language(language)
    instrument = instrument_of(name, language)
    page = _page(instrument)
    html = render_template(
        "questionnaires/library_page.html",
        instrument=instrument,
        says=instrument.says,
        language=language,
        page=page,
        body=render_page_body(instrument.questionnaire, always_asked(page), PageState(), language) if page else "",
        styles=styles_of(page),
        notes=notes_of(instrument, page) if page else [],
        places=[each.code for each in instrument.questionnaire.pages] + [THANKS],
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _policy()
    return response


def _instrument(name: str) -> Instrument:
    try:
        return instrument_of(name)
    except KeyError:
        abort(404)


def _language(instrument: Instrument) -> str:
    wanted = request.args.get("language", "")
    return wanted if wanted in instrument.questionnaire.languages else interface_language()


def _page(instrument: Instrument) -> Page | None:
    wanted, pages = request.args.get("page", ""), instrument.questionnaire.pages
    if wanted == THANKS:
        return None
    return next((page for page in pages if page.code == wanted), pages[0])


def _policy() -> str:
    """Return the policy of respondents' pages, which our own pages may frame here."""
    style: Any = current_app.jinja_env.globals["respondent_style"]
    return str(style.policy).replace("frame-ancestors 'none'", "frame-ancestors 'self'")
