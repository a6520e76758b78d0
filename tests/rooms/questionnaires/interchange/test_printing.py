"""The paper copy: ordered, made by the worker, fetched; routing as instructions in words."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, render_template_string

from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from survey_app.jobs.operations import enqueue
from survey_app.questionnaires import printing
from survey_app.questionnaires.models import Print
from survey_app.questionnaires.printing.paper import render_paper
from survey_app.questionnaires.printing.pdf import pdf_of
from survey_app.questionnaires.printing.sheets import Sheets
from survey_app.web.languages import choose_language
from tests.factories.questionnaires import (
    a_battery,
    a_choice,
    a_comment,
    a_definition,
    a_questionnaire,
    a_survey,
    an_item,
)
from tests.signing_in import SignIn


@pytest.fixture
def survey(app: Flask) -> str:
    with app.app_context(), writing():
        a_survey()
        db.session.commit()
    return "relationship"


def sections(**overrides: Any) -> Any:
    return Sheets(a_questionnaire(**overrides), "en").sections


def routed(show_if: dict[str, Any], **overrides: Any) -> str:
    pages = [
        {"code": "first", "items": [an_item(), a_choice()]},
        {"code": "drivers", "items": [a_battery(), a_choice(code="ways", type="multiple")]},
        {"code": "why", "items": [a_comment(show_if=show_if)]},
    ]
    condition: str = sections(pages=pages, **overrides)[2].lines[0].condition
    return condition.translate({0x2068: None, 0x2069: None})


def test_a_paper_copy_is_ordered_made_and_fetched(app: Flask, sign_in: SignIn, survey: str) -> None:
    marketer = sign_in("marketer")
    ordered = marketer.post(f"/surveys/{survey}/prints", data={"language": "en"})
    waiting = marketer.get(ordered.location)
    assert waiting.headers["Refresh"] == "2"
    assert marketer.get(f"{ordered.location}/file").status_code == 404
    assert drain(app) == 1
    ready = marketer.get(ordered.location)
    assert "Refresh" not in ready.headers
    paper = marketer.get(f"{ordered.location}/file")
    assert paper.data.startswith(b"%PDF-")
    assert paper.headers["Content-Disposition"] == "attachment; filename=relationship-en.pdf"
    assert paper.content_type == "application/pdf"


def test_a_language_that_the_questionnaire_has_not_is_refused(sign_in: SignIn, survey: str) -> None:
    page = sign_in("marketer").post(f"/surveys/{survey}/prints", data={"language": "tlh"}, follow_redirects=True)
    assert "Choose one of the questionnaire&#39;s languages." in page.text


def test_paper_is_for_those_who_see_surveys(app: Flask, sign_in: SignIn, survey: str) -> None:
    ordered = sign_in("marketer").post(f"/surveys/{survey}/prints", data={"language": "en"})
    drain(app)
    assert sign_in("agent").get(f"{ordered.location}/file").status_code == 404
    assert app.test_client().get(f"{ordered.location}/file").status_code in {302, 303}


def test_what_cannot_be_printed_says_why(app: Flask, sign_in: SignIn, survey: str) -> None:
    marketer = sign_in("marketer")
    ordered = marketer.post(f"/surveys/{survey}/prints", data={"language": "en"})
    with app.app_context(), writing():
        paper = db.session.scalars(db.select(Print)).one()
        paper.order = {**paper.order, "version_id": 999}
        db.session.commit()
    drain(app)
    page = marketer.get(ordered.location)
    assert "This version is gone." in page.text
    assert "Refresh" not in page.headers


def test_old_paper_is_forgotten(app: Flask, sign_in: SignIn, survey: str) -> None:
    sign_in("marketer").post(f"/surveys/{survey}/prints", data={"language": "en"})
    drain(app)
    with app.app_context(), writing():
        paper = db.session.scalars(db.select(Print)).one()
        paper.made_at = datetime.now(UTC) - timedelta(days=15)
        enqueue("questionnaires.forget_prints")
        db.session.commit()
    drain(app)
    with app.app_context():
        assert db.session.scalars(db.select(Print)).all() == []


def test_two_kinds_of_paper_of_one_name_are_refused(app: Flask) -> None:
    kind = printing.PrintKind("questionnaire", "nowhere:compose", "Again")
    with pytest.raises(ValueError, match="two kinds of paper"):
        printing.register_print(app, kind)


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"field": "answer.nps", "op": "at_most", "value": 6}, "you ticked 0 to 6 in question 1"),
        ({"field": "answer.nps", "op": "more_than", "value": 8}, "you ticked 9 or 10 in question 1"),
        ({"field": "answer.nps", "op": "one_of", "value": [0, 1, 2, 5]}, "you ticked 0 to 2 or 5 in question 1"),
        ({"field": "answer.nps", "op": "is_known"}, "you answered question 1"),
        ({"field": "answer.nps", "op": "is_unknown"}, "you did not answer question 1"),
        ({"not": {"field": "answer.usage", "op": "is", "value": "daily"}}, "you did not tick “Daily” in question 2"),
        ({"field": "answer.usage", "op": "is_not", "value": "daily"}, "you ticked “Rarely” in question 2"),
        ({"field": "answer.support", "op": "is", "value": 1}, "you ticked 1 in question 3 (“Support”)"),
        (
            {
                "any": [
                    {"field": "answer.nps", "op": "is", "value": 0},
                    {"field": "answer.usage", "op": "is", "value": "rarely"},
                ]
            },
            "you ticked 0 in question 1 or you ticked “Rarely” in question 2",
        ),
        ({"field": "answer.ways", "op": "contains", "value": "daily"}, "you ticked “Daily” in question 4"),
        (
            {"any": [{"field": "answer.ways", "op": "contains", "value": each} for each in ("daily", "rarely")]},
            "you ticked “Daily” or “Rarely” in question 4",
        ),
        (
            {"not": {"field": "answer.ways", "op": "contains", "value": "daily"}},
            "you did not tick “Daily” in question 4",
        ),
        ({"field": "customer.language", "op": "is", "value": "vi"}, "customer.language is vi"),
    ],
)
def test_a_condition_names_boxes_and_questions(app: Flask, tree: dict[str, Any], words: str) -> None:
    with app.test_request_context():
        assert routed(tree) == f"Answer this question only if {words}."


def test_jumps_say_with_which_question_to_go_on(app: Flask) -> None:
    low = {"field": "answer.nps", "op": "at_most", "value": 6}
    definition = a_definition()
    definition["pages"][0]["jumps"] = [{"when": low, "to": "why"}, {"to": "screen_out"}]
    definition["pages"][2]["jumps"] = [{"to": "end"}]
    definition["pages"][3]["show_if"] = low
    with app.test_request_context():
        first, _drivers, about, why = sections(pages=definition["pages"])
        assert first.leads == (
            "If you ticked 0 to 6 in question 1, go on with question 4.",
            "Now there are no further questions for you. Thank you.",
        )
        assert about.leads == ("Now you have finished. Thank you.",)
        assert why.condition == "Answer the questions of this part only if you ticked 0 to 6 in question 1."


def test_long_scales_of_batteries_leave_room_for_the_rows(app: Flask) -> None:
    labels = {"1": {"en": "Disagree"}, "7": {"en": "Agree"}}
    ends = a_battery(scale={"low": 1, "high": 7, "labels": labels})
    named = a_battery(scale={"low": 1, "high": 7, "labels": {**labels, "4": {"en": "Neither"}}})
    heads = {}
    with app.test_request_context():
        for name, battery in {"ends": ends, "named": named}.items():
            sheets = Sheets(a_questionnaire(pages=[{"code": "p", "items": [an_item(), battery]}]), "en")
            heads[name] = re.findall(r'colspan="(\d)">(\w+)<', render_paper(sheets))
    assert heads == {"ends": [("4", "Disagree"), ("3", "Agree")], "named": []}


def unpacked(pdf: bytes) -> bytes:
    """Return everything a PDF says, its packed parts unpacked."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(part) for part in parts if part[:1] == b"x")


