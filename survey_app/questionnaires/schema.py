"""The JSON Schema (2020-12) of the questionnaire format, derived from the rules that the parser applies."""

from __future__ import annotations

from typing import Any

from survey_app.conditions.rules import OPERATORS, VALUELESS
from survey_app.questionnaires.definition import CHOICES, FORMAT, FORMAT_VERSION, SCALED, ItemType
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.item_parsing import (
    CODE,
    KEYS,
    LONGEST_ANSWER,
    LONGEST_LABEL,
    MOST_OPTIONS,
    MOST_ROWS,
    OPTION_CODE,
    ROLES,
)
from survey_app.questionnaires.parsing import KEYS as WHOLE_KEYS
from survey_app.questionnaires.parsing import LANGUAGE, LONGEST_TITLE, MOST_ITEMS, MOST_LANGUAGES, MOST_PAGES
from survey_app.questionnaires.routing import FIELD
from survey_app.questionnaires.scales import FEWEST_POINTS, MOST_POINTS, RULES

Schema = dict[str, Any]
FLAG: Schema = {"type": "boolean", "default": False}
CONDITION: Schema = {"$ref": "#/$defs/condition"}


def questionnaire_schema() -> Schema:
    """Return the schema; uniqueness of codes, roles of primaries and the order of conditions are the parser's."""
    properties: Schema = {
        "format": {"const": FORMAT},
        "format_version": {"const": FORMAT_VERSION},
        "title": _texts(LONGEST_TITLE),
        "languages": {
            "type": "array",
            "items": {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"},
            "minItems": 1,
            "maxItems": MOST_LANGUAGES,
            "uniqueItems": True,
        },
        "introduction": _texts(LONGEST_TEXT),
        "thanks": _texts(LONGEST_TEXT),
        "pages": {"type": "array", "items": {"$ref": "#/$defs/page"}, "minItems": 1, "maxItems": MOST_PAGES},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Questionnaire",
        **_object({key: properties[key] for key in WHOLE_KEYS}, ["languages", "pages"]),
        "$defs": {
            "code": {"type": "string", "pattern": f"^{CODE.pattern}$"},
            "page": _page(),
            "item": {"oneOf": [_item(kind) for kind in ItemType]},
            "condition": _condition(),
        },
    }


def _page() -> Schema:
    items = {"type": "array", "items": {"$ref": "#/$defs/item"}, "maxItems": MOST_ITEMS}
    parts = {"code": _code(), "title": _texts(LONGEST_TITLE), "show_if": CONDITION, "items": items}
    return _object(parts, ["code"])


def _item(kind: ItemType) -> Schema:
    parts: Schema = {
        "code": _code(),
        "type": {"const": kind.value},
        "text": _texts(LONGEST_TEXT),
        "hint": _texts(LONGEST_TEXT),
        "role": {"enum": [role.value for role in ROLES[kind]]},
        "required": FLAG,
        "primary": FLAG,
        "not_applicable": FLAG,
        "dont_know": FLAG,
        "max_length": {"type": "integer", "minimum": 1, "maximum": LONGEST_ANSWER, "default": LONGEST_TEXT},
        "show_if": CONDITION,
    }
    if kind in SCALED:
        parts["scale"] = _scale(kind)
    if kind in CHOICES:
        parts["options"] = {"type": "array", "items": _option(), "maxItems": MOST_OPTIONS}
    if kind is ItemType.LIKERT:
        parts["rows"] = {"type": "array", "items": _row(), "maxItems": MOST_ROWS}
    return _object({key: parts[key] for key in KEYS[kind]}, ["code", "type"])


def _scale(kind: ItemType) -> Schema:
    rule = RULES[kind]
    parts: Schema = {}
    if rule.has_free_points:
        parts["low"] = {"type": "integer", "minimum": 0, "maximum": 1, "default": rule.low}
        parts["high"] = {
            "type": "integer",
            "minimum": FEWEST_POINTS - 1,
            "maximum": MOST_POINTS,
            "default": rule.high,
        }
    if rule.has_free_direction:
        parts["higher_is_better"] = {"type": "boolean", "default": True}
    points = {"type": "object", "propertyNames": {"pattern": "^(10|[0-9])$"}}
    parts["labels"] = {**points, "additionalProperties": _texts(LONGEST_LABEL)}
    return _object(parts, [])


def _option() -> Schema:
    code = {"type": "string", "pattern": f"^{OPTION_CODE.pattern}$"}
    return _object({"code": code, "text": _texts(LONGEST_LABEL), "other": FLAG, "exclusive": FLAG}, ["code"])


def _row() -> Schema:
    roles = {"enum": [role.value for role in ROLES[ItemType.LIKERT]]}
    return _object({"code": _code(), "text": _texts(LONGEST_LABEL), "role": roles}, ["code"])


def _condition() -> Schema:
    group = {"type": "array", "items": CONDITION}
    field = {"type": "string", "pattern": f"^{FIELD.pattern}$"}
    plain: Schema = {"type": ["string", "number"]}
    with_value = [op for op in OPERATORS if op not in VALUELESS and op != "one_of"]
    return {
        "oneOf": [
            _object({"all": group}, ["all"]),
            _object({"any": group}, ["any"]),
            _object({"not": CONDITION}, ["not"]),
            _object({"field": field, "op": {"enum": with_value}, "value": plain}, ["field", "op", "value"]),
            _object(
                {"field": field, "op": {"const": "one_of"}, "value": {"type": "array", "items": plain, "minItems": 1}},
                ["field", "op", "value"],
            ),
            _object({"field": field, "op": {"enum": sorted(VALUELESS)}}, ["field", "op"]),
        ]
    }


def _code() -> Schema:
    return {"$ref": "#/$defs/code"}


def _texts(longest: int) -> Schema:
    text = {"type": "string", "maxLength": longest}
    return {"oneOf": [text, {"type": "object", "additionalProperties": text}]}


def _object(properties: Schema, required: list[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})
