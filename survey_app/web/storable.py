"""Values from addresses that databases can hold: beyond them there is nothing to find, which is no fault of ours."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import BadRequest, ServiceUnavailable
from werkzeug.routing import IntegerConverter, Map

from survey_app.extensions import db

# The largest id; pages of a list end far below, so that their offsets stay within it too.
HIGHEST_ID = 2**31 - 1
HIGHEST_PAGE = 10**6
_SQLITE_SAYS = "too large to convert to SQLite"
# Others wrote for longer than anybody waits: SQLite's words, and PostgreSQL's for two who waited for each other.
_BUSY = ("database is locked", "deadlock detected", "could not serialize access", "lock timeout")
_WAIT_SECONDS = 2


class IdConverter(IntegerConverter):
    """`<int:…>` in routes: a number that no row can have leads nowhere."""

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        """Keep numbers below the highest id."""
        super().__init__(url_map, *arguments, **({"max": HIGHEST_ID} | options))


def page_number(text: str) -> int:
    """Return the number of a list's page; raise ValueError for what cannot be one."""
    return _at_most(text, HIGHEST_PAGE)


def row_number(text: str) -> int:
    """Return a number that a row may have; raise ValueError for what cannot be one."""
    return _at_most(text, HIGHEST_ID)


def bind(app: Flask) -> None:
    """Let routes know ids; answer what a database could not take with the fault of the request that it is."""
    app.url_map.converters["int"] = IdConverter
    app.register_error_handler(DataError, _refuse)
    app.register_error_handler(OverflowError, _refuse)
    app.register_error_handler(OperationalError, _ask_for_patience)


def _at_most(text: str, highest: int) -> int:
    if len(text) > len(str(highest)) or not text.isdecimal() or not 1 <= int(text) <= highest:
        raise ValueError(text)
    return int(text)


def _refuse(error: Exception) -> ResponseReturnValue:
    """Say that the request holds values nobody can look for; an overflow of our own stays our own fault."""
    if isinstance(error, OverflowError) and _SQLITE_SAYS not in str(error):
        raise error
    # PostgreSQL answers nothing more in a transaction that failed, and the page has questions of its own.
    db.session.rollback()
    current_app.logger.warning("a value of the request fits no column: %s", type(error).__name__)
    answer: ResponseReturnValue = current_app.handle_http_exception(BadRequest())
    return answer


def _ask_for_patience(error: OperationalError) -> ResponseReturnValue:
    """Say that the database is busy, where it is; any other fault of it stays one."""
    if not any(words in str(error.orig) for words in _BUSY):
        raise error
    current_app.logger.warning("the database was busy for too long")
    answer: ResponseReturnValue = current_app.handle_http_exception(ServiceUnavailable(retry_after=_WAIT_SECONDS))
    return answer
