"""What a worker does for paper that was ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete

from survey_app.extensions import db, mark_writing, writing
from survey_app.jobs.running import JobRun
from survey_app.questionnaires.models import Print, Survey
from survey_app.questionnaires.printing.registry import PrintError, print_kind
from survey_app.web.languages import choose_language

KEPT = timedelta(days=14)
Compose = Callable[[Survey, dict[str, Any]], str]


def make_print(run: JobRun) -> None:
    """Make one piece of paper that was ordered; a reason that a person can mend is stored instead of it."""
    paper = db.session.get_one(Print, run.subject_id)
    if paper.content is not None or paper.failure:
        return
    content, failure = None, ""
    try:
        html = _compose(db.session.get_one(Survey, paper.survey_id), paper.order)
    except PrintError as error:
        failure = str(error)
    # The database is not held while pages are laid out.
    db.session.rollback()
    if not failure:
        content, failure = _made(html)
    mark_writing()
    paper = db.session.get_one(Print, run.subject_id)
    paper.content, paper.failure = content, failure
    db.session.commit()


def _made(html: str) -> tuple[bytes | None, str]:
    """Return the PDF, or why there is none."""
    try:
        return _pdf(html), ""
    except PrintError as error:
        return None, str(error)


def _pdf(html: str) -> bytes:
    """Return the PDF; raise PrintError where this machine cannot make any."""
    try:
        drawing = import_module("survey_app.questionnaires.printing.pdf")
    except OSError as error:
        # The package is there, the system's libraries for setting text are not.
        raise PrintError(
            _("The worker's machine lacks Pango, which sets the text of PDFs: install it, then order the print again.")
        ) from error
    pdf: bytes = drawing.pdf_of(html)
    return pdf


def forget_prints(run: JobRun) -> None:
    """Delete paper that was ordered two weeks ago: it can be made again at any time."""
    with writing():
        db.session.execute(delete(Print).where(Print.made_at < run.now - KEPT))
        db.session.commit()


def _compose(survey: Survey, order: dict[str, Any]) -> str:
    choose_language(str(order.get("language", "en")))
    module, _colon, name = print_kind(order["what"]).path.partition(":")
    compose: Compose = getattr(import_module(module), name)
    return compose(survey, order)
