"""A score clicked in the mail: the page opens with it chosen, and only a person's press records it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.campaigns.mail.merging import Recipient
from survey_app.campaigns.mail.messages import Envelope, compose_invitation, compose_reminder, letter_of
from survey_app.campaigns.mail.one_tap import first_scored, one_tap_item
from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.outbox.mail import Mail
from survey_app.questionnaires.brand import Brand
from survey_app.questionnaires.parsing import parse
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_public_link,
    an_invitation,
    fields_of,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item
from tests.security.test_scanners import state


def csat(high: int, look: str = "numbers") -> dict[str, Any]:
    """Return a satisfaction item with this many points."""
    scale = {"low": 1, "high": high, "look": look, "labels": {1: {"en": "Very bad"}, high: {"en": "Very good"}}}
    text = {"en": "How satisfied are you?"}
    return {"code": "csat", "type": "csat", "role": "outcome", "primary": True, "text": text, "scale": scale}


CES = {"code": "ces", "type": "ces", "role": "outcome", "primary": True, "text": {"en": "It was easy."}}
SCORED = [
    pytest.param(an_item(), range(11), id="nps"),
    pytest.param(CES, range(1, 8), id="ces"),
    *(pytest.param(csat(high), range(1, high + 1), id=f"csat-{high}") for high in range(3, 11)),
    pytest.param(csat(5, "stars"), range(1, 6), id="stars"),
    pytest.param(csat(5, "faces"), range(1, 6), id="faces"),
]
STATEMENT = {"code": "hello", "type": "statement", "text": {"en": "Welcome"}}


def mail_of(campaign: Campaign, link_language: str = "en", **brand: Any) -> tuple[Mail, str]:
    """Return an invitation's mail and the path of its link."""
    with writing():
        campaign.survey.brand = Brand(**brand).to_data()
        db.session.commit()
    invitation = an_invitation(campaign, link_language)
    envelope = Envelope("a@example.org", Recipient("Ana Ruiz", "Lotus Air", link_language), invitation)
    return compose_invitation(letter_of(campaign), envelope), link_of(invitation)


def scores_in(mail: Mail) -> list[str]:
    """Return the addresses of the scores that a mail shows."""
    return [
        unescape(each).removeprefix("http://127.0.0.1:8000")
        for each in re.findall(r'href="([^"]+score=\d+)"', mail.html)
    ]


@pytest.mark.parametrize(("item", "points"), SCORED)
def test_every_point_is_a_link_that_opens_the_page_with_it_chosen_and_leaves_no_trace(
    app: Flask, client: FlaskClient, item: dict[str, Any], points: range
) -> None:
    definition = of_pages(a_page(STATEMENT, item, a_comment(), code="first", shuffle=True))
    with app.app_context():
        mail, path = mail_of(a_fielding(definition))
        before = state()
        assert scores_in(mail) == [f"{path}?score={point}" for point in points]
        for address, point in zip(scores_in(mail), points, strict=True):
            assert fields_of(client.get(address, follow_redirects=True).text)[item["code"]] == [str(point)]
            assert client.head(address, follow_redirects=True).status_code == 200
        assert state() == before


@pytest.mark.parametrize(("item", "points"), SCORED)
def test_the_press_of_the_button_records_the_score_and_that_it_came_by_the_mail(
    app: Flask, client: FlaskClient, item: dict[str, Any], points: range
) -> None:
    with app.app_context():
        mail, path = mail_of(a_fielding(of_pages(a_page(item, code="first"), a_page(a_comment(), code="last"))))
        person = Person(client, path)
        person.open(scores_in(mail)[-1])
        person.press()
        person.press(comment="")
        (response,) = the_responses()
        assert response.answers[item["code"]] == points[-1]
        assert (response.channel, response.state) == ("mail-score", "completed")


