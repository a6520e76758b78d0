"""Every page that needs no argument, as an administrator of a fresh installation and as a stranger sees it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.web.access import access_of
from tests.architecture.test_routes import our_rules
from tests.pages.reading import check
from tests.signing_in import SignIn

LANGUAGES = ("en", "vi", "es")
# What a script puts into a page that it belongs to is read with that page.
PARTS = {"/admin/jobs/figures"}


def addresses(app: Flask, *, public: bool) -> list[str]:
    found = []
    for rule in our_rules(app):
        is_public = access_of(app.view_functions[rule.endpoint]).operation is None
        if "GET" in (rule.methods or ()) and not rule.arguments and is_public is public and rule.rule not in PARTS:
            found.append(rule.rule)
    return sorted(found)


def broken_promises(client: FlaskClient, paths: list[str], language: str = "en") -> list[str]:
    """Return what is wrong on each page, so that one run shows everything."""
    found = []
    for path in paths:
        answer = client.get(path, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        try:
            check(answer.text)
            assert f'<html lang="{language}"' in answer.text, "the page speaks another language"
        except AssertionError as error:
            found.append(f"{path}: {error}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_staff_page_keeps_what_all_pages_promise(app: Flask, sign_in: SignIn, language: str) -> None:
    client, paths = sign_in("admin", language=language), addresses(app, public=False)
    assert len(paths) > 5
    assert {client.get(path, follow_redirects=True).status_code for path in paths} == {200}
    assert broken_promises(client, paths, language) == []


@pytest.mark.parametrize("role", ["marketer", "manager", "analyst", "agent"])
def test_every_link_of_the_navigation_opens(sign_in: SignIn, app: Flask, role: str) -> None:
    client = sign_in(role)
    page = client.get("/account").text
    for path in addresses(app, public=False):
        if f'<a href="{path}"' in page:
            assert client.get(path, follow_redirects=True).status_code == 200, path


def test_every_public_page_keeps_what_all_pages_promise(app: Flask) -> None:
    paths = [*addresses(app, public=True), "/nothing-here", "/password/new/made-up"]
    assert broken_promises(app.test_client(), paths) == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account", {"name": "", "language": "xx"}),
        ("/account/password", {"password": "a", "repeated": "b"}),
        ("/admin/staff", {"email": "x"}),
        ("/admin/organisation", {"name": ""}),
        ("/sign-in", {"email": ""}),
    ],
)
def test_a_refused_form_points_to_what_is_wrong(sign_in: SignIn, path: str, form: dict[str, str]) -> None:
    answer = sign_in("admin").post(path, data=form)
    assert answer.status_code == 422
    check(answer.text)
    assert "<title>Error: " in answer.text
    assert 'role="alert"' in answer.text
    assert 'aria-invalid="true"' in answer.text
