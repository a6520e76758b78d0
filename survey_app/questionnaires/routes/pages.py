"""What the designer's buttons do to pages: add, save, move, delete."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, request
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.editing import (
    GoneError,
    add_page,
    delete_page,
    duplicate_page,
    move_page,
    move_page_to,
)
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.forms.conditions import (
    PageSheet,
    faults_of,
    groups_typed,
    is_act,
    jump_names_kept,
    page_data,
)
from survey_app.questionnaires.forms.texts import errors_by_control
from survey_app.questionnaires.forms.trees import in_words, read_group
from survey_app.questionnaires.item_saving import page_path, page_place_of, save_page
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.designing import design_url, draw
from survey_app.questionnaires.routes.desk import Answer, open_desk, save, save_and_go
from survey_app.questionnaires.routes.inspecting import Inspected, inspect_page, item_sheet, jump_sheet
from survey_app.questionnaires.routes.items import STEPS
from survey_app.web import access


@blueprint.post("/surveys/<code>/pages")
@access.requires("surveys.design")
def add_page_to(code: str) -> Answer:
    """Add an empty page behind another and select it."""
    desk = open_desk(code)
    after = request.form.get("after", "")
    page = add_page(desk.questionnaire, after)[1]
    target = design_url(code, page=page)
    return save_and_go(desk, _("added page “%(code)s”", code=page), lambda q: add_page(q, after)[0], target)


@blueprint.post("/surveys/<code>/pages/<page>")
@access.requires("surveys.design")
def save_page_of(code: str, page: str) -> Answer | Response:
    """Save what was typed about a page; what is wrong is shown beside it, with everything typed."""
    desk = open_desk(code)
    try:
        typed = _typed(desk.questionnaire, page)
    except GoneError:
        return save_and_go(desk, "", lambda q: move_page(q, page, 0), design_url(code))
    if is_act(request.form):
        return draw(desk, typed)
    known = jump_sheet(desk.questionnaire, page).known
    faults = faults_of(typed.groups, known)
    if faults:
        return draw(desk, replace(typed, errors=faults), 422)
    path = page_path(page_place_of(desk.questionnaire, page))
    try:
        refused = save(desk, _("edited page “%(code)s”", code=page), lambda q: save_page(q, page, typed.data))
    except QuestionnaireError as error:
        db.session.rollback()
        return draw(desk, replace(typed, errors=in_words(errors_by_control(error.findings, path), known)), 422)
    return refused or redirect(design_url(code, page=typed.data["code"]), 303)


@blueprint.post("/surveys/<code>/pages/<page>/move")
@access.requires("surveys.design")
def move_page_of(code: str, page: str) -> Answer:
    """Move a page one place up or down, or before another."""
    before, step = request.form.get("before"), STEPS.get(request.form.get("step", ""), 0)

    def moved(questionnaire: Questionnaire) -> Questionnaire:
        is_step = before is None
        return move_page(questionnaire, page, step) if is_step else move_page_to(questionnaire, page, before or "")

    return save_and_go(open_desk(code), _("moved page “%(code)s”", code=page), moved, design_url(code, page=page))


@blueprint.post("/surveys/<code>/pages/<page>/duplicate")
@access.requires("surveys.design")
def duplicate_page_of(code: str, page: str) -> Answer:
    """Put a copy of a page with its items behind it and select it."""
    desk = open_desk(code)
    try:
        copy = duplicate_page(desk.questionnaire, page)[1]
    except GoneError:
        copy = page
    what = _("duplicated page “%(code)s”", code=page)
    return save_and_go(desk, what, lambda q: duplicate_page(q, page)[0], design_url(code, page=copy))


@blueprint.post("/surveys/<code>/pages/<page>/delete")
@access.requires("surveys.design")
def delete_page_of(code: str, page: str) -> Answer:
    """Delete a page with its items; the designer then offers to undo it."""
    what = _("deleted page “%(code)s” with its items", code=page)
    return save_and_go(open_desk(code), what, lambda q: delete_page(q, page), design_url(code, done="delete"))


def _typed(questionnaire: Questionnaire, page: str) -> Inspected:
    """Return a page as it was typed; raise GoneError when there is none."""
    present = inspect_page(questionnaire, page)
    known, known_after = item_sheet(questionnaire, page).known, jump_sheet(questionnaire, page).known
    data = page_data(request.form, present.data, PageSheet(questionnaire.languages, known, known_after))
    groups = groups_typed(request.form, {"show_if": present.data.get("show_if")})
    for place, name in enumerate(jump_names_kept(request.form)):
        groups[f"jumps-{place}-when"] = read_group(request.form, f"{name}-when")
    return Inspected(present.page, None, data, groups=groups)
