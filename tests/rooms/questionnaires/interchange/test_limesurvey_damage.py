"""Whatever is done to a LimeSurvey file, reading it gives a questionnaire or a refusal in words."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.limesurvey_files import asked, document, every_type, further_tables

FILES = [document(every_type(), further_tables(), is_old=is_old) for is_old in (True, False)]
ODD = [
    "",
    "0",
    "-1",
    "1",
    "9" * 400,
    "x" * 5000,
    "\ud7ff",
    "{",
    "<b>",
    "&lt;script&gt;",
    "1e999",
    "NaN",
    "Y",
    "A1",
    "{Size}",
    "(((",
]


def survives(data: bytes) -> None:
    try:
        imported = read_limesurvey(data)
    except QuestionnaireError:
        return
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire
    assert imported.report.entries


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes(data: bytes, flips: list[tuple[int, int]]) -> None:
    damaged = bytearray(data)
    for place, value in flips:
        damaged[place % len(damaged)] = value
    survives(bytes(damaged))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.sampled_from([0.02, 0.1, 0.4]))
def test_missing_rows_and_cells(data: bytes, seed: int, share: float) -> None:
    chance = Random(seed)  # noqa: S311 - damage, no secret
    pattern = re.compile(chance.choice([r"<row>.*</row>", r"<([a-z_]+)><!\[CDATA\[.*?\]\]></\1>"]))
    survives(pattern.sub(lambda match: "" if chance.random() < share else match[0], data.decode()).encode())


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.sampled_from([0.01, 0.05, 0.3]))
def test_odd_values(data: bytes, seed: int, share: float) -> None:
    chance = Random(seed)  # noqa: S311 - damage, no secret
    values = [*ODD, *re.findall(r"<!\[CDATA\[(.{0,30})\]\]>", data.decode())]

    def odd(match: re.Match[str]) -> str:
        return f"<![CDATA[{chance.choice(values)}]]>" if chance.random() < share else match[0]

    survives(re.sub(r"<!\[CDATA\[.*?\]\]>", odd, data.decode()).encode())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 100_000))
def test_cut_short(data: bytes, length: int) -> None:
    survives(data[:length])


def test_characters_that_xml_forbids_are_left_out_and_counted() -> None:
    imported = read_limesurvey(FILES[0].replace(b"Our shop en", b"Our\x0b shop\x00 en"))
    assert imported.questionnaire.title["en"] == "Our shop en"
    assert [each.count for each in imported.report.entries if "no text may hold" in each.message] == [2]


def test_a_file_in_another_encoding_than_it_claims_is_refused_with_that_reason() -> None:
    with pytest.raises(QuestionnaireError, match="encoding"):
        read_limesurvey(FILES[0].decode().replace("Our shop", "Größe").encode("latin-1"))


def test_conditions_of_items_that_are_too_many_are_lost_by_name() -> None:
    many = [asked(str(number), "T", f"Q{number}", "What?", relevance='Q0 == "x"') for number in range(1, 320)]
    questions = [asked("0", "S", "Q0", "Which?"), *many]
    imported = read_limesurvey(document([("Group", "", questions)], {}, is_old=False))
    assert imported.report.counts()["condition"] == {"lost": 20, "kept": 299}
