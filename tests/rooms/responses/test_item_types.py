"""Every type of item over HTTP: answered, mended, shown again, stored, exported; and nobody sees another's page."""

from __future__ import annotations

import csv
import gzip
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry
from survey_app.campaigns.models import Invitation
from survey_app.customers.identity import AddressChange
from survey_app.customers.models import Consent, Customer
from survey_app.extensions import db, writing
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_personal_link,
    an_invitation,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.questionnaires import an_item
from tests.signing_in import SignIn

OPTIONS = [{"code": code, "text": {"en": code.title()}} for code in ("price", "speed", "care")]


def asked(kind: str, code: str = "", **more: Any) -> dict[str, Any]:
    return {"code": code or kind, "type": kind, "text": {"en": f"{kind}?"}} | more


CONTACT = asked("contact", contact_fields=["name", "email"], consent={"en": "Keep these."})
EVERY_TYPE = of_pages(
    a_page(an_item(), code="score"),
    a_page(
        asked("ranking", options=OPTIONS),
        asked("sum", options=OPTIONS),
        asked("number", decimals=1, lowest=0, dont_know=True),
        asked("date"),
        asked("text", "short", short=True, role="verbatim"),
        asked("multiple", options=[*OPTIONS, {"code": "else", "text": {"en": "Else"}, "other": True}], most=2),
        CONTACT,
        code="rest",
    ),
)
GIVEN = {
    "ranking.speed": "1",
    "ranking.price": "2",
    "sum.price": "60",
    "sum.care": "40",
    "number": "1,5",
    "date": "2026-01-31",
    "short": "Huế",
    "multiple": ["price", "else"],
    "multiple.other": "Café",
    "contact.name": "Lan Nguyễn",
    "contact.email": "lan@example.org",
}
STORED = {
    "nps": 9,
    "ranking": ["speed", "price"],
    "sum": {"price": 60, "speed": 0, "care": 40},
    "number": 1.5,
    "date": "2026-01-31",
    "short": "Huế",
    "multiple": ["price", "else"],
    "multiple.other": "Café",
    "contact": {"name": "Lan Nguyễn", "email": "lan@example.org", "consent": False},
}


@pytest.fixture(autouse=True)
def _in_context(app: Flask) -> Any:
    with app.app_context():
        yield


def test_every_type_is_answered_and_stored_as_what_it_is(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(EVERY_TYPE))
    person.open()
    person.press(nps="9")
    assert person.press(**GIVEN).status_code == 200
    (response,) = the_responses()
    assert response.answers == STORED
    assert response.state == "completed"


def test_errors_keep_what_was_typed_and_whatever_was_right(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(EVERY_TYPE))
    person.open()
    person.press(nps="9")
    wrong = {"ranking.price": "1", "sum.care": "30", "number": "1,55", "date": "31/31/2026", "contact.email": "lan@"}
    page = person.press(**(GIVEN | wrong))
    assert page.status_code == 422
    for sentence in (
        "“Price” has place 1 too.",
        "You have shared 90 of 100.",
        "Write at most 1 decimal place.",
        "Write a day such as",
        "lan@ is not a mail address.",
    ):
        assert page.text.count(sentence) == 2
    assert 'href="#ranking.speed"' in page.text
    assert 'href="#sum.price"' in page.text
    shown = person.form()
    assert {name: shown[name] for name in wrong} == {name: [text] for name, text in wrong.items()}
    assert shown["short"] == ["Huế"]
    person.press(**GIVEN)
    assert the_responses()[0].answers == STORED


def test_going_back_shows_every_answer_and_changes_none(client: FlaskClient) -> None:
    pages = [*EVERY_TYPE["pages"], a_page(asked("text", "last", role="verbatim"), code="last")]
    person = Person(client, a_personal_link(EVERY_TYPE | {"pages": pages}))
    person.open()
    person.press(nps="9")
    person.press(**GIVEN)
    person.press("back")
    assert person.form()["number"] == ["1.5"]
    person.press()
    assert the_responses()[0].answers == STORED


def test_an_amount_that_is_taken_back_leaves_nothing_behind(client: FlaskClient) -> None:
    pages = [*EVERY_TYPE["pages"], a_page(asked("text", "last", role="verbatim"), code="last")]
    person = Person(client, a_personal_link(EVERY_TYPE | {"pages": pages}))
    person.open()
    person.press(nps="9")
    person.press(**GIVEN)
    person.press("back")
    person.press(**{name: None if name == "multiple" else "" for name in GIVEN})
    (response,) = the_responses()
    assert response.answers == {"nps": 9}
    assert set(response.missing.values()) == {"skipped"}


SPLIT = of_pages(
    a_page(an_item(), code="score"),
    a_page(
        asked(
            "single",
            options=[*({"code": f"o{n}", "text": {"en": f"Option {n}"}} for n in range(8)), *OPTIONS],
            shuffle=True,
        )
        | {"text": {"en": "Dear {customer.name|friend}, you said {answer.nps|nothing}. Where?"}},
        asked("text", "why", role="verbatim")
        | {"variants": [{"code": "a", "text": {"en": "Wording A"}}, {"code": "b", "text": {"en": "Wording B"}}]},
        code="rest",
    ),
)


