"""What the designer's buttons do to pages: add, save, move, delete."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.editing import GoneError, add_page, delete_page, find_page, move_page
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.forms.items import errors_by_control, page_data
from survey_app.questionnaires.item_saving import page_path, page_place_of, save_page
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.designing import Inspected, design_url, draw
from survey_app.questionnaires.routes.desk import Answer, open_desk, save, save_and_go
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
    """Save what was typed about a page."""
    desk = open_desk(code)
    try:
        present = find_page(desk.questionnaire, page)
    except GoneError:
        return save_and_go(desk, "", lambda q: move_page(q, page, 0), design_url(code))
    data = page_data(request.form, desk.questionnaire, page, present.show_if)
    path = page_path(page_place_of(desk.questionnaire, page))
    try:
        refused = save(desk, _("edited page “%(code)s”", code=page), lambda q: save_page(q, page, data))
    except QuestionnaireError as error:
        db.session.rollback()
        inspected = Inspected(page=present, item=None, data=data, errors=errors_by_control(error.findings, path))
        return draw(desk, inspected, 422)
    if refused:
        return refused
    flash(_("Saved."), "success")
    return redirect(design_url(code, page=data["code"]), 303)


@blueprint.post("/surveys/<code>/pages/<page>/move")
@access.requires("surveys.design")
def move_page_of(code: str, page: str) -> Answer:
    """Move a page one place up or down."""
    step = STEPS.get(request.form.get("step", ""), 0)
    target = design_url(code, page=page)
    return save_and_go(
        open_desk(code), _("moved page “%(code)s”", code=page), lambda q: move_page(q, page, step), target
    )


@blueprint.post("/surveys/<code>/pages/<page>/delete")
@access.requires("surveys.design")
def delete_page_of(code: str, page: str) -> Answer:
    """Delete a page with its items; the designer then offers to undo it."""
    what = _("deleted page “%(code)s” with its items", code=page)
    return save_and_go(open_desk(code), what, lambda q: delete_page(q, page), design_url(code))
