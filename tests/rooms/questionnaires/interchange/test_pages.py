"""The pages and commands that bring questionnaires in and out."""

from __future__ import annotations

import json
import re
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.extensions import db, writing
from survey_app.questionnaires.interchange import read_text
from survey_app.questionnaires.interchange.xlsform import read_xlsform
from survey_app.questionnaires.models import QuestionnaireImport, Survey
from survey_app.questionnaires.queries import find_survey
from tests.factories.questionnaires import a_survey
from tests.signing_in import SignIn

FOREIGN = {
    "title": "Visit <b>us</b>",
    "pages": [
        {
            "name": "p",
            "elements": [
                {"type": "radiogroup", "name": "visited", "choices": ["yes", "no"]},
                {"type": "signaturepad", "name": "sign"},
                {"type": "comment", "name": "why", "visibleIf": "{visited} + 1 = 2"},
            ],
        }
    ],
}


@pytest.fixture
def marketer(sign_in: SignIn) -> FlaskClient:
    return sign_in("marketer")


def upload(client: FlaskClient, content: bytes, name: str = "visit.json", **form: str) -> TestResponse:
    data = {"identification": "identified", "file": (BytesIO(content), name), **form}
    return client.post("/surveys/import", data=data, content_type="multipart/form-data")


def looked_at(client: FlaskClient) -> str:
    page = upload(client, json.dumps(FOREIGN).encode())
    assert page.status_code == 200
    found = re.search(r'name="carried"[^>]*value="([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def n_surveys(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(db.select(Survey)).all())


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["questionnaires", *arguments])


def test_nothing_is_stored_before_the_report_was_seen(app: Flask, marketer: FlaskClient) -> None:
    page = upload(marketer, json.dumps(FOREIGN).encode(), "wrong-name.xlsx")
    assert "wrong-name.xlsx was read as SurveyJS. Nothing is stored yet." in page.text
    assert "sign (signaturepad)" in page.text
    assert "Visit us" in page.text
    assert n_surveys(app) == 0


def test_what_was_looked_at_comes_in_with_its_report(app: Flask, marketer: FlaskClient) -> None:
    form = {"carried": looked_at(marketer), "identification": "anonymous", "code": "visit"}
    answer = marketer.post("/surveys/import/confirm", data=form)
    assert (answer.status_code, answer.location) == (303, "/surveys/visit/design")
    with app.app_context():
        survey = find_survey("visit")
        kept = db.session.scalars(db.select(QuestionnaireImport)).one()
        assert survey is not None
        assert (survey.identification, kept.kind, kept.filename) == ("anonymous", "surveyjs", "visit.json")
        assert kept.report["counts"]["question"] == {"kept": 2, "lost": 1}
        number = kept.id
    assert "sign (signaturepad)" in marketer.get("/surveys/visit/imports").text
    for form_name, media_type in {"txt": "text/plain", "csv": "text/csv", "json": "application/json"}.items():
        report = marketer.get(f"/surveys/visit/imports/{number}?format={form_name}")
        assert report.mimetype == media_type
        assert "signaturepad" in report.text
    assert marketer.get(f"/surveys/visit/imports/{number}?format=exe").status_code == 404
    assert marketer.get("/surveys/visit/imports/999?format=txt").status_code == 404


def test_the_report_can_be_fetched_before_anything_is_stored(app: Flask, marketer: FlaskClient) -> None:
    report = marketer.post("/surveys/import/report", data={"carried": looked_at(marketer), "format": "csv"})
    assert report.headers["Content-Disposition"] == "attachment; filename=import-report.csv"
    assert "lost,question,sign (signaturepad),1," in report.text
    assert n_surveys(app) == 0


def test_a_code_that_is_taken_leaves_everything_as_it_was(app: Flask, marketer: FlaskClient) -> None:
    with app.app_context(), writing():
        a_survey("visit")
        db.session.commit()
    form = {"carried": looked_at(marketer), "identification": "identified", "code": "visit"}
    answer = marketer.post("/surveys/import/confirm", data=form)
    assert answer.status_code == 422
    assert "is taken" in answer.text
    assert 'name="carried"' in answer.text
    assert n_surveys(app) == 1


