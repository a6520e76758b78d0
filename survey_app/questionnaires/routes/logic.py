"""The logic tab: routing rules as sentences, the map of pages and jumps, quotas, and what is said at the ways out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.conditions.sentences import sentence
from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.forms.conditions import faults_of, groups_typed, is_act, quota_data
from survey_app.questionnaires.forms.texts import errors_by_control, texts_data
from survey_app.questionnaires.forms.trees import Group, group_of, in_words
from survey_app.questionnaires.item_saving import delete_quota, quota_path, quota_place_of, save_quota
from survey_app.questionnaires.logic import rules_of
from survey_app.questionnaires.names import condition_labels, jump_names
from survey_app.questionnaires.operands import operands
from survey_app.questionnaires.page_map import page_map
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk, save, save_and_go
from survey_app.questionnaires.routes.inspecting import condition_choices, sentence_of
from survey_app.questionnaires.wording_codes import free_code
from survey_app.web import access
from survey_app.web.languages import interface_language

WAYS_OUT = ("screened_out", "quota_full")
NEW = "new"


@dataclass(frozen=True, slots=True)
class QuotaSheet:
    """A quota as typed, with what is wrong with it; `code` is the one it has in the draft, or `new`."""

    code: str
    data: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def group(self, name: str, tree: Any) -> Group:
        """Return its condition as the form shows it."""
        return self.groups.get(name) or group_of(tree)


@blueprint.get("/surveys/<code>/logic")
@access.requires("surveys.design")
def logic(code: str) -> str:
    """Show all routing rules in words, the map, the quotas and the texts of the ways out."""
    return _draw(open_desk(code))


@blueprint.post("/surveys/<code>/logic/texts")
@access.requires("surveys.design")
def save_ways_out(code: str) -> Answer:
    """Save what people read who are screened out or come after a quota is full."""
    desk = open_desk(code)
    typed = {name: texts_data(request.form, name, desk.questionnaire.languages) for name in WAYS_OUT}
    try:
        refused = save(desk, _("edited the texts of the ways out"), lambda q: parse(to_data(q) | typed))
    except QuestionnaireError as error:
        db.session.rollback()
        return _draw(desk, typed, errors_by_control(error.findings, "")), 422
    return refused or redirect(url_for("questionnaires.logic", code=code) + "#ways-out", 303)


@blueprint.get("/surveys/<code>/quotas/<quota>")
@access.requires("surveys.design")
def edit_quota(code: str, quota: str) -> Answer | str:
    """Show the form of a quota, or of a new one."""
    desk = open_desk(code)
    data = next((each for each in to_data(desk.questionnaire).get("quotas", []) if each["code"] == quota), None)
    if data is None and quota != NEW:
        return redirect(url_for("questionnaires.logic", code=code))
    return _draw_quota(desk, QuotaSheet(quota, data or _new_quota(desk.questionnaire)))


@blueprint.post("/surveys/<code>/quotas/<quota>")
@access.requires("surveys.design")
def save_quota_of(code: str, quota: str) -> Answer | Response | str:
    """Save a quota; what is wrong is shown beside it, with everything typed."""
    desk = open_desk(code)
    questionnaire = desk.questionnaire
    known = operands(questionnaire, questionnaire.items, interface_language())
    data = quota_data(request.form, known)
    sheet = QuotaSheet(quota, data, groups=groups_typed(request.form, {"when": data["when"]}))
    if is_act(request.form):
        return _draw_quota(desk, sheet)
    faults = faults_of(sheet.groups, known)
    if faults:
        return _draw_quota(desk, replace(sheet, errors=faults)), 422
    path = quota_path(quota_place_of(questionnaire, quota))
    try:
        refused = save(desk, _("edited quota “%(code)s”", code=data["code"]), lambda q: save_quota(q, quota, data))
    except QuestionnaireError as error:
        db.session.rollback()
        errors = in_words(errors_by_control(error.findings, path), known)
        return _draw_quota(desk, replace(sheet, errors=errors)), 422
    return refused or redirect(url_for("questionnaires.logic", code=code) + "#quotas", 303)


@blueprint.post("/surveys/<code>/quotas/<quota>/delete")
@access.requires("surveys.design")
def delete_quota_of(code: str, quota: str) -> Answer:
    """Delete a quota; it can be undone."""
    target = url_for("questionnaires.logic", code=code) + "#quotas"
    what = _("deleted quota “%(code)s”", code=quota)
    return save_and_go(open_desk(code), what, lambda q: delete_quota(q, quota), target)


def _new_quota(questionnaire: Questionnaire) -> dict[str, Any]:
    return {"code": free_code("quota", [each.code for each in questionnaire.quotas]), "when": None, "limit": 100}


def _draw(desk: Desk, typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    questionnaire = desk.questionnaire
    say = interface_language()
    labels = condition_labels(questionnaire, say)
    names = jump_names(questionnaire, say)
    return render_template(
        "questionnaires/logic.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=questionnaire,
        rules=list(rules_of(questionnaire)),
        texts=typed or {name: getattr(questionnaire, name) for name in WAYS_OUT},
        errors=errors or {},
        names=names,
        map=page_map(questionnaire, names),
        say=lambda texts: text_in(texts, say, questionnaire.languages),
        texts_of={item.code: item.text for item in questionnaire.items},
        sentence=lambda tree: sentence(tree, labels),
    )


def _draw_quota(desk: Desk, sheet: QuotaSheet) -> str:
    questionnaire = desk.questionnaire
    labels = condition_labels(questionnaire, interface_language())
    return render_template(
        "questionnaires/quota.html",
        desk=desk,
        survey=desk.survey,
        inspected=sheet,
        errors=sheet.errors,
        choices=condition_choices(operands(questionnaire, questionnaire.items, interface_language())),
        sentence=lambda tree: sentence_of(tree, labels),
    )
