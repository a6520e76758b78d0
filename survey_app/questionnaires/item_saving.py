"""Puts an edited item or page back into its questionnaire, in the written form, so that one parser checks all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.conditions.rules import Tree, check, comparisons
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.editing import GoneError, find_item
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.routing import ANSWER, answer_kinds

Data = dict[str, Any]


def save_item(questionnaire: Questionnaire, code: str, item: Data) -> Questionnaire:
    """Return the questionnaire with an item replaced; raise QuestionnaireError with findings about that item."""
    page_place, place = item_place(questionnaire, code)
    data = to_data(questionnaire)
    if item.get("primary"):
        for each in (each for page in data["pages"] for each in page["items"]):
            each.pop("primary", None)
    data["pages"][page_place]["items"][place] = item
    if item.get("code") != code:
        _rename(data, code, str(item.get("code")))
    saved = parse(data)
    _refuse_unfit(questionnaire, saved.pages[page_place].items[place].show_if, item_path(page_place, place))
    return saved


def save_page(questionnaire: Questionnaire, code: str, page: Data) -> Questionnaire:
    """Return the questionnaire with a page's own settings replaced; its items stay."""
    place = page_place_of(questionnaire, code)
    data = to_data(questionnaire)
    data["pages"][place] = page | {"items": data["pages"][place]["items"]}
    saved = parse(data)
    _refuse_unfit(questionnaire, saved.pages[place].show_if, page_path(place))
    return saved


def item_place(questionnaire: Questionnaire, code: str) -> tuple[int, int]:
    """Return the places of an item's page and of the item on it, from 0."""
    page, item = find_item(questionnaire, code)
    return questionnaire.pages.index(page), page.items.index(item)


def page_place_of(questionnaire: Questionnaire, code: str) -> int:
    """Return the place of a page, from 0; raise GoneError when there is none."""
    codes = [page.code for page in questionnaire.pages]
    if code not in codes:
        raise GoneError(code)
    return codes.index(code)


def page_path(place: int) -> str:
    """Return how findings name a page."""
    return f"pages[{place + 1}]"


def item_path(page_place: int, place: int) -> str:
    """Return how findings name an item."""
    return f"{page_path(page_place)}.items[{place + 1}]"


def _refuse_unfit(questionnaire: Questionnaire, tree: Tree | None, path: str) -> None:
    kinds = answer_kinds(questionnaire.items)
    problems = [problem for each in comparisons(tree) if each["field"] in kinds for problem in check(each, kinds)]
    if problems:
        raise QuestionnaireError([Finding(f"{path}.show_if", problem.message) for problem in problems])


def _rename(data: Data, old: str, new: str) -> None:
    """Let conditions follow an item to its new code."""
    for page in data["pages"]:
        for part in (page, *page["items"]):
            if part.get("show_if"):
                part["show_if"] = _renamed(part["show_if"], ANSWER + old, ANSWER + new)


def _renamed(tree: Mapping[str, Any], old: str, new: str) -> Data:
    if "field" in tree:
        return {**tree, "field": new if tree["field"] == old else tree["field"]}
    if "not" in tree:
        return {"not": _renamed(tree["not"], old, new)}
    return {key: [_renamed(each, old, new) for each in children] for key, children in tree.items()}
