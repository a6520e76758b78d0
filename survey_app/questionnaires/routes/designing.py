"""The designer: outline, the page as respondents see it, and the inspector of what is selected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.checks import check_questionnaire
from survey_app.questionnaires.definition import ItemType, Questionnaire, text_in
from survey_app.questionnaires.editing import GoneError
from survey_app.questionnaires.logic import uses
from survey_app.questionnaires.merging import merge_fields
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.names import condition_labels, jump_names, palette_names, role_hints, role_names
from survey_app.questionnaires.operations import SurveyError, digest_of
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, find_desk_survey, open_desk, posted_revision
from survey_app.questionnaires.routes.inspecting import (
    Inspected,
    choices_of,
    chosen_language,
    inspect_item,
    inspect_page,
    sentence_of,
)
from survey_app.questionnaires.steps import redo, undo
from survey_app.web import access
from survey_app.web.headers import CONTENT_SECURITY_POLICY
from survey_app.web.languages import interface_language

MOST_KEPT = 200
# The other tabs from which one may undo, and to which one comes back.
BACK = ("logic", "translate", "texts", "languages")
FRAMED = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"

# The gravest findings by state of a draft: opening one item after another asks for the same.
_graves_known: dict[tuple[str, str | None], dict[str, str]] = {}


@blueprint.get("/surveys/<code>/design")
@access.requires("surveys.design")
def design(code: str) -> Response:
    """Show the designer with an item or a page selected."""
    desk = open_desk(code)
    return draw(desk, _selected(desk.questionnaire))


@blueprint.post("/surveys/<code>/undo")
@access.requires("surveys.design")
def undo_change(code: str) -> Answer:
    """Undo the draft's last change, and stay where one was."""
    return _step(code, undo, "undo")


@blueprint.post("/surveys/<code>/redo")
@access.requires("surveys.design")
def redo_change(code: str) -> Answer:
    """Do once more what was undone last, and stay where one was."""
    return _step(code, redo, "redo")


def draw(desk: Desk, inspected: Inspected, status: int = 200) -> Response:
    """Return the designer."""
    questionnaire = desk.questionnaire
    labels = condition_labels(questionnaire, interface_language())
    language = chosen_language(questionnaire)
    html = render_template(
        "questionnaires/design.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=questionnaire,
        inspected=inspected,
        language=language,
        say=lambda texts: text_in(texts, language, questionnaire.languages),
        sentence=lambda tree: sentence_of(tree, labels),
        graves=_graves(desk),
        uses=uses(questionnaire),
        names=_names(questionnaire),
        choices=choices_of(desk, inspected),
        merge_fields=merge_fields(questionnaire, inspected.page.code, inspected.item.code if inspected.item else ""),
        palette=list(ItemType),
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def design_url(code: str, **selected: Any) -> str:
    """Return the designer's address with something selected, in the language that is being edited."""
    chosen = {"in": request.values.get("in") or None} | selected
    return url_for("questionnaires.design", code=code, **chosen) + "#inspector"


def _step(code: str, step: Callable[[Survey, datetime, int | None], str | None], name: str) -> Answer:
    """Go one step back or forth, unless the draft is not what somebody saw who asked for it."""
    seen = posted_revision() if "revision" in request.form else None
    try:
        what = step(find_desk_survey(code), datetime.now(UTC), seen)
        db.session.commit()
    except SurveyError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(_back(code), 303)
    is_said_there = what is not None and request.form.get("back") not in BACK
    if not is_said_there:
        flash(_said(name, what), "success")
    return redirect(_back(code, done=name if is_said_there else None), 303)


def _said(name: str, what: str | None) -> str:
    if what is None:
        return _("There is nothing left to undo.") if name == "undo" else _("There is nothing left to redo.")
    return _("Undone: %(what)s.", what=what) if name == "undo" else _("Redone: %(what)s.", what=what)


def _back(code: str, **more: str | None) -> str:
    if request.form.get("back") in BACK:
        return url_for(f"questionnaires.{request.form['back']}", code=code)
    return design_url(code, **{name: request.form.get(name) or None for name in ("page", "item", "in")} | more)


def _selected(questionnaire: Questionnaire) -> Inspected:
    """Return what the address selects; what is gone gives way to the page it named, else to the first."""
    page = request.args.get("page", "")
    try:
        if request.args.get("item"):
            return inspect_item(questionnaire, request.args["item"])
    except GoneError:
        page = page or questionnaire.pages[0].code
    codes = [each.code for each in questionnaire.pages]
    return inspect_page(questionnaire, page if page in codes else codes[0])


def _names(questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "types": palette_names(),
        "roles": role_names(),
        "role_hints": role_hints(),
        "targets": jump_names(questionnaire, interface_language()),
    }


def _graves(desk: Desk) -> dict[str, str]:
    """Return the gravest level of the findings at each item, worked out once per state of the draft."""
    published = desk.published
    key = (digest_of(desk.questionnaire), published.digest if published else None)
    found = _graves_known.get(key)
    if found is None:
        if len(_graves_known) >= MOST_KEPT:
            _graves_known.clear()
        findings = reversed(check_questionnaire(desk.questionnaire, desk.previous))
        found = {finding.spot.item: finding.level.value for finding in findings if finding.spot.item}
        _graves_known[key] = found
    return found
