"""The Translate tab: every text beside its translation, and the way there and back by files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.document import tidy
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.language_names import language_name
from survey_app.questionnaires.operations import mark_translations
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.queries import find_locked_draft
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk, save
from survey_app.questionnaires.translating import field_sentence, take, translated
from survey_app.questionnaires.translation import Row, Standing, fingerprint, table_of, targets_of, translation_rows
from survey_app.questionnaires.translation_files import (
    KINDS,
    Languages,
    TranslationFileError,
    kind_of_file,
    read_units,
)
from survey_app.web import access

ON_A_PAGE = 100
SHOWN = ("all", Standing.MISSING.value, Standing.STALE.value)


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a long table."""

    page: int
    pages: int

    @property
    def has_prev(self) -> bool:
        """Return whether there is an earlier page."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """Return whether there is a later page."""
        return self.page < self.pages

    @property
    def prev_num(self) -> int:
        """Return the earlier page."""
        return self.page - 1

    @property
    def next_num(self) -> int:
        """Return the later page."""
        return self.page + 1


@blueprint.get("/surveys/<code>/translate")
@access.requires("surveys.design")
def translate(code: str) -> str:
    """Show every text beside its translation, one row per text."""
    return _draw_table(open_desk(code))


@blueprint.post("/surveys/<code>/translate")
@access.requires("surveys.design")
def save_translation(code: str) -> Answer:
    """Save a page of the table: what was written, and what still fits although the main text changed."""
    desk = open_desk(code)
    target = request.form.get("to", "")
    if target not in targets_of(desk.questionnaire):
        return _draw_table(desk), 422
    rows = translation_rows(desk.questionnaire, target, desk.version.sources)
    typed = _typed(rows)
    problems = _field_problems(rows, typed, target)
    if problems:
        return _draw_table(desk, typed, problems), 422
    try:
        what = _("translated into %(tag)s", tag=target)
        refused = save(desk, what, lambda q: parse(to_data(translated(q, target, typed))))
    except QuestionnaireError as error:
        db.session.rollback()
        return _draw_table(desk, typed, [str(finding) for finding in error.findings]), 422
    if refused:
        return refused
    still = {row.wording.key: fingerprint(row.source) for row in rows if f"still/{row.wording.key}" in request.form}
    _mark(desk, target, still)
    flash(_("The translation is saved."), "success")
    place: dict[str, Any] = {"show": request.form.get("show"), "page": request.form.get("page")}
    return redirect(url_for("questionnaires.translate", code=code, to=target, **place), 303)


@blueprint.get("/surveys/<code>/translation")
@access.requires("surveys.design")
def translation_file(code: str) -> Response:
    """Send every text with its translation as a file."""
    desk, kind = open_desk(code), KINDS.get(request.args.get("format", "csv"))
    target = request.args.get("to", "")
    if kind is None or target not in targets_of(desk.questionnaire):
        abort(404)
    rows = translation_rows(desk.questionnaire, target, desk.version.sources)
    response = make_response(kind.write(rows, _languages(desk, target)))
    response.content_type = f"{kind.media_type}; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"{code}-{target}.{kind.suffix}")
    return response


@blueprint.post("/surveys/<code>/translation")
@access.requires("surveys.design")
def take_translation(code: str) -> Answer:
    """Take translations from a file, and report on every text of it."""
    desk, target = open_desk(code), request.form.get("to", "")
    if target not in targets_of(desk.questionnaire):
        return _draw_table(desk), 422
    file = request.files.get("file")
    content = file.stream.read() if file else b""
    try:
        units = read_units(content, _languages(desk, target))
    except TranslationFileError as error:
        return _draw_table(desk, problems=[str(error)]), 422
    taking = take(desk.questionnaire, target, units, kind_of_file(content).written)
    if taking.texts:
        what = _("took %(n)s translations into %(tag)s from a file", n=len(taking.texts), tag=target)
        refused = save(desk, what, lambda q: parse(to_data(translated(q, target, taking.texts))))
        if refused:
            return refused
        _mark(desk, target, taking.made_from)
    return render_template(
        "questionnaires/translation_report.html",
        desk=open_desk(code),
        survey=desk.survey,
        taking=taking,
        target=target,
        name_of=language_name,
    ), 200


def _languages(desk: Desk, target: str) -> Languages:
    return Languages(table_of(desk.questionnaire, target)[0], target)


def _typed(rows: Sequence[Row]) -> dict[str, str]:
    """Return what was written, by key; texts of other pages of the table are not among it."""
    names = {row.wording.key: f"text/{row.wording.key}" for row in rows}
    return {key: tidy(request.form[name]) for key, name in names.items() if name in request.form}


def _mark(desk: Desk, language: str, made_from: dict[str, str]) -> None:
    draft = find_locked_draft(desk.survey)
    if draft is not None and made_from:
        mark_translations(draft, language, made_from)
        db.session.commit()


def _field_problems(rows: Sequence[Row], typed: dict[str, str], language: str) -> list[str]:
    """Return a sentence for every text written anew whose merge fields are not those of the main text."""
    found = []
    for row in rows:
        text = typed.get(row.wording.key, "")
        fault = field_sentence(row.wording, row.source, text, language) if text and text != row.target else ""
        found += [fault] if fault else []
    return found


def _draw_table(desk: Desk, typed: dict[str, str] | None = None, problems: list[str] | None = None) -> str:
    targets = targets_of(desk.questionnaire)
    wanted = request.values.get("to", "")
    target = wanted if wanted in targets else (targets or desk.questionnaire.languages)[0]
    every = translation_rows(desk.questionnaire, target, desk.version.sources)
    shows = request.values.get("show", "")
    shows = shows if shows in SHOWN else SHOWN[0]
    rows = [row for row in every if shows == SHOWN[0] or row.standing == shows]
    pages = max(ceil(len(rows) / ON_A_PAGE), 1)
    page = min(max(request.values.get("page", 1, type=int), 1), pages)
    rows = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return render_template(
        "questionnaires/translate.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=desk.questionnaire,
        main=table_of(desk.questionnaire, target)[0],
        targets=targets,
        target=target,
        rows=[row for row in every if row.wording.key in typed] if typed is not None else rows,
        counts={name: sum(row.standing == name for row in every) for name in Standing} | {"all": len(every)},
        shows=shows,
        slice=Slice(page, pages),
        typed=typed or {},
        problems=problems or [],
        name_of=language_name,
    )
