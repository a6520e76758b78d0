"""INSERT … ON CONFLICT in the dialect of the database in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from survey_app.extensions import Base, db


def insert(model: type[Base]) -> Any:
    """Return an insert into the model's table that may say what happens on a conflict."""
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)
