"""Texts of the whole survey, its languages, and the translation table."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire, Texts
from survey_app.questionnaires.document import tidy
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.forms.items import errors_by_control, texts_data
from survey_app.questionnaires.forms.surveys import LanguagesForm, language_list
from survey_app.questionnaires.library import in_languages
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk, save, save_and_go
from survey_app.questionnaires.texts import with_texts, wordings
from survey_app.web import access

WHOLE = ("title", "introduction", "thanks")
SCOPES = ("all", "missing")


@blueprint.get("/surveys/<code>/texts")
@access.requires("surveys.design")
def texts(code: str) -> str:
    """Show title, introduction and thanks in every language, and the list of languages."""
    return _draw_texts(open_desk(code))


@blueprint.post("/surveys/<code>/texts")
@access.requires("surveys.design")
def save_texts(code: str) -> Answer | Response:
    """Save title, introduction and thanks."""
    desk = open_desk(code)
    typed = {name: texts_data(request.form, name, desk.questionnaire.languages) for name in WHOLE}
    try:
        refused = save(desk, _("edited the survey's texts"), lambda q: parse(to_data(q) | typed))
    except QuestionnaireError as error:
        db.session.rollback()
        return _draw_texts(desk, typed, errors_by_control(error.findings, "")), 422
    if refused:
        return refused
    flash(_("Saved."), "success")
    return redirect(url_for("questionnaires.texts", code=code), 303)


@blueprint.post("/surveys/<code>/languages")
@access.requires("surveys.design")
def add_languages(code: str) -> Answer:
    """Add languages; their texts are then missing until somebody writes them."""
    desk, form = open_desk(code), LanguagesForm()
    if not form.validate():
        return _draw_texts(desk, form=form), 422
    tags = language_list(form.add.data)

    def added(questionnaire: Questionnaire) -> Questionnaire:
        return replace(questionnaire, languages=tuple(dict.fromkeys([*questionnaire.languages, *tags])))

    target = url_for("questionnaires.translate", code=code, to=tags[0])
    return save_and_go(desk, _("added languages: %(tags)s", tags=", ".join(tags)), added, target)


@blueprint.post("/surveys/<code>/languages/<tag>/remove")
@access.requires("surveys.design")
def remove_language(code: str, tag: str) -> Answer:
    """Remove a language with its texts; the designer then offers to undo it."""
    desk = open_desk(code)
    kept = tuple(each for each in desk.questionnaire.languages if each != tag)
    target = url_for("questionnaires.texts", code=code)
    if not kept:
        flash(_("A survey needs at least one language."), "error")
        return redirect(target, 303)
    return save_and_go(desk, _("removed the language %(tag)s", tag=tag), lambda q: in_languages(q, kept), target)


@blueprint.get("/surveys/<code>/translate")
@access.requires("surveys.design")
def translate(code: str) -> str:
    """Show every text beside its translation, one row per text."""
    return _draw_table(open_desk(code))


@blueprint.post("/surveys/<code>/translate")
@access.requires("surveys.design")
def save_translation(code: str) -> Answer:
    """Save a whole table of translations at once."""
    desk = open_desk(code)
    target = request.form.get("to", "")
    keys = [wording.key for wording in wordings(desk.questionnaire)]
    typed = {key: tidy(request.form[f"text/{key}"]) for key in keys if f"text/{key}" in request.form}
    if target not in desk.questionnaire.languages:
        return _draw_table(desk), 422

    def translated(questionnaire: Questionnaire) -> Questionnaire:
        return parse(to_data(with_texts(questionnaire, lambda key, texts: _with(texts, target, typed.get(key)))))

    try:
        refused = save(desk, _("translated into %(tag)s", tag=target), translated)
    except QuestionnaireError as error:
        db.session.rollback()
        return _draw_table(desk, typed, [str(finding) for finding in error.findings]), 422
    if refused:
        return refused
    flash(_("The translation is saved."), "success")
    scope = request.form.get("show", "all")
    return redirect(url_for("questionnaires.translate", code=code, to=target, show=scope), 303)


def _with(texts: Texts, tag: str, text: str | None) -> Texts:
    return texts if text is None else {**texts, tag: text}


def _draw_texts(
    desk: Desk,
    typed: dict[str, Texts] | None = None,
    errors: dict[str, str] | None = None,
    form: LanguagesForm | None = None,
) -> str:
    present = {name: getattr(desk.questionnaire, name) for name in WHOLE}
    return render_template(
        "questionnaires/texts.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=desk.questionnaire,
        texts=typed or present,
        errors=errors or {},
        form=form or LanguagesForm(formdata=None),
    )


def _draw_table(desk: Desk, typed: dict[str, str] | None = None, problems: list[str] | None = None) -> str:
    languages = desk.questionnaire.languages
    main = languages[0]
    others = languages[1:]
    wanted = request.values.get("to", "")
    target = wanted if wanted in languages else (others or languages)[0]
    rows = [wording for wording in wordings(desk.questionnaire) if wording.texts.get(main) or wording.texts.get(target)]
    missing = [row for row in rows if not row.texts.get(target)]
    shows_missing = request.values.get("show") == "missing"
    return render_template(
        "questionnaires/translate.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=desk.questionnaire,
        main=main,
        target=target,
        rows=missing if shows_missing and typed is None else rows,
        n_rows=len(rows),
        n_missing=len(missing),
        shows_missing=shows_missing,
        typed=typed or {},
        problems=problems or [],
    )
