"""The published JSON Schema says what the parser does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from survey_app.questionnaires.definition import ItemType
from survey_app.questionnaires.interchange import read_text
from survey_app.questionnaires.library import FOLDER
from survey_app.questionnaires.parsing import to_data
from survey_app.questionnaires.schema import questionnaire_schema
from tests.factories.questionnaires import a_battery, a_choice, a_comment, a_definition, an_item

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = questionnaire_schema()
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Return whether a value follows a schema, as far as the words go that ours uses."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    if "oneOf" in schema:
        return sum(fits(value, each) for each in schema["oneOf"]) == 1
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    return has_type(value, schema["type"]) and CHECKS.get(type(value), fits_number)(value, schema)


def has_type(value: Any, kinds: str | list[str]) -> bool:
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind == "boolean") for kind in names)


def fits_list(value: list[Any], schema: dict[str, Any]) -> bool:
    is_sized = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    return is_sized and all(fits(each, schema["items"]) for each in value)


def fits_text(value: str, schema: dict[str, Any]) -> bool:
    return len(value) <= schema.get("maxLength", len(value)) and re.search(schema.get("pattern", ""), value) is not None


def fits_number(value: float, schema: dict[str, Any]) -> bool:
    return schema.get("minimum", value) <= value <= schema.get("maximum", value)


def fits_object(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    names = schema.get("propertyNames", {}).get("pattern", "")
    return (
        set(schema.get("required", [])) <= set(value)
        and all(re.search(names, key) for key in value)
        and all(fits(each, known.get(key) or others) for key, each in value.items() if key in known or others)
        and (bool(others) or set(value) <= set(known))
    )


CHECKS: dict[type, Callable[[Any, dict[str, Any]], bool]] = {dict: fits_object, list: fits_list, str: fits_text}


def test_the_published_schema_is_the_one_in_force() -> None:
    assert json.loads((DOCS / "questionnaire.schema.json").read_text(encoding="utf-8")) == SCHEMA


@pytest.mark.parametrize("name", ["product-satisfaction.yaml", "airport.yaml"])
def test_every_example_follows_the_schema(name: str) -> None:
    assert fits(to_data(read_text((DOCS / "examples" / name).read_bytes())), SCHEMA)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_every_ready_questionnaire_follows_the_schema(path: Path) -> None:
    assert fits(to_data(read_text(path.read_bytes())), SCHEMA)


def test_the_schema_knows_every_item_type() -> None:
    assert {each["properties"]["type"]["const"] for each in SCHEMA["$defs"]["item"]["oneOf"]} == set(ItemType)


def item_wrong(**item: Any) -> dict[str, Any]:
    return a_definition(pages=[{"code": "p", "items": [item]}])


@pytest.mark.parametrize(
    "data",
    [
        a_definition(colour="red"),
        a_definition(languages=[]),
        a_definition(languages=["english"]),
        a_definition(pages=[]),
        item_wrong(code="q", type="slider"),
        item_wrong(code="Q", type="text"),
        item_wrong(**an_item(options=[])),
        item_wrong(**an_item(role="profile")),
        item_wrong(**an_item(scale={"low": 1})),
        item_wrong(**a_comment(max_length=0)),
        item_wrong(**a_comment(required="yes")),
        item_wrong(**a_choice(options=[{"code": "-"}])),
        item_wrong(**a_battery(scale={"high": 11})),
        item_wrong(**a_comment(show_if={"field": "answer.nps", "op": "like", "value": 1})),
        item_wrong(**a_comment(show_if={"field": "answer.nps", "op": "is_known", "value": 1})),
        item_wrong(**a_comment(show_if={"all": [], "any": []})),
    ],
)
def test_what_the_parser_refuses_does_not_follow_the_schema(data: dict[str, Any]) -> None:
    assert fits(a_definition(), SCHEMA)
    assert not fits(data, SCHEMA)
