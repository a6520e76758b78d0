"""A mapping says what every column means; a wrong one says where it is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.values import MissingReason
from survey_app.datasets.mapping import FORMAT, MappingError, is_language, parse_mapping
from survey_app.datasets.rows import RowRefusedError, read_row
from tests.factories.questionnaires import a_questionnaire

CODEBOOK = a_questionnaire().codebook()


def a_mapping(**overrides: Any) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": 1,
        "constants": {"campaign": "Spring", "wave": "2026", "date": date(2026, 3, 1)},
        "missing_sets": {"rating": {"6": "not_applicable", "0": "skipped"}},
        "columns": {
            "LTR": {"item": "nps", "missing": {"11": "skipped"}},
            "DELIVERY": {"item": "delivery", "missing": "rating"},
            "USE": {"item": "usage", "values": {"1": "daily", "2": "rarely"}},
            "TEXT": {"item": "comment"},
            "W": {"weight": True},
            "LANG": {"language": {"1": "en", "3": "zh-Hant"}},
        },
    } | overrides


ROW = {"LTR": "0", "DELIVERY": "4", "USE": "1", "TEXT": " Ổn ", "W": "1.5", "LANG": "3"}


def read(**cells: str) -> Any:
    return read_row(ROW | cells, 2, parse_mapping(a_mapping()), CODEBOOK)


def test_a_row_becomes_answers_with_a_reason_for_every_missing_one() -> None:
    row = read()
    assert row.answers == {"nps": 0, "delivery": 4, "usage": "daily", "comment": "Ổn"}
    assert row.missing == {"support": "not_asked"}
    assert (row.weight, row.language, row.answered_at.date()) == (1.5, "zh-Hant", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("column", "cell", "code", "reason"),
    [
        ("LTR", "11", "nps", MissingReason.SKIPPED),
        ("LTR", "", "nps", MissingReason.SKIPPED),
        ("DELIVERY", "6", "delivery", MissingReason.NOT_APPLICABLE),
        ("DELIVERY", " 0 ", "delivery", MissingReason.SKIPPED),
        ("USE", "", "usage", MissingReason.SKIPPED),
    ],
)
def test_a_missing_code_keeps_its_reason(column: str, cell: str, code: str, reason: MissingReason) -> None:
    row = read(**{column: cell})
    assert code not in row.answers
    assert row.missing[code] == reason.value


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("LTR", "12", "not on the scale 0 to 10"),
        ("LTR", "4.5", "not on the scale"),
        ("DELIVERY", "excellent", "not on the scale 1 to 5"),
        ("USE", "9", "none of the options"),
        ("W", "0", "positive number"),
        ("W", "nan", "positive number"),
        ("W", "inf", "positive number"),
        ("LANG", "??", "no language"),
    ],
)
def test_a_row_with_a_wrong_value_is_refused_with_the_column_and_the_reason(column: str, cell: str, words: str) -> None:
    with pytest.raises(RowRefusedError, match=words) as refused:
        read(**{column: cell})
    assert column in str(refused.value)


def test_a_date_column_is_read_by_its_pattern() -> None:
    columns = a_mapping()["columns"] | {"DAY": {"date": "%d.%m.%Y"}}
    mapping = parse_mapping(a_mapping(columns=columns))
    assert read_row(ROW | {"DAY": "31.01.2026"}, 2, mapping, CODEBOOK).answered_at.date() == date(2026, 1, 31)
    with pytest.raises(RowRefusedError, match="not a date like"):
        read_row(ROW | {"DAY": "01/31/2026"}, 2, mapping, CODEBOOK)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"format": "other"}, "format"),
        ({"columns": {}}, "columns"),
        ({"columns": {"A": {"item": "nps", "weight": True}}}, "exactly one of"),
        ({"columns": {"A": {"item": "nps"}, "B": {"item": "nps"}}}, "Two columns hold the item nps"),
        ({"columns": {"A": {"weight": True}, "B": {"weight": True}}}, "Two columns are the weight"),
        ({"columns": {"A": {"item": "nps", "missing": "nowhere"}}}, "no missing set named nowhere"),
        ({"columns": {"A": {"item": "nps", "missing": {"9": "tired"}}}}, "tired.*is no reason"),
        ({"columns": {"A": {"language": {"1": "english please"}}}}, "no language tag"),
        ({"constants": {"wave": "1"}}, "campaign"),
        ({"constants": {"campaign": "x"}}, "No date"),
        ({"constants": {"campaign": "x", "date": "soon"}}, "must be written as"),
        ({"constants": {"campaign": "x", "date": date(2026, 1, 1), "colour": "red"}}, "colour is not known"),
    ],
)
def test_a_wrong_mapping_says_where_it_is_wrong(overrides: dict[str, Any], words: str) -> None:
    with pytest.raises(MappingError, match=words):
        parse_mapping(a_mapping(**overrides))


@pytest.mark.parametrize("data", [None, [], "text", 5, {"format": FORMAT, "columns": [1]}])
def test_anything_else_than_a_mapping_is_refused(data: Any) -> None:
    with pytest.raises(MappingError):
        parse_mapping(data)


@pytest.mark.parametrize(("tag", "is_one"), [("en", True), ("zh-Hant", True), ("ja", True), ("e", False), ("", False)])
def test_language_tags_have_a_shape(tag: str, is_one: bool) -> None:
    assert is_language(tag) is is_one
