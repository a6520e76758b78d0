"""Answers from files, by the command line: exact, repeatable, nothing half stored."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select, update

from survey_app.extensions import db, writing
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.operations import create_survey, publish_version
from survey_app.questionnaires.parsing import parse
from survey_app.responses.models import Response
from tests.conftest import ROOT
from tests.factories.questionnaires import NOW, a_published_version
from tests.rooms.datasets.test_mapping import a_mapping
from tests.signing_in import SignIn

AIRPORT = ROOT.parent / "shared" / "data" / "sfo-airport"
HEADER = "LTR,DELIVERY,USE,TEXT,W,LANG\n"


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def survey(app: Flask) -> str:
    with app.app_context(), writing():
        a_published_version("shop")
        db.session.commit()
    return "shop"


def bring_in(runner: FlaskCliRunner, folder: Path, rows: str, *options: str) -> tuple[int, str, str]:
    (folder / "answers.csv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "mapping.yaml").write_text(yaml.safe_dump(a_mapping()), encoding="utf-8")
    arguments = ["responses", "import", str(folder / "answers.csv"), "--survey", "shop"]
    result = runner.invoke(args=[*arguments, "--mapping", str(folder / "mapping.yaml"), *options])
    return result.exit_code, result.stdout, result.stderr


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Response)) or 0


def test_good_rows_are_stored_and_bad_ones_named(
    app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path
) -> None:
    code, out, _ = bring_in(runner, tmp_path, "0,4,1,hi,1,1\n77,4,1,hi,1,1\n", "--json")
    outcome = json.loads(out)
    assert code == 0
    assert (outcome["rows"], outcome["stored"]) == (2, 1)
    assert outcome["refused"][0]["line"] == 3
    with app.app_context():
        stored = db.session.scalars(select(Response)).one()
        assert stored.answers["nps"] == 0
        assert (stored.outcome, stored.channel, stored.customer_id, stored.campaign.wave) == (0, "import", None, "2026")


def test_the_same_file_twice_changes_nothing(app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path) -> None:
    bring_in(runner, tmp_path, "0,4,1,hi,1,1\n9,5,2,yo,2,1\n")
    _, out, _ = bring_in(runner, tmp_path, "0,4,1,hi,1,1\n9,5,2,yo,2,1\n", "--json")
    assert json.loads(out)["unchanged"] == 2
    with app.app_context():
        assert count() == 2


def test_a_corrected_row_takes_the_place_of_the_old_one(
    app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path
) -> None:
    bring_in(runner, tmp_path, "0,4,1,hi,1,1\n")
    bring_in(runner, tmp_path, "8,4,1,hi,1,1\n")
    with app.app_context():
        assert [each.outcome for each in db.session.scalars(select(Response))] == [8]


def test_a_dry_run_stores_nothing(app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path) -> None:
    code, out, _ = bring_in(runner, tmp_path, "0,4,1,hi,1,1\n", "--dry-run")
    assert (code, "1 taken" in out) == (0, True)
    with app.app_context():
        assert count() == 0


def test_a_mapping_that_names_what_is_not_there_stores_nothing(
    app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path
) -> None:
    (tmp_path / "answers.csv").write_text("OTHER\n1\n", encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(a_mapping()), encoding="utf-8")
    arguments = [str(tmp_path / "answers.csv"), "--survey", "shop", "--mapping", str(tmp_path / "mapping.yaml")]
    result = runner.invoke(args=["responses", "import", *arguments])
    assert result.exit_code == 1
    assert "no column LTR" in result.stderr
    assert "columns are: OTHER" in result.stderr
    with app.app_context():
        assert count() == 0


def test_a_survey_that_is_not_there_says_what_to_do(runner: FlaskCliRunner, app: Flask, tmp_path: Path) -> None:
    code, _, error = bring_in(runner, tmp_path, "0,4,1,hi,1,1\n")
    assert (code, "import its questionnaire first" in error) == (3, True)


def test_the_export_holds_every_value_and_runs_in_no_spreadsheet(
    app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path, sign_in: SignIn
) -> None:
    bring_in(runner, tmp_path, '0,4,1,"=cmd|calc",1,1\n10,6,2,"one\nline",2,1\n')
    page = sign_in("analyst").post("/surveys/shop/responses.csv")
    rows = list(csv.DictReader(io.StringIO(page.text.lstrip("\ufeff"), newline="")))
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert [row["nps"] for row in rows] == ["0", "10"]
    assert [row["comment"] for row in rows] == ["'=cmd|calc", "one\nline"]
    assert rows[1]["delivery"] == ""
    assert rows[1]["delivery.missing"] == "not_applicable"
    assert rows[0]["support.missing"] == "not_asked"


def test_a_file_of_so_few_secret_answers_that_they_tell_who_it_was_is_withheld(
    app: Flask, runner: FlaskCliRunner, survey: str, tmp_path: Path, sign_in: SignIn
) -> None:
    with app.app_context(), writing():
        db.session.execute(update(Survey).values(identification="confidential"))
        db.session.commit()
    bring_in(runner, tmp_path, "".join(f"{score},4,1,hi,1,1\n" for score in range(4)))
    assert runner.invoke(args=["responses", "export", "--survey", "shop"]).exit_code == 3
    assert sign_in("analyst").post("/surveys/shop/responses.csv").status_code == 303
    bring_in(runner, tmp_path, "".join(f"{score},4,1,hi,1,1\n" for score in range(5)))
    assert runner.invoke(args=["responses", "export", "--survey", "shop"]).stdout.count("\n") == 6


@pytest.mark.parametrize(("role", "status"), [("agent", 404), ("marketer", 404), ("manager", 200)])
def test_only_some_roles_take_answers_out(
    app: Flask, runner: FlaskCliRunner, survey: str, sign_in: SignIn, role: str, status: int
) -> None:
    assert sign_in(role).post("/surveys/shop/responses.csv").status_code in {status, 403 if status == 404 else 200}


@pytest.mark.skipif(not AIRPORT.exists(), reason="the airport's files are not beside this checkout")
def test_the_airports_files_come_in_whole(app: Flask, runner: FlaskCliRunner) -> None:
    with app.app_context(), writing():
        definition = parse(yaml.safe_load((ROOT / "docs/examples/airport.yaml").read_text(encoding="utf-8")))
        publish_version(create_survey("airport", "Airport", definition, NOW), "first", NOW)
        db.session.commit()
    for year in (2016, 2017):
        mapping = str(ROOT / f"docs/examples/airport-{year}.yaml")
        arguments = [str(AIRPORT / f"sfo-{year}.csv"), "--survey", "airport", "--mapping", mapping, "--json"]
        result = runner.invoke(args=["responses", "import", *arguments])
        assert json.loads(result.stdout)["refused"] == []
    with app.app_context():
        assert count() == 3087 + 2831
        languages = dict(db.session.execute(select(Response.language, func.count()).group_by(Response.language)).all())
        assert languages == {"en": 5580, "es": 82, "zh": 237, "ja": 19}
        rated = [each.answers["q7all"] for each in db.session.scalars(select(Response)) if "q7all" in each.answers]
        assert len(rated) == 5607
