"""Bringing customers in over HTTP and from the command line."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_app.customers import tasks
from survey_app.customers.models import Consent, Customer, CustomerImport, ImportPart
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.jobs.running import JobRun
from tests.factories.customers import NOW, make_customer
from tests.signing_in import SignIn

FILE = """Customer number;Full name;E-mail;Branch;Since;Note
1;Nguyễn Thị Ánh;anh@example.org;Hà Nội;2024-05-01;=HYPERLINK("x")
2;O'Brien;brien@example;Dublin;2024-05-01;
3;Null;null@example.org;Madrid;first of May;
1;Somebody Else;else@example.org;Madrid;2024-05-01;
4;田中太郎;tanaka@example.org;Tokyo
5;Søren;soren@example.org;København;2024-06-01;ok
"""
COLUMNS = {
    "column-0": "number",
    "column-1": "name",
    "column-2": "email",
    "column-3": "new:choice",
    "column-4": "new:date",
    "column-5": "new:text",
    "basis": "legitimate-interest",
    "wording": "Terms of 2024",
}


def sent(client: FlaskClient, content: bytes, source: str = "crm") -> TestResponse:
    """Send a file as a browser does; written by hand, since the test client leaves large bodies' files open."""
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="source"\r\n\r\n' + source.encode(),
        b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n' + content,
        b"\r\n--b--\r\n",
    )
    return client.post("/customers/imports", data=b"".join(parts), content_type="multipart/form-data; boundary=b")


def upload(client: FlaskClient, content: bytes = FILE.encode()) -> str:
    answer = sent(client, content)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def bring_in(
    app: Flask, client: FlaskClient, columns: dict[str, str] | None = None, content: bytes = FILE.encode()
) -> str:
    at = upload(client, content)
    assert client.post(at, data=columns or COLUMNS).status_code == 303
    answer = client.post(at.replace("columns", "start"))
    assert answer.status_code == 303
    with app.app_context():
        run_now(db.session.scalars(select(Job).order_by(Job.id.desc())).first())
    return str(answer.location)