def test_no_page_shows_anything_of_another_person(client: FlaskClient) -> None:
    campaign = a_fielding(SPLIT)
    people = [_named(an_invitation(campaign), f"Person {number} <b>") for number in range(6)]
    seen = [_second_page(client, link_of(invitation), score) for score, invitation in enumerate(people)]
    again = [_second_page(client, link_of(invitation), score) for score, invitation in enumerate(people)]
    assert [_what_differs(page) for page in seen] == [_what_differs(page) for page in again]
    for number, page in enumerate(seen):
        assert f"Dear Person {number} &lt;b&gt;, you said {number}. Where?" in page
        assert not [other for other in range(6) if other != number and f"Person {other}" in page]
    assert len({tuple(_what_differs(page)) for page in seen}) > 1
    orders = {tuple(re.findall(r'name="single" value="(\w+)"', page)) for page in seen}
    assert len(orders) == 6
    assert {frozenset(order) for order in orders} == {frozenset(orders.pop())}


def test_what_is_kept_of_a_page_holds_nobodys_answers_and_nobodys_form(client: FlaskClient) -> None:
    pages = [*EVERY_TYPE["pages"], a_page(asked("text", "last", role="verbatim"), code="last")]
    campaign = a_fielding(EVERY_TYPE | {"pages": pages})
    forms = []
    for name in ("Ana", "Bao", "Chi"):
        person = Person(client, link_of(an_invitation(campaign)))
        person.open()
        blank = person.press(nps="9").text
        person.press(**GIVEN | {"short": f"Secret of {name} \0body\0"})
        again = person.press("back")
        assert re.findall(r"Secret of \w+", blank + again.text) == [f"Secret of {name}"]
        forms.append(person.form()["_submission"][0])
    assert len(set(forms)) == 3