@pytest.mark.parametrize("carried", ["", "made up", "x.y.z"])
def test_what_was_not_looked_at_cannot_be_confirmed(marketer: FlaskClient, carried: str) -> None:
    for page in ("confirm", "report"):
        answer = marketer.post(f"/surveys/import/{page}", data={"carried": carried, "identification": "identified"})
        assert answer.status_code == 422
        assert "Choose the file once more." in answer.text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"%PDF-1.4", "This is a PDF"), (b"PK\x03\x04junk", "damaged"), (b'{"elements": []}', "Nothing in this file")],
)
def test_a_wrong_file_gets_a_sentence(app: Flask, marketer: FlaskClient, content: bytes, words: str) -> None:
    answer = upload(marketer, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert n_surveys(app) == 0


def test_only_designers_bring_files_in(sign_in: SignIn) -> None:
    assert upload(sign_in("analyst"), json.dumps(FOREIGN).encode()).status_code == 404


@pytest.mark.parametrize("form", ["yaml", "json", "surveyjs", "xlsform", "codebook"])
def test_every_format_can_be_downloaded(app: Flask, marketer: FlaskClient, form: str) -> None:
    with app.app_context(), writing():
        a_survey()
        db.session.commit()
    page = marketer.get("/surveys/relationship/exports")
    assert page.status_code == 200
    assert f"format={form}" in page.text
    answer = marketer.get(f"/surveys/relationship/export?format={form}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    told = marketer.get(f"/surveys/relationship/export?format={form}&report=1")
    assert told.mimetype == "text/plain"
    assert marketer.get("/surveys/relationship/export?format=exe").status_code == 404


def test_the_command_says_what_became_of_a_file(app: Flask, tmp_path: Path) -> None:
    file, report = tmp_path / "visit.json", tmp_path / "report.csv"
    file.write_text(json.dumps(FOREIGN), encoding="utf-8")
    result = run(app, "import", str(file), "--code", "visit", "--report", str(report), "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert (told["code"], told["kind"], told["report"]["counts"]["question"]) == (
        "visit",
        "surveyjs",
        {"kept": 2, "lost": 1},
    )
    assert "surveyjs: " in result.stderr
    assert "lost,question" in report.read_text(encoding="utf-8")
    with app.app_context():
        assert db.session.scalars(db.select(QuestionnaireImport)).one().filename == "visit.json"


def test_a_dry_run_of_the_command_stores_nothing(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "visit.json"
    file.write_text(json.dumps(FOREIGN), encoding="utf-8")
    assert run(app, "import", str(file), "--dry-run").exit_code == 0
    assert n_surveys(app) == 0
    assert run(app, "import", str(file), "--from", "qualtrics").exit_code == 1
    assert run(app, "import", str(file), "--from", "word").exit_code == 2


def test_the_command_writes_every_format(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), writing():
        a_survey()
        db.session.commit()
    assert "nps" in run(app, "export", "relationship", "--format", "codebook").stdout
    assert json.loads(run(app, "export", "relationship", "--format", "surveyjs").stdout)["pages"]
    book, report, paper = tmp_path / "f.xlsx", tmp_path / "r.txt", tmp_path / "p.pdf"
    done = run(app, "export", "relationship", "--format", "xlsform", "--output", str(book), "--report", str(report))
    assert done.exit_code == 0, done.output
    assert read_xlsform(book.read_bytes()).questionnaire.items
    assert "lost" in report.read_text(encoding="utf-8")
    assert run(app, "export", "relationship", "--format", "paper", "--output", str(paper)).exit_code == 0
    assert paper.read_bytes().startswith(b"%PDF-")
    assert run(app, "export", "relationship", "--format", "paper", "--language", "tlh").exit_code == 1
    assert "VARIABLE LABELS nps" in run(app, "export", "relationship", "--format", "spss").stdout
    assert run(app, "export", "relationship", "--format", "spss", "--language", "tlh").exit_code == 1


def test_our_own_format_comes_in_at_once(app: Flask, marketer: FlaskClient) -> None:
    example = Path(__file__).parents[4] / "docs" / "examples" / "product-satisfaction.yaml"
    answer = upload(marketer, example.read_bytes(), "anything.bin", code="product")
    assert answer.location == "/surveys/product/design"
    sent = marketer.get("/surveys/product/export?format=json").text
    assert read_text(sent) == read_text(example.read_bytes())