def test_a_file_comes_in_by_columns_preview_and_import(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = upload(marketer)
    columns = marketer.get(at)
    assert '<option value="number" selected>' in columns.text
    assert "Nguyễn Thị Ánh · O&#39;Brien · Null" in columns.text

    preview = marketer.get(marketer.post(at, data=COLUMNS).location)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 0
    assert "Line 2 has the same customer number or address." in preview.text
    assert "brien@example is not a mail address" in preview.text

    marketer.post(at.replace("columns", "start"))
    with app.app_context():
        run_now(db.session.scalars(select(Job)).one())
    page = marketer.get(at.replace("/columns", ""))

    assert "Done: all 6 rows of people.csv were looked at." in page.text
    with app.app_context():
        names = db.session.scalars(select(Customer.name).order_by(Customer.id)).all()
        assert names == ["Nguyễn Thị Ánh", "Søren"]
        anh = db.session.scalars(select(Customer).where(Customer.external_id == "crm:1")).one()
        assert anh.attributes == {"branch": "Hà Nội", "since": "2024-05-01", "note": '=HYPERLINK("x")'}
        consent = db.session.scalars(select(Consent).where(Consent.customer_id == anh.id)).one()
        assert (consent.basis, consent.source, consent.wording) == (
            "legitimate-interest",
            "people.csv",
            "Terms of 2024",
        )
        assert db.session.scalar(select(func.count()).select_from(ImportPart)) == 0


def test_every_refused_row_is_reported_with_line_and_reason(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    content = FILE.replace("O'Brien", "=cmd()").encode()

    report = marketer.get(bring_in(app, marketer, content=content) + "/refused.csv")

    lines = report.text.removeprefix("\ufeff").split("\r\n")
    assert lines[0] == "Line,Reason,Customer number,Full name,E-mail,Branch,Since,Note"
    assert [line.split(",")[0] for line in lines[1:5]] == ["3", "4", "5", "6"]
    assert "'=cmd()" in lines[1]
    assert "brien@example is not a mail address" in lines[1]
    assert "first of May is not a date" in lines[2]
    assert "This row has 4 cells, but there are 6 columns." in lines[4]
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert report.headers["Cache-Control"] == "no-store"


def test_the_same_file_twice_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    bring_in(app, marketer)
    again = {**COLUMNS, "column-3": "attribute:branch", "column-4": "attribute:since", "column-5": "attribute:note"}

    bring_in(app, marketer, again)

    with app.app_context():
        second = db.session.scalars(select(CustomerImport).order_by(CustomerImport.id.desc())).first()
        assert second is not None
        assert (second.n_created, second.n_changed, second.n_unchanged, second.n_refused) == (0, 0, 2, 4)
        assert db.session.scalar(select(func.count()).select_from(Consent)) == 2


def test_an_objection_stays_whatever_a_file_brings(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        customer = make_customer(name="Ánh", email="anh@example.org")
        db.session.add(
            Consent(customer_id=customer.id, is_given=False, basis="objection", source="telephone", recorded_at=NOW)
        )
        db.session.commit()

    bring_in(app, marketer)

    with app.app_context():
        anh = db.session.scalars(select(Customer).where(Customer.email_key == "anh@example.org")).one()
        assert db.session.scalars(select(Consent.is_given).where(Consent.customer_id == anh.id)).all() == [False]


def test_the_columns_chosen_last_time_are_suggested_again(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    bring_in(app, marketer)

    page = marketer.get(upload(marketer))

    assert '<option value="attribute:note" selected>' in page.text


def test_an_old_encoding_is_chosen_by_somebody_who_can_read_it(sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = upload(marketer, "Customer number,Name\n7,José Núñez\n".encode("cp1252"))
    assert at.endswith("/encoding")
    assert "7,José Núñez" in marketer.get(at).text

    answer = marketer.post(at, data={"encoding": "cp1252", "separator": ""})

    assert "José Núñez" in marketer.get(answer.location).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 workbook", "This Excel file is damaged or not complete."),
        (b"%PDF-1.7 named .csv", "This is not a CSV file."),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "A file has at most 200 columns."),
        (b"a,a\n1,2\n", "Two columns are named a."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(sign_in: SignIn, content: bytes, words: str) -> None:
    answer = sent(sign_in("marketer"), content, "shop")

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="shop"' in answer.text


def test_columns_that_cannot_be_are_refused_and_the_choice_stays(sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = upload(marketer)

    answer = marketer.post(at, data={**COLUMNS, "column-0": "role", "column-2": "name", "wording": "as typed"})

    assert answer.status_code == 422
    assert "cannot become role" in answer.text
    assert "customer number or the mail address" in answer.text
    assert "as typed" in answer.text


def test_an_import_goes_on_where_it_was_interrupted(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketer = sign_in("marketer")
    rows = "".join(f"{n},n{n}@example.org\n" for n in range(40))
    at = upload(marketer, f"Customer number,E-mail\n{rows}".encode())
    marketer.post(at, data={"column-0": "number", "column-1": "email", "basis": "", "wording": ""})
    marketer.post(at.replace("columns", "start"))
    # Every row is a chunk of its own, and the worker is told to end after the third.
    monkeypatch.setattr(tasks, "FEWEST_TOGETHER", 1)
    monkeypatch.setattr(tasks, "MOST_TOGETHER", 1)

    class Ended(JobRun):
        def stop_requested(self) -> bool:
            return bool(db.session.scalars(select(CustomerImport.n_applied)).one() >= 3)

    with app.app_context():
        taken = db.session.scalars(select(CustomerImport)).one()
        tasks.import_customers(Ended(taken.id, {}, NOW))
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 3

        tasks.import_customers(JobRun(taken.id, {}, NOW))

        assert (taken.state, taken.n_applied, taken.n_created, taken.n_refused) == ("done", 40, 40, 0)


def test_a_stopped_import_keeps_what_it_did_and_can_go_on(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = upload(marketer)
    marketer.post(at, data=COLUMNS)
    marketer.post(at.replace("columns", "start"))
    page = at.replace("/columns", "")

    marketer.post(f"{page}/stop")
    assert "Stopped after 0 of 6 rows" in marketer.get(page).text
    assert "had already ended" in marketer.get(marketer.post(f"{page}/stop").location).text

    marketer.post(f"{page}/start")
    with app.app_context():
        run_now(db.session.scalars(select(Job).order_by(Job.id.desc())).first())
    assert "Done: all 6 rows" in marketer.get(page).text


@pytest.mark.parametrize("role", ["agent", "manager", "analyst"])
def test_only_those_who_may_bring_files_in(sign_in: SignIn, role: str) -> None:
    assert sign_in(role).get("/customers/imports").status_code == 404


def test_the_command_line_does_the_same(app: Flask, tmp_path: Path) -> None:
    file, mapping = tmp_path / "people.csv", tmp_path / "mapping.yaml"
    file.write_text(FILE, encoding="utf-8")
    mapping.write_text("columns:\n  Customer number: number\n  Full name: name\n  E-mail: email\n", encoding="utf-8")
    runner = app.test_cli_runner()

    tried = runner.invoke(args=["customers", "import", str(file), "--mapping", str(mapping), "--dry-run", "--json"])
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CustomerImport)) == 0
    done = runner.invoke(args=["customers", "import", str(file), "--mapping", str(mapping), "--json"])
    again = runner.invoke(args=["customers", "import", str(file), "--mapping", str(mapping)])

    assert (tried.exit_code, done.exit_code, again.exit_code) == (0, 0, 0), done.output
    assert json.loads(tried.stdout)["n_created"] == json.loads(done.stdout)["n_created"] == 3
    assert [each["line"] for each in json.loads(done.stdout)["refused"]] == [3, 5, 6]
    assert "6 rows: 0 new, 0 changed, 3 as they were, 3 refused." in again.stdout
    found = runner.invoke(args=["customers", "list", "--search", "nguyen", "--json"])
    assert [row["number"] for row in json.loads(found.stdout)] == ["crm:1"]
    shown = runner.invoke(args=["customers", "show", str(json.loads(found.stdout)[0]["id"]), "--json"])
    assert json.loads(shown.stdout)["consents"][0]["basis"] == "legitimate-interest"
    assert len(json.loads(runner.invoke(args=["customers", "export", "--json"]).stdout)) == 3


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("columns: {Nope: number}", "names the column Nope, which the file does not have"),
        ("columns: [", "neither YAML nor JSON: look at line 1"),
        ("rows: 3", "must name its columns under: columns"),
        ("columns: {Customer number: token}", "cannot become token"),
    ],
)
def test_a_mapping_file_that_cannot_be_is_refused_in_words(
    app: Flask, tmp_path: Path, mapping: str, words: str
) -> None:
    file, written = tmp_path / "people.csv", tmp_path / "mapping.yaml"
    file.write_text(FILE, encoding="utf-8")
    written.write_text(mapping, encoding="utf-8")

    answer = app.test_cli_runner().invoke(args=["customers", "import", str(file), "--mapping", str(written)])

    assert answer.exit_code == 2
    assert words in answer.stderr


def test_a_new_attribute_never_takes_the_code_of_one_that_is_there(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        define_attribute("branch", "Branch", "number")
        db.session.commit()
    marketer = sign_in("marketer")

    answer = marketer.post(upload(marketer), data=COLUMNS)

    assert answer.status_code == 422
    assert "There is already an attribute branch." in answer.text


def test_the_documented_example_comes_in_whole(app: Flask) -> None:
    file = Path(__file__).parents[3] / "docs" / "examples" / "customers.csv"

    done = app.test_cli_runner().invoke(args=["customers", "import", str(file), "--json"])

    report = json.loads(done.stdout)
    assert (report["n_created"], report["n_refused"]) == (6, 0)


def test_two_imports_at_once_add_nobody_twice(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    rows = "".join(f"n{n}@example.org,Name {n}\n" for n in range(30))
    for _file in range(2):
        at = upload(marketer, f"E-mail,Name\n{rows}".encode())
        marketer.post(at, data={"column-0": "email", "column-1": "name", "basis": "", "wording": ""})
        marketer.post(at.replace("columns", "start"))
    with app.app_context():
        ids = db.session.scalars(select(CustomerImport.id)).all()
    together = threading.Barrier(2)

    def bring(import_id: int) -> None:
        with app.app_context():
            together.wait(10)
            tasks.import_customers(JobRun(import_id, {}, NOW))

    threads = [threading.Thread(target=bring, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 30
        created = db.session.scalars(select(CustomerImport.n_created)).all()
        assert sum(created) == 30


def test_a_file_that_nobody_went_on_with_is_forgotten_after_a_week(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = upload(marketer)
    now = datetime.now(UTC)

    with app.app_context():
        tasks.forget_files(JobRun(None, {}, now + timedelta(days=6)))
    assert marketer.get(at).status_code == 200
    with app.app_context():
        tasks.forget_files(JobRun(None, {}, now + timedelta(days=8)))
    assert marketer.get(at).status_code == 404
