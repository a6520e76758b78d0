"""The REST API: keys and their scopes, bodies that make no sense, the same request twice, and its document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_app.accounts.bearer import MOST_PER_MINUTE
from survey_app.accounts.commands.api import api
from survey_app.accounts.models import ApiAnswer, ApiToken
from survey_app.accounts.tokens import SCOPES, create_token, forget_answers, revoke_token
from survey_app.customers.models import Customer, Interaction
from survey_app.extensions import db, writing
from survey_app.web.api.document import openapi
from tests.factories.campaigns import a_campaign, an_organisation
from tests.factories.customers import make_customer
from tests.signing_in import SignIn
from tests.strict import PASSWORD

ROOT = Path(__file__).parents[3]
EVENT = {"customer": "crm:7", "kind": "purchase", "happened_at": "2026-11-02T09:00:00+07:00"}
URL = "/api/v1/interactions"


@pytest.fixture
def key(app: Flask) -> str:
    """Return a key that may do everything, and store a customer."""
    return _key(app, SCOPES)


def _key(app: Flask, scopes: tuple[str, ...] = SCOPES, *, days: int = 1) -> str:
    now = datetime.now(UTC)
    with app.app_context(), writing():
        an_organisation()
        make_customer(external_id="7", email="lan@example.org")
        made = create_token("shop", scopes, created_by_id=None, expires_at=now + timedelta(days=days), now=now)
        db.session.commit()
        return made[1]


def _post(client: FlaskClient, key: str, body: Any, url: str = URL, **headers: str) -> TestResponse:
    sent = {"Authorization": f"Bearer {key}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(url, data=data, content_type="application/json", headers=sent)


def _n(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_event_is_stored_and_told_again_changed(app: Flask, client: FlaskClient, key: str) -> None:
    first = _post(client, key, EVENT | {"external_id": "shop:1", "value": 12.5, "product": "Áo dài"})
    assert first.status_code == 200, first.text
    assert (first.json["created"], first.json["changed"]) == (1, 0)
    assert _post(client, key, EVENT | {"external_id": "shop:1", "value": 12.5, "product": "Áo dài"}).json["unchanged"]
    again = _post(client, key, EVENT | {"external_id": "shop:1", "value": 13, "product": "Áo dài"})
    assert again.json["interactions"][0]["outcome"] == "changed"
    assert _n(app, Interaction) == 1
    assert "Set-Cookie" not in first.headers


def test_a_list_is_stored_whole_or_not_at_all(app: Flask, client: FlaskClient, key: str) -> None:
    events = [EVENT | {"external_id": f"shop:{n}"} for n in range(50)]
    refused = _post(client, key, [*events, {"customer": "crm:404", "kind": "purchase", "happened_at": "soon", "x": 1}])
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert {each["pointer"] for each in refused.json["errors"]} == {"/50/happened_at", "/50/x"}
    assert _n(app, Interaction) == 0
    assert _post(client, key, events).json["created"] == 50
    assert _post(client, key, []).status_code == _post(client, key, [EVENT] * 1001).status_code == 422


def test_refusals_speak_the_callers_language(client: FlaskClient, key: str) -> None:
    english = _post(client, key, EVENT | {"customer": "crm:404"}, Accept_Language="en")
    assert english.json["errors"] == [
        {"pointer": "/customer", "detail": "There is no customer with this number or address."}
    ]
    assert english.json["status"] == 422


def test_the_same_request_twice_is_answered_once(app: Flask, client: FlaskClient, key: str) -> None:
    first = _post(client, key, EVENT, Idempotency_Key="a1")
    again = _post(client, key, EVENT, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert _n(app, Interaction) == 1
    other = _post(client, key, EVENT | {"kind": "visit"}, Idempotency_Key="a1")
    assert other.status_code == 422
    assert "another request" in other.json["title"]
    assert _post(client, key, EVENT, Idempotency_Key="a2").json["created"] == 1
    with app.app_context(), writing():
        assert forget_answers(datetime.now(UTC) + timedelta(hours=1)) == 2


def test_a_refused_request_leaves_its_key_free(app: Flask, client: FlaskClient, key: str) -> None:
    assert _post(client, key, EVENT | {"kind": ""}, Idempotency_Key="b").status_code == 422
    assert _post(client, key, EVENT, Idempotency_Key="b").status_code == 200
    assert _n(app, ApiAnswer) == 1
    assert _post(client, key, EVENT, Idempotency_Key="x" * 300).status_code == 400


def test_an_answer_older_than_a_day_is_given_no_more(app: Flask, client: FlaskClient, key: str) -> None:
    _post(client, key, EVENT, Idempotency_Key="c")
    with app.app_context(), writing():
        db.session.scalars(select(ApiAnswer)).one().created_at = datetime.now(UTC) - timedelta(hours=25)
        db.session.commit()
    _post(client, key, EVENT, Idempotency_Key="c")
    assert _n(app, Interaction) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"kind": NaN}', 400),
        (b'{"kind": Infinity}', 400),
        (b"\xff\xfe{}", 400),
        (b"[" * 100_000, 400),
        (b'{"value": ' + b"9" * 5000 + b"}", 400),
        (b'{"value": 1e999999999999999999999999999999999999999999}', 400),
        (b"null", 422),
        (b'"text"', 422),
        (b"[[]]", 422),
        (b'{"kind": {"a": 1}, "happened_at": 7, "customer": []}', 422),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_and_never_our_fault(
    client: FlaskClient, key: str, body: bytes, status: int
) -> None:
    answer = _post(client, key, body)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ["customer", "email", "kind", "happened_at", "external_id", "value", "cost", "note", "attributes", "name"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(_NAMES), anything), st.sampled_from([URL, "/api/v1/customers"]))
def test_no_value_is_our_fault(app: Flask, client: FlaskClient, key: str, fields: dict[str, Any], url: str) -> None:
    with app.app_context(), writing():
        for token in db.session.scalars(select(ApiToken)):
            token.n_in_minute = 0
        db.session.commit()
    body = EVENT | fields if url == URL else fields
    assert _post(client, key, body, url).status_code in {200, 400, 422}


def test_a_customer_is_created_and_then_changed(app: Flask, client: FlaskClient, key: str) -> None:
    known = {"external_id": "8", "source": "shop", "name": "Trần Minh", "email": "minh@example.org"}
    made = _post(client, key, known, "/api/v1/customers")
    assert (made.status_code, made.json["number"], made.json["outcome"]) == (200, "shop:8", "created")
    again = _post(client, key, known | {"phone": "+84 90 123 4567"}, "/api/v1/customers")
    assert again.json["outcome"] == "changed"
    wrong = _post(client, key, known | {"email": "nowhere", "attributes": {"tier": 1}}, "/api/v1/customers")
    assert {each["pointer"] for each in wrong.json["errors"]} == {"/email", "/attributes/tier"}
    assert _n(app, Customer) == 2


def test_a_customers_status_says_why(client: FlaskClient, key: str) -> None:
    sent = {"Authorization": f"Bearer {key}"}
    found = client.get("/api/v1/customers/crm:7/status", headers=sent).json
    assert (found["may_be_asked"], [each["code"] for each in found["reasons"]]) == (False, ["no-consent"])
    assert client.get("/api/v1/customers/crm:404/status", headers=sent).status_code == 404


def test_a_campaigns_counts_can_be_read(app: Flask, client: FlaskClient, key: str) -> None:
    with app.app_context(), writing():
        number = a_campaign().id
        db.session.commit()
    sent = {"Authorization": f"Bearer {key}"}
    assert client.get(f"/api/v1/campaigns/{number}/counts", headers=sent).json["state"] == "draft"
    missing = client.get("/api/v1/campaigns/404/counts", headers=sent)
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")


def test_a_key_opens_what_it_may_and_only_while_it_counts(app: Flask, client: FlaskClient) -> None:
    reading = _key(app, ("campaigns.view",))
    assert _post(client, reading, EVENT).status_code == 403
    for wrong in ("", "survey_wrong", "x" * 5000):
        answer = _post(client, wrong, EVENT)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    with app.app_context(), writing():
        token = db.session.scalars(select(ApiToken)).one()
        assert reading not in token.token_hash
        revoke_token(token, datetime.now(UTC))
        db.session.commit()
    assert client.get("/api/v1/campaigns/1/counts", headers={"Authorization": f"Bearer {reading}"}).status_code == 401
    assert _post(client, _key(app, days=-1), EVENT).status_code == 401


def test_a_browsers_session_opens_nothing_here(sign_in: SignIn) -> None:
    staff = sign_in("admin")
    assert staff.post(URL, json=EVENT).status_code == 401


def test_too_many_requests_are_told_when_to_come_back(app: Flask, client: FlaskClient, key: str) -> None:
    with app.app_context(), writing():
        token = db.session.scalars(select(ApiToken)).one()
        # The next minute too, should it begin meanwhile.
        token.minute_at = datetime.now(UTC).replace(second=0, microsecond=0)
        token.n_in_minute = MOST_PER_MINUTE
        db.session.commit()
    answer = _post(client, key, EVENT)
    if answer.status_code == 200:
        pytest.skip("a minute began")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_the_committed_document_says_what_the_code_does(session_app: Flask) -> None:
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(openapi(session_app)))


def test_every_resource_is_described(session_app: Flask) -> None:
    paths = openapi(session_app)["paths"]
    assert set(paths) == {
        rule.rule.replace("<int:campaign_id>", "{campaign_id}").replace("<number>", "{number}")
        for rule in session_app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }


def test_a_key_is_shown_once_and_only_to_who_knows_the_password(
    client: FlaskClient, sign_in: SignIn, known_hash: str
) -> None:
    staff = sign_in("admin", password=known_hash)
    form = {"name": "Web shop", "scopes": "customers.edit", "days": "30"}
    refused = staff.post("/admin/api-keys", data=form | {"current": "wrong"})
    assert refused.status_code == 422
    made = staff.post("/admin/api-keys", data=form | {"current": PASSWORD})
    assert made.status_code == 200
    text = made.text.split('class="secret">')[1].split("<")[0]
    page = staff.get("/admin/api-keys").text
    assert "Web shop" in page
    assert text not in page
    assert _post(client, text, EVENT).status_code == 422
    assert staff.post("/admin/api-keys/1/revoke").status_code == 303
    assert _post(client, text, EVENT).status_code == 401


def test_keys_are_made_listed_and_revoked_by_command(app: Flask, client: FlaskClient) -> None:
    run = app.test_cli_runner().invoke
    made = json.loads(run(api, ["create-key", "--name", "Till", "--scope", "customers.edit", "--json"]).stdout)
    assert json.loads(run(api, ["list-keys", "--json"]).stdout)[0]["scopes"] == ["customers.edit"]
    assert run(api, ["revoke-key", str(made["id"])]).exit_code == 0
    assert _post(client, made["key"], EVENT).status_code == 401
    assert run(api, ["revoke-key", "99"]).exit_code == 3


def test_one_number_twice_in_a_list_is_one_event(app: Flask, client: FlaskClient, key: str) -> None:
    twice = [EVENT | {"external_id": "shop:1"}, EVENT | {"external_id": "shop:1", "product": "Tea"}]
    assert [each["outcome"] for each in _post(client, key, twice).json["interactions"]] == ["created", "changed"]
    assert _n(app, Interaction) == 1


def test_a_full_list_takes_no_long_lock(client: FlaskClient, key: str) -> None:
    events = [EVENT | {"external_id": f"shop:{n}"} for n in range(1000)]
    began = process_time()
    assert _post(client, key, events).json["created"] == 1000
    assert process_time() - began < 2
