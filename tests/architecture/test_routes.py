"""Every route says who may use it, and changes nothing without a token of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from survey_app.accounts.gate import OPEN_FILES
from survey_app.accounts.rules import PERMISSIONS
from survey_app.web.access import access_of
from survey_app.web.transactions import READING

# Pages whose form carries a submission or personal token instead: respondents have no session. Mail providers sign.
WITHOUT_TOKEN = {"answering", "corrections", "preferences", "unsubscribing", "health", "mail_hooks"}
# Resources that other systems reach with a key of the API, and nobody by a cookie.
BY_KEY = {"customers_api", "campaigns_api"}


def our_rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN_FILES)


def filled(rule: Rule) -> str:
    """Return an address of the rule with a made-up value for every argument."""
    with_numbers = re.sub(r"<int:\w+>", "1", rule.rule)
    with_kinds = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", with_numbers)
    return re.sub(r"<[^>]+>", "x", with_kinds)


def test_every_route_declares_a_known_operation_or_why_it_is_public(session_app: Flask) -> None:
    for rule in our_rules(session_app):
        access = access_of(session_app.view_functions[rule.endpoint])
        assert access, f"{rule.endpoint} declares no access"
        if access.operation is None:
            assert len(access.reason) > 20, f"{rule.endpoint} is public without a reason"
        else:
            assert access.operation in PERMISSIONS, f"{rule.endpoint} asks for the unknown {access.operation}"


def test_no_route_takes_both_a_look_and_a_change(session_app: Flask) -> None:
    for rule in our_rules(session_app):
        methods = set(rule.methods or ())
        assert not (methods & READING - {"OPTIONS"} and methods - READING), f"{rule.endpoint} mixes GET and POST"


def test_every_change_needs_a_token(strict_app: Flask) -> None:
    client = strict_app.test_client()
    for rule in our_rules(strict_app):
        if "POST" not in (rule.methods or ()) or rule.endpoint.split(".")[0] in WITHOUT_TOKEN | BY_KEY:
            continue
        answer = client.post(filled(rule))
        assert answer.status_code == 400, f"{rule.endpoint} answered {answer.status_code} without a token"


def test_only_public_pages_go_without_a_token(session_app: Flask) -> None:
    exempt = {blueprint.name for blueprint in session_app.extensions["csrf"]._exempt_blueprints}  # noqa: SLF001 - no other way to ask
    assert exempt == WITHOUT_TOKEN | BY_KEY
    assert not session_app.extensions["csrf"]._exempt_views  # noqa: SLF001 - the same
    for rule in our_rules(session_app):
        if rule.endpoint.split(".")[0] in WITHOUT_TOKEN:
            assert access_of(session_app.view_functions[rule.endpoint]).operation is None, rule.endpoint
        if rule.endpoint.split(".")[0] in BY_KEY:
            assert access_of(session_app.view_functions[rule.endpoint]).is_by_token, rule.endpoint


def test_strangers_are_sent_to_sign_in_by_every_staff_page(app: Flask) -> None:
    client = app.test_client()
    for rule in our_rules(app):
        access = access_of(app.view_functions[rule.endpoint])
        if "GET" in (rule.methods or ()) and access.operation:
            answer = client.get(filled(rule))
            if access.is_by_token:
                assert answer.status_code == 401, f"{rule.endpoint} answered {answer.status_code} to a stranger"
                continue
            assert answer.status_code == 303, f"{rule.endpoint} answered {answer.status_code} to a stranger"
            assert answer.location.startswith("/sign-in"), rule.endpoint
