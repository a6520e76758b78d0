"""The answers that SurveyJS offers: choices in all their spellings, "other", "none" and their like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Texts
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.ratings import Answer, Converted, choice, options
from survey_app.questionnaires.interchange.surveyjs.elements import Element, as_text
from survey_app.questionnaires.interchange.surveyjs.making import Making, kept_question, lost_question
from survey_app.questionnaires.item_parsing import MOST_OPTIONS

OTHER, NONE, REFUSED, UNKNOWN = "other", "none", "refused", "dontknow"
USUAL: dict[str, Texts] = {
    OTHER: {"en": "Other (please say)", "vi": "Khác (xin ghi rõ)", "es": "Otro (por favor, indique)"},
    NONE: {"en": "None", "vi": "Không có", "es": "Ninguno"},
    REFUSED: {"en": "I prefer not to say", "vi": "Tôi không muốn trả lời", "es": "Prefiero no decirlo"},
    "true": {"en": "Yes", "vi": "Có", "es": "Sí"},
    "false": {"en": "No", "vi": "Không", "es": "No"},
}
SOURCES = ("choicesByUrl", "carryForwardChoices", "choicesLazyLoadEnabled", "choicesFromQuestionMode")
ELSEWHERE = ("choicesByUrl", "choicesFromQuestion", "carryForwardChoices", "choicesLazyLoadEnabled")
CHOICE_KEYS = frozenset({"value", "text", "name", "title", "isExclusive", "visibleIf", "enableIf", "imageLink"})
FILTERS = ("choicesVisibleIf", "choicesEnableIf")


def choice_of_one(element: Element, making: Making) -> list[DraftItem]:
    """Return a choice of one: radio buttons, a dropdown, a row of buttons or pictures."""
    item, answers = _begin(element, making, ItemType.SINGLE)
    if not answers:
        return _without_answers(element, item, making)
    kept_question(making, element)
    return making.draft(element, choice(_ordered(item, element, making), answers, making.main))


def choice_of_several(element: Element, making: Making) -> list[DraftItem]:
    """Return a choice of several."""
    item, answers = _begin(element, making, ItemType.MULTIPLE)
    if not answers:
        return _without_answers(element, item, making)
    kept_question(making, element)
    making.lose("setting", element, ("showSelectAllItem",), _("There is no “select all” here."))
    item = replace(_ordered(item, element, making), **_limits(element, making, len(answers)))
    return making.draft(element, options(item, answers))


def pictures(element: Element, making: Making) -> list[DraftItem]:
    """Return a choice among pictures: the choice stays, the pictures do not."""
    n_pictures = sum(isinstance(each, dict) and bool(each.get("imageLink")) for each in element.listed("choices"))
    making.ledger.lost(
        "media", element.name, _("Pictures are not taken over; the words of the options are."), n_pictures
    )
    return choice_of_several(element, making) if element.flag("multiSelect") else choice_of_one(element, making)


def ranking(element: Element, making: Making) -> list[DraftItem]:
    """Return a ranking."""
    item, answers = _begin(element, making, ItemType.RANKING)
    if not answers:
        return lost_question(making, element, _("It has no choices of its own."))
    kept_question(making, element)
    item = replace(_ordered(item, element, making), **_limits(element, making, len(answers)))
    return making.draft(element, options(item, answers))


def boolean(element: Element, making: Making) -> list[DraftItem]:
    """Return a choice between yes and no; the values it stores keep their names in conditions."""
    item = making.item(element, ItemType.SINGLE)
    answers = [Answer(name, _words(element, making, f"label{name.title()}", name)) for name in ("true", "false")]
    converted = options(item, answers)
    own = {as_text(element.get(f"value{name.title()}")): converted.values[name] for name in ("true", "false")}
    kept_question(making, element)
    values = converted.values | {native: value for native, value in own.items() if native}
    return making.draft(element, Converted(converted.item, values))


def answers_of(native: list[Any], element: Element, making: Making, *, is_row: bool = False) -> list[Answer]:
    """Return choices, columns or rows in any of their spellings, each entered once; rows keep their conditions."""
    found: list[Answer] = []
    for each in native[:MOST_OPTIONS]:
        value, text = _value_and_text(each, element, making)
        is_exclusive = isinstance(each, dict) and each.get("isExclusive") is True
        found.append(Answer(value, making.label(text, f"{element.name}.{value}"), is_exclusive=is_exclusive))
    if len(native) > MOST_OPTIONS:
        n_more = len(native) - MOST_OPTIONS
        making.ledger.lost("option", element.name, _("An item has at most %(n)s options.", n=MOST_OPTIONS), n_more)
    for each in native:
        if isinstance(each, dict):
            _lose_conditions(each if not is_row else {**each, "visibleIf": None}, element, making)
    return found


def _without_answers(element: Element, item: Item, making: Making) -> list[DraftItem]:
    """Return the question to be typed where its options come from elsewhere; without any there is nothing to ask."""
    if not any(element.get(key) for key in ELSEWHERE):
        return lost_question(making, element, _("It has no choices of its own."))
    kept_question(making, element, _("Its options come from elsewhere, so the answer is typed."))
    # No name for conditions: they look at values that nobody types.
    return [
        DraftItem(
            Item(item.code, ItemType.TEXT, item.text, item.hint, is_required=item.is_required, is_short=True),
            element.name,
        )
    ]


def _offered(element: Element, making: Making) -> list[Any]:
    """Return a question's choices, or those of the question that it takes them from."""
    own = element.listed("choices")
    source = making.natives.get(element.word("choicesFromQuestion"))
    if own or source is None:
        return own
    listed = source.get("choices")
    return listed if isinstance(listed, list) else []


