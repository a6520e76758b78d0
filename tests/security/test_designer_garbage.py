"""Garbage sent to every form of the designer is answered in words: no error of ours, and the survey stays open."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from survey_app.extensions import db, writing
from tests.factories.designing import a_rich_survey
from tests.rooms.questionnaires.designer_pages import form_of
from tests.security.hostile import ALL, alive
from tests.signing_in import SignIn

S = "/surveys/everything"
ACTS = ("", "refresh", "add:jumps", "remove:jumps-0", "group:show_if", "add:x", "add:variants")
OFTEN, SOMETIMES = 0.5, 0.2
SEED = 4
GARBAGE = (
    "",
    " ",
    "0",
    "-1",
    "NaN",
    "Infinity",
    "-1e400",
    "9" * 400,
    "1e5",
    "\u0663\u0664",
    "\u00b2",
    "\x00",
    "\ufdd0\uffff",
    "e\u0301\u202e\u200d",
    "x" * 5000,
    "../../etc/passwd",
    "{answer.nps|{customer.name|",
    "a.b[0].c",
    "2026-13-45",
    "__class__",
    "screen_out",
    "end",
    "\u0130\u0131\ufb01",
    ALL,
)
PLACES = (
    "/design", "/design?item=nps", "/design?item=used", "/design?item=why", "/design?item=ratings",
    "/design?item=order", "/design?item=shares", "/design?item=visits", "/design?item=last", "/design?item=reach",
    "/design?item=from_link", "/design?item=satisfaction", "/design?page=experience", "/design?page=about", "/texts",
    "/logic", "/quotas/companies", "/quotas/new", "/languages", "/translate?to=vi", "/look", "/check", "/preview",
    "/preview/page", "/versions", "/exports", "",
)  # fmt: skip
ADDRESSES = (
    "/design?item={}", "/design?page={}", "/design?in={}", "/design?after={}", "/logic?item={}", "/translate?to={}",
    "/translate?show={}", "/translate?page={}", "/translation?to={}&format=csv", "/translation?to=vi&format={}",
    "/look/page?accent={}", "/look/page?logo={}", "/preview?lang={}", "/preview?width={}", "/preview/page?lang={}",
    "/preview/page?page={}", "/versions/compare?from={}&to={}", "/versions/compare?old={}&new={}", "/check?base={}",
    "/check?expected={}&rate={}", "/export?format={}", "/export?version={}", "/quotas/{}", "/imports/{}",
    "/exports?version={}",
)  # fmt: skip
# These end the survey or leave it, so that what follows would find nothing.
LEFT_OUT = re.compile(r"/(archive|discard|unarchive)$|^/log-out|^/sign-out|/account")


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_rich_survey()
        db.session.commit()
    return sign_in("marketer")


def test_every_form_of_the_designer_survives_garbage(marketer: FlaskClient) -> None:
    tried: set[str] = set()
    chance, n_sent = random.Random(SEED), 0  # noqa: S311 - drawn for breadth, not for secrecy
    for place in PLACES:
        page = marketer.get(f"{S}{place}").text
        for action in sorted(actions_of(page) - tried):
            tried.add(action)
            shown = form_of(page, action)
            for sent in spoilt(shown, chance):
                answer = marketer.post(action, data=sent, content_type="multipart/form-data")
                assert answer.status_code < 500, (action, sent)
                assert answer.status_code in {200, 303, 400, 404, 409, 413, 422, 429}, (action, answer.status_code)
                assert alive(answer.text) == [], action
                n_sent += 1
    assert len(tried) > 40
    assert n_sent > 120
    for place in ("/design", "/logic", "/check", "/translate?to=vi", "/versions"):
        assert marketer.get(f"{S}{place}").status_code == 200


def test_every_address_of_the_designer_survives_garbage(marketer: FlaskClient) -> None:
    for address in ADDRESSES:
        path, _mark, query = address.partition("?")
        for value in GARBAGE[::2] + GARBAGE[-1:]:
            place = path.replace("{}", quote(value, safe=""))
            answer = marketer.get(f"{S}{place}?{query.replace('{}', quote(value, safe=''))}")
            assert answer.status_code < 500, (address, value)
            assert answer.mimetype != "text/html" or alive(answer.text) == [], (address, value)


def actions_of(page: str) -> set[str]:
    """Return where the forms of a page are sent to, once each."""
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    posted = (form for form in tree.iter("form") if (form.get("method") or "").lower() == "post")
    actions = {form.get("action") or "" for form in posted}
    return {each for each in actions if each and not LEFT_OUT.search(each)}


def spoilt(shown: MultiDict[str, str], chance: random.Random) -> Iterator[MultiDict[str, Any]]:
    """Yield a form as people and programs spoil it: one control changed, many changed, parts missing."""
    names = list(shown)
    for name in chance.sample(names, min(len(names), 1)):
        form: MultiDict[str, Any] = MultiDict(shown)
        form.setlist(name, [chance.choice(GARBAGE)])
        yield form
    form = MultiDict(shown)
    for name in names:
        if name != "revision" and chance.random() < OFTEN:
            form.setlist(name, [chance.choice(GARBAGE)])
        elif chance.random() < SOMETIMES:
            form.poplist(name)
    form["act"] = chance.choice(ACTS)
    yield form
    everything: MultiDict[str, Any] = MultiDict((name, chance.choice(GARBAGE)) for name in names)
    everything["file"] = everything["logo"] = (BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(99)), "a.png")
    yield everything
