"""Items as semantic HTML: groups with legends, nothing chosen beforehand, ends of scales in accessible names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.rendering.pages import PageState, render_page_body
from tests.factories.answering import a_page, of_pages
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item

PRICE = {"code": "price", "text": {"en": "Price & <b>speed</b>"}}
OTHER = {"code": "other", "text": {"en": "Other"}, "other": True}


@pytest.fixture(autouse=True)
def _speaking(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def drawn(*items: dict[str, Any], **state: Any) -> Element:
    """Return the body of a page of these items, parsed strictly."""
    questionnaire = parse(of_pages(a_page(an_item(code="first_"), code="before"), a_page(*items)))
    body = render_page_body(questionnaire, questionnaire.pages[1], PageState(**state), "en")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(str(body))


def words(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def test_a_score_is_a_group_of_radios_whose_legend_is_the_heading() -> None:
    body = drawn(an_item(role="driver", primary=False))
    (group,) = body.iter("fieldset")
    assert words(group.find("legend/h1")) == "How likely are you to recommend us?"
    radios = [each for each in group.iter("input") if each.get("type") == "radio"]
    assert [each.get("value") for each in radios] == [str(n) for n in range(11)]
    assert not [each for each in radios if "checked" in each.attrib]


def test_the_ends_of_a_scale_are_in_the_hint_and_in_the_names_of_its_ends() -> None:
    body = drawn(an_item(role="driver", primary=False))
    labels = [words(each) for each in body.iter("label")]
    assert (labels[0], labels[5], labels[10]) == ("0 Not at all likely", "5", "10 Extremely likely")
    hint = next(each for each in body.iter("p") if each.get("id") == "nps-hint")
    assert words(hint) == "0 = Not at all likely, 10 = Extremely likely"


def test_reasons_stand_apart_from_the_scale() -> None:
    body = drawn(an_item(role="driver", primary=False, not_applicable=True, dont_know=True))
    scale, reasons = list(body.iter("div"))[:2]
    assert len(list(scale.iter("input"))) == 11
    assert [each.get("value") for each in reasons.iter("input")] == ["__na", "__dk"]


def test_a_battery_is_a_table_with_row_headers_and_full_names() -> None:
    body = drawn(a_battery())
    assert [words(each) for each in body.iter("th") if each.get("scope") == "row"] == ["Delivery", "Support"]
    ids = {each.get("id"): words(each) for each in body.iter() if each.get("id")}
    named = next(each for each in body.iter("input") if each.get("name") == "support")
    assert [ids[each] for each in named.get("aria-labelledby").split()] == [
        "Support",
        "1 \N{EN DASH} Strongly disagree",
    ]


def test_errors_are_summed_up_and_lead_to_their_controls() -> None:
    body = drawn(a_comment(), a_choice(), errors={"usage": "Choose an answer.", "comment": "Write your answer."})
    summary = next(each for each in body.iter("div") if each.get("role") == "alert")
    links = [(each.get("href"), words(each)) for each in summary.iter("a")]
    assert links == [("#comment", "Write your answer."), ("#usage", "Choose an answer.")]
    controls = {each.get("id"): each for each in body.iter() if each.tag in {"input", "textarea"} and each.get("id")}
    assert {"usage", "comment"} <= controls.keys()
    assert controls["comment"].get("aria-invalid") == "true"
    assert controls["comment"].get("aria-describedby") == "comment-error"


@pytest.mark.parametrize(
    ("state", "checked"),
    [
        ({"answers": {"nps": 7}}, ["7"]),
        ({"missing": {"nps": "dont_know"}}, ["__dk"]),
        ({"answers": {"nps": 7}, "typed": {"nps": ["3"]}}, ["3"]),
        ({"missing": {"nps": "skipped"}}, []),
    ],
)
def test_what_was_said_before_is_shown(state: dict[str, Any], checked: list[str]) -> None:
    body = drawn(an_item(role="driver", primary=False, dont_know=True), **state)
    assert [each.get("value") for each in body.iter("input") if "checked" in each.attrib] == checked


def test_texts_are_shown_as_texts() -> None:
    typed = {"comment": ["\n</textarea><script>"], "usage": ["other"], "usage.other": ['"><i>']}
    body = drawn(a_choice(options=[PRICE, OTHER]), a_comment(), typed=typed)
    assert "Price & <b>speed</b>" in [words(each) for each in body.iter("label")]
    assert next(body.iter("textarea")).text == "\n</textarea><script>"
    own = next(each for each in body.iter("input") if each.get("type") == "text")
    assert own.get("value") == '"><i>'
