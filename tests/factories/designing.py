"""A questionnaire with every type of item, conditions, jumps and a quota: what a designer works on."""

from __future__ import annotations

from typing import Any

from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.operations import create_survey
from survey_app.questionnaires.parsing import parse
from tests.factories.questionnaires import NOW

EARLY = {"field": "answer.nps", "op": "at_most", "value": 6}
WHICH = {
    "any": [
        EARLY,
        {
            "all": [
                {"field": "answer.satisfaction", "op": "less_than", "value": 3},
                {"field": "answer.used", "op": "one_of", "value": ["shop", "web"]},
            ]
        },
    ]
}


def said(english: str, vietnamese: str = "", spanish: str = "") -> dict[str, str]:
    """Return a text in those languages that have one."""
    return {tag: text for tag, text in (("en", english), ("vi", vietnamese), ("es", spanish)) if text}


def options(*texts: str, **flags: dict[str, bool]) -> list[dict[str, Any]]:
    """Return options with codes made of their first words."""
    return [
        {"code": text.split()[0].lower(), "text": said(text), **flags.get(text.split()[0].lower(), {})}
        for text in texts
    ]


def every_type(**overrides: Any) -> dict[str, Any]:
    """Return the document of a questionnaire that holds everything a designer can make."""
    quotas = [{"code": "companies", "when": {"field": "answer.kind", "op": "is", "value": "company"}, "limit": 200}]
    given = {"title": said("How are we doing?"), "languages": ["en", "vi", "es"], "quotas": quotas}
    return given | {"pages": [_experience(), _details(), _about()]} | overrides


def _item(code: str, kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "type": kind, "text": said(text)} | more


def _experience() -> dict[str, Any]:
    nps = said(
        "How likely are you to recommend us to a friend or colleague?",
        "Quý khách có sẵn lòng giới thiệu chúng tôi không?",
        "¿Nos recomendaría a un amigo o colega?",
    )
    return {
        "code": "experience",
        "title": said("Your experience", "Trải nghiệm của quý khách", "Su experiencia"),
        "items": [
            {"code": "nps", "type": "nps", "role": "outcome", "primary": True, "required": True, "text": nps},
            _item(
                "satisfaction", "csat", "All in all, how satisfied are you?", role="outcome", scale={"look": "stars"}
            ),
        ],
        "jumps": [{"when": {"field": "answer.nps", "op": "at_least", "value": 9}, "to": "about"}],
    }


def _details() -> dict[str, Any]:
    places = options(
        "Shop in town", "Web shop", "Other place", "None of these", other={"other": True}, none={"exclusive": True}
    )
    rows = [{"code": "delivery", "text": said("Delivery")}, {"code": "support", "text": said("Support")}]
    wording = "What should we do first, {customer.first_name|dear customer}?"
    variants = [{"code": "a"}, {"code": "b", "text": said("What went wrong?")}]
    return {
        "code": "details",
        "title": said("What we can do better"),
        "items": [
            _item("used", "multiple", "Which did you use?", role="profile", shuffle=True, options=places),
            _item("why", "text", wording, role="verbatim", show_if=WHICH, variants=variants),
            _item("ratings", "likert", "How do you rate these?", role="driver", rows=rows),
            _item(
                "order", "ranking", "What matters most?", role="profile", options=options("Price", "Quality", "Speed")
            ),
            _item("shares", "sum", "Share 100 points", unit=said("points"), options=options("Price", "Quality")),
        ],
    }


def _about() -> dict[str, Any]:
    contact = {"contact_fields": ["name", "email"], "consent": said("You may keep these.")}
    return {
        "code": "about",
        "title": said("About you"),
        "items": [
            _item("note", "statement", "Nearly done."),
            _item("visits", "number", "How many visits?", lowest="0", highest="99", unit=said("visits")),
            _item("last", "date", "When was the last?", highest="2026-12-31"),
            _item("effort", "ces", "It was easy.", role="driver"),
            _item("kind", "single", "Which are you?", role="profile", options=options("Person", "Company")),
            _item("reach", "contact", "How may we reach you?", **contact),
            _item("from_link", "hidden", "Value from the link", role="profile"),
        ],
        "jumps": [{"when": {"field": "answer.visits", "op": "less_than", "value": 1}, "to": "screen_out"}],
    }


def a_rich_survey(code: str = "everything", **overrides: Any) -> Survey:
    """Return a survey whose draft holds everything, in the current session."""
    return create_survey(code, "Harbour Lane 2026", parse(every_type(**overrides)), NOW)


def a_large_survey(code: str = "large", n_items: int = 200, n_rules: int = 100) -> Survey:
    """Return a survey of many items and rules, in the current session."""
    items = [{"code": "first", "type": "nps", "role": "outcome", "primary": True, "text": said("Recommend?")}]
    for number in range(1, n_items):
        item: dict[str, Any] = {
            "code": f"q{number}",
            "type": "csat",
            "role": "driver",
            "text": said(f"Question {number}"),
        }
        if number <= n_rules:
            item["show_if"] = {"field": "answer.first", "op": "at_most", "value": number % 10}
        items.append(item)
    pages = [{"code": f"p{place}", "items": items[place : place + 5]} for place in range(0, n_items, 5)]
    return create_survey(code, "Large", parse({"title": said("Large"), "languages": ["en"], "pages": pages}), NOW)
