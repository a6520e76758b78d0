"""The ways in: each is a channel; a shared device forgets everybody; a frame is shown by named websites only."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.questionnaires.brand import Brand
from survey_app.responses.filters import read_list_filter
from survey_app.responses.models import CHANNELS, Response
from survey_app.responses.wording import channel_words
from tests.factories.answering import Person, a_fielding, a_page, fields_of, of_pages, the_responses
from tests.factories.questionnaires import a_comment, an_item
from tests.security.test_scanners import state
from tests.signing_in import SignIn

MOST_BYTES, MOST_COMPRESSED = 8192, 2560
WORDS = "what nobody else may read"
TWO_PAGES = of_pages(a_page(an_item(required=True), code="first"), a_page(a_comment(code="why"), code="last"))
THREE_PAGES = of_pages(
    a_page(a_comment(code="why"), code="first"),
    a_page(an_item(), code="second"),
    a_page(a_comment(code="more"), code="last"),
)


def a_form(definition: dict[str, Any] = TWO_PAGES, **settings: Any) -> str:
    """Return the code of a new public form whose campaign has these settings."""
    campaign = a_fielding(definition, mode="public")
    with writing():
        for name, value in settings.items():
            setattr(campaign, name, value)
        db.session.commit()
    return str(campaign.public_code)


def policy_of(answer: Any) -> dict[str, str]:
    """Return a page's content security policy by directive."""
    parts = [part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")]
    return {name: value for name, value in parts}  # noqa: C416 - pairs of text


def age(seconds: int) -> None:
    """Let all drafts be as old as this."""
    with writing():
        for response in db.session.query(Response):
            response.saved_at -= timedelta(seconds=seconds)
        db.session.commit()


@pytest.mark.parametrize(
    ("way", "channel"), [("w", "public-link"), ("q", "qr-code"), ("k", "kiosk"), ("e", "embedded")]
)
def test_the_address_by_which_somebody_came_is_the_channel_of_the_answer(
    app: Flask, client: FlaskClient, way: str, channel: str
) -> None:
    with app.app_context():
        person = Person(client, f"/{way}/{a_form()}")
        person.open()
        person.press(nps="9")
        assert person.page.request.path.startswith(f"{person.path}/")  # type: ignore[union-attr]
        assert person.press(why="fast").request.path == f"{person.path}/thanks"
        assert [(each.channel, each.state) for each in the_responses()] == [(channel, "completed")]


@pytest.mark.parametrize("way", "wqke")
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_any_way_leaves_no_trace(app: Flask, client: FlaskClient, way: str, method: str) -> None:
    with app.app_context():
        code = a_form(embedding_origins=["https://www.example.com"])
        before = state()
        for path in ("", "?score=9", "/thanks", "?lang=vi", "/again"):
            seen = client.open(f"/{way}/{code}{path}", method=method, headers={"Sec-Purpose": "prefetch"})
            assert seen.status_code in {200, 404, 405}
            assert "Set-Cookie" not in seen.headers
        assert state() == before


def test_a_form_opened_by_one_way_cannot_be_sent_by_another(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form()
        form = fields_of(client.get(f"/k/{code}").text)
        refused = client.post(f"/w/{code}", data=form | {"nps": "9", "_go": "next"})
        assert refused.status_code == 422
        assert "out of date" in refused.text
        assert the_responses() == []


def test_every_channel_has_words_and_can_be_filtered_by(app: Flask, sign_in: SignIn) -> None:
    with app.test_request_context():
        assert len({channel_words(each) for each in CHANNELS}) == len(CHANNELS)
        assert all(channel_words(each) != each for each in CHANNELS)
        for channel in CHANNELS:
            assert read_list_filter(MultiDict({"channel": channel}))[0].channel == channel
    page = sign_in("analyst").get("/responses?channel=kiosk").text
    assert '<option value="kiosk" selected>' in page


# A shared device


def test_a_shared_device_s_pages_are_kept_by_nobody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        person = Person(client, f"/k/{a_form()}")
        pages = [person.open(), person.press(), person.press(nps="9"), person.press(why=WORDS)]
        assert {page.headers["Cache-Control"] for page in pages} == {"no-store"}
        assert 'autocomplete="off"' in pages[0].text


def test_after_the_thanks_the_next_person_begins_with_a_blank_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form(kiosk={"idle_seconds": 30, "thanks_seconds": 5})
        person = Person(client, f"/k/{code}")
        person.open()
        first = person.form()["_submission"]
        person.press(nps="9")
        later = person.page.request.full_path  # type: ignore[union-attr]
        thanks = person.press(why=WORDS)
        assert thanks.headers["Refresh"] == f"5; url=/k/{code}"
        assert "begins again for the next person" in thanks.text
        assert "close this page" not in thanks.text
        # Back, and any page of the person before, lead to the blank first page.
        back = client.get(later)
        assert (back.status_code, back.location) == (303, f"/k/{code}")
        fresh = person.open()
        assert " checked>" not in fresh.text
        assert person.form()["_submission"] != first


@pytest.mark.parametrize("has_answered", [True, False], ids=["something answered", "nothing answered"])
def test_start_again_lets_go_of_what_was_begun(app: Flask, client: FlaskClient, has_answered: bool) -> None:
    with app.app_context():
        code = a_form(THREE_PAGES)
        person = Person(client, f"/k/{code}")
        person.open()
        person.press(why=WORDS if has_answered else "")
        person.press(nps="3")
        sent, here = person.form(), person.page.request.full_path  # type: ignore[union-attr]
        again = client.post(f"/k/{code}/again", data={"_submission": sent["_submission"]})
        assert (again.status_code, again.location) == (303, f"/k/{code}")
        assert [each.state for each in the_responses()] == ["break-off"]
        # Neither looking back nor sending the old page once more shows or completes anything.
        assert client.get(here).location == f"/k/{code}"
        resent = client.post(here, data=sent | {"_go": "send"})
        assert (resent.status_code, resent.location) == (303, f"/k/{code}")
        assert [each.state for each in the_responses()] == ["break-off"]
        assert WORDS not in client.get(f"/k/{code}").text


def test_start_again_without_anything_begun_only_leads_back(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form()
        for number in ("", "x", fields_of(client.get(f"/k/{code}").text)["_submission"][0]):
            assert client.post(f"/k/{code}/again", data={"_submission": number}).location == f"/k/{code}"
        assert the_responses() == []
        assert client.post("/k/unknown/again").status_code == 404


def test_who_is_idle_for_too_long_is_shown_to_nobody_but_may_still_send(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form(kiosk={"idle_seconds": 30, "thanks_seconds": 5})
        person = Person(client, f"/k/{code}")
        person.open()
        person.press(nps="9")
        here = person.page.request.full_path  # type: ignore[union-attr]
        assert client.get(here).status_code == 200
        age(31)
        assert client.get(here).location == f"/k/{code}"
        assert person.press(why="slow but sure").request.path.endswith("/thanks")
        assert the_responses()[0].answers["why"] == "slow but sure"


def test_start_again_never_touches_what_is_complete(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form()
        person = Person(client, f"/k/{code}")
        number = person.open() and person.form()["_submission"]
        person.press(nps="9")
        person.press(why="")
        client.post(f"/k/{code}/again", data={"_submission": number})
        assert [each.state for each in the_responses()] == ["completed"]


def test_a_shared_device_that_takes_no_answers_looks_again_by_itself(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form(state="paused")
        paused = client.get(f"/k/{code}")
        assert paused.status_code == 403
        assert paused.headers["Refresh"] == f"60; url=/k/{code}"
        assert "Refresh" not in client.get(f"/w/{code}").headers


def test_only_the_module_of_a_way_may_run_and_only_with_its_nonce(app: Flask, client: FlaskClient) -> None:
    modules = {"k": "kiosk.js", "e": "frame.js"}
    with app.app_context():
        code = a_form()
        for way in "wqke":
            page, other = client.get(f"/{way}/{code}"), client.get(f"/{way}/{code}")
            assert "\0" not in page.text
            assert "unsafe" not in page.headers["Content-Security-Policy"]
            scripts = re.findall(r'<script type="module" nonce="([^"]+)" src="/static/([^"?]+)', page.text)
            if way not in modules:
                assert "script-src" not in policy_of(page)
                assert "<script" not in page.text
                continue
            assert [name for _nonce, name in scripts] == [modules[way]]
            assert policy_of(page)["script-src"] == f"'nonce-{scripts[0][0]}'"
            assert policy_of(page)["script-src"] != policy_of(other)["script-src"]


def test_a_shared_device_offers_no_way_out(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form()
        assert "mailto:" in client.get(f"/w/{code}").text
        for path in ("", "/thanks"):
            assert "mailto:" not in client.get(f"/k/{code}{path}").text


# A frame


def test_only_the_named_websites_may_show_the_form_in_a_frame(app: Flask, client: FlaskClient) -> None:
    origins = ["https://www.example.com", "https://shop.example.org:8443"]
    with app.app_context():
        code = a_form(embedding_origins=origins)
        for path in ("", "/thanks"):
            assert policy_of(client.get(f"/e/{code}{path}"))["frame-ancestors"] == " ".join(origins)
        for way in "wqk":
            assert policy_of(client.get(f"/{way}/{code}"))["frame-ancestors"] == "'none'"


def test_a_form_without_named_websites_is_shown_in_no_frame(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        assert policy_of(client.get(f"/e/{a_form()}"))["frame-ancestors"] == "'none'"


def test_websites_named_later_hold_at_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form()
        client.get(f"/e/{code}")
        with writing():
            db.session.query(Campaign).one().embedding_origins = ["https://a.example"]
            db.session.commit()
        assert policy_of(client.get(f"/e/{code}"))["frame-ancestors"] == "https://a.example"


def test_a_page_in_a_frame_ends_without_asking_to_close_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = a_form(embedding_origins=["https://a.example"])
        assert "close this page" not in client.get(f"/e/{code}/thanks").text
        assert "close this page" in client.get(f"/w/{code}/thanks").text


# What a page weighs


@pytest.mark.parametrize("way", "wqke")
def test_a_first_page_in_a_brand_stays_within_its_bytes_by_every_way(app: Flask, client: FlaskClient, way: str) -> None:
    with app.app_context():
        code = a_form()
        with writing():
            campaign = db.session.query(Campaign).one()
            campaign.survey.brand = Brand("#7a0f4a", "a" * 32, 120, 40, "Lotus Air").to_data()
            db.session.commit()
        worn = client.get(f"/{way}/{code}")
        assert f'<img src="/logo/{"a" * 32}.png" alt="Lotus Air" width="120" height="40">' in worn.text
        assert len(worn.data) <= MOST_BYTES
        assert len(gzip.compress(worn.data)) <= MOST_COMPRESSED