def test_what_was_shown_is_stored_and_exported(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in("manager")
    campaign = a_fielding(SPLIT)
    person = Person(client, link_of(an_invitation(campaign)))
    person.open()
    person.press(nps="3")
    person.press(single="price")
    (response,) = the_responses()
    order = response.shown["options"]["single"]
    assert sorted(order) == sorted([*(f"o{n}" for n in range(8)), "price", "speed", "care"])
    (row,) = _exported(browser)
    assert row["variant.why"] == response.shown["variants"]["why"]


def test_the_export_has_a_column_for_every_part(client: FlaskClient, sign_in: SignIn) -> None:
    person = Person(client, a_personal_link(EVERY_TYPE))
    person.open()
    person.press(nps="9")
    person.press(**GIVEN)
    (row,) = _exported(sign_in("manager"))
    expected = {"ranking.price": "2", "ranking.speed": "1", "ranking.care": "", "sum.speed": "0", "sum.price": "60"}
    expected |= {"number": "1.5", "date": "2026-01-31", "multiple": "price;else", "multiple.other": "Café"}
    expected |= {"contact.name": "Lan Nguyễn", "contact.email": "lan@example.org", "contact.consent": "0"}
    assert {name: row[name] for name in expected} == expected


def test_contact_details_leave_only_with_those_who_see_records(client: FlaskClient, sign_in: SignIn) -> None:
    person = Person(client, a_personal_link(EVERY_TYPE))
    person.open()
    person.press(nps="9")
    person.press(**GIVEN)
    (row,) = _exported(sign_in("analyst"))
    assert not [name for name in row if name.startswith("contact.") and name != "contact.missing"]
    assert "lan@example.org" not in str(row)


def test_contact_details_stay_out_of_sight_where_secrecy_was_promised(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in("manager")
    campaign = a_fielding(EVERY_TYPE, identification="confidential")
    for _each in range(5):
        person = Person(client, link_of(an_invitation(campaign)))
        person.open()
        person.press(nps="9")
        person.press(**GIVEN, **{"contact.consent": "yes"})
    assert "lan@example.org" not in str(_exported(browser))
    assert "lan@example.org" not in browser.get(f"/responses/{the_responses()[0].public_id}").text
    assert not db.session.scalars(select(Customer).where(Customer.email == "lan@example.org")).all()


def test_details_go_into_the_record_only_by_consent(client: FlaskClient) -> None:
    campaign = a_fielding(EVERY_TYPE)
    silent, agreeing = an_invitation(campaign), an_invitation(campaign)
    for invitation, consent in ((silent, None), (agreeing, "yes")):
        person = Person(client, link_of(invitation))
        person.open()
        person.press(nps="9")
        assert "checked" not in re.search(r"<input[^>]*contact\.consent[^>]*>", person.page.text)[0]
        person.press(**GIVEN, **{"contact.consent": consent})
    db.session.expire_all()
    people = [db.session.get_one(Customer, each.customer_id) for each in (silent, agreeing)]
    assert [person.name == "Lan Nguyễn" for person in people] == [False, True]
    # Another address than the known one is used once it is confirmed there.
    assert "lan@example.org" not in [person.email for person in people]
    (waiting,) = db.session.scalars(select(AddressChange))
    assert (waiting.address, waiting.customer_id) == ("lan@example.org", agreeing.customer_id)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.contact_details"))
    assert entry.details == {"survey": "relationship", "fields": ["email", "name"]}
    (consent_given,) = db.session.scalars(select(Consent).where(Consent.purpose == "contact"))
    assert (consent_given.wording, consent_given.customer_id) == ("Keep these.", agreeing.customer_id)


def test_the_staff_read_every_answer_in_words(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in("manager")
    person = Person(client, a_personal_link(EVERY_TYPE))
    person.open()
    person.press(nps="9")
    person.press(**GIVEN)
    page = browser.get(f"/responses/{the_responses()[0].public_id}").text
    for words in (
        "1. Speed, 2. Price",
        "Price: 60, Speed: 0, Care: 40",
        "January 31, 2026",
        "Café",
        "Name: Lan Nguyễn",
    ):
        assert words in page


LONG = {
    "en": "The help I got when something went wrong with my order, number {n}",
    "vi": "Sự hỗ trợ tận tình mà tôi nhận được khi đơn hàng của mình gặp sự cố, mục {n}",
    "es": "La ayuda que recibí cuando hubo algún inconveniente con mi pedido, número {n}",
}


def _long(n: int) -> dict[str, str]:
    return {tag: text.replace("{n}", str(n)) for tag, text in LONG.items()}


SHORT = {
    "en": ["Delivery", "Very bad", "Bad", "Neither", "Good", "Very good", "Price", "Choice of goods"],
    "vi": ["Giao hàng", "Rất tệ", "Tệ", "Bình thường", "Tốt", "Rất tốt", "Giá cả", "Sự đa dạng của hàng hóa"],
    "es": ["Entrega", "Muy malo", "Malo", "Regular", "Bueno", "Muy bueno", "Precio", "Variedad de artículos"],
}


def _short(n: int) -> dict[str, str]:
    return {tag: texts[n] for tag, texts in SHORT.items()}


FORTY = {
    "choices": asked("multiple", "it", options=[{"code": f"o{n}", "text": _long(n)} for n in range(40)]),
    "battery": asked("likert", "it", rows=[{"code": f"r{n}", "text": _long(n)} for n in range(4)])
    | {"scale": {"low": 1, "high": 10}},
    "named battery": asked(
        "likert",
        "it",
        rows=[{"code": f"r{n}", "text": _short(n)} for n in range(8)],
        scale={"low": 1, "high": 5, "labels": {str(n): _short(n) for n in range(1, 6)}},
    ),
    "sum": asked("sum", "it", options=[{"code": f"o{n}", "text": _long(n)} for n in range(40)]),
    "ranking": asked("ranking", "it", options=[{"code": f"o{n}", "text": _long(n)} for n in range(40)]),
    "stars": asked("csat", "it", scale={"low": 1, "high": 10, "look": "stars"}),
    "faces": asked("csat", "it", scale={"low": 1, "high": 10, "look": "faces"}),
    "fields": asked("contact", "it", contact_fields=["name", "email", "phone", "language"], consent=_long(1)),
}


@pytest.mark.parametrize("kind", FORTY)
def test_a_page_of_forty_controls_is_light(client: FlaskClient, kind: str) -> None:
    definition = of_pages(
        a_page(an_item(text=_long(0)), code="score"),
        a_page(FORTY[kind] | {"text": _long(0)}, code="rest"),
        title=_long(0),
        languages=["en", "vi", "es"],
    )
    campaign = a_fielding(definition)
    for language in ("en", "vi", "es"):
        person = Person(client, link_of(an_invitation(campaign, language)))
        person.open()
        page = person.press(nps="7")
        assert len(gzip.compress(page.data)) <= 2560


def test_three_hundred_options_are_asked_in_one_page(client: FlaskClient) -> None:
    options = [{"code": f"o{n}", "text": _long(n)} for n in range(300)]
    item = asked("single", options=options, shuffle=True)
    definition = of_pages(a_page(an_item()), a_page(item, code="rest"), languages=["en", "vi", "es"])
    person = Person(client, a_personal_link(definition))
    person.open()
    page = person.press(nps="7")
    assert page.text.count('name="single"') == 300
    person.press(single="o299")
    assert the_responses()[0].answers["single"] == "o299"


def _named(invitation: Invitation, name: str) -> Invitation:
    with writing():
        db.session.get_one(Customer, invitation.customer_id).name = name
        db.session.commit()
    return invitation


def _second_page(client: FlaskClient, link: str, score: int) -> str:
    person = Person(client, link)
    if "score" in person.open().request.full_path:
        person.press(nps=str(score))
    return person.open(f"{link}?page=rest").text


def _what_differs(page: str) -> list[str]:
    return [*re.findall(r'name="single" value="(\w+)"', page), *re.findall(r"Wording [AB]", page)]


def _exported(browser: FlaskClient) -> list[dict[str, str]]:
    answer = browser.post("/surveys/relationship/responses.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
