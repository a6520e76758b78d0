"""Files of other tools, mutated at random: a questionnaire that keeps to the format, or a sentence."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.detection import read_questionnaire
from survey_app.questionnaires.interchange.formats import FORMATS
from survey_app.questionnaires.parsing import parse, to_data

# One of everything, in the shapes of real files.
SURVEY: dict[str, Any] = {
    "locale": "de",
    "triggers": [
        {"type": "complete", "expression": "{used} = 'no'"},
        {"type": "visible", "name": "used", "pages": ["b"]},
    ],
    "pages": [
        {
            "name": "a",
            "elements": [
                {
                    "type": "radiogroup",
                    "name": "used",
                    "choices": ["yes", "no|Nein"],
                    "hasOther": True,
                    "isRequired": True,
                },
                {"type": "rating", "name": "score", "rateMax": 7, "title": {"default": "How?", "de": "Wie?"}},
                {"type": "matrix", "name": "grid", "columns": [1, 2, 3], "rows": ["x", {"value": "y", "text": "Y"}]},
            ],
        },
        {
            "name": "b",
            "visibleIf": "{score} <= 3 and {used} anyof ['yes', 'no']",
            "elements": [
                {
                    "type": "multipletext",
                    "name": "lines",
                    "items": [{"name": "i", "validators": [{"type": "numeric"}]}],
                },
                {"type": "paneldynamic", "name": "kids", "templateElements": [{"type": "text", "name": "age"}]},
                {
                    "type": "matrixdropdown",
                    "name": "cells",
                    "choices": ["s", "t"],
                    "rows": ["x"],
                    "columns": [{"name": "c", "visibleIf": "{row.d} = 's'"}, {"name": "d"}],
                },
            ],
        },
    ],
}
FORM = """survey,,,,,
,type,name,label::English (en),relevant,constraint
,begin group,g,Group,,
,select_multiple ways,w,Which?,,count-selected(.) <= 1
,integer,n,How many?,"selected(${w}, 'a')",. > 0
,end group,,,,
,calculate,arm,,,
,note,t,${n} it is,/data/g/n > 1,
choices,,,
,list_name,name,label::English (en)
,ways,a,A
,ways,b,B
"""
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**40, "", "\ud800", "{", "{panel.age} notempty", "{row.c} > 1", "'", [], {}, [[]],
    {"value": None}, {"default": "d", "de": 1}, "a" * 6000, "<script>x</script>", ["a|b"], "matrixdropdown",
    "paneldynamic", "multipletext", "rating", "boolean", "date", "random",
)  # fmt: skip
KEYS = (
    "visibleIf",
    "name",
    "type",
    "choices",
    "rows",
    "columns",
    "items",
    "__proto__",
    "constructor",
    "valueName",
    "html",
)


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def inside(value: Any) -> Iterator[Any]:
    """Yield every group and list of a file."""
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from inside(each)


def mutated(survey: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    found = deepcopy(survey)
    for _ in range(chance.randint(1, 6)):
        place = chance.choice(list(inside(found)))
        value = deepcopy(chance.choice([*VALUES, chance.choice(list(inside(survey)))]))
        if isinstance(place, dict):
            place[chance.choice([*place, *KEYS])] = value
        else:
            place.insert(chance.randint(0, len(place)), value)
    return found


def damaged(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(letters))
        letters[place : place + chance.choice((0, 1, 1, 9))] = chance.choice(
            ("", ",", '"', "{", "}", "${w}", "(", "\n", "\0", "/")
        )
    return "".join(letters)


def outcome(data: bytes, kind: str) -> str:
    """Return what became of a file; whatever came in leaves again in any format of one language."""
    try:
        questionnaire = read_questionnaire(data, kind)[1].questionnaire
    except QuestionnaireError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
        return "refused"
    assert parse(to_data(questionnaire)) == questionnaire
    assert FORMATS["surveyjs"].write(questionnaire).content
    assert FORMATS["spss"].write(questionnaire).content
    return "read"


def test_surveys_mutated_at_random_end_in_a_questionnaire_or_a_sentence() -> None:
    chance = random.Random(4)  # noqa: S311 - nothing secret: the same files every time
    outcomes = [outcome(json.dumps(mutated(SURVEY, chance)).encode(), "surveyjs") for _ in range(60)]
    assert outcomes.count("read") > 50


def test_forms_damaged_at_random_end_in_a_questionnaire_or_a_sentence() -> None:
    chance = random.Random(5)  # noqa: S311 - the same
    outcomes = [outcome(damaged(FORM, chance).encode(), "xlsform") for _ in range(60)]
    # Some of them take too long on a busy machine, and are refused for that.
    assert outcomes.count("read") > 20
