"""Alembic's environment: the application's engine and all rooms' tables."""

from __future__ import annotations

from alembic import context
from flask import current_app

from survey_app.extensions import Base, writing


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether the migrations look after this; the queue beside them makes its own tables on PostgreSQL."""
    return kind != "table" or not (name or "").startswith("huey_")


def run() -> None:
    """Run the migrations on the application's own connection."""
    engine = current_app.extensions["migrate"].db.engine
    with writing(), engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=is_ours,
            user_module_prefix="survey_app.extensions.",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
