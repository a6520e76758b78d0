"""The migrations, forth and back: they make what the models describe, and leave nothing when they are taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, inspect, select

from survey_app import create_app
from survey_app.accounts.models import ApiToken
from survey_app.customers.identity import CustomerMerge, NotDuplicate
from survey_app.customers.models import Customer, CustomerImport
from survey_app.demo.story import Plan, load_story
from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxLetter, PausedGroup, SendingCount
from tests.conftest import close_connections, environment
from tests.databases import PostgresServer
from tests.rooms.demo.stories import NOW, row_counts

# Alembic's own note of where it stands.
NOTE = "alembic_version"
FEW = 60


@pytest.fixture
def fresh(
    session_app: Flask, postgres: PostgresServer | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Return an application on an empty database without tables, of the kind under test."""
    folder = tmp_path_factory.mktemp("migrations")
    url = postgres.new_database() if postgres else f"sqlite:///{folder / 'survey.db'}"
    app = create_app(environment(url), TESTING=True)
    with app.app_context():
        yield app
    close_connections(app)


def schema() -> dict[str, list[str]]:
    """Return every table with its columns, keys, checks and indexes, as the database tells them."""
    reader = inspect(db.engine)
    aspects = (
        reader.get_columns,
        reader.get_foreign_keys,
        reader.get_unique_constraints,
        reader.get_check_constraints,
        reader.get_indexes,
    )
    return {
        table: sorted(json.dumps(each, default=str) for aspect in aspects for each in aspect(table))
        for table in our_tables()
    }


def our_tables() -> list[str]:
    """Return the names of all tables but Alembic's note and the queue's own."""
    names = inspect(db.engine).get_table_names()
    return [name for name in names if name != NOTE and not name.startswith("huey_")]


def what_the_story_leaves_out() -> None:
    """Add rows that only people and other systems make."""
    first, second, *_others = db.session.scalars(select(Customer.id).order_by(Customer.id))
    db.session.add_all(
        [
            ApiToken(name="Shop", token_hash="0" * 64, scopes=["customers.edit"], created_at=NOW),
            CustomerMerge(kept_id=first, merged_id=second, undo={}, merged_at=NOW),
            NotDuplicate(first_id=first, second_id=second, decided_at=NOW),
            CustomerImport(file_name="a.csv", source="crm", created_at=NOW),
            OutboxLetter(key="0" * 64, kind="invitation", content=b"x", created_at=NOW),
            SendingCount(scope="*", minute_at=NOW, n_sent=3),
            PausedGroup(group_key="campaign:1", created_at=NOW),
        ]
    )


@pytest.mark.usefixtures("fresh")
def test_the_models_are_what_the_migrations_make() -> None:
    upgrade()
    check()
    assert set(schema()) == set(db.metadata.tables)


@pytest.mark.usefixtures("fresh")
def test_a_filled_database_goes_back_to_nothing_and_comes_again_empty_and_equal() -> None:
    upgrade()
    made, first_rows = schema(), row_counts()
    with writing():
        load_story(Plan(NOW, n_customers=FEW))
        what_the_story_leaves_out()
        db.session.commit()
    filled = row_counts()
    assert len(filled) > len(db.metadata.tables) // 2
    assert filled["responses"] > FEW
    db.session.remove()

    downgrade(revision="base")
    assert our_tables() == []
    assert db.session.scalar(select(func.count()).select_from(db.table(NOTE))) == 0
    db.session.remove()

    upgrade()
    check()
    assert schema() == made
    assert row_counts() == first_rows
