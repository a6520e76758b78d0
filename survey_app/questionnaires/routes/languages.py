"""The languages of a questionnaire: add, remove, choose the main one."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.forms.surveys import LanguagesForm, language_list
from survey_app.questionnaires.language_names import language_name
from survey_app.questionnaires.library import in_languages
from survey_app.questionnaires.parsing import MOST_LANGUAGES
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk, save_and_go
from survey_app.questionnaires.translation import gaps_of
from survey_app.web import access


@blueprint.get("/surveys/<code>/languages")
@access.requires("surveys.design")
def languages(code: str) -> str:
    """Show the languages with what each lacks."""
    return _draw(open_desk(code), LanguagesForm(formdata=None))


@blueprint.post("/surveys/<code>/languages")
@access.requires("surveys.design")
def add_languages(code: str) -> Answer:
    """Add languages; their texts are then missing until somebody writes them."""
    desk, form = open_desk(code), LanguagesForm()
    if not form.validate():
        return _draw(desk, form), 422
    tags = language_list(form.add.data)
    whole = tuple(dict.fromkeys([*desk.questionnaire.languages, *tags]))
    if len(whole) > MOST_LANGUAGES:
        form.add.errors = [_("A survey has at most %(most)s languages.", most=MOST_LANGUAGES)]
        return _draw(desk, form), 422

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
    target = url_for("questionnaires.languages", code=code)
    if not kept:
        flash(_("A survey needs at least one language."), "error")
        return redirect(target, 303)
    return save_and_go(desk, _("removed the language %(tag)s", tag=tag), lambda q: in_languages(q, kept), target)


@blueprint.post("/surveys/<code>/languages/<tag>/main")
@access.requires("surveys.design")
def make_main(code: str, tag: str) -> Answer:
    """Make a language the main one: all others are then translations of it."""
    desk = open_desk(code)
    if tag not in desk.questionnaire.languages:
        abort(404)

    def turned(questionnaire: Questionnaire) -> Questionnaire:
        others = tuple(each for each in questionnaire.languages if each != tag)
        return replace(questionnaire, languages=(tag, *others))

    what = _("made %(language)s the main language", language=language_name(tag))
    return save_and_go(desk, what, turned, url_for("questionnaires.languages", code=code))


def _draw(desk: Desk, form: LanguagesForm) -> str:
    return render_template(
        "questionnaires/languages.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=desk.questionnaire,
        form=form,
        gaps={each.language: each for each in gaps_of(desk.questionnaire, desk.version.sources)},
        name_of=language_name,
    )
