"""What the designer's inspector shows: an item or a page as it stands or as it was typed, and what it may become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from survey_app.conditions.rules import check
from survey_app.conditions.sentences import operator_labels, sentence
from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, Page, Questionnaire
from survey_app.questionnaires.editing import find_item, find_page
from survey_app.questionnaires.forms.items import Sheet
from survey_app.questionnaires.forms.lines import MOST_IN_TABLE, as_text
from survey_app.questionnaires.forms.trees import Group, Known, group_of, operators_for
from survey_app.questionnaires.item_parsing import KEYS, ROLES
from survey_app.questionnaires.logic import asked_before, asked_until
from survey_app.questionnaires.names import contact_names, jump_names, look_names, source_names
from survey_app.questionnaires.operands import grouped, operands
from survey_app.questionnaires.parsing import to_data
from survey_app.questionnaires.routes.desk import Desk
from survey_app.questionnaires.routing import AnyField
from survey_app.questionnaires.scales import FEWEST_POINTS, MOST_POINTS, RULES
from survey_app.web.languages import interface_language


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the inspector shows: an item or a page, as typed, with what is wrong with it.

    `groups` holds the conditions as typed, by the name of their controls.
    """

    page: Page
    item: Item | None
    data: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        """Return whether something that was typed cannot be saved."""
        return bool(self.errors)

    def group(self, name: str, tree: Any) -> Group:
        """Return a condition as the form shows it."""
        return self.groups.get(name) or group_of(tree)


def inspect_item(questionnaire: Questionnaire, code: str) -> Inspected:
    """Return an item as it stands; raise GoneError when there is none."""
    page, item = find_item(questionnaire, code)
    place = page.items.index(item)
    return Inspected(page, item, to_data(questionnaire)["pages"][questionnaire.pages.index(page)]["items"][place])


def inspect_page(questionnaire: Questionnaire, code: str) -> Inspected:
    """Return a page as it stands; raise GoneError when there is none."""
    page = find_page(questionnaire, code)
    return Inspected(page, None, to_data(questionnaire)["pages"][questionnaire.pages.index(page)])


def chosen_language(questionnaire: Questionnaire) -> str:
    """Return the language in which texts are edited: the one that was asked for, else the main one."""
    wanted = request.values.get("in", "")
    return wanted if wanted in questionnaire.languages else questionnaire.languages[0]


def item_sheet(questionnaire: Questionnaire, page: str, item: str = "") -> Sheet:
    """Return what the form of an item or page is filled in for."""
    earlier = asked_before(questionnaire, page, item)
    return _sheet(questionnaire, operands(questionnaire, earlier, interface_language()))


def jump_sheet(questionnaire: Questionnaire, page: str) -> Sheet:
    """Return what a page's jumps are filled in for."""
    return _sheet(questionnaire, operands(questionnaire, asked_until(questionnaire, page), interface_language()))


def choices_of(desk: Desk, inspected: Inspected) -> dict[str, Any]:
    """Return what the inspector's controls offer, and which codes are fixed."""
    item, page, questionnaire = inspected.item, inspected.page, desk.questionnaire
    sheet = item_sheet(questionnaire, page.code, item.code if item else "")
    known_after = jump_sheet(questionnaire, page.code).known if item is None else {}
    return condition_choices(sheet.known) | {
        "language": sheet.language,
        "known_after": grouped(known_after),
        "known_after_flat": known_after,
        "targets": _targets(questionnaire, page),
        "keys": KEYS[item.type] if item else (),
        "roles": ROLES[item.type] if item else (),
        "scale": RULES.get(item.type) if item else None,
        "points": range(FEWEST_POINTS, MOST_POINTS + 1),
        "looks": look_names(),
        "contact": contact_names(),
        "sources": source_names(sheet.known),
        "most_in_table": MOST_IN_TABLE,
        "as_text": as_text,
        **_fixed(desk, item),
    }


def condition_choices(known: Known) -> dict[str, Any]:
    """Return what the rows of a condition offer."""
    return {
        "known": known,
        "known_groups": grouped(known),
        "operators": operator_labels(),
        "operators_for": operators_for,
    }


def sentence_of(tree: Mapping[str, Any] | None, labels: Mapping[str, str]) -> str:
    """Return a condition in words; nothing while it is typed in a way that has none yet."""
    return "" if check(tree, AnyField()) else sentence(tree, labels)


def _sheet(questionnaire: Questionnaire, known: Known) -> Sheet:
    return Sheet(questionnaire.languages, chosen_language(questionnaire), known)


def _targets(questionnaire: Questionnaire, page: Page) -> dict[str, str]:
    """Return where a page's jumps may lead: later pages, the end, out."""
    later = questionnaire.pages[questionnaire.pages.index(page) + 1 :]
    names = jump_names(questionnaire, interface_language())
    return {code: names[code] for code in (*(each.code for each in later), END, SCREEN_OUT)}


def _fixed(desk: Desk, item: Item | None) -> dict[str, set[str]]:
    """Return the codes that are published already, which never change."""
    published = desk.previous.items if desk.previous else ()
    codes = {code for each in published for code in (each.code, *(row.code for row in each.rows))}
    mine = [each for each in published if item and each.code == item.code]
    return {"fixed": codes, "fixed_options": {option.code for each in mine for option in each.options}}