def test_who_comes_by_the_button_of_the_mail_came_by_the_personal_link(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        _mail, path = mail_of(a_fielding(of_pages(a_page(an_item(), code="first"))))
        person = Person(client, path)
        person.open(f"{path}?score=99")
        assert "nps" not in person.form()
        person.press(nps="5")
        assert the_responses()[0].channel == "personal-link"


def test_another_score_may_be_chosen_on_the_page_and_another_language(app: Flask, client: FlaskClient) -> None:
    text = {"en": "How likely?", "vi": "Khả năng giới thiệu?"}
    with app.app_context():
        campaign = a_fielding(of_pages(a_page(an_item(text=text), code="first"), languages=["en", "vi"]))
        mail, path = mail_of(campaign, "vi")
        assert "Khả năng giới thiệu?" in mail.html
        person = Person(client, path)
        person.open(f"{path}?score=9")
        person.press("language:en")
        assert "How likely?" in person.page.text  # type: ignore[union-attr]
        assert person.form()["nps"] == ["9"]
        person.press(nps="4")
        (response,) = the_responses()
        assert (response.answers, response.channel, response.language) == ({"nps": 4}, "mail-score", "en")


def test_a_score_clicked_after_the_answer_changes_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        mail, path = mail_of(a_fielding(of_pages(a_page(an_item(), code="first"))))
        person = Person(client, path)
        person.open(scores_in(mail)[8])
        person.press()
        for address in scores_in(mail):
            assert 'name="nps"' not in client.get(address, follow_redirects=True).text
        assert the_responses()[0].answers == {"nps": 8}


@pytest.mark.parametrize("way", "wqe")
def test_a_score_in_the_address_of_a_public_form_only_preselects(app: Flask, client: FlaskClient, way: str) -> None:
    with app.app_context():
        path = a_public_link(of_pages(a_page(an_item(), code="first"))).replace("/w/", f"/{way}/")
        person = Person(client, path)
        person.open(f"{path}?score=7")
        assert person.form()["nps"] == ["7"]
        assert the_responses() == []
        person.press()
        expected = {"w": "public-link", "q": "qr-code", "e": "embedded"}[way]
        assert [(each.channel, each.answers) for each in the_responses()] == [(expected, {"nps": 7})]


def test_a_split_ballot_and_what_not_everybody_is_asked_stand_on_the_page_only() -> None:
    variants = [{"code": "a"}, {"code": "b", "text": {"en": "Would you recommend us?"}}]
    split = parse(of_pages(a_page(an_item(variants=variants), code="first")))
    assert first_scored(split) is not None
    assert one_tap_item(split) is None
    condition = {"field": "attribute.tier", "op": "is", "value": "gold"}
    assert one_tap_item(parse(of_pages(a_page(an_item(show_if=condition), code="first")))) is None
    for other in (a_battery(), a_choice(), a_comment()):
        assert first_scored(parse(of_pages(a_page(other, an_item(), code="first")))) is None


def test_the_mail_wears_the_brand_and_is_sent_in_its_name(app: Flask) -> None:
    with app.app_context():
        campaign = a_fielding()
        plain, _path = mail_of(campaign)
        worn, _path = mail_of(
            campaign, accent="#ffee00", logo="a" * 32, logo_text="Lotus <Air>", sender_name="Lotus Care"
        )
        assert plain.from_name == "Lotus Air"
        assert worn.from_name == "Lotus Care"
        # The shade that can be read, not the pale one that was chosen.
        assert "background: #827800" in worn.html
        assert f'src="http://127.0.0.1:8000/logo/{"a" * 32}.png"' in worn.html
        assert 'alt="Lotus &lt;Air&gt;"' in worn.html
        envelope = Envelope("a@example.org", Recipient("Ana", "Lotus Air", "en"), an_invitation(campaign))
        assert "#827800" in compose_reminder(letter_of(campaign), envelope).html


def test_names_in_the_question_are_filled_in_the_mail_as_on_the_page(app: Flask) -> None:
    text = {"en": "{customer.first_name|Dear customer}, how likely are you to recommend {organisation}?"}
    with app.app_context():
        mail, _path = mail_of(a_fielding(of_pages(a_page(an_item(text=text), code="first"))))
        assert "Ana, how likely are you to recommend Lotus Air?" in mail.html


def test_a_mail_in_a_language_from_right_to_left_says_so(app: Flask) -> None:
    with app.app_context():
        campaign = a_fielding(
            of_pages(
                a_page(an_item(text={"ar": "ما مدى احتمال؟"}), code="first"), title={"ar": "زيارة"}, languages=["ar"]
            )
        )
        mail, _path = mail_of(campaign, "ar")
        assert mail.html.startswith('<!DOCTYPE html><html lang="ar" dir="rtl"')
