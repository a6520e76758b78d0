"""Jumps, ways out, hidden values and numbers of pages, as people meet them over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Invitation
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_personal_link,
    a_public_link,
    an_invitation,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.customers import make_customer
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item

UNHAPPY = {"field": "answer.nps", "op": "at_most", "value": 6}
RARELY = {"field": "answer.usage", "op": "is", "value": "rarely"}
JUMPING = of_pages(
    a_page(an_item(), code="score", jumps=[{"when": UNHAPPY, "to": "why"}]),
    a_page(a_battery(), code="praise"),
    a_page(a_choice(), code="usage_page", jumps=[{"when": RARELY, "to": "end"}]),
    a_page(a_comment(), code="why"),
)
SCREENING = of_pages(
    a_page(a_choice(), code="who", jumps=[{"when": RARELY, "to": "screen_out"}]),
    a_page(an_item(), code="score"),
    screened_out={"en": "We look for daily buyers.", "vi": "Chúng tôi tìm người mua hằng ngày."},
    languages=["en", "vi"],
)


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def the_response() -> Any:
    (response,) = the_responses()
    return response


def disposition() -> str:
    return str(db.session.scalar(select(Invitation.disposition)))


@pytest.mark.parametrize("way_in", [a_personal_link, a_public_link])
def test_a_jump_leads_over_pages_and_back_returns_the_way_one_came(client: FlaskClient, way_in: Any) -> None:
    person = Person(client, way_in(JUMPING))
    person.open()
    assert "Question 4 of 4" in person.press(nps=2).text
    assert "Question 1 of 4" in person.press("back").text
    assert person.form()["nps"] == ["2"]
    assert "Question 4 of 4" in person.press().text
    assert "Thank you" in person.press("send", comment="Slow").text
    assert the_response().answers == {"nps": 2, "comment": "Slow"}
    assert the_response().missing == dict.fromkeys(("delivery", "support", "usage"), "not_asked")


def test_a_jump_to_the_end_completes_after_one_more_press(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(JUMPING))
    person.open()
    assert "Question 2 of 4" in person.press(nps=9).text
    person.press(delivery=4)
    page = person.press(usage="rarely")
    assert "That was the last question" in page.text
    assert the_response().state == "draft"
    person.press("send")
    assert the_response().state == "completed"
    assert the_response().missing == {"support": "skipped", "comment": "not_asked"}


def test_a_changed_mind_takes_another_way_and_drops_what_is_no_longer_asked(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(JUMPING))
    person.open()
    person.press(nps=9)
    person.press(delivery=4, support=5)
    for _page in range(2):
        person.press("back")
    assert "Question 4 of 4" in person.press(nps=1).text
    person.press("send", comment="Late")
    assert the_response().answers == {"nps": 1, "comment": "Late"}


@pytest.mark.parametrize("identification", ["identified", "anonymous"])
def test_who_is_screened_out_reads_why_and_counts_as_not_eligible(client: FlaskClient, identification: str) -> None:
    campaign = a_fielding(SCREENING, identification=identification)
    person = Person(client, link_of(an_invitation(campaign, "vi")))
    person.open()
    page = person.press(usage="rarely")
    assert (page.status_code, "Chúng tôi tìm người mua hằng ngày." in page.text) == (200, True)
    response = the_response()
    assert (response.state, response.answers, response.missing) == (
        "screened-out",
        {"usage": "rarely"},
        {"nps": "not_asked"},
    )
    assert (response.outcome, disposition()) == (None, "screened-out")
    assert (response.invitation_id is None) == (identification == "anonymous")
    # Whoever comes back reads the same, and nothing they send counts.
    assert "Chúng tôi tìm người mua hằng ngày." in person.open().text
    client.post(person.path, data={"usage": "daily", "_go": "next"})
    assert the_response().answers == {"usage": "rarely"}


def test_on_a_public_form_being_screened_out_is_ones_own_page(app: Flask, client: FlaskClient) -> None:
    link = a_public_link(SCREENING)
    person = Person(client, link)
    person.open()
    page = person.press(usage="rarely")
    assert "We look for daily buyers." in page.text
    assert the_response().state == "screened-out"
    # The next person at the same address is asked.
    assert "How often" in Person(app.test_client(), link).open().text


def test_hidden_values_come_from_the_link_and_are_kept_with_the_first_answers(client: FlaskClient) -> None:
    shop = {"code": "shop", "type": "hidden"}
    in_hanoi = {"field": "answer.shop", "op": "is", "value": "hanoi"}
    definition = of_pages(a_page(shop, an_item(), code="a"), a_page(a_comment(), code="b", show_if=in_hanoi))
    person = Person(client, a_public_link(definition))
    person.open(f"{person.path}?shop=hanoi")
    assert "Question 1 of 2" in person.page.text
    assert "Question 2 of 2" in person.press(nps=9).text
    # Once kept, no later address changes it.
    person.open(f"{person.page.request.path}?page=b&shop=hue")
    person.press("send", comment="x")
    assert the_response().answers == {"shop": "hanoi", "nps": 9, "comment": "x"}


def test_a_personal_link_keeps_its_hidden_value_over_redirects_and_languages(client: FlaskClient) -> None:
    shop = {"code": "shop", "type": "hidden"}
    first, last = a_page(shop, an_item(), code="a"), a_page(a_comment(), code="b")
    person = Person(client, a_personal_link(of_pages(first, last, languages=["en", "vi"])))
    page = person.open(f"{person.path}?shop=a%26b%22%3E%00")
    assert 'name="shop" value="a&amp;b&#34;&gt;"' in page.text
    page = person.press("language:vi")
    assert '<html lang="vi"' in page.text
    assert 'name="shop" value="a&amp;b&#34;&gt;"' in page.text
    person.press(nps=3)
    assert the_response().answers == {"shop": 'a&b">', "nps": 3}


def test_a_hidden_value_without_a_source_never_blocks(client: FlaskClient) -> None:
    shop = {"code": "shop", "type": "hidden"}
    person = Person(client, a_personal_link(of_pages(a_page(shop, code="h"), a_page(an_item(), code="a"))))
    person.open()
    assert "Question 1 of" not in person.page.text
    person.press("send", nps=3)
    assert the_response().state == "completed"
    assert the_response().missing == {"shop": "not_asked"}


def test_hidden_values_of_the_record_win_over_the_link(client: FlaskClient) -> None:
    with writing():
        define_attribute("plan", "Plan", "text")
        customer = make_customer(attributes={"plan": "gold"})
        db.session.commit()
    plan = {"code": "plan", "type": "hidden", "source": "attribute.plan"}
    campaign = a_fielding(of_pages(a_page(plan, an_item())))
    person = Person(client, link_of(an_invitation(campaign, customer_id=customer.id)))
    person.open(f"{person.path}?plan=platinum")
    person.press("send", nps=3)
    assert the_response().answers == {"plan": "gold", "nps": 3}


def test_the_shown_order_is_stored_and_stays(app: Flask, client: FlaskClient) -> None:
    options = [{"code": f"o{n}", "text": {"en": f"Option {n}"}} for n in range(8)]
    definition = of_pages(
        a_page(a_choice(options=options, shuffle=True), code="a"),
        a_page(an_item(variants=[{"code": "a"}, {"code": "b", "text": {"en": "Other?"}}]), code="b"),
    )
    campaign = a_fielding(definition)
    orders = set()
    for _person in range(4):
        person = Person(client, link_of(an_invitation(campaign)))
        places = [person.open().text.index(f"Option {n}") for n in range(8)]
        assert [person.open().text.index(f"Option {n}") for n in range(8)] == places
        person.press(usage="o1")
        response = the_responses()[-1]
        seen = sorted(range(8), key=places.__getitem__)
        assert response.shown["options"]["usage"] == [f"o{n}" for n in seen]
        assert response.shown["variants"]["nps"] in {"a", "b"}
        # However orders may be decided later: what was shown first is shown for good.
        with writing():
            response.shown = {**response.shown, "options": {"usage": [f"o{n}" for n in reversed(range(8))]}}
            db.session.commit()
        again = Person(app.test_client(), person.path)
        page = again.open(f"{person.path}?page=a").text
        assert [page.index(f"Option {n}") for n in range(8)] == sorted(
            (page.index(f"Option {n}") for n in range(8)), reverse=True
        )
        orders.add(tuple(seen))
    assert len(orders) > 1


def test_chance_puts_each_person_into_one_group_that_stays_is_stored_and_decides_the_way(
    app: Flask, client: FlaskClient
) -> None:
    options = [{"code": "a", "text": {"en": "Short"}}, {"code": "b", "text": {"en": "Long"}}]
    group = {"code": "group", "type": "hidden", "source": "random", "options": options}
    definition = of_pages(
        a_page(group, an_item(), code="score"),
        a_page(a_choice(), code="long", show_if={"field": "answer.group", "op": "is", "value": "b"}),
        a_page(a_comment(), code="why"),
    )
    campaign = a_fielding(definition, identification="anonymous")
    met = list[str]()
    for _person in range(12):
        person = Person(app.test_client(), link_of(an_invitation(campaign)))
        # The link decides nothing: nobody chooses their group.
        person.open(f"{person.path}?group=b")
        page = person.press(nps=9).text
        is_long = 'name="usage"' in page
        person.press("back")
        assert is_long == ('name="usage"' in person.press().text)
        if is_long:
            person.press(usage="rarely")
        person.press("send", comment="x")
        met.append("b" if is_long else "a")
    assert sorted(met) == sorted(each.answers["group"] for each in the_responses())
    assert set(met) == {"a", "b"}
