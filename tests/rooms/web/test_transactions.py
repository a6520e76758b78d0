"""How transactions begin, on both databases: whole ones where something is written, none where a page only looks."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Connection, func, select, text

from survey_app.customers.models import Customer
from survey_app.extensions import db, wait_turn, without_transaction
from tests.factories.customers import make_customer

NUMBER = -7_000_000_000_000_000_001
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


def is_in_transaction(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    return driver.info.transaction_status.name != "IDLE"


def test_a_page_that_only_looks_has_no_transaction_and_what_follows_has_one(app: Flask) -> None:
    with app.app_context():
        with without_transaction() as connection:
            connection.execute(text("SELECT 1"))
            assert not is_in_transaction(connection)
            assert is_in_transaction(db.session.connection())
        db.session.rollback()
        with db.engine.begin() as connection:
            assert is_in_transaction(connection)


def test_what_a_transaction_wrote_is_taken_back_whole(app: Flask) -> None:
    with app.app_context():
        make_customer()
        db.session.flush()
        make_customer()
        db.session.flush()
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_turn_is_kept_until_the_transaction_ends_whether_it_begins_with_it_or_not(app: Flask) -> None:
    with app.app_context():
        held = 1 if db.engine.dialect.name == "postgresql" else 0
        for has_begun in (False, True):
            if has_begun:
                db.session.execute(text("SELECT 1"))
            wait_turn(NUMBER)
            assert is_in_transaction(db.session.connection())
            assert _locks() == held
            db.session.commit()
            assert _locks() == 0
            db.session.commit()


def _locks() -> int:
    if db.engine.dialect.name != "postgresql":
        return 0
    return db.session.execute(text(HELD)).scalar_one()
