"""Translations by files: what goes out comes back, and nothing else changes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from survey_app.questionnaires.translating import Outcome, Unit, longest_of, take, translated
from survey_app.questionnaires.translation import fingerprint, translation_rows
from survey_app.questionnaires.translation_files import (
    KINDS,
    Languages,
    TranslationFileError,
    kind_of_file,
    read_units,
)
from tests.factories.questionnaires import a_questionnaire, a_survey
from tests.signing_in import SignIn

S = "/surveys/relationship"
BOTH = Languages("en", "vi")
XLIFF_2 = """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="vi">
<file id="f"><unit id="u1" name="title"><segment><source>How are we doing?</source>
<target>Chúng <pc id="1">tôi</pc> thế nào?</target></segment></unit></file></xliff>"""


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_survey(languages=["en", "vi"], title={"en": "How are we doing?", "vi": "=1+1"})
        db.session.commit()
    return sign_in("marketer")


def the_draft() -> Questionnaire:
    return questionnaire_of(current_version(get_survey("relationship")))


def send(client: FlaskClient, content: bytes, revision: str = "1", to: str = "vi") -> TestResponse:
    data = {"revision": revision, "to": to, "file": (BytesIO(content), "file")}
    return client.post(f"{S}/translation", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_untouched_file_changes_nothing(marketer: FlaskClient, app: Flask, kind: str) -> None:
    file = marketer.get(f"{S}/translation?to=vi&format={kind}")
    assert file.headers["Content-Disposition"] == f"attachment; filename=relationship-vi.{KINDS[kind].suffix}"
    page = send(marketer, file.data)
    assert page.status_code == 200
    assert "5: as it was" in page.text
    with app.app_context():
        assert current_version(get_survey("relationship")).revision == 1


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_a_translator_writes_comes_in_and_nothing_else_changes(
    marketer: FlaskClient, app: Flask, kind: str
) -> None:
    with app.app_context():
        before = the_draft()
    text = marketer.get(f"{S}/translation?to=vi&format={kind}").data.decode("utf-8-sig")
    empty = {"csv": "Why?,,", "xliff": '<source>Why?</source><target state="new" />'}[kind]
    filled = {"csv": "Why?,Vì sao?,", "xliff": "<source>Why?</source><target>Vì sao?</target>"}[kind]
    assert text.count(empty) == 1
    page = send(marketer, text.replace(empty, filled).encode())
    assert "1: taken" in page.text
    with app.app_context():
        assert the_draft() == parse(to_data(translated(before, "vi", {"comment/text": "Vì sao?"})))


def test_cells_that_would_run_as_formulas_are_guarded_and_come_back_the_same(marketer: FlaskClient) -> None:
    assert "'=1+1" in marketer.get(f"{S}/translation?to=vi&format=csv").text


SOME_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=60, deadline=None)
@given(source=SOME_TEXT, target=SOME_TEXT)
@pytest.mark.parametrize("kind", list(KINDS))
def test_any_text_goes_out_and_comes_back_the_same(kind: str, source: str, target: str) -> None:
    data = {"title": {"en": "T"}, "languages": ["en", "vi"], "thanks": {"en": source, "vi": target}}
    questionnaire = parse(data | {"pages": [{"code": "p", "items": []}]})
    written = KINDS[kind].write(translation_rows(questionnaire, "vi", {}), BOTH)
    taking = take(questionnaire, "vi", read_units(written.encode(), BOTH), KINDS[kind].written)
    assert not taking.texts
    assert {line.outcome for line in taking.lines} <= {Outcome.SAME, Outcome.EMPTY}


@pytest.mark.parametrize(
    ("unit", "outcome"),
    [
        (Unit("title", "How are we doing?", "Thế nào?"), Outcome.CHANGED),
        (Unit("title", None, "Thế nào?"), Outcome.CHANGED),
        (Unit("title", "An older title", "Thế nào?"), Outcome.STALE),
        (Unit("title", "How are we doing?", " \n"), Outcome.EMPTY),
        (Unit("title", "How are we doing?", "x" * 201), Outcome.LONG),
        (Unit("title", "How are we doing?", "{customer.name}"), Outcome.FIELDS),
        (Unit("gone/text", "How?", "Sao?"), Outcome.UNKNOWN),
        (Unit("", "How?", "Sao?"), Outcome.UNKNOWN),
    ],
)
def test_every_text_of_a_file_is_accounted_for(unit: Unit, outcome: Outcome) -> None:
    taking = take(a_questionnaire(languages=["en", "vi"]), "vi", [unit], str)
    assert [line.outcome for line in taking.lines] == [outcome]
    assert bool(taking.texts) == (outcome in {Outcome.CHANGED, Outcome.STALE})


def test_a_key_that_stands_twice_counts_once() -> None:
    units = [Unit("title", None, "Một"), Unit("title", None, "Hai")]
    taking = take(a_questionnaire(languages=["en", "vi"]), "vi", units, str)
    assert taking.texts == {"title": "Một"}
    assert [line.outcome for line in taking.lines] == [Outcome.CHANGED, Outcome.REPEATED]


def test_a_translation_of_an_older_text_is_taken_and_marked(marketer: FlaskClient) -> None:
    page = send(marketer, "key,en,vi\ncomment/text,Why so?,Vì sao vậy?\n".encode())
    assert "taken, but marked as changed" in page.text
    assert marketer.get(f"{S}/translate?to=vi&show=stale").text.count('class="is-stale"') == 1
    made_from = take(a_questionnaire(languages=["en", "vi"]), "vi", [Unit("title", "Old", "Mới")], str).made_from
    assert made_from == {"title": fingerprint("Old")}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "first line must name the columns"),
        (b"key,en,fr\n", "first line must name the columns"),
        (b"key,vi\n\xff\xfe\xfa", "not written in UTF-8"),
        (b"<xliff", "broken XML"),
        (b"<html/>", "no XLIFF document"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xliff>&a;</xliff>', "defines entities"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xliff/>', "defines entities"),
        (b'<xliff version="1.2"><file source-language="en" target-language="fr"/></xliff>', "translates into fr"),
        (b'<xliff version="1.2"><file source-language="de" target-language="vi"/></xliff>', "was made from de"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(TranslationFileError, match=words):
        read_units(content, BOTH)


def test_a_refused_file_leaves_the_page_standing(marketer: FlaskClient) -> None:
    answer = send(marketer, b"<html/>")
    assert answer.status_code == 422
    assert "no XLIFF document" in answer.text
    assert send(marketer, b"key,vi\n", to="fr").status_code == 422
    assert marketer.get(f"{S}/translation?to=fr").status_code == 404
    assert marketer.get(f"{S}/translation?to=vi&format=exe").status_code == 404


def test_tags_nested_without_end_do_no_harm() -> None:
    content = b"<xliff version='1.2'>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</xliff>"
    assert read_units(content, BOTH) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_spreadsheets_save_csv_in_many_ways(delimiter: str, encoding: str) -> None:
    rows = [["where", "VI", "Key"], ["", "Vì sao?", "comment/text"], ["", "", ""]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert read_units(content, BOTH) == [Unit("comment/text", None, "Vì sao?")]


def test_a_newer_xliff_is_read_with_the_marks_that_tools_put_into_texts() -> None:
    assert read_units(XLIFF_2.encode(), BOTH) == [Unit("title", "How are we doing?", "Chúng tôi thế nào?")]
    assert kind_of_file(XLIFF_2.encode()) is KINDS["xliff"]


@pytest.mark.parametrize(
    ("key", "longest"),
    [("title", 200), ("p/title", 200), ("a/text", 4000), ("a/option/x", 500), ("a/unit", 40), ("thanks", 4000)],
)
def test_lengths_are_those_of_the_document(key: str, longest: int) -> None:
    assert longest_of(key) == longest


def test_a_second_translators_file_is_not_taken_over_the_first(marketer: FlaskClient) -> None:
    content: Any = "key,vi\ntitle,Một\n".encode()
    assert send(marketer, content).status_code == 200
    assert send(marketer, b"key,vi\ntitle,Hai\n", revision="1").status_code == 409


def as_xliff(target: str, state: str, language: str) -> str:
    return (
        f'<xliff version="1.2"><file source-language="en-US" target-language="{language}"><body>'
        f'<trans-unit id="title"><source>Hello</source><target state="{state}">{target}</target></trans-unit>'
        "</body></file></xliff>"
    )


@pytest.mark.parametrize(
    ("target", "state", "taken"),
    [("Hello", "new", ""), ("Hello", "needs-translation", ""), ("Hello", "translated", "Hello"), ("Xin", "new", "Xin")],
)
def test_a_source_that_a_tool_put_in_the_place_of_a_translation_is_none(target: str, state: str, taken: str) -> None:
    (unit,) = read_units(as_xliff(target, state, "vi").encode(), Languages("en", "vi"))
    assert unit.target == taken


@pytest.mark.parametrize("language", ["vi-VN", "vi_VN", "VI", "vi"])
def test_tools_that_name_a_country_mean_the_same_language(language: str) -> None:
    (unit,) = read_units(as_xliff("Xin", "translated", language).encode("utf-16"), Languages("en", "vi"))
    assert unit.target == "Xin"


@pytest.mark.parametrize(("language", "wanted"), [("pt-PT", "pt-BR"), ("zh-Hant", "zh-Hans"), ("es", "vi")])
def test_another_language_is_refused(language: str, wanted: str) -> None:
    with pytest.raises(TranslationFileError, match=wanted):
        read_units(as_xliff("x", "translated", language).encode(), Languages("en", wanted))


def test_the_line_that_tells_excel_the_sign_between_cells_is_no_text() -> None:
    (unit,) = read_units("sep=;\r\nkey;en;vi\r\ntitle;Hello;Xin\r\n".encode("utf-8-sig"), Languages("en", "vi"))
    assert (unit.key, unit.target) == ("title", "Xin")
