"""Whether this process may be sent people: the database answers, its tables are this version's, work is not stuck."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from survey_app.extensions import db

EXTENSION = "survey_app.readiness"
Check = Callable[[datetime], str]


def register_check(app: Flask, check: Check) -> None:
    """Let a room say why people should not be sent here now: a check returns a reason, or nothing."""
    app.extensions.setdefault(EXTENSION, []).append(check)


def reasons(now: datetime) -> list[str]:
    """Return why this process is not ready; nothing when it is."""
    try:
        pending = pending_migrations()
        if pending:
            return [pending]
        return [reason for check in current_app.extensions.get(EXTENSION, []) if (reason := check(now))]
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return ["the database does not answer"]


def pending_migrations() -> str:
    """Return how the tables differ from this version's, or nothing."""
    with db.engine.connect() as connection:
        here = set(MigrationContext.configure(connection).get_current_heads())
    wanted = _wanted_heads(current_app.extensions["migrate"].directory)
    return "" if here == wanted else f"the tables are at {_named(here)}, this version needs {_named(wanted)}"


@cache
def _wanted_heads(directory: str) -> set[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(directory)))
    return set(ScriptDirectory.from_config(config).get_heads())


def _named(heads: set[str]) -> str:
    return ", ".join(sorted(heads)) or "nothing"
