"""Every role on every route: what the table forbids looks like nothing, and nothing changes without a token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from survey_app.accounts.models import AuditEntry
from survey_app.accounts.rules import ROLES, may
from survey_app.extensions import db
from survey_app.web.access import access_of
from tests.architecture.test_routes import our_rules
from tests.signing_in import SignIn

# Values for the parts of addresses; nothing stands behind them, so no allowed request finds anything either.
PARTS = {
    "code": "nothing", "token": "nothing", "submission": "nothing", "public_id": "nothing", "item": "nothing",
    "page": "nothing", "tag": "xx", "kind": "nothing", "disposition": "failed",
    "way": "w", "size": "a4",
}  # fmt: skip


def requests_of(app: Flask) -> list[tuple[str, str, str | None]]:
    """Return method, path and operation of everything that a browser can ask of the product."""
    found = []
    for rule in our_rules(app):
        access = access_of(app.view_functions[rule.endpoint])
        if access is not None and access.is_by_token:
            continue
        path = path_of(rule)
        found += [(method, path, access.operation if access else None) for method in methods_of(rule)]
    return found


def path_of(rule: Rule) -> str:
    """Return an address of the rule: of named choices the first, made-up values for everything else."""
    chosen = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda part: PARTS.get(part.group(1), "1"), chosen)


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})


def resources_of(app: Flask) -> list[tuple[str, str, str]]:
    """Return method, path and scope of every resource that other systems reach with a key."""
    opened = [(rule, access_of(app.view_functions[rule.endpoint])) for rule in our_rules(app)]
    return [
        (method, path_of(rule), str(access.operation))
        for rule, access in opened
        if access is not None and access.is_by_token
        for method in methods_of(rule)
    ]


@pytest.mark.parametrize("role", ROLES)
def test_a_route_that_the_table_forbids_is_not_there(app: Flask, sign_in: SignIn, role: str) -> None:
    client, wrong, n_forbidden = sign_in(role), [], 0
    for method, path, operation in requests_of(app):
        if operation is None or may([role], operation):
            continue
        n_forbidden += 1
        answer = client.open(path, method=method, data={} if method == "POST" else None)
        if answer.status_code != 404 or "There is nothing at this address" not in answer.text:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    with app.app_context():
        refused = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "access.refused")
        assert db.session.scalar(refused) == n_forbidden


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_ask_never_fails(app: Flask, sign_in: SignIn, role: str) -> None:
    client, wrong = sign_in(role), []
    for method, path, operation in requests_of(app):
        if operation is None or not may([role], operation):
            continue
        answer = client.open(path, method=method, data={} if method == "POST" else None)
        answer.close()
        if answer.status_code >= 500:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_a_stranger_is_asked_to_sign_in_wherever_an_operation_is_needed(app: Flask) -> None:
    client = app.test_client()
    answers = {
        (method, path): client.open(path, method=method)
        for method, path, operation in requests_of(app)
        if operation is not None
    }
    assert len(answers) > 50
    wrong = [
        asked for asked, answer in answers.items() if not answer.headers.get("Location", "").startswith("/sign-in")
    ]
    assert wrong == []


def test_nothing_is_changed_by_a_page_of_another_site(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("admin")
    foreign: list[dict[str, Any]] = [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
    wrong = []
    for method, path, _operation in requests_of(app):
        if method != "GET":
            codes = {client.open(path, method=method, headers=headers).status_code for headers in foreign}
            wrong += [(method, path, codes)] if codes != {403} else []
    assert wrong == []


def test_nothing_is_changed_by_staff_without_a_token(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("admin")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answers = [
            (method, path, client.open(path, method=method).status_code)
            for method, path, operation in requests_of(app)
            if method != "GET" and operation is not None
        ]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert [answer for answer in answers if answer[2] != 400] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_cookie_opens_no_resource_of_the_api(app: Flask, sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    resources = resources_of(app)
    assert len(resources) >= 4
    codes = {(method, path): client.open(path, method=method).status_code for method, path, _scope in resources}
    assert set(codes.values()) == {401}, codes
