"""What the designer's buttons do to items: add, save, move, duplicate, delete."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, request
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.definition import ItemType, Questionnaire
from survey_app.questionnaires.editing import (
    GoneError,
    add_item,
    delete_item,
    duplicate_item,
    find_item,
    find_page,
    move_item,
    move_item_to,
)
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.forms.conditions import faults_of, groups_typed, is_act
from survey_app.questionnaires.forms.items import errors_by_control, item_data
from survey_app.questionnaires.forms.trees import in_words
from survey_app.questionnaires.item_saving import item_path, item_place, save_item
from survey_app.questionnaires.library import new_item
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.designing import design_url, draw
from survey_app.questionnaires.routes.desk import Answer, open_desk, save, save_and_go
from survey_app.questionnaires.routes.inspecting import Inspected, item_sheet
from survey_app.web import access

STEPS = {"up": -1, "down": 1}


@blueprint.post("/surveys/<code>/items")
@access.requires("surveys.design")
def add_item_to(code: str) -> Answer:
    """Add an item of the chosen type and select it."""
    desk = open_desk(code)
    kind = ItemType(request.form["type"]) if request.form.get("type") in set(ItemType) else ItemType.TEXT
    item = new_item(kind, desk.questionnaire)
    page = request.form.get("page", "")

    def added(questionnaire: Questionnaire) -> Questionnaire:
        return add_item(questionnaire, find_page(questionnaire, page).code, item, request.form.get("after", ""))

    return save_and_go(desk, _("added “%(code)s”", code=item.code), added, design_url(code, item=item.code))


@blueprint.post("/surveys/<code>/items/<item>")
@access.requires("surveys.design")
def save_item_of(code: str, item: str) -> Answer | Response:
    """Save what was typed about an item; what is wrong is shown beside it, with everything typed."""
    desk = open_desk(code)
    try:
        page, present = find_item(desk.questionnaire, item)
    except GoneError:
        return save_and_go(desk, "", lambda q: delete_item(q, item), design_url(code))
    sheet = item_sheet(desk.questionnaire, page.code, item)
    data = item_data(request.form, present, sheet)
    if desk.previous and item in {each.code for each in desk.previous.items}:
        data["code"] = item
    typed = Inspected(page, present, data, groups=groups_typed(request.form, {"show_if": present.show_if}))
    if is_act(request.form):
        return draw(desk, typed)
    faults = faults_of(typed.groups, sheet.known)
    if faults:
        return draw(desk, replace(typed, errors=faults), 422)
    path = item_path(*item_place(desk.questionnaire, item))
    try:
        refused = save(desk, _("edited “%(code)s”", code=item), lambda q: save_item(q, item, data))
    except QuestionnaireError as error:
        db.session.rollback()
        return draw(desk, replace(typed, errors=in_words(errors_by_control(error.findings, path), sheet.known)), 422)
    return refused or redirect(design_url(code, item=data["code"]), 303)


@blueprint.post("/surveys/<code>/items/<item>/move")
@access.requires("surveys.design")
def move_item_of(code: str, item: str) -> Answer:
    """Move an item one place up or down, or to a place on a page."""
    page, before = request.form.get("page"), request.form.get("before", "")
    step = STEPS.get(request.form.get("step", ""), 0)

    def moved(questionnaire: Questionnaire) -> Questionnaire:
        return move_item_to(questionnaire, item, page, before) if page else move_item(questionnaire, item, step)

    return save_and_go(open_desk(code), _("moved “%(code)s”", code=item), moved, design_url(code, item=item))


@blueprint.post("/surveys/<code>/items/<item>/duplicate")
@access.requires("surveys.design")
def duplicate_item_of(code: str, item: str) -> Answer:
    """Put a copy behind an item and select it."""
    desk = open_desk(code)
    try:
        copy = duplicate_item(desk.questionnaire, item)[1]
    except GoneError:
        copy = item
    return save_and_go(
        desk,
        _("duplicated “%(code)s”", code=item),
        lambda questionnaire: duplicate_item(questionnaire, item)[0],
        design_url(code, item=copy),
    )


@blueprint.post("/surveys/<code>/items/<item>/delete")
@access.requires("surveys.design")
def delete_item_of(code: str, item: str) -> Answer:
    """Delete an item; the designer then offers to undo it."""
    desk = open_desk(code)
    page = next((page.code for page in desk.questionnaire.pages for each in page.items if each.code == item), "")
    target = design_url(code, page=page, done="delete")
    return save_and_go(desk, _("deleted “%(code)s”", code=item), lambda q: delete_item(q, item), target)
