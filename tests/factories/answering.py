"""Fieldings that people can answer, and people who answer them over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.operations import CampaignPlan, create_campaign
from survey_app.campaigns.tokens import new_token, token_of
from survey_app.extensions import db, writing
from survey_app.questionnaires.operations import SurveyOptions, create_survey, publish_version
from survey_app.questionnaires.parsing import parse
from survey_app.responses.models import Response
from tests.factories.campaigns import an_organisation
from tests.factories.customers import make_customer
from tests.factories.questionnaires import NOW, a_definition


def a_fielding(
    definition: dict[str, Any] | None = None,
    *,
    identification: str = "identified",
    code: str = "relationship",
    **plan: Any,
) -> Campaign:
    """Return an open campaign of a newly published survey; commits."""
    with writing():
        an_organisation()
        questionnaire = parse(definition or a_definition())
        survey = create_survey(code, "Relationship", questionnaire, NOW, SurveyOptions(identification=identification))
        publish_version(survey, "first", NOW)
        campaign = create_campaign(CampaignPlan(**({"survey": survey, "name": "Autumn"} | plan)), NOW)
        campaign.state = "open"
        db.session.commit()
    return campaign


def an_invitation(campaign: Campaign, language: str = "en", **overrides: Any) -> Invitation:
    """Return a new customer's invitation that was delivered; commits."""
    with writing():
        token = new_token()
        values: dict[str, Any] = {
            "campaign_id": campaign.id,
            "customer_id": make_customer().id,
            "token_nonce": token.nonce,
            "token_hash": token.hash,
            "language": language,
            "disposition": "no-reply",
            "created_at": NOW,
        }
        invitation = Invitation(**(values | overrides))
        db.session.add(invitation)
        db.session.commit()
    return invitation


def link_of(invitation: Invitation) -> str:
    """Return the path of a personal link."""
    return f"/a/{token_of(invitation)}"


def a_personal_link(definition: dict[str, Any] | None = None, **options: Any) -> str:
    """Return the path of a new personal link to a new survey."""
    return link_of(an_invitation(a_fielding(definition, **options)))


def a_public_link(definition: dict[str, Any] | None = None, **options: Any) -> str:
    """Return the path of a new survey's public form."""
    return f"/w/{a_fielding(definition, mode='public', **options).public_code}"


def the_responses() -> list[Response]:
    """Return all responses as the database has them now."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Response).order_by(Response.id)))


@dataclass
class Person:
    """Somebody with a browser without scripts: opens a link, fills in what is there, presses buttons."""

    client: FlaskClient
    path: str
    page: TestResponse | None = None

    def open(self, path: str | None = None, **options: Any) -> TestResponse:
        """Open a page, following where it leads."""
        self.page = self.client.get(path or self.path, follow_redirects=True, **options)
        return self.page

    def form(self) -> dict[str, list[str]]:
        """Return what the form of the page would send untouched."""
        return fields_of(self.page.text)

    def press(self, button: str = "", *, follow: bool = True, **typed: Any) -> TestResponse:
        """Type, press a button (else the page's main one) and follow; `None` empties a control."""
        sent = self.form() | {name: _listed(value) for name, value in typed.items()}
        if button:
            sent["_go"] = [button]
        self.page = self.client.post(self.page.request.full_path.rstrip("?"), data=sent, follow_redirects=follow)
        return self.page


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.area = self.list = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name") or ""
        if tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif tag == "select":
            self.list = name
            self.fields[name] = [""]
        elif tag == "option" and "selected" in given:
            # One without a value of its own sends its text; ours are numbers, written right behind.
            self.fields[self.list] = [given.get("value") or ""]
            self.area = "" if given.get("value") else self.list
        elif tag == "input" and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "option"}:
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data


def fields_of(html: str) -> dict[str, list[str]]:
    """Return the values that the form of a page would send untouched."""
    parser = _Fields()
    # Browsers drop the line break right after a text area's opening tag.
    parser.feed(re.sub(r"(<textarea[^>]*>)\n", r"\1", html))
    parser.close()
    return parser.fields


def a_page(*items: dict[str, Any], code: str = "only", **overrides: Any) -> dict[str, Any]:
    """Return a page of these items."""
    return {"code": code, "items": list(items)} | overrides


def of_pages(*pages: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """Return the document of a questionnaire with these pages."""
    return a_definition(pages=list(pages), **overrides)
