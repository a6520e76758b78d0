"""The JSON Schema (2020-12) of the questionnaire format, derived from the rules that the parser applies."""

from __future__ import annotations

from typing import Any

from survey_app.conditions.rules import OPERATORS, VALUELESS
from survey_app.questionnaires.definition import (
    FORMAT,
    FORMAT_VERSION,
    SCALED,
    WITH_OPTIONS,
    ContactField,
    ItemType,
    Look,
)
from survey_app.questionnaires.detail_parsing import (
    LARGEST_TOTAL,
    LONGEST_UNIT,
    MOST_DECIMALS,
    MOST_VARIANTS,
    SOURCE,
    VARIANT_CODE,
)
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.item_parsing import (
    CODE,
    GROUP_KEYS,
    KEYS,
    LONGEST_ANSWER,
    LONGEST_LABEL,
    MOST_OPTIONS,
    MOST_ROWS,
    OPTION_CODE,
    OPTION_KEYS,
    ROLES,
)
from survey_app.questionnaires.page_words.keys import KEYS as KEYS_OF_WORDS
from survey_app.questionnaires.page_words.speech import LONGEST_WORDS
from survey_app.questionnaires.parsing import KEYS as WHOLE_KEYS
from survey_app.questionnaires.parsing import (
    LANGUAGE,
    LARGEST_LIMIT,
    LONGEST_TITLE,
    MOST_ITEMS,
    MOST_JUMPS,
    MOST_LANGUAGES,
    MOST_PAGES,
    MOST_QUOTAS,
)
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
        "languages": _languages(),
        "introduction": _texts(LONGEST_TEXT),
        "thanks": _texts(LONGEST_TEXT),
        "screened_out": _texts(LONGEST_TEXT),
        "quota_full": _texts(LONGEST_TEXT),
        "interface": _page_words(),
        "quotas": {"type": "array", "items": _quota(), "maxItems": MOST_QUOTAS},
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


def _languages() -> Schema:
    tag = {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"}
    return {"type": "array", "items": tag, "minItems": 1, "maxItems": MOST_LANGUAGES, "uniqueItems": True}


def _page_words() -> Schema:
    keys = {"enum": list(KEYS_OF_WORDS)}
    return {"type": "object", "propertyNames": keys, "additionalProperties": _texts(LONGEST_WORDS)}


def _page() -> Schema:
    items = {"type": "array", "items": {"$ref": "#/$defs/item"}, "maxItems": MOST_ITEMS}
    parts: Schema = {
        "code": _code(),
        "title": _texts(LONGEST_TITLE),
        "show_if": CONDITION,
        "shuffle": FLAG,
        "items": items,
        "jumps": {"type": "array", "items": _jump(), "maxItems": MOST_JUMPS},
    }
    return _object(parts, ["code"])


def _jump() -> Schema:
    return _object({"when": CONDITION, "to": _code()}, ["to"])


def _quota() -> Schema:
    limit = {"type": "integer", "minimum": 0, "maximum": LARGEST_LIMIT}
    return _object({"code": _code(), "when": CONDITION, "limit": limit}, ["code", "when", "limit"])


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
        **_details(kind),
    }
    if kind in SCALED:
        parts["scale"] = _scale(kind)
    if kind in {*WITH_OPTIONS, ItemType.HIDDEN}:
        parts["options"] = {"type": "array", "items": _option(kind), "maxItems": MOST_OPTIONS}
    if kind is ItemType.LIKERT:
        parts["rows"] = {"type": "array", "items": _row(), "maxItems": MOST_ROWS}
    return _object({key: parts[key] for key in KEYS[kind]}, ["code", "type"])


def _details(kind: ItemType) -> Schema:
    """Return what only some types have; the keys of each type pick from it."""
    count = {"type": "integer", "minimum": 1, "maximum": MOST_OPTIONS}
    fields = {"type": "array", "items": {"enum": [each.value for each in ContactField]}, "minItems": 1}
    return {
        "short": FLAG,
        "shuffle": FLAG,
        "fewest": count,
        "most": count,
        "lowest": _bound(kind),
        "highest": _bound(kind),
        "total": {"type": "integer", "minimum": 1, "maximum": LARGEST_TOTAL, "default": 100},
        "decimals": {"type": "integer", "minimum": 0, "maximum": MOST_DECIMALS, "default": 0},
        "unit": _texts(LONGEST_UNIT),
        "contact_fields": fields,
        "consent": _texts(LONGEST_TEXT),
        "source": {"type": "string", "pattern": f"^({SOURCE.pattern})$"},
        "variants": {"type": "array", "items": _variant(), "maxItems": MOST_VARIANTS},
    }


def _bound(kind: ItemType) -> Schema:
    if kind is ItemType.DATE:
        return {"type": "string", "format": "date"}
    return {"oneOf": [{"type": "number"}, {"type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$"}]}


def _variant() -> Schema:
    code = {"type": "string", "pattern": f"^{VARIANT_CODE.pattern}$"}
    parts = {"code": code, "text": _texts(LONGEST_TEXT), "hint": _texts(LONGEST_TEXT), "reversed": FLAG}
    return _object(parts, ["code"])


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
    if kind is ItemType.CSAT:
        parts["look"] = {"enum": [each.value for each in Look], "default": Look.NUMBERS.value}
    points = {"type": "object", "propertyNames": {"pattern": "^(10|[0-9])$"}}
    parts["labels"] = {**points, "additionalProperties": _texts(LONGEST_LABEL)}
    return _object(parts, [])


def _option(kind: ItemType) -> Schema:
    code = {"type": "string", "pattern": f"^{OPTION_CODE.pattern}$"}
    parts: Schema = {"code": code, "text": _texts(LONGEST_LABEL), "other": FLAG, "exclusive": FLAG, "fixed": FLAG}
    keys = GROUP_KEYS if kind is ItemType.HIDDEN else OPTION_KEYS
    return _object({key: parts[key] for key in keys}, ["code"])


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
