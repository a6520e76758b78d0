"""Whatever is done to a LimeSurvey file, reading it gives a questionnaire or a refusal in words."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.limesurvey_files import document, every_type, further_tables

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
