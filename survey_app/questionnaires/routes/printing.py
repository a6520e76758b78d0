"""Paper that was ordered: how far it is, and the PDF once it is there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, make_response, render_template, url_for
from flask_babel import gettext as _

from survey_app.accounts.gate import current_may
from survey_app.extensions import db
from survey_app.jobs.models import Job
from survey_app.jobs.queries import find_newest
from survey_app.questionnaires.models import Print, Survey
from survey_app.questionnaires.printing import MAKE, PrintKind, print_kind
from survey_app.questionnaires.routes import blueprint
from survey_app.web import access

AT_WORK = ("waiting", "running")
LOOK_SECONDS = "2"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A piece of paper with its survey, its kind and the work that makes it."""

    paper: Print
    survey: Survey
    kind: PrintKind
    job: Job | None

    @property
    def is_at_work(self) -> bool:
        """Return whether it may still become ready by itself."""
        return self.paper.content is None and not self.failure

    @property
    def failure(self) -> str:
        """Return why it could not be made, or nothing."""
        if self.paper.failure or self.paper.content is not None:
            return self.paper.failure
        if self.job is None or self.job.state not in AT_WORK:
            return _("The worker could not make this paper. Order it once more; the administrators see the reason.")
        return ""

    @property
    def back(self) -> str:
        """Return the page on which it was ordered."""
        if self.kind.back:
            return self.kind.back(self.paper)
        return url_for("questionnaires.show", code=self.survey.code)


@blueprint.get("/prints/<int:print_id>")
@access.requires("surveys.view")
def show_print(print_id: int) -> Response:
    """Show how far a piece of paper is; the page follows by itself until it is there."""
    ordered = _find(print_id)
    page = make_response(render_template("questionnaires/print.html", ordered=ordered, survey=ordered.survey))
    if ordered.is_at_work:
        page.headers["Refresh"] = LOOK_SECONDS
    return page


@blueprint.get("/prints/<int:print_id>/file")
@access.requires("surveys.view")
def send_print(print_id: int) -> Response:
    """Send a piece of paper as a PDF file."""
    paper = _find(print_id).paper
    if paper.content is None:
        abort(404)
    response = make_response(paper.content)
    response.content_type = "application/pdf"
    name = str(paper.order.get("filename", "paper"))
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.pdf")
    return response


def _find(print_id: int) -> Ordered:
    paper = db.session.get(Print, print_id) or abort(404)
    kind = print_kind(paper.order["what"])
    if not current_may(kind.operation):
        abort(404)
    survey = db.session.get_one(Survey, paper.survey_id)
    return Ordered(paper, survey, kind, find_newest(MAKE, paper.id))
