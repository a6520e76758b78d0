"""Puts an edited item, page or quota back into its questionnaire in the written form, so that one parser checks all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from survey_app.conditions.rules import Tree, check, comparisons
from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.editing import GoneError, find_item
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.logic import asked_before, asked_until, with_trees
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.routing import ANSWER, answer_kinds
from survey_app.questionnaires.texts import with_texts

Data = dict[str, Any]


def save_item(questionnaire: Questionnaire, code: str, item: Data) -> Questionnaire:
    """Return the questionnaire with an item replaced; raise QuestionnaireError with findings about that item."""
    page_place, place = item_place(questionnaire, code)
    data = to_data(questionnaire)
    if item.get("primary"):
        for each in (each for page in data["pages"] for each in page["items"]):
            each.pop("primary", None)
    data["pages"][page_place]["items"][place] = item
    saved = parse(data)
    earlier = asked_before(questionnaire, questionnaire.pages[page_place].code, code)
    _refuse_unfit(earlier, saved.pages[page_place].items[place].show_if, f"{item_path(page_place, place)}.show_if")
    new = saved.pages[page_place].items[place].code
    return saved if new == code else _renamed(saved, code, new)


def save_page(questionnaire: Questionnaire, code: str, page: Data) -> Questionnaire:
    """Return the questionnaire with a page's own settings replaced; its items stay."""
    place = page_place_of(questionnaire, code)
    data = to_data(questionnaire)
    data["pages"][place] = page | {"items": data["pages"][place]["items"]}
    for each in (jump for other in data["pages"] for jump in other.get("jumps", [])):
        each["to"] = page["code"] if each["to"] == code else each["to"]
    saved = parse(data)
    path = page_path(place)
    _refuse_unfit(asked_before(questionnaire, code), saved.pages[place].show_if, f"{path}.show_if")
    for number, jump in enumerate(saved.pages[place].jumps, start=1):
        _refuse_unfit(asked_until(questionnaire, code), jump.when, f"{path}.jumps[{number}].when")
    return saved


def save_quota(questionnaire: Questionnaire, code: str, quota: Data) -> Questionnaire:
    """Return the questionnaire with a quota replaced, or added where there is none with this code."""
    data = to_data(questionnaire)
    quotas = data.setdefault("quotas", [])
    place = quota_place_of(questionnaire, code)
    quotas[place:] = [quota, *quotas[place + 1 :]]
    saved = parse(data)
    _refuse_unfit(saved.items, saved.quotas[place].when, f"{quota_path(place)}.when")
    return saved


def delete_quota(questionnaire: Questionnaire, code: str) -> Questionnaire:
    """Return the questionnaire without a quota; raise GoneError when there is none."""
    kept = tuple(each for each in questionnaire.quotas if each.code != code)
    if len(kept) == len(questionnaire.quotas):
        raise GoneError(code)
    return replace(questionnaire, quotas=kept)


def quota_place_of(questionnaire: Questionnaire, code: str) -> int:
    """Return the place of a quota, from 0; a new one stands at the end."""
    codes = [quota.code for quota in questionnaire.quotas]
    return codes.index(code) if code in codes else len(codes)


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


def quota_path(place: int) -> str:
    """Return how findings name a quota."""
    return f"quotas[{place + 1}]"


def _refuse_unfit(earlier: list[Item] | tuple[Item, ...], tree: Tree | None, path: str) -> None:
    """Refuse comparisons of answers that don't fit their items; whether one comes too late is for the checks to say."""
    kinds = answer_kinds(earlier)
    problems = [problem for each in comparisons(tree) if each["field"] in kinds for problem in check(each, kinds)]
    if problems:
        raise QuestionnaireError([Finding(path, problem.message) for problem in problems])


def _renamed(questionnaire: Questionnaire, old: str, new: str) -> Questionnaire:
    """Let conditions and merge fields follow an item to its new code."""
    mention = re.compile(r"\{answer\." + re.escape(old) + r"(?=[|}])")
    followed = with_texts(
        questionnaire,
        lambda _key, texts: {tag: mention.sub(f"{{answer.{new}", text) for tag, text in texts.items()},
    )
    return with_trees(followed, lambda tree: _renamed_in(tree, ANSWER + old, ANSWER + new))


def _renamed_in(tree: Mapping[str, Any], old: str, new: str) -> Data:
    if "field" in tree:
        return {**tree, "field": new if tree["field"] == old else tree["field"]}
    if "not" in tree:
        return {"not": _renamed_in(tree["not"], old, new)}
    return {key: [_renamed_in(each, old, new) for each in children] for key, children in tree.items()}
