"""A campaign's letters: composed once, filled for each reader, and nobody's text becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.mail.merging import Recipient, fields_in, merged, unknown_fields
from survey_app.campaigns.mail.messages import (
    KINDS,
    Composed,
    Envelope,
    Letter,
    Wording,
    campaign_letter,
    compose_invitation,
    letter_of,
    slot_values,
)
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.tokens import token_of
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from survey_app.outbox.letters import CLOSE, OPEN, filled
from survey_app.outbox.mail import Mail
from survey_app.questionnaires.brand import Brand
from tests.factories.answering import a_fielding, a_page, an_invitation, of_pages
from tests.factories.questionnaires import an_item

ANA = Recipient(
    "Ana Ruiz",
    "Lotus Air",
    "en",
    company="Sol & Mar",
    attributes={"branch": "Huế"},
    interaction={"product": "a kettle", "location": "Valencia", "day": "3 May"},
)
# Mail programs cut a longer page off and hide the way to unsubscribe.
CUT_OFF = 102_000


def of_campaign(campaign: Campaign, kind: str = "invitation", language: str = "en", variant: str | None = None) -> Mail:
    composed = campaign_letter(letter_of(campaign), Wording(kind, language, variant))
    return as_mail(composed, ANA)


def as_mail(composed: Composed, reader: Recipient) -> Mail:
    return filled(composed.letter, "ana@example.org", reader.name, slot_values(composed, reader, "token"))


def words_of(html: str) -> str:
    """Return what a reader sees, without the head."""
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    return " ".join("".join(body.itertext()).split())


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("{first_name}", "Ana"),
        ("{name}, {company}", "Ana Ruiz, Sol & Mar"),
        ("{organisation|nobody}", "Lotus Air"),
        ("{attribute.branch|our branch}", "Huế"),
        ("{attribute.tier|valued}", "valued"),
        ("{attribute.tier}", ""),
        ("{interaction.product} in {interaction.location} on {interaction.day}", "a kettle in Valencia on 3 May"),
        ("{interaction.kind}", "{interaction.kind}"),
        ("{first_name.__class__} {0} {{name}}", "{first_name.__class__} {0} {Ana Ruiz}"),
    ],
)
def test_only_the_listed_fields_are_replaced(typed: str, sent: str) -> None:
    assert merged(typed, ANA) == sent


def test_fields_are_named_and_mistakes_too() -> None:
    texts = ["{first_name|friend} {attribute.branch}", "{frist_name} {interaction.prodct|it} {customer}"]
    assert fields_in(texts) == {"first_name", "attribute.branch"}
    assert unknown_fields(texts) == ("frist_name", "interaction.prodct", "customer")


@pytest.fixture
def campaign(app: Flask) -> Iterator[Campaign]:
    with app.app_context(), writing():
        yield a_fielding()


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_is_whole_in_itself(campaign: Campaign, kind: str) -> None:
    mail = of_campaign(campaign, kind)
    for part in (mail.text, mail.html):
        assert OPEN not in part
        assert CLOSE not in part
        for way in ("u", "p"):
            assert f"http://127.0.0.1:8000/{way}/token" in part
        assert ("http://127.0.0.1:8000/a/token" in part) == (kind != "thanks")
    assert len(mail.html) < CUT_OFF
    assert "prefers-color-scheme: dark" in mail.html
    # Nothing is fetched: neither fonts nor pictures nor styles of anybody.
    assert re.findall(r"(?:src|background)=|@import|url\(|<link", mail.html) == []
    assert {each.split("/")[2] for each in re.findall(r'href="([^"]+)"', mail.html)} == {"127.0.0.1:8000"}


def test_a_letter_filled_for_somebody_is_the_mail_composed_for_them(campaign: Campaign) -> None:
    campaign.texts = {"en": {"subject": "{first_name|Hello}", "body": "{company|friend} & {attribute.tier|gold}"}}
    letter, invitation = letter_of(campaign), an_invitation(campaign)
    composed = campaign_letter(letter, Wording("invitation", "en"))
    for reader in (ANA, Recipient("", "Lotus Air", "en"), Recipient("Nguyễn Thị An", "Lotus Air", "en")):
        alone = compose_invitation(letter, Envelope("ana@example.org", reader, invitation))
        together = slot_values(composed, reader, token_of(invitation))
        assert filled(composed.letter, "ana@example.org", reader.name, together) == alone
    assert alone.subject == "Nguyễn"
    assert "friend & gold" in words_of(alone.html)


def test_a_second_wording_says_only_what_differs(campaign: Campaign) -> None:
    campaign.texts = {"en": {"subject": "One", "closing": "Bye"}, "b:en": {"subject": "Two"}}
    first, second = (of_campaign(campaign, variant=variant) for variant in ("a", "b"))
    assert (first.subject, second.subject) == ("One", "Two")
    assert first.text == second.text


HOSTILE = "</mj-text><script>alert(1)</script> <b>\"'&amp; {{ 7*7 }} {% x %} ${y} ]]> &unknown; \u202e\u0301"


def test_nobodys_text_becomes_markup(campaign: Campaign) -> None:
    campaign.texts = {"en": dict.fromkeys(("subject", "greeting", "body", "button", "closing"), HOSTILE)}
    campaign.survey.brand = Brand(logo="a" * 32, logo_width=80, logo_height=40, logo_text=HOSTILE).to_data()
    get_organisation().name = HOSTILE
    db.session.flush()
    html = of_campaign(campaign).html
    assert "<script" not in html
    page = html5lib.parse(html, namespaceHTMLElements=False)
    assert page.find(".//img").get("alt") == HOSTILE
    assert page.find("head/title").text == HOSTILE
    assert words_of(html).count("{{ 7*7 }} {% x %} ${y} ]]> &unknown;") >= 4


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(st.characters(exclude_categories=["Cs", "Cc", "Co"]), max_size=60))
def test_whatever_is_typed_is_read_as_typed(campaign: Campaign, typed: str) -> None:
    campaign.texts = {"en": {"subject": "s", "body": f"begin {typed} end"}}
    if "{" not in typed:
        expected = " ".join(f"begin {typed} end".split())
        assert expected in words_of(of_campaign(campaign).html)


def test_the_first_question_names_the_reader(app: Flask) -> None:
    text = {"en": "{customer.first_name|Dear customer}, would you recommend {organisation} in {attribute.branch|town}?"}
    with app.app_context(), writing():
        define_attribute("branch", "Branch", "text")
        campaign = a_fielding(of_pages(a_page(an_item(text=text), code="first")))
        composed = campaign_letter(letter_of(campaign), Wording("invitation", "en"))
        assert "Ana, would you recommend Lotus Air in Huế?" in words_of(as_mail(composed, ANA).html)
        stranger = Recipient("", "Lotus Air", "en")
        assert "Dear customer, would you recommend Lotus Air in town?" in words_of(as_mail(composed, stranger).html)


def test_a_letter_needs_a_campaigns_facts_only_once(campaign: Campaign) -> None:
    letter = letter_of(campaign)
    assert isinstance(letter, Letter)
    keys = {campaign_letter(letter, Wording("invitation", "en")).letter.key for _again in range(3)}
    assert len(keys) == 1
