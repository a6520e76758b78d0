"""Numbers no row can have, filters that are no words, bodies larger than any: an answer in words, no fault."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from survey_app.extensions import db, writing
from tests.factories.answering import Person, a_public_link
from tests.factories.customers import make_customer
from tests.signing_in import SignIn

BEYOND = ("9" * 30, str(2**63), str(2**31))
NUMBERED = (
    "/customers/{n}", "/customers/{n}/edit", "/customers/imports/{n}", "/cases/{n}", "/campaigns/{n}", "/segments/{n}",
    "/admin/staff/{n}",
)  # fmt: skip
LISTS = (
    "/customers?page={n}",
    "/cases?page={n}",
    "/responses?page={n}",
    "/admin/audit?page={n}",
    "/admin/jobs?page={n}",
)
STRANGE = ("%00", "%FF", "%ED%A0%80", "a%22b", "9999-12-31", "0001-01-01", "'", "-1", "nan", "inf", "x" * 2000)
FILTERED = (
    "/responses?from={v}&to={v}&survey={v}&campaign={v}&channel={v}&language={v}&lowest={v}&highest={v}",
    "/responses?from={v}", "/responses?to={v}",
    "/reports?from={v}", "/reports/nothing?to={v}", "/customers?q={v}", "/cases?owner={v}&state={v}",
    "/admin/audit?action={v}&actor={v}", "/surveys/{v}", "/reports/{v}", "/responses/{v}", "/segments/new?name={v}",
    "/sign-in?next={v}",
)  # fmt: skip


@pytest.mark.parametrize("number", BEYOND)
def test_a_number_that_no_row_can_have_leads_to_nothing(sign_in: SignIn, number: str) -> None:
    admin = sign_in("admin")
    assert {path: admin.get(path.format(n=number)).status_code for path in NUMBERED} == dict.fromkeys(NUMBERED, 404)
    assert {admin.get(path.format(n=number)).status_code for path in LISTS} <= {200, 404}


@pytest.mark.parametrize("value", STRANGE)
def test_a_strange_filter_is_no_fault_of_the_server(sign_in: SignIn, value: str) -> None:
    admin = sign_in("admin")
    answers = {path: admin.get(path.format(v=value)).status_code for path in FILTERED}
    assert {path: code for path, code in answers.items() if code not in {200, 303, 400, 404, 422}} == {}


@pytest.mark.parametrize(
    "chosen",
    [
        {"to": "9999-12-31"},
        {"from": "0001-01-01", "to": "0001-01-02"},
        {"from": "not a day"},
        {'profile.a"b': "1"},
        {'answer.a"]$': "1"},
        {"answer.": "1"},
        {"wave": [str(number) for number in range(3000)]},
        {f"answer.a{number}": "1" for number in range(1500)},
    ],
    ids=lambda chosen: str(chosen)[:40],
)
def test_an_export_or_report_by_an_impossible_filter_is_refused(
    app: Flask, sign_in: SignIn, chosen: dict[str, object]
) -> None:
    with app.app_context():
        answer_once()
    analyst = sign_in("analyst")
    assert analyst.post("/surveys/relationship/responses.csv", data=chosen).status_code == 400
    assert analyst.get("/reports/relationship", query_string=chosen).status_code == 400


def answer_once() -> None:
    """Complete one public form, so that there is a row for filters to look into."""
    person = Person(current_app.test_client(), a_public_link())
    person.open()
    person.press(nps="3")


def test_whoever_sends_too_much_is_heard_out_and_gets_to_read_why(client: FlaskClient) -> None:
    body = BytesIO(b"a=" + b"x" * 20_000_000)
    as_gunicorn_does = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": str(20_000_002)}
    form = "application/x-www-form-urlencoded"
    answer = client.post("/sign-in", content_type=form, environ_overrides=as_gunicorn_does)
    assert answer.status_code == 413
    assert "too large" in answer.text
    # A connection closed before the last byte is reset, and the answer is lost.
    assert body.read() == b""


def test_every_answer_carries_the_headers_of_the_house(client: FlaskClient) -> None:
    paths = (
        "/sign-in",
        "/nothing",
        "/a/unknown",
        "/w/unknown",
        "/u/unknown",
        "/static/staff.css",
        "/static/no",
        "/account",
    )
    answers = [client.get(path) for path in paths]
    answers += [client.open("/sign-in", method=method) for method in ("TRACE", "PUT", "DELETE", "OPTIONS")]
    answers += [client.get("/sign-in", headers={"Host": "elsewhere.example"}), client.post("/sign-in", data=b"\xff[")]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] in {"no-store", "no-cache", "private, no-cache"}
        assert "elsewhere" not in answer.text
        answer.close()


@pytest.mark.parametrize(
    "forged",
    [
        {"Host": "elsewhere.example"},
        {"Host": "127.0.0.1.elsewhere.example"},
        {"Host": "127.0.0.1:8000@elsewhere.example"},
        {"X-Forwarded-Host": "elsewhere.example"},
        {"Forwarded": "host=elsewhere.example"},
        {"X-Original-URL": "/admin/staff"},
    ],
    ids=str,
)
def test_a_forged_host_reaches_no_page(client: FlaskClient, forged: dict[str, str]) -> None:
    answer = client.get("/password/forgotten", headers=forged)
    assert answer.status_code == (400 if "Host" in forged else 200)
    assert "elsewhere" not in answer.text
    assert "elsewhere" not in str(answer.headers)


@pytest.mark.parametrize("typed", ["9" * 400, "-" + "9" * 400, "NaN", "sNaN", "Infinity", "1e999"])
def test_a_number_nothing_can_reckon_with_is_refused_in_words(app: Flask, sign_in: SignIn, typed: str) -> None:
    admin = sign_in("admin")
    numbers = ("min_gap_days", "most", "period_days", "after_answer_days")
    forms = {
        "/contact-rules/new": {"name": "Rest", "channel": "", "segment_id": ""} | dict.fromkeys(numbers, typed),
        "/admin/outbox/limits": {"scope": "*", "per_hour": typed},
        "/campaigns/series/new/recurring": {"name": "Each quarter", "every": typed, "parts": typed, "open_days": typed},
        "/campaigns/series/new/triggered": {"name": "After a purchase", "kind": "purchase", "least_value": typed},
    }
    answers = {path: admin.post(path, data=form) for path, form in forms.items()}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(forms, 422)
    assert all(typed in answers[path].text for path in ("/contact-rules/new", "/admin/outbox/limits")), "still there"


def test_money_that_is_no_number_is_refused_with_an_interaction(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        number = make_customer().id
        db.session.commit()
    agent = sign_in("agent")
    for typed in ("NaN", "sNaN", "-Infinity", "1e400"):
        answer = agent.post(f"/customers/{number}/interactions", data={"kind": "visit", "value": typed})
        assert (typed, answer.status_code) == (typed, 422)
