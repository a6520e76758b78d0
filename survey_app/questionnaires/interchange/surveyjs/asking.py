"""Our items as SurveyJS questions."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Look, Option
from survey_app.questionnaires.interchange.surveyjs.choices import OTHER
from survey_app.questionnaires.interchange.surveyjs.speaking import Speaking, Write, filled
from survey_app.questionnaires.saying import field_name

LOOKS = {Look.STARS: "stars", Look.FACES: "smileys"}
NORMAL_LENGTH = 4000


def question(item: Item, speaking: Speaking) -> dict[str, Any] | None:
    """Return what an item becomes; None where SurveyJS has nothing like it. Either way it is entered."""
    write = _WRITERS.get(item.type)
    label = f"{item.code} ({item.type.value})"
    if write is None:
        speaking.ledger.lost("item", label, _("Hidden values have no counterpart: set them as a variable there."))
        return None
    message = _MESSAGES().get(item.type, "")
    speaking.ledger.changed("item", label, message) if message else speaking.ledger.kept("item", label)
    _lose(item, speaking)
    head = {
        "name": item.code,
        "title": speaking.text(item.text),
        "description": speaking.text(item.hint),
        "isRequired": item.is_required,
    }
    return filled(head | write(item, speaking))


def native_values(item: Item) -> dict[str, str]:
    """Return what options are called there: the one for own words is always called the same."""
    return {option.code: OTHER if option.code == _other(item) else option.code for option in item.options}


def _other(item: Item) -> str:
    """Return the code of the option that asks for own words, where the type has one there."""
    if item.type not in {ItemType.SINGLE, ItemType.MULTIPLE}:
        return ""
    return next((option.code for option in item.options if option.is_other), "")


def _MESSAGES() -> dict[ItemType, str]:  # noqa: N802 - a table that is spoken in the language of the request
    return {
        ItemType.NPS: _("It is a rating of 0 to 10 there; that it is the NPS is not said."),
        ItemType.CES: _("It is a rating of 1 to 7 there; that it is about effort is not said."),
        ItemType.SUM: _("It is a list of numbers there; that they add up to the total is not checked."),
        ItemType.CONTACT: _("It is a list of texts there; nothing reaches the customer's record."),
    }


def _lose(item: Item, speaking: Speaking) -> None:
    """Enter what an item has that SurveyJS does not say."""
    ledger = speaking.ledger
    lost = {
        "role": item.role is not None,
        "variants": bool(item.variants),
        "not_applicable": item.allows_not_applicable,
        "dont_know": item.allows_dont_know and item.type not in {ItemType.SINGLE, ItemType.MULTIPLE},
        "fixed": any(option.is_fixed for option in item.options),
        "unit": bool(item.unit),
        "direction": item.scale is not None and not item.scale.higher_is_better,
    }
    for name, is_lost in lost.items():
        if is_lost:
            ledger.lost("property", f"{item.code}.{name}", _("SurveyJS has nothing like it."))


def _rating(item: Item, speaking: Speaking) -> dict[str, Any]:
    scale = item.scale
    if scale is None:
        return {"type": "rating"}
    ends = {scale.low: "minRateDescription", scale.high: "maxRateDescription"}
    named = {point: speaking.text(texts) for point, texts in scale.labels.items()}
    parts: dict[str, Any] = {"type": "rating", "rateMin": scale.low, "rateMax": scale.high}
    if set(named) <= set(ends):
        parts |= {ends[point]: text for point, text in named.items()}
    else:
        parts = {
            "type": "rating",
            "rateValues": [_choice(point, named.get(point, str(point))) for point in scale.points],
        }
    return parts | {"rateType": LOOKS.get(scale.look, "")}


def _battery(item: Item, speaking: Speaking) -> dict[str, Any]:
    labels = item.scale.labels if item.scale else {}
    points = item.scale.points if item.scale else ()
    return {
        "type": "matrix",
        "columns": [_choice(point, speaking.text(labels.get(point, {})) or str(point)) for point in points],
        "rows": [_choice(row.code, speaking.text(row.text)) for row in item.rows],
        "isRequired": False,
        "eachRowRequired": item.is_required,
        "rowsOrder": "random" if item.is_shuffled else "",
    }


def _choices(kind: str) -> Write:
    def write(item: Item, speaking: Speaking) -> dict[str, Any]:
        other = _other(item)
        own = next((option for option in item.options if option.code == other), None)
        return {
            "type": kind,
            "choices": [_option(option, speaking) for option in item.options if option is not own],
            "showOtherItem": own is not None,
            "otherText": speaking.text(own.text) if own else "",
            "showDontKnowItem": item.allows_dont_know and kind != "ranking",
            "choicesOrder": "random" if item.is_shuffled else "",
            "minSelectedChoices": item.fewest,
            "maxSelectedChoices": item.most,
            "selectToRankEnabled": kind == "ranking" and bool(item.fewest or item.most),
        }

    return write


def _option(option: Option, speaking: Speaking) -> dict[str, Any]:
    found = _choice(option.code, speaking.text(option.text))
    return found | ({"isExclusive": True} if option.is_exclusive else {})


def _choice(value: str | int, text: Any) -> dict[str, Any]:
    return {"value": value, "text": text}


def _amounts(item: Item, speaking: Speaking) -> dict[str, Any]:
    items = [
        {"name": option.code, "title": speaking.text(option.text), "inputType": "number"} for option in item.options
    ]
    return {"type": "multipletext", "items": items}


def _number(item: Item, _speaking: Speaking) -> dict[str, Any]:
    ends = {"min": item.bounds.lowest, "max": item.bounds.highest}
    known = {name: float(value) for name, value in ends.items() if value is not None}
    whole = {name: int(value) if value == int(value) else value for name, value in known.items()}
    step = {"step": float(f"1e-{item.bounds.decimals}")} if item.bounds.decimals else {}
    return {"type": "text", "inputType": "number", **step} | whole


def _date(item: Item, _speaking: Speaking) -> dict[str, Any]:
    return {"type": "text", "inputType": "date", "min": item.bounds.lowest, "max": item.bounds.highest}


def _text(item: Item, _speaking: Speaking) -> dict[str, Any]:
    longest = item.max_length if item.max_length != NORMAL_LENGTH else None
    return {"type": "text" if item.is_short else "comment", "maxLength": longest}


def _contact(item: Item, _speaking: Speaking) -> dict[str, Any]:
    fields = [{"name": each.value, "title": field_name(each.value)} for each in item.contact_fields]
    return {"type": "multipletext", "items": fields}


def _statement(item: Item, speaking: Speaking) -> dict[str, Any]:
    return {"type": "html", "title": "", "html": speaking.text(item.text, is_html=True)}


_WRITERS: dict[ItemType, Write] = {
    ItemType.NPS: _rating,
    ItemType.CSAT: _rating,
    ItemType.CES: _rating,
    ItemType.LIKERT: _battery,
    ItemType.SINGLE: _choices("radiogroup"),
    ItemType.MULTIPLE: _choices("checkbox"),
    ItemType.RANKING: _choices("ranking"),
    ItemType.SUM: _amounts,
    ItemType.NUMBER: _number,
    ItemType.DATE: _date,
    ItemType.TEXT: _text,
    ItemType.CONTACT: _contact,
    ItemType.STATEMENT: _statement,
}