def _begin(element: Element, making: Making, kind: ItemType) -> tuple[Item, list[Answer]]:
    item = making.item(element, kind)
    answers = answers_of(_offered(element, making), element, making)
    if element.listed("choices"):
        for each in answers:
            making.ledger.kept("option", f"{element.name}: {each.native}")
    elif answers:
        message = _("All options of “%(name)s” are offered.", name=element.word("choicesFromQuestion"))
        making.ledger.changed("option source", f"{element.name}.choicesFromQuestion", message)
    making.lose("option source", element, SOURCES, _("Options that come from elsewhere are not taken over."))
    making.lose("condition", element, FILTERS, _("Options cannot be shown by condition here; all of them are."))
    return replace(item, allows_dont_know=_special(element, making, "showDontKnowItem")), [
        *answers,
        *_special_answers(element, making, kind),
    ]


def _special_answers(element: Element, making: Making, kind: ItemType) -> Iterator[Answer]:
    if kind is ItemType.RANKING:
        return
    if _special(element, making, "showNoneItem"):
        yield Answer(NONE, _words(element, making, "noneText", NONE), is_exclusive=kind is ItemType.MULTIPLE)
    if _special(element, making, "showRefuseItem"):
        yield Answer(REFUSED, _words(element, making, "refuseText", REFUSED), is_exclusive=kind is ItemType.MULTIPLE)
    if _special(element, making, "showOtherItem"):
        yield Answer(OTHER, _words(element, making, "otherText", OTHER), is_other=True)


def _special(element: Element, making: Making, key: str) -> bool:
    if not element.flag(key):
        return False
    making.ledger.kept("special option", f"{element.name}.{key}")
    return True


def _words(element: Element, making: Making, key: str, usual: str) -> Texts:
    own = making.label(element.get(key), element.name)
    words = {tag: USUAL[usual][tag] for tag in making.speech.languages if tag in USUAL[usual]}
    # The main language never lacks a word, even where ours are not known in it.
    return own or {making.main: USUAL[usual]["en"], **words}


def _value_and_text(each: Any, element: Element, making: Making) -> tuple[str, Any]:
    if isinstance(each, dict):
        value = each.get("value", each.get("name", each.get("text")))
        return as_text(value), each.get("text", each.get("title")) or as_text(value)
    text = as_text(each)
    if "|" in text:
        making.ledger.kept("value|text string", f"{element.name}: {text}")
        value, _bar, words = text.partition("|")
        return value, words or value
    return text, text


def _lose_conditions(each: dict[str, Any], element: Element, making: Making) -> None:
    for key in ("visibleIf", "enableIf"):
        if each.get(key):
            name = f"{element.name}: {as_text(each.get('value'))}.{key}"
            message = _("Options cannot be shown by condition here; all of them are.")
            making.ledger.lost("condition", name, f"{message} [{as_text(each[key])[:200]}]")
    for key in each.keys() - CHOICE_KEYS:
        making.ledger.lost(
            "setting", f"{element.name}: {as_text(each.get('value'))}.{key}", _("Nothing of ours says it.")
        )


def _ordered(item: Item, element: Element, making: Making) -> Item:
    order = element.word("choicesOrder")
    if order == "random":
        making.ledger.kept("randomisation", f"{element.name}.choicesOrder")
        return replace(item, is_shuffled=True)
    if order in {"asc", "desc"}:
        making.ledger.lost("setting", f"{element.name}.choicesOrder", _("Options stand in the order of the file."))
    return item


def _limits(element: Element, making: Making, n_options: int) -> dict[str, Any]:
    """Return how many may be chosen, as far as so many options exist."""
    found: dict[str, Any] = {}
    for ours, keys in {
        "fewest": ("minSelectedChoices",),
        "most": ("maxSelectedChoices",),
    }.items():
        value = next((number for number in (element.whole(key) for key in keys) if number), None)
        if value and 1 <= value <= n_options:
            found[ours] = value
            making.ledger.kept("limit", f"{element.name}.{keys[0]}")
    if found.get("fewest", 0) > found.get("most", n_options):
        del found["fewest"]
    return found
