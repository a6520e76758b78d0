"""Whatever is done to a Qualtrics file, reading it gives a questionnaire or a refusal in words."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.qualtrics import read_qualtrics
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.qualtrics_files import survey, whole, written
from tests.rooms.questionnaires.interchange.test_qualtrics_flow import ASKED, BLOCKS, a_flow

FILE = written(whole())
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e999,
    10**50,
    "",
    "1",
    "x" * 5000,
    "{",
    "\ud800",
    "q://QID1",
    "<b>",
    [],
    {},
    [[]],
    {"0": {"0": {}}},
]
ODD += [
    "QID1",
    "QID2/SelectableChoice/1",
    "BL_one",
    "ON",
    "CustomValidation",
    {"Type": "All"},
    ["1", "9"],
    {"1": {"Display": None}},
]


def survives(data: bytes) -> None:
    try:
        imported = read_qualtrics(data)
    except QuestionnaireError:
        return
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire
    assert imported.report.entries


def damaged(value: Any, chance: Random, share: float) -> Any:
    """Return a value with some of its members gone, replaced or standing twice."""
    if chance.random() < share:
        return chance.choice(ODD)
    if isinstance(value, dict):
        kept = [(key, each) for key, each in value.items() if chance.random() > share]
        return {key: damaged(each, chance, share) for key, each in kept}
    if isinstance(value, list):
        kept = [each for each in value for _time in range(chance.choice([0, 1, 2]) if chance.random() < share else 1)]
        return [damaged(each, chance, share) for each in kept]
    return value


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes(flips: list[tuple[int, int]]) -> None:
    data = bytearray(FILE)
    for place, value in flips:
        data[place % len(data)] = value
    survives(bytes(data))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.002, 0.01, 0.05]))
def test_missing_and_odd_values(seed: int, share: float) -> None:
    chance = Random(seed)  # noqa: S311 - damage, no secret
    of_flow = survey(ASKED, BLOCKS, a_flow(chance))
    whole_file = json.loads(chance.choice([FILE, written(of_flow)]))
    whole_file["SurveyElements"] = damaged(whole_file["SurveyElements"], chance, share)
    survives(written(whole_file))
