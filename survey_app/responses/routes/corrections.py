"""My answers: a customer sees, corrects or takes back what they answered, and corrects what we know of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as Answer

from survey_app.customers.operations import change_customer
from survey_app.customers.queries import get_customer
from survey_app.customers.rules import CustomerError, CustomerRecord
from survey_app.extensions import csrf, db, without_transaction
from survey_app.responses import endings, own_answers
from survey_app.responses.corrections import withdraw_response
from survey_app.responses.links import Link, correcting, find_personal
from survey_app.responses.operations import serialise
from survey_app.responses.queries import get_response
from survey_app.responses.routes.committing import committed
from survey_app.responses.submissions import verified
from survey_app.responses.visits import opened, received
from survey_app.web.access import public

blueprint = Blueprint("corrections", __name__)
# The link's own token is what other sites cannot know; there is no cookie to ride on.
csrf.exempt(blueprint)
WHY = "customers have no account; the link is what they have"


@blueprint.get("/a/<token>/answers")
@public(WHY)
def show(token: str) -> Answer:
    """Show a customer what they answered."""
    return _look(token, own_answers.draw_answers)


@blueprint.get("/a/<token>/change")
@public(WHY)
def go_through(token: str) -> Answer:
    """Show a page of the questionnaire with the customer's answers filled in."""
    return _look(token, lambda link, _language: opened(correcting(link), _number(link)))


@blueprint.post("/a/<token>/change")
@public(WHY)
def change(token: str) -> Answer:
    """Take a page of corrected answers."""

    def take(link: Link, _language: str) -> Answer:
        submission = verified(request.form.get("_submission", ""), link.scope)
        return received(correcting(link), submission, datetime.now(UTC))

    return _write(token, take)


@blueprint.get("/a/<token>/withdraw")
@public(WHY)
def ask_withdrawal(token: str) -> Answer:
    """Ask a customer whether their answers shall be deleted."""
    return _look(token, own_answers.draw_withdrawal)


@blueprint.post("/a/<token>/withdraw")
@public(WHY)
def withdraw(token: str) -> Answer:
    """Delete what a customer answered."""

    def delete(link: Link, language: str) -> Answer:
        if link.started is not None:
            withdraw_response(get_response(link.started.id), link)
        return redirect(_beside(link, "", language), 303)

    return _write(token, delete)


@blueprint.get("/a/<token>/details")
@public(WHY)
def show_details(token: str) -> Answer:
    """Show a customer what we know of them."""
    return _look(token, _details)


@blueprint.post("/a/<token>/details")
@public(WHY)
def change_details(token: str) -> Answer:
    """Take a customer's corrections of their name, telephone number and language."""

    def take(link: Link, language: str) -> Answer:
        said = {name: request.form.get(name, "") for name in own_answers.FIELDS}
        customer = get_customer(_customer_of(link))
        try:
            change_customer(customer, _record(said), datetime.now(UTC))
        except CustomerError as error:
            return own_answers.draw_details(link, language, customer, said, error.problems)
        return redirect(_beside(link, "/details", language, saved="1"), 303)

    return _write(token, take)


def _details(link: Link, language: str) -> Answer:
    return own_answers.draw_details(link, language, get_customer(_customer_of(link)))


def _record(said: Mapping[str, str]) -> CustomerRecord:
    return CustomerRecord(name=said["name"], phone=said["phone"], language=said["language"])


def _look(token: str, draw: Callable[[Link, str], Answer]) -> Answer:
    with without_transaction() as connection:
        link = find_personal(token, connection)
    return _answer(link, draw)


def _write(token: str, act: Callable[[Link, str], Answer]) -> Answer:
    def take() -> Answer:
        serialise(token)
        return _answer(find_personal(token, db.session.connection()), act)

    return committed(take)


def _answer(link: Link | None, act: Callable[[Link, str], Answer]) -> Answer:
    if link is None:
        return endings.unknown_link()
    language = own_answers.speak(link)
    if link.end is None:
        return redirect(f"{request.script_root}{link.path}", 303)
    return own_answers.refusal(link, language) or act(link, language)


def _number(link: Link) -> str | None:
    return link.started.submission_id if link.started else None


def _customer_of(link: Link) -> int:
    """Return whose link this is; a test send to staff has nobody's record behind it."""
    invitation = link.invitation
    return invitation.customer_id or 0 if invitation else 0


def _beside(link: Link, page: str, language: str, **query: str) -> str:
    if language != link.language:
        query["lang"] = language
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{request.script_root}{link.path}{page}" + (f"?{tail}" if tail else "")
