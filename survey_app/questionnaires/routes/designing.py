"""The designer: outline, the page as respondents see it, and the inspector of what is selected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.conditions.sentences import operator_labels, sentence
from survey_app.extensions import db
from survey_app.questionnaires.checks import check_questionnaire
from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire, text_in
from survey_app.questionnaires.editing import GoneError, find_item, find_page
from survey_app.questionnaires.forms.conditions import KEEP, is_simple, typed_value
from survey_app.questionnaires.item_parsing import ROLES
from survey_app.questionnaires.names import condition_labels, role_hints, role_names, type_names
from survey_app.questionnaires.operations import undo
from survey_app.questionnaires.parsing import to_data
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, find_desk_survey, open_desk
from survey_app.questionnaires.routing import ANSWER
from survey_app.questionnaires.scales import RULES
from survey_app.web import access
from survey_app.web.headers import CONTENT_SECURITY_POLICY
from survey_app.web.languages import interface_language

FRAMED = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the inspector shows: an item or a page, as typed, with what is wrong with it."""

    page: Page
    item: Item | None
    data: dict[str, Any]
    errors: dict[str, str]

    @property
    def is_wrong(self) -> bool:
        """Return whether something that was typed cannot be saved."""
        return bool(self.errors)


@blueprint.get("/surveys/<code>/design")
@access.requires("surveys.design")
def design(code: str) -> Response:
    """Show the designer with an item or a page selected."""
    desk = open_desk(code)
    return draw(desk, _selected(desk.questionnaire))


@blueprint.post("/surveys/<code>/undo")
@access.requires("surveys.design")
def undo_change(code: str) -> Answer:
    """Undo the draft's last change."""
    what = undo(find_desk_survey(code))
    db.session.commit()
    flash(_("Undone: %(what)s.", what=what) if what else _("There is nothing left to undo."), "success")
    return redirect(url_for("questionnaires.design", code=code), 303)


def draw(desk: Desk, inspected: Inspected, status: int = 200) -> Response:
    """Return the designer."""
    questionnaire = desk.questionnaire
    labels = condition_labels(questionnaire, interface_language())
    html = render_template(
        "questionnaires/design.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=questionnaire,
        inspected=inspected,
        say=lambda texts: text_in(texts, interface_language(), questionnaire.languages),
        sentence=lambda tree: sentence(tree, labels),
        graves=_graves(desk),
        names={"types": type_names(), "roles": role_names(), "role_hints": role_hints()},
        choices=_choices(desk, inspected, labels),
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def inspect_item(questionnaire: Questionnaire, code: str) -> Inspected:
    """Return an item as it stands; raise GoneError when there is none."""
    page, item = find_item(questionnaire, code)
    place = page.items.index(item)
    data = to_data(questionnaire)["pages"][questionnaire.pages.index(page)]["items"][place]
    return Inspected(page=page, item=item, data=data, errors={})


def inspect_page(questionnaire: Questionnaire, code: str) -> Inspected:
    """Return a page as it stands; raise GoneError when there is none."""
    page = find_page(questionnaire, code)
    data = to_data(questionnaire)["pages"][questionnaire.pages.index(page)]
    return Inspected(page=page, item=None, data=data, errors={})


def design_url(code: str, **selected: Any) -> str:
    """Return the designer's address with something selected."""
    return url_for("questionnaires.design", code=code, **selected) + "#inspector"


def _selected(questionnaire: Questionnaire) -> Inspected:
    """Return what the address selects; what is gone gives way to the first page."""
    try:
        if request.args.get("item"):
            return inspect_item(questionnaire, request.args["item"])
        return inspect_page(questionnaire, request.args.get("page") or questionnaire.pages[0].code)
    except GoneError:
        return inspect_page(questionnaire, questionnaire.pages[0].code)


def _graves(desk: Desk) -> dict[str, str]:
    """Return the gravest level of the findings at each item."""
    findings = reversed(check_questionnaire(desk.questionnaire, desk.previous))
    return {finding.spot.item: finding.level.value for finding in findings}


def _choices(desk: Desk, inspected: Inspected, labels: Any) -> dict[str, Any]:
    """Return what the inspector's selects offer, and which codes are fixed."""
    tree = inspected.data.get("show_if")
    previous = desk.previous
    fixed = (
        {code for item in previous.items for code in (item.code, *(row.code for row in item.rows))}
        if previous
        else set()
    )
    kind = inspected.item.type if inspected.item else None
    return {
        "fields": {ANSWER + code: labels[ANSWER + code] for code in _earlier(desk.questionnaire, inspected)},
        "operators": operator_labels(),
        "keeps": None if is_simple(tree) else KEEP,
        "condition": (tree or {}) if is_simple(tree) else {"field": KEEP},
        "condition_value": typed_value(tree) if is_simple(tree) else "",
        "roles": ROLES[kind] if kind else (),
        "scale": RULES.get(kind) if kind else None,
        "fixed": fixed,
        "fixed_options": _fixed_options(previous, inspected),
        "palette": list(ItemType),
    }


def _fixed_options(previous: Questionnaire | None, inspected: Inspected) -> set[str]:
    if previous is None or inspected.item is None:
        return set()
    return {option.code for item in previous.items if item.code == inspected.item.code for option in item.options}


def _earlier(questionnaire: Questionnaire, inspected: Inspected) -> list[str]:
    """Return the measures that are asked before what is selected."""
    codes: list[str] = []
    for page in questionnaire.pages:
        if inspected.item is None and page is inspected.page:
            return codes
        for item in page.items:
            if item is inspected.item:
                return codes
            codes.extend(item.measure_codes)
    return codes
