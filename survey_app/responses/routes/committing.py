"""Answers reach the database here, whole, before anybody is told so."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyAnswer

from survey_app.extensions import db

# PostgreSQL's codes: what a row refers to is gone, an equal row is there already, two wait for each other.
_COLLISIONS = {"23503", "23505", "40P01"}


def committed(take: Callable[[], AnyAnswer]) -> AnyAnswer:
    """Do what a posted page asks, commit it, and return what to tell the person.

    On PostgreSQL what it stands on may go at the same moment: a draft swept away, a customer erased. Then the page is
    taken once more, upon what is there now, so that the person hears of it in words and nothing they sent is lost.
    """
    try:
        return _taken(take)
    except StaleDataError:
        db.session.rollback()
        return _taken(take)
    except DBAPIError as error:
        db.session.rollback()
        if getattr(error.orig, "sqlstate", None) not in _COLLISIONS:
            raise
        return _taken(take)


def _taken(take: Callable[[], AnyAnswer]) -> AnyAnswer:
    result = take()
    # The acknowledgement is the first word the person hears, and it comes after this.
    db.session.commit()
    return result
