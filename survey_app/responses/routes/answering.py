"""Where customers answer: by personal link and on public forms, without script, cookie or account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, redirect, request
from flask import Response as Answer
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyAnswer

from survey_app.extensions import csrf, db, without_transaction
from survey_app.responses import endings
from survey_app.responses.kiosk import KIOSK, has_left, is_over, leave
from survey_app.responses.links import Link, find_for_thanks, find_personal, find_public, with_started
from survey_app.responses.operations import serialise
from survey_app.responses.queries import get_response
from survey_app.responses.routes.committing import committed
from survey_app.responses.submissions import verified
from survey_app.responses.visits import opened, received, thanked
from survey_app.web.access import public

blueprint = Blueprint("answering", __name__)
# The signed submission id in each form is what other sites cannot know; there is no cookie to ride on.
csrf.exempt(blueprint)
WHY = "customers have no account; the link is what they have"


@blueprint.get("/a/<token>")
@public(WHY)
def open_personal(token: str) -> AnyAnswer:
    """Show an invited customer the page that comes next."""
    with without_transaction() as connection:
        link = find_personal(token, connection)
    return opened(link, None) if link else endings.unknown_link()


@blueprint.post("/a/<token>")
@public(WHY)
def answer_personal(token: str) -> AnyAnswer:
    """Take a page of an invited customer's answers."""
    return _receive(token, lambda: find_personal(token, db.session.connection()))


@blueprint.get("/a/<token>/thanks")
@public(WHY)
def thank_personal(token: str) -> AnyAnswer:
    """Thank a customer whose answers are complete."""
    with without_transaction() as connection:
        link = find_for_thanks(token, connection)
    if link is None:
        return endings.unknown_link()
    return thanked(link) if link.is_used else redirect(link.path, 303)


@blueprint.get("/<any(w, q, k, e):way>/<code>")
@public(WHY)
def open_public(way: str, code: str) -> AnyAnswer:
    """Show anybody the first page of a public form."""
    with without_transaction() as connection:
        link = find_public(code, connection, way)
    return opened(link, None) if link else endings.unknown_link()


@blueprint.get("/<any(w, q, k, e):way>/<code>/<submission>")
@public(WHY)
def resume_public(way: str, code: str, submission: str) -> AnyAnswer:
    """Show a later page of a public form, or an earlier one with its answers."""
    with without_transaction() as connection:
        link = find_public(code, connection, way)
        known = verified(submission, link.scope) if link else None
        if link is None or known is None:
            return endings.unknown_link()
        link = with_started(link, known, connection)
    if way == KIOSK and has_left(link, datetime.now(UTC)):
        return redirect(link.path, 303)
    return opened(link, known)


@blueprint.post("/<any(w, q, k, e):way>/<code>")
@blueprint.post("/<any(w, q, k, e):way>/<code>/<submission>")
@public(WHY)
def answer_public(way: str, code: str, submission: str = "") -> AnyAnswer:  # noqa: ARG001 - the form itself carries it
    """Take a page of somebody's answers on a public form."""
    key = request.form.get("_submission", "")
    return _receive(key, lambda: find_public(code, db.session.connection(), way))


@blueprint.post("/k/<code>/again")
@public(WHY)
def begin_again(code: str) -> AnyAnswer:
    """Let go of what was begun on a shared device, and show the blank first page to whoever is next."""
    text = request.form.get("_submission", "")

    def let_go() -> AnyAnswer:
        serialise(text)
        link = find_public(code, db.session.connection(), KIOSK)
        if link is None:
            return endings.unknown_link()
        link = with_started(link, verified(text, link.scope), db.session.connection())
        if link.started is not None:
            leave(get_response(link.started.id))
        return redirect(link.path, 303)

    return committed(let_go)


@blueprint.get("/<any(w, q, k, e):way>/<code>/thanks")
@public(WHY)
def thank_public(way: str, code: str) -> AnyAnswer:
    """Thank somebody who answered a public form."""
    with without_transaction() as connection:
        link = find_public(code, connection, way)
    return thanked(link) if link else endings.unknown_link()


@blueprint.errorhandler(RequestEntityTooLarge)
def refuse_large(_error: RequestEntityTooLarge) -> Answer:
    """Say in words that a form is too large."""
    return endings.too_large()


def _receive(key: str, find: Callable[[], Link | None]) -> AnyAnswer:
    """Take a posted page; equal ones, of one `key`, pass one after another."""

    def take() -> AnyAnswer:
        serialise(key)
        return _take(find())

    return committed(take)


def _take(link: Link | None) -> AnyAnswer:
    if link is None:
        return endings.unknown_link()
    submission = verified(request.form.get("_submission", ""), link.scope)
    link = with_started(link, submission, db.session.connection())
    if link.channel == "kiosk" and is_over(link):
        return redirect(link.path, 303)
    return received(link, submission, datetime.now(UTC))
