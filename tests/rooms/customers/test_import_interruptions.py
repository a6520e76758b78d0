"""A worker that is killed in the middle of an import, and rows that mean the same person in one chunk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from survey_app.customers import importing, tasks
from survey_app.customers.imports.newcomers import folded
from survey_app.customers.models import Company, Consent, Customer, CustomerImport, RefusedRow
from survey_app.customers.operations import save_customer
from survey_app.customers.rules import CustomerRecord, clean_text, fold
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from tests.conftest import environment
from tests.factories.customers import NOW

N_ROWS = 600
FIELDS = ("number", "name", "email", "phone", "company")
WORKER = """
import os, sys
from datetime import UTC, datetime
from survey_app import create_app
from survey_app.customers import tasks
from survey_app.jobs.running import JobRun
tasks.MOST_TOGETHER = tasks.FEWEST_TOGETHER = 10
with create_app(dict(os.environ)).app_context():
    tasks.import_customers(JobRun(int(sys.argv[1]), {}, datetime.now(UTC)))
"""


def keep(text: str) -> int:
    """Take a file in as it is, put its import down as work, and return its id."""
    with writing():
        stream = BytesIO(text.encode())
        taken = importing.kept_file(importing.Upload("people.csv"), stream, NOW, commit=db.session.commit)
        taken.basis = "legitimate-interest"
        importing.start_import(taken)
        db.session.commit()
        return taken.id


def test_a_worker_killed_in_the_middle_leaves_nothing_out_and_nothing_twice(app: Flask) -> None:
    with app.app_context():
        import_id = keep("Customer number,Name\n" + "".join(f"{n},Name {n}\n" for n in range(N_ROWS)))
        url = db.engine.url.render_as_string(hide_password=False)
        settings_of_it = os.environ | environment(url) | {"PYTHONPATH": str(Path(__file__).parents[3])}
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(import_id)], env=settings_of_it)
        done = select(CustomerImport.n_applied).where(CustomerImport.id == import_id)
        until = time.monotonic() + 60
        while not db.session.scalar(done) and worker.poll() is None and time.monotonic() < until:
            db.session.rollback()
            time.sleep(0.002)
        db.session.rollback()
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        stood_at = db.session.scalar(done) or 0
        n_there = db.session.scalar(select(func.count()).select_from(Customer))
        db.session.rollback()

        tasks.import_customers(JobRun(import_id, {}, NOW))

        taken = db.session.get_one(CustomerImport, import_id, populate_existing=True)
        assert 0 < stood_at < N_ROWS
        assert n_there == stood_at
        assert (taken.state, taken.n_applied, taken.n_created, taken.n_refused) == ("done", N_ROWS, N_ROWS, 0)
        assert db.session.scalar(select(func.count()).select_from(Customer)) == N_ROWS
        assert db.session.scalar(select(func.count()).select_from(Consent)) == N_ROWS


ROW = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["", "1", "2", "3"]),
        "name": st.sampled_from(["Nguyễn Thị Ánh", "O'Brien  II", "ÖL", "田中", ""]),
        "email": st.sampled_from(["", "a@example.org", "A@Example.org", "b@example.org", "o'b@example.org", "no"]),
        "phone": st.sampled_from(["", "+84 90 123 4567", "0901234567", "12"]),
        "company": st.sampled_from(["", "Acme", "ÁCME", "Öl & Co"]),
    }
)


@pytest.mark.usefixtures("app")
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_many_rows_at_once_store_what_one_after_the_other_would(app: Flask, rows: list[dict[str, str]]) -> None:
    with app.app_context():
        _forget_all()
        text = ",".join(FIELDS) + "\n" + "".join(",".join(f'"{row[name]}"' for name in FIELDS) + "\n" for row in rows)
        import_id = keep(text)
        tasks.import_customers(JobRun(import_id, {}, NOW))
        taken = db.session.get_one(CustomerImport, import_id)
        refused = set(_refused_lines(import_id))
        assert taken.n_created + taken.n_changed + taken.n_unchanged + taken.n_refused == len(rows) - _n_blank(rows)
        together = _stored()
        _forget_all()

        for line, row in enumerate(rows, 2):
            if line not in refused and any(row.values()):
                details = {name: value or None for name, value in row.items() if name != "number"}
                save_customer(CustomerRecord(external_id=row["number"] or None, **details), NOW)
        db.session.flush()

        assert together == _stored()
        db.session.rollback()


def test_a_row_that_states_what_is_stored_undoes_an_earlier_row_of_the_same_chunk(app: Flask) -> None:
    with app.app_context():
        tasks.import_customers(
            JobRun(keep("Customer number,Name,E-mail\n1,Ann,a@example.org\n2,Bo,b@example.org\n"), {}, NOW)
        )

        import_id = keep("Customer number,Name,E-mail\n,Anna,a@example.org\n1,Ann,a@example.org\n2,Bo,b@example.org\n")
        tasks.import_customers(JobRun(import_id, {}, NOW))

        taken = db.session.get_one(CustomerImport, import_id)
        assert (taken.n_changed, taken.n_unchanged) == (2, 1)
        assert [each.name for each in db.session.scalars(select(Customer).order_by(Customer.id))] == ["Ann", "Bo"]


@given(text=st.text(max_size=30) | st.text("aÁễđ ¨\u3000\u0301'`ßſＡ", max_size=12))
def test_names_are_folded_word_by_word_as_they_are_as_a_whole(text: str) -> None:
    assert folded(clean_text(text)) == fold(text)


def _n_blank(rows: list[dict[str, str]]) -> int:
    return sum(1 for row in rows if not any(row.values()))


def _refused_lines(import_id: int) -> list[int]:
    return list(db.session.scalars(select(RefusedRow.line).where(RefusedRow.import_id == import_id)))


def _stored() -> list[tuple[object, ...]]:
    """Return what is stored of every customer, apart from ids."""
    rows = db.session.scalars(select(Customer).order_by(Customer.external_id, Customer.id))
    names = ("external_id", "name", "name_key", "search_key", "email", "email_key", "phone", "phone_key", "attributes")
    return [(*(getattr(each, name) for name in names), each.company and each.company.name_key) for each in rows]


def _forget_all() -> None:
    for model in (Consent, Customer, Company):
        db.session.execute(delete(model))
    db.session.commit()
