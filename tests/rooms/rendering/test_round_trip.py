"""Every type of item, stored and shown again, reads the same; kept skeletons show what pages drawn anew show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.rendering.course import follow, known_values
from survey_app.questionnaires.rendering.ordering import arrange
from survey_app.questionnaires.rendering.pages import PageState, read_page, render_page_body
from tests.factories.answering import a_page, of_pages
from tests.factories.generated_questionnaires import answers_to, questionnaires
from tests.factories.questionnaires import a_choice, an_item

DRAWS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def _speaking(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def sent_by(html: str) -> MultiDict[str, str]:
    """Return what a browser sends when nothing is touched."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    body = parser.parseFragment(html)
    sent: list[tuple[str, str]] = []
    for each in body.iter():
        name, kind = each.get("name"), each.get("type", "text")
        if each.tag == "input" and (kind not in {"radio", "checkbox"} or "checked" in each.attrib):
            sent.append((name, each.get("value", "")))
        elif each.tag == "textarea":
            sent.append((name, each.text or ""))
        elif each.tag == "select":
            chosen = [option for option in each.iter("option") if "selected" in option.attrib]
            sent += [(name, option.get("value", "".join(option.itertext()))) for option in chosen]
    return MultiDict(sent)


@DRAWS
@given(data=st.data(), seed=st.text(max_size=8))
def test_what_is_shown_again_is_read_as_what_was_stored(data: st.DataObject, seed: str) -> None:
    questionnaire = data.draw(questionnaires(most_pages=3))
    language = data.draw(st.sampled_from(questionnaire.languages))
    answers = {
        code: _as_stored(questionnaire, code, each) for code, each in data.draw(answers_to(questionnaire)).items()
    }
    # What stands is what was asked for: answers under conditions that fail are dropped.
    answers = follow(questionnaire, answers, {}).values
    known = known_values(answers)
    state = PageState(answers=answers, known=known, shown=arrange(questionnaire, seed))
    for page in questionnaire.pages:
        form = sent_by(str(render_page_body(questionnaire, page, state, language)))
        reading = read_page(questionnaire, page, form, known, language=language)
        for item in _asked(page, reading.missing):
            for code in item.measure_codes:
                assert reading.values.get(code) == answers.get(code)


@DRAWS
@given(data=st.data(), seed=st.text(max_size=8))
def test_a_kept_skeleton_shows_what_a_page_drawn_anew_shows(data: st.DataObject, seed: str) -> None:
    questionnaire = data.draw(questionnaires(most_pages=3))
    language = data.draw(st.sampled_from(questionnaire.languages))
    answers = data.draw(answers_to(questionnaire))
    piped = {"customer.first_name": data.draw(st.sampled_from(["", "Ana", "<b>Ana</b> & co"]))}
    missing = {item.code: "dont_know" for item in questionnaire.items if item.allows_dont_know}
    state = PageState(answers, missing, known={}, shown=arrange(questionnaire, seed), piped=piped)
    version = f"v{hash(repr(questionnaire))}"
    for _time in range(2):
        for page in questionnaire.pages:
            anew = render_page_body(questionnaire, page, state, language)
            kept = render_page_body(questionnaire, page, state, language, version)
            assert _bare(kept) == _bare(anew)


def test_a_skeleton_keeps_nobodys_order() -> None:
    options = [{"code": f"o{n}", "text": {"en": f"Option {n}"}} for n in range(6)]
    questionnaire = parse(of_pages(a_page(an_item()), a_page(a_choice(options=options, shuffle=True), code="rest")))
    page = questionnaire.pages[1]

    def order(state: PageState) -> list[str]:
        html = str(render_page_body(questionnaire, page, state, "en", "nobodys-order"))
        return re.findall(r'value="(o\d)"', html)

    for seed in ("a1", "a2", "a3"):
        shown = arrange(questionnaire, seed)
        assert order(PageState(shown=shown)) == list(shown.options["usage"])
    assert order(PageState()) == [f"o{n}" for n in range(6)]


def _bare(html: str) -> list[str]:
    return [line.strip() for line in str(html).splitlines() if line.strip()]


def _asked(page: Page, missing: dict[str, str]) -> list[Item]:
    return [
        item
        for item in page.items
        if item.is_visible and not any(missing.get(code) == "not_asked" for code in item.measure_codes)
    ]


def _as_stored(questionnaire: Questionnaire, code: str, value: Any) -> Any:
    """Return a drawn answer as its reader would have stored it."""
    item = next(each for each in questionnaire.items if code in each.measure_codes)
    if item.type is ItemType.TEXT and item.is_short:
        return value.replace("\n", " ")
    if item.type is ItemType.CONTACT and value.get("language") not in {None, *questionnaire.languages}:
        return {**value, "language": questionnaire.languages[0]}
    return value