def every_type() -> dict[str, Any]:
    options: list[dict[str, Any]] = [
        {"code": f"o{n}", "text": {"en": f"Option {n}", "ar": f"خيار {n}"}} for n in range(12)
    ]
    options.append({"code": "other", "text": {"en": "Something else", "ar": "غير ذلك"}, "other": True})
    text = {"en": "A question", "ar": "كيف كانت زيارتك لنا اليوم؟"}
    items = [
        {"code": "welcome", "type": "statement", "text": text},
        an_item(text=text, not_applicable=True, dont_know=True),
        {"code": "csat", "type": "csat", "text": text, "scale": {"look": "faces"}},
        {"code": "ces", "type": "ces", "text": text},
        a_battery(rows=[{"code": f"r{n}", "text": {"en": f"Statement {n}"}} for n in range(40)], dont_know=True),
        {"code": "one", "type": "single", "text": text, "options": options},
        {"code": "many", "type": "multiple", "text": text, "options": options, "fewest": 1, "most": 3},
        {"code": "rank", "type": "ranking", "text": text, "options": options[:3], "most": 2},
        {"code": "share", "type": "sum", "text": text, "options": options[:3], "unit": {"en": "%"}},
        {"code": "age", "type": "number", "text": text, "lowest": 18, "highest": 99, "unit": {"en": "years"}},
        {"code": "day", "type": "date", "text": text, "lowest": "2026-01-01"},
        {"code": "why", "type": "text", "text": text},
        {"code": "short", "type": "text", "short": True, "text": text},
        {"code": "reach", "type": "contact", "text": text, "contact_fields": ["name", "email"], "consent": text},
        {"code": "source", "type": "hidden", "text": {"en": "Never on paper"}},
    ]
    return a_definition(languages=["en", "ar"], pages=[{"code": "all", "items": items}])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_type_of_item_stands_on_paper(app: Flask, language: str) -> None:
    with app.test_request_context():
        html = render_paper(Sheets(a_questionnaire(**every_type()), language))
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert "Never on paper" not in html
    assert html.count('<span class="number">') == 13
    assert "Tick all that apply. (at least 1 and at most 3)" in html
    assert "18 to 99" in html
    objects = unpacked(pdf_of(html))
    assert b"/StructTreeRoot" in objects
    assert f"/Lang ({language})".encode() in objects.replace(b"/Lang(", b"/Lang (")


def test_scripts_and_fields_in_texts_stay_words(app: Flask) -> None:
    text = {"en": "<script>x</script> Dear {customer.name|customer}, {literal}"}
    with app.test_request_context():
        html = render_paper(Sheets(a_questionnaire(pages=[{"code": "p", "items": [an_item(text=text)]}]), "en"))
    assert "&lt;script&gt;x&lt;/script&gt; Dear customer, {literal}" in html


def test_nothing_is_fetched_while_a_paper_is_made(app: Flask) -> None:
    with app.test_request_context():
        html = render_template_string("<p>Here</p><img src='file:///etc/passwd'><img src='http://127.0.0.1:9/x.png'>")
    assert pdf_of(html).startswith(b"%PDF-")


@pytest.mark.parametrize(("language", "words"), [("vi", "vi"), ("es", "es"), ("ar", "en")])
def test_instructions_are_in_the_nearest_language_of_the_interface(app: Flask, language: str, words: str) -> None:
    with app.test_request_context():
        choose_language(language)
        tagged = a_definition(languages=[language, "en"])
        html = render_paper(Sheets(a_questionnaire(**tagged), language))
    assert f'class="instruction how" lang="{words}"' in html
