"""Where staff read answers: the list with its filters, and one response in the words of its version."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from survey_app.campaigns.queries import list_campaigns
from survey_app.questionnaires.queries import get_version, list_surveys, questionnaire_of
from survey_app.responses.filters import read_list_filter
from survey_app.responses.lists import find_completed, list_languages, page_of_responses
from survey_app.responses.models import CHANNELS
from survey_app.responses.wording import answer_lines
from survey_app.web.access import requires
from survey_app.web.languages import interface_language
from survey_app.web.storable import page_number

blueprint = Blueprint("responses", __name__)


@blueprint.get("/responses")
@requires("responses.view")
def index() -> tuple[str, int]:
    """List the completed responses that the filters in the address choose."""
    chosen, problems = read_list_filter(request.args)
    pages, n_withheld = page_of_responses(chosen, request.args.get("page", 1, type=page_number))
    page = render_template(
        "responses/index.html",
        pages=pages,
        n_withheld=n_withheld,
        problems=problems,
        given=request.args,
        surveys=list_surveys(include_archived=True),
        campaigns=list_campaigns(),
        channels=CHANNELS,
        languages=list_languages(),
    )
    return page, 422 if problems else 200


@blueprint.get("/responses/<public_id>")
@requires("responses.view")
def show(public_id: str) -> str:
    """Show one response with its answers, reasons for missing ones, and where it came from."""
    response = find_completed(public_id)
    if response is None:
        abort(404)
    version = get_version(response.version_id)
    is_open = response.campaign.survey.identification == "identified"
    answers, missing, language = response.answers, response.missing, interface_language()
    lines = answer_lines(questionnaire_of(version), answers, missing, language, shows_contacts=is_open)
    return render_template("responses/show.html", response=response, version=version, lines=lines, is_open=is_open)
