"""`survey-app questionnaires` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from survey_app.questionnaires.interchange import read_text
from survey_app.questionnaires.queries import find_survey, get_survey, list_surveys, list_versions

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
PRODUCT = str(EXAMPLES / "product-satisfaction.yaml")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["questionnaires", *arguments])


def test_a_file_becomes_a_published_survey(app: Flask) -> None:
    result = run(app, "import", PRODUCT, "--code", "product", "--publish", "--note", "from a file")
    assert (result.exit_code, result.stdout) == (0, "product\n")
    with app.app_context():
        versions = list_versions(get_survey("product"))
    assert [(each.number, each.note) for each in versions] == [(1, "from a file")]


def test_the_airports_questionnaire_comes_in(app: Flask) -> None:
    result = run(app, "import", str(EXAMPLES / "airport.yaml"), "--code", "airport", "--publish")
    assert result.exit_code == 0, result.output


def test_identification_is_chosen_at_the_first_import_only(app: Flask) -> None:
    run(app, "import", PRODUCT, "--code", "product", "--identification", "anonymous", "--publish")
    with app.app_context():
        assert get_survey("product").identification == "anonymous"
    result = run(app, "import", PRODUCT, "--code", "product", "--identification", "identified")
    assert result.exit_code == 1
    assert "first publication" in result.stderr


def test_a_reserved_code_ends_with_a_sentence(app: Flask) -> None:
    result = run(app, "import", PRODUCT, "--code", "new")
    assert (result.exit_code, "“new” is taken" in result.stderr) == (1, True)


def test_the_same_file_again_has_nothing_to_publish(app: Flask) -> None:
    run(app, "import", PRODUCT, "--code", "product", "--publish")
    result = run(app, "import", PRODUCT, "--code", "product", "--publish")
    assert result.exit_code == 3
    assert "version 1" in result.stderr


def test_a_dry_run_stores_nothing(app: Flask) -> None:
    result = run(app, "import", PRODUCT, "--publish", "--dry-run")
    assert result.exit_code == 0
    with app.app_context():
        assert list_surveys() == []


def test_a_wrong_file_is_refused_with_every_fault(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("languages: [en]\npages: [{code: P, items: [{code: q, type: slider}]}]\n", encoding="utf-8")
    result = run(app, "import", str(file))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "pages[1].code" in result.stderr
    assert "“slider” cannot stand here" in result.stderr
    with app.app_context():
        assert list_surveys() == []


def test_what_may_not_be_published_is_not_imported_either(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("title: Empty\nlanguages: [en]\npages: [{code: p}]\n", encoding="utf-8")
    assert run(app, "import", str(file), "--publish").exit_code == 1
    with app.app_context():
        assert find_survey("empty") is None


def test_a_draft_is_published_by_its_code(app: Flask) -> None:
    run(app, "import", PRODUCT, "--code", "product")
    assert run(app, "publish", "product").stdout == "1\n"
    assert run(app, "publish", "product").exit_code == 3


@pytest.mark.parametrize("arguments", [("publish", "nothing"), ("export", "nothing")])
def test_an_unknown_code_ends_with_a_sentence(app: Flask, arguments: tuple[str, str]) -> None:
    result = run(app, *arguments)
    assert result.exit_code == 1
    assert "There is no survey with the code nothing." in result.stderr


def test_surveys_are_listed_for_people_and_programs(app: Flask) -> None:
    run(app, "import", PRODUCT, "--code", "product", "--publish")
    assert run(app, "list").stdout.startswith("product\tversion 1")
    row = json.loads(run(app, "list", "--json").stdout)[0]
    assert (row["code"], row["version"], row["has_draft"]) == ("product", 1, False)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_is_exported_is_what_was_imported(app: Flask, form: str) -> None:
    run(app, "import", PRODUCT, "--code", "product", "--publish")
    result = run(app, "export", "product", "--version", "1", "--format", form)
    assert read_text(result.stdout) == read_text(Path(PRODUCT).read_bytes())
    assert run(app, "export", "product", "--version", "2").exit_code == 1


def test_a_file_is_checked_without_a_database(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("title: Empty\nlanguages: [en]\npages: [{code: p}]\n", encoding="utf-8")
    result = run(app, "check", str(file))
    assert result.exit_code == 1
    assert "error\tNothing is asked yet" in result.stdout
    sound = run(app, "check", PRODUCT)
    assert sound.exit_code == 0
    assert "Nothing to mend" in sound.stderr or "warning" in sound.stdout
    assert json.loads(run(app, "check", str(file), "--json").stdout)[0]["level"] == "error"
