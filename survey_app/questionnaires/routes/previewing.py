"""The survey as respondents will meet it: any language, width, order and customer; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request
from flask_babel import gettext as _

from survey_app.accounts.gate import current_may
from survey_app.conditions.sentences import sentence
from survey_app.customers.queries import find_customers
from survey_app.customers.segments import values_of
from survey_app.questionnaires.brand import Brand, brand_of
from survey_app.questionnaires.definition import SCREEN_OUT, Page, Questionnaire, text_in
from survey_app.questionnaires.names import condition_labels
from survey_app.questionnaires.page_words.speech import speech_of
from survey_app.questionnaires.queries import find_version, questionnaire_of
from survey_app.questionnaires.registry import registered_trials
from survey_app.questionnaires.rendering.pages import read_page, render_page_body, styles_of
from survey_app.questionnaires.rendering.reading import PageReading, Wording
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.designing import FRAMED
from survey_app.questionnaires.routes.desk import Desk, open_desk
from survey_app.questionnaires.trials import (
    Trial,
    always_asked,
    chance_items,
    drawn_groups,
    hidden_answers,
    hidden_items,
    typed_fields,
    wanted_fields,
)
from survey_app.web import access
from survey_app.web.languages import choose_language
from survey_app.web.storable import row_number

THANKS = "thanks"
WIDTHS = ("phone", "desktop")
LONGEST_SEED = 40
# The controls that hold a customer's values are named so, before the name of the field.
KNOWN = "k-"
CARRIED = ("page", "language", "version", "seed", "customer")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the walk: none stands for what is said at the end, `ending` says which end."""

    page: Page | None
    trial: Trial
    ending: str = ""
    reading: PageReading | None = None
    # Reached by a jump of the reader's: everything on it is shown, with the conditions in words.
    is_opened: bool = False


