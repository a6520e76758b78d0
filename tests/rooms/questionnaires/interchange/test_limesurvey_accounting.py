"""Whatever rows of a LimeSurvey file are missing, doubled or strayed: its report speaks of every one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

import pytest

from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.expectations import SHARED, n_of, real_files
from tests.rooms.questionnaires.interchange.limesurvey_files import document, every_type, further_tables

OWN = [document(every_type(), further_tables(), is_old=is_old) for is_old in (True, False)]
# Of a file with so few questions that damage takes them all, nothing comes in.
FEWEST = 4
REAL = [(SHARED / each["file"]).read_bytes() for each in real_files("lss") if each["expect"]["questions"] >= FEWEST]
WORDS = ["", "0", "1", "Y", "{", "((", "{rand(1,2)}", "count(that.Many) > 1", "<b>x", "x" * 5000, "A1"]


def rows(root: Element, *tables: str) -> Iterator[dict[str, str]]:
    for table in tables:
        for row in root.findall(f"{table}/rows/row"):
            yield {cell.tag: (cell.text or "").strip() for cell in row}


def counted(root: Element) -> dict[str, int]:
    """Return how much of each kind a file holds, counted straight from it."""
    questions: dict[str, dict[str, str]] = {}
    for row in rows(root, "questions", "subquestions"):
        known = questions.setdefault(row.get("qid", ""), {})
        known.update({key: value for key, value in row.items() if not known.get(key)})
    asked = [row for row in questions.values() if row.get("parent_qid", "") in {"", "0"}]
    answers = {(row.get("qid", ""), row.get("scale_id") or "0", row.get("code", "")) for row in rows(root, "answers")}
    lengths = {"attribute": "question_attributes", "quota": "quota", "quota member": "quota_members"}
    lengths |= {"default": "defaultvalues", "assessment": "assessments", "survey settings": "surveys_languagesettings"}
    return {
        "question": len(asked),
        "subquestion": len(questions) - len(asked),
        "option": len(answers),
        "other": sum(row.get("other") == "Y" for row in asked),
        "validator": sum(bool(row.get("preg")) for row in asked),
        **{kind: len(list(rows(root, table))) for kind, table in lengths.items()},
    }


def damaged(root: Element, chance: Random) -> None:
    """Take rows away, double them, and write other words or another row's into cells."""
    for _time in range(chance.choice([1, 3, 10, 40])):
        tables = [each for each in root.findall("*/rows") if len(each)]
        if not tables:
            return
        table = chance.choice(tables)
        row = chance.choice(list(table))
        action = chance.choice(["remove", "double", "word", "swap", "strip"])
        if action == "remove":
            table.remove(row)
        elif action == "double":
            table.append(deepcopy(row))
        elif len(row) and action == "strip":
            row.remove(chance.choice(list(row)))
        elif len(row):
            other = chance.choice(list(chance.choice(list(table))) or [SubElement(row, "sid")])
            chance.choice(list(row)).text = chance.choice(WORDS) if action == "word" else other.text


@pytest.mark.parametrize("seed", range(24))
def test_the_report_speaks_of_every_row_of_a_damaged_file(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - damage, no secret
    root = fromstring(chance.choice([*OWN, *REAL]))  # noqa: S314 - our own text
    damaged(root, chance)
    imported = read_limesurvey(tostring(root))
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire
    expected = counted(root)
    assert {kind: n_of(imported.report, kind) for kind in expected} == expected
