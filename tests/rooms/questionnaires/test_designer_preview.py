"""The preview: the real pages, the real way through them, and nothing stored."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey_app.extensions import db, writing
from survey_app.questionnaires.queries import current_version, get_survey
from survey_app.responses.models import Response
from tests.factories.answering import a_fielding
from tests.factories.designing import a_rich_survey, said
from tests.factories.questionnaires import a_comment, a_definition, an_item
from tests.rooms.questionnaires.designer_pages import form_of
from tests.signing_in import SignIn

S = "/surveys/everything"
PAGE = f"{S}/preview/page"


@pytest.fixture
def staff(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_rich_survey()
        db.session.commit()
    return sign_in("marketer")


def begin(client: FlaskClient, query: str = "") -> str:
    return client.get(PAGE + query).text


def go_on(client: FlaskClient, page: str, query: str = "", **answers: Any) -> str:
    """Answer a page and press Continue (or whatever `_go` says)."""
    form = form_of(page, unescape(re.findall(r'<form method="post" action="([^"]+)"', page)[0]))
    for name, value in {"_go": "next", **answers}.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    answer = client.post(PAGE + query, data=form)
    assert answer.status_code == 200
    return answer.text


def test_the_walk_takes_jumps_as_respondents_do(staff: FlaskClient) -> None:
    page = go_on(staff, begin(staff), nps="10", satisfaction="5")
    assert "Nearly done." in page
    page = go_on(staff, page, visits="0")
    assert "These questions are for others." in page


def test_the_walk_asks_what_conditions_call_for_and_goes_back(staff: FlaskClient) -> None:
    first = begin(staff)
    page = go_on(staff, first, nps="3", satisfaction="5")
    assert 'name="why"' in page
    assert 'name="why"' not in go_on(staff, first, nps="7", satisfaction="5")
    back = go_on(staff, page, _go="back")
    assert 'value="3" checked' in re.sub(r' id="[^"]*"', "", back)


def test_the_walk_says_what_is_wrong_and_keeps_it(staff: FlaskClient) -> None:
    page = go_on(staff, begin(staff), satisfaction="5")
    assert "Choose a number from 0 to 10." in page
    assert "Nearly done." not in page


def test_any_page_can_be_opened_with_everything_on_it(staff: FlaskClient) -> None:
    page = begin(staff, "?page=details")
    assert 'name="why"' in page
    assert "is shown only if" in page
    assert "Nearly done." in go_on(staff, page, "?page=details")


def test_the_seed_decides_which_wording_and_order_is_seen(staff: FlaskClient) -> None:
    pages = {seed: begin(staff, f"?page=details&seed={seed}") for seed in range(12)}
    asked = {"What went wrong?" in page for page in pages.values()}
    assert asked == {True, False}
    orders = {tuple(re.findall(r'name="used" value="(\w+)"', page)) for page in pages.values()}
    assert len(orders) > 1
    # What stands alone or asks for own words keeps its place.
    assert {order[2:4] for order in orders} == {("other", "none")}
    again = begin(staff, "?page=details&seed=3")
    assert re.findall(r'name="used" value="(\w+)"', again) == re.findall(r'name="used" value="(\w+)"', pages[3])
    assert ("What went wrong?" in again) == ("What went wrong?" in pages[3])


def test_merge_fields_and_conditions_use_the_customer_that_was_typed(app: Flask, sign_in: SignIn) -> None:
    greeting = an_item(text=said("Dear {customer.first_name|customer}, would you?"))
    there = a_comment(show_if={"field": "customer.company", "op": "is", "value": "Acme"})
    with app.app_context(), writing():
        pages = [{"code": "a", "items": [greeting]}, {"code": "b", "items": [there]}]
        a_rich_survey(pages=pages, quotas=[], languages=["en"])
        db.session.commit()
    client = sign_in("marketer")
    assert "Dear customer, would you?" in begin(client)
    known = "?k-customer.name=Ana+Ruiz&k-customer.company=Acme"
    page = begin(client, known)
    assert "Dear Ana, would you?" in page
    assert 'name="comment"' in go_on(client, page, known, nps="5")
    assert 'name="comment"' not in go_on(client, begin(client), nps="5")
    choices = client.get(f"{S}/preview{known}").text
    assert 'name="k-customer.company"' in choices
    assert 'value="Ana Ruiz"' in choices


def test_who_may_not_see_customers_cannot_borrow_one(staff: FlaskClient, sign_in: SignIn) -> None:
    assert staff.get(f"{S}/preview").status_code == 200
    assert 'name="customer"' not in sign_in("analyst").get(f"{S}/preview?customer=1").text


def test_nothing_is_stored_by_a_preview(staff: FlaskClient, app: Flask) -> None:
    go_on(staff, begin(staff), nps="10", satisfaction="5")
    with app.app_context():
        assert db.session.scalar(select(func.count(Response.id))) == 0
        assert current_version(get_survey("everything")).revision == 1


@pytest.mark.parametrize("state", ["", "{", "[1]", '{"answers": 7}', "[" * 5000, '{"answers": {"nps": "x"}}'])
def test_a_page_that_carries_nonsense_begins_anew(staff: FlaskClient, state: str) -> None:
    data = {"_state": state, "_page": "experience", "_go": "next", "nps": "3", "satisfaction": "2"}
    assert staff.post(PAGE, data=data).status_code == 200
    assert staff.post(PAGE, data=data | {"_page": "nowhere"}).status_code == 200


@pytest.mark.parametrize("page", ["experience", "details", "about", "thanks"])
def test_every_style_of_a_page_is_allowed_by_its_policy(staff: FlaskClient, page: str) -> None:
    answer = staff.get(f"{PAGE}?page={page}")
    styles = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert styles
    for style in styles:
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_a_test_answer_is_stored_as_one_and_enters_no_result(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        campaign_id = a_fielding().id
    client = sign_in("marketer")
    assert "/surveys/relationship/try" in client.get("/surveys/relationship/preview").text
    assert "Autumn" in client.get("/surveys/relationship/try").text
    answer = client.post(f"/campaigns/{campaign_id}/try", data={"language": "en"})
    assert answer.status_code == 303
    opened = client.get(answer.location, follow_redirects=True)
    page = opened.text
    assert "This is a test. Your answers are marked as a test and count nowhere." in page
    form = form_of(page, "")
    form.setlist("nps", ["9"])
    form.setlist("_go", ["next"])
    assert client.post(opened.request.path, data=form).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Response.is_test)).all() == [True]


def test_only_those_who_make_campaigns_answer_as_a_test(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        campaign_id = a_fielding().id
    assert sign_in("analyst").post(f"/campaigns/{campaign_id}/try").status_code == 404
    assert "/try" not in sign_in("analyst").get("/surveys/relationship/preview").text


def test_the_person_decides_the_group_of_chance_unless_one_is_chosen(staff: FlaskClient, app: Flask) -> None:
    options = [{"code": "a", "text": said("Short")}, {"code": "b", "text": said("Long")}]
    group = {"code": "group", "type": "hidden", "text": said("Length"), "source": "random", "options": options}
    in_b = {"field": "answer.group", "op": "is", "value": "b"}
    only_long = an_item(code="long", primary=False, text=said("The long way"), show_if=in_b)
    pages = [{"code": "p", "items": [group, an_item()]}, {"code": "q", "items": [only_long, a_comment()]}]
    with app.app_context(), writing():
        current_version(get_survey("everything")).definition = a_definition(pages=pages)
        db.session.commit()
    met = set()
    for seed in range(8):
        choices = staff.get(f"{S}/preview?seed={seed}").text
        (drawn,) = re.findall(r"chance draws: (\w+)", choices)
        page = go_on(staff, begin(staff, f"?seed={seed}"), f"?seed={seed}", nps="9")
        assert ("The long way" in page) == (drawn == "Long")
        met.add(drawn)
    assert met == {"Short", "Long"}
    for chosen in ("a", "b"):
        query = f"?seed=0&k-answer.group={chosen}"
        assert ("The long way" in go_on(staff, begin(staff, query), query, nps="9")) == (chosen == "b")