@blueprint.get("/surveys/<code>/preview")
@access.requires("surveys.view")
def preview(code: str) -> Response:
    """Show the preview with its choice of page, language, width, order and customer."""
    desk, questionnaire = open_desk(code), _questionnaire(code)
    may_see_customers = current_may("customers.view")
    html = render_template(
        "questionnaires/preview.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=questionnaire,
        language=_language(questionnaire),
        width=request.args.get("width") if request.args.get("width") in WIDTHS else WIDTHS[0],
        chosen={name: request.args.get(name, "") for name in CARRIED},
        fields=wanted_fields(questionnaire),
        hidden=hidden_items(questionnaire),
        groups=chance_items(questionnaire),
        drawn=drawn_groups(questionnaire, Trial(_language(questionnaire), request.args.get("seed", "")[:LONGEST_SEED])),
        typed={name.removeprefix(KNOWN): value for name, value in request.args.items() if name.startswith(KNOWN)},
        customers=sample_customers() if may_see_customers and wanted_fields(questionnaire) else [],
        query={name: value for name, value in request.args.items() if value and name != "width"},
        trials=[each for each in registered_trials() if current_may(each.operation)],
        say=lambda texts: text_in(texts, _language(questionnaire), questionnaire.languages),
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@blueprint.get("/surveys/<code>/preview/page")
@access.requires("surveys.view")
def preview_page(code: str) -> Response:
    """Show the page where a walk begins, or the page that was asked for with everything that could be on it."""
    desk, questionnaire = open_desk(code), _questionnaire(code)
    trial = _trial(questionnaire)
    wanted = request.args.get("page", "")
    page = next((page for page in questionnaire.pages if page.code == wanted), None)
    if page is None and wanted != THANKS:
        first = trial.course(questionnaire).shown
        return _draw(desk, questionnaire, Leaf(questionnaire.pages[first[0]] if first else None, trial))
    return _draw(desk, questionnaire, Leaf(page, trial, is_opened=page is not None))


@blueprint.post("/surveys/<code>/preview/page")
@access.requires("surveys.view")
def preview_step(code: str) -> Response:
    """Go on or back as a respondent would; the answers stay on the page and are stored nowhere."""
    desk, questionnaire = open_desk(code), _questionnaire(code)
    trial = _trial(questionnaire).with_state(questionnaire, request.form.get("_state", ""))
    codes = [page.code for page in questionnaire.pages]
    posted = request.form.get("_page", "")
    if posted not in codes:
        return _draw(desk, questionnaire, Leaf(questionnaire.pages[0], trial))
    return _draw(desk, questionnaire, _next_leaf(questionnaire, trial, codes.index(posted)))


def sample_customers() -> list[tuple[int, str]]:
    """Return some customers whose values may be tried."""
    return [(each.id, each.name or each.email or str(each.id)) for each in find_customers("", 1).items[:20]]


def _next_leaf(questionnaire: Questionnaire, trial: Trial, index: int) -> Leaf:
    """Return where Continue or Back leads from a page."""
    page = questionnaire.pages[index]
    is_opened = "_opened" in request.form
    if request.form.get("_go") == "back":
        before = trial.course(questionnaire).before(index)
        return Leaf(questionnaire.pages[before if before is not None else index], trial)
    asked = always_asked(page) if is_opened else page
    known = trial.page_state(questionnaire).known
    reading = read_page(questionnaire, asked, request.form, known, language=trial.language)
    if reading.errors:
        return Leaf(page, trial, reading=reading, is_opened=is_opened)
    gone_on = trial.with_reading(questionnaire, page, reading)
    if reading.revealed:
        return Leaf(page, gone_on)
    course = gone_on.course(questionnaire)
    after = course.after(index)
    if after is not None:
        return Leaf(questionnaire.pages[after], gone_on)
    return Leaf(None, gone_on, ending=course.end or "")


def _draw(desk: Desk, questionnaire: Questionnaire, leaf: Leaf) -> Response:
    """Return one page as a respondent sees it."""
    trial, page = leaf.trial, leaf.page
    language = trial.language
    choose_language(language, speech_of(questionnaire, language))
    brand = brand_of(desk.survey.brand)
    state = trial.page_state(questionnaire, leaf.reading)
    shown = always_asked(page) if page and leaf.is_opened else page
    codes = [each.code for each in questionnaire.pages]
    html = render_template(
        "questionnaires/preview_page.html",
        code=desk.survey.code,
        questionnaire=questionnaire,
        language=language,
        page=page,
        number=codes.index(page.code) + 1 if page else 0,
        body=render_page_body(questionnaire, shown, state, language) if shown else "",
        styles=styles_of(page),
        notes=_notes(questionnaire, page, language) if page and leaf.is_opened else [],
        words=Wording(language, questionnaire.languages),
        ending=_ending(questionnaire, leaf.ending),
        leaf=leaf,
        brand=brand,
        is_canvas="canvas" in request.args,
        here={**request.args, "code": desk.survey.code} | {"page": None, "canvas": None},
        is_first=not page or trial.course(questionnaire).before(codes.index(page.code)) is None,
    )
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _policy(brand)
    return response


def _ending(questionnaire: Questionnaire, ending: str) -> dict[str, str]:
    """Return what is said at an end, by language, the house's own words where nothing was written."""
    if ending == SCREEN_OUT:
        return questionnaire.screened_out or {
            questionnaire.languages[0]: _("Thank you. These questions are for others.")
        }
    return questionnaire.thanks or {questionnaire.languages[0]: _("Thank you. Your answers are saved.")}


def _trial(questionnaire: Questionnaire) -> Trial:
    """Return what the address asks to try."""
    typed = {name.removeprefix(KNOWN): text for name, text in request.args.items() if name.startswith(KNOWN)}
    customer = _record(questionnaire) | typed_fields(
        {name: typed.get(name, "") for name in wanted_fields(questionnaire)}
    )
    seed = request.args.get("seed", "")[:LONGEST_SEED]
    answers = hidden_answers(questionnaire, customer, typed, seed)
    return Trial(_language(questionnaire), seed, customer, answers)


def _record(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the values of the customer who was chosen, for those who may see customers."""
    number = request.args.get("customer", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and current_may("customers.view")):  # noqa: PLR2004 - no table has so many rows
        return {}
    found = values_of(int(number), set(wanted_fields(questionnaire)), datetime.now(UTC))
    return {name: value for name, value in found.items() if value is not None}


def _questionnaire(code: str) -> Questionnaire:
    desk = open_desk(code)
    number = request.args.get("version", "")
    if not number:
        return desk.questionnaire
    try:
        version = find_version(desk.survey, row_number(number))
    except ValueError:
        abort(404)
    return questionnaire_of(version or abort(404))


def _language(questionnaire: Questionnaire) -> str:
    wanted = request.args.get("language", "")
    return wanted if wanted in questionnaire.languages else questionnaire.languages[0]


def _notes(questionnaire: Questionnaire, page: Page, language: str) -> list[str]:
    """Return the conditions on this page as sentences."""
    labels = condition_labels(questionnaire, language)
    trees: list[Mapping[str, Any] | None] = [page.show_if, *(item.show_if for item in page.items)]
    return [sentence(tree, labels) for tree in trees if tree]


def _policy(brand: Brand) -> str:
    """Return the policy of respondents' pages, which our own pages may frame here."""
    style: Any = current_app.jinja_env.globals["respondent_style"]
    policy = str(style.policy).replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return policy.replace("style-src ", f"style-src {brand.style_hash} ", 1)
