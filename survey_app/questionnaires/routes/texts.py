"""Texts of the whole survey: title, introduction, thanks."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.definition import Texts
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.forms.items import errors_by_control, texts_data
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk, save
from survey_app.web import access

WHOLE = ("title", "introduction", "thanks", "screened_out", "quota_full")


@blueprint.get("/surveys/<code>/texts")
@access.requires("surveys.design")
def texts(code: str) -> str:
    """Show the texts of the whole survey in every language."""
    return _draw_texts(open_desk(code))


@blueprint.post("/surveys/<code>/texts")
@access.requires("surveys.design")
def save_texts(code: str) -> Answer | Response:
    """Save the texts of the whole survey; what the form does not hold stays as it is."""
    desk = open_desk(code)
    sent = [name for name in WHOLE if any(f"{name}-{tag}" in request.form for tag in desk.questionnaire.languages)]
    typed = {name: texts_data(request.form, name, desk.questionnaire.languages) for name in sent}
    try:
        refused = save(desk, _("edited the survey's texts"), lambda q: parse(to_data(q) | typed))
    except QuestionnaireError as error:
        db.session.rollback()
        return _draw_texts(desk, typed, errors_by_control(error.findings, "")), 422
    if refused:
        return refused
    flash(_("Saved."), "success")
    return redirect(url_for("questionnaires.texts", code=code), 303)


def _draw_texts(desk: Desk, typed: dict[str, Texts] | None = None, errors: dict[str, str] | None = None) -> str:
    present = {name: getattr(desk.questionnaire, name) for name in WHOLE}
    return render_template(
        "questionnaires/texts.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=desk.questionnaire,
        texts=present | (typed or {}),
        errors=errors or {},
    )
