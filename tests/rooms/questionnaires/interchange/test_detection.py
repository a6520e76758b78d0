"""Which tool wrote a file is told by its content; whatever else people choose is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from time import thread_time

import pytest
import xlsxwriter
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.accounting import LONGEST_READING, Ledger
from survey_app.questionnaires.interchange.detection import KINDS, kind_of, read_questionnaire
from survey_app.questionnaires.parsing import to_data
from tests.factories.questionnaires import a_questionnaire
from tests.rooms.questionnaires.interchange.expectations import SHARED, real_files

SURVEYJS = {"pages": [{"name": "p", "elements": [{"type": "comment", "name": "q"}]}]}
QSF = {"SurveyEntry": {"SurveyName": "x"}, "SurveyElements": []}


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def workbook() -> bytes:
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.add_worksheet("survey").write_row(0, 0, ["type", "name"])
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (json.dumps(SURVEYJS).encode(), "surveyjs"),
        (b"\xef\xbb\xbf" + json.dumps(SURVEYJS).encode(), "surveyjs"),
        (b'{"elements": [{"type": "comm', "surveyjs"),
        (json.dumps(QSF).encode(), "qualtrics"),
        (b"<?xml version='1.0'?><document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "limesurvey"),
        (workbook(), "xlsform"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsform"),
        (b'"survey",,\n,"type","name"\n,"text","q"\n', "xlsform"),
        (json.dumps(to_data(a_questionnaire())).encode(), "native"),
        (b"title: How?\nlanguages: [en]\npages: []\n", "native"),
        (b"{title: How?, languages: [en]}", "native"),
    ],
)
def test_the_content_tells_the_kind(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"<rss></rss>", "LimeSurvey"),
        (b'{\n"bad": "one comma too many",\n}', "damaged JSON from line 3 on"),
        (b"just text", "no file of a kind that can be read"),
        (b"x" * 10_000_001, "10 MB"),
    ],
)
def test_other_things_are_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(QuestionnaireError, match=words):
        read_questionnaire(data)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_file_of_another_kind_than_was_said_ends_in_a_sentence(kind: str) -> None:
    for data in (b"<document><x/></document>", json.dumps(SURVEYJS).encode(), b"{}", workbook(), b"plain words"):
        if kind != kind_of(data):
            with pytest.raises(QuestionnaireError) as caught:
                read_questionnaire(data, kind)
            assert str(caught.value)


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"{", b"<", b"PK\x03\x04", b'{"pages":', b"<document>", b"survey,"])
)
@settings(max_examples=60, deadline=None)
def test_any_bytes_come_in_or_are_refused_in_words(data: bytes, head: bytes) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        read_questionnaire(head + data)
    assert str(caught.value)


@pytest.mark.parametrize(
    "known",
    [each for kind in ("surveyjs", "lss", "qsf", "xlsform") for each in real_files(kind)],
    ids=lambda each: each["file"],
)
def test_the_real_files_are_told_apart(known: dict[str, str]) -> None:
    kinds = {"lss": "limesurvey", "qsf": "qualtrics"}
    data = (SHARED / known["file"]).read_bytes()
    if not known["hostile_or_corrupted"]:
        assert kind_of(data) == kinds.get(known["format"], known["format"])


def test_a_file_that_is_read_for_too_long_is_refused_in_words() -> None:
    with pytest.raises(QuestionnaireError, match=r"takes too long\."):
        Ledger(began=thread_time() - LONGEST_READING - 1).kept("question", "q1")


def test_a_file_nested_without_end_is_called_that() -> None:
    with pytest.raises(QuestionnaireError, match=r"nested too deeply\."):
        read_questionnaire(b"<document>" + b"<a>" * 1000)
