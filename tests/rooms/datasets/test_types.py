"""Every type of answer on its way in from a file and out to the statistics."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.datasets.codebooks import codebook_of
from survey_app.datasets.filters import ResponseFilter
from survey_app.datasets.frames import dataset_of
from survey_app.datasets.mapping import FORMAT, parse_mapping
from survey_app.datasets.rows import RowRefusedError, read_row
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.parsing import parse
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.questionnaires import a_battery, an_item

OPTIONS = [{"code": code, "text": {"en": code.title()}} for code in ("price", "speed", "care")]
BALLOT = [{"code": "a", "text": {"en": "Why?"}}, {"code": "b", "text": {"en": "What for?"}}]


def asked(kind: str, **more: Any) -> dict[str, Any]:
    return {"code": kind, "type": kind, "text": {"en": f"{kind}?"}} | more


DEFINITION = of_pages(
    a_page(an_item(), code="score"),
    a_page(
        asked("ranking", options=OPTIONS),
        asked("sum", options=OPTIONS),
        asked("number", decimals=1),
        asked("date"),
        asked("text", variants=BALLOT, role="verbatim"),
        asked("contact", contact_fields=["email"], consent={"en": "Keep it."}),
        code="rest",
    ),
)
CODEBOOK = parse(DEFINITION).codebook()


@pytest.mark.parametrize(
    ("item", "cell", "value"),
    [
        ("ranking", "speed; price", ["speed", "price"]),
        ("sum", "price=60;care=40", {"price": 60, "speed": 0, "care": 40}),
        ("number", "1.5", 1.5),
        ("number", "12", 12),
        ("date", "2026-01-31", "2026-01-31"),
    ],
)
def test_cells_become_answers_of_their_type(item: str, cell: str, value: Any) -> None:
    assert _row(item, cell).answers == {item: value}


@pytest.mark.parametrize(
    ("item", "cell", "reason"),
    [
        ("ranking", "speed;speed", "ranks an option twice"),
        ("ranking", "speed;luck", "none of the options"),
        ("sum", "price=half", "no number"),
        ("sum", "luck=5", "none of the options"),
        ("number", "1e400", "no number"),
        ("number", "many", "no number"),
        ("date", "31.01.2026", "2026-01-31"),
        ("contact", "lan@example.org", "import them as customers"),
    ],
)
def test_cells_that_fit_no_answer_are_refused_with_the_reason(item: str, cell: str, reason: str) -> None:
    with pytest.raises(RowRefusedError, match=reason):
        _row(item, cell)


def _row(item: str, cell: str) -> Any:
    mapping = {
        "format": FORMAT,
        "constants": {"campaign": "Spring"},
        "columns": {"X": {"item": item}, "D": {"date": "%Y"}},
    }
    return read_row({"X": cell, "D": "2026"}, 2, parse_mapping(mapping), CODEBOOK)


def test_numbers_reach_the_statistics_as_floats_and_variants_as_what_was_shown(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(DEFINITION)
        for number in ("1,5", ""):
            person = Person(client, link_of(an_invitation(campaign)))
            person.open()
            person.press(nps="9")
            person.press(number=number, date="2026-01-31", **{"ranking.care": "1", "sum.price": "100"})
        survey = db.session.scalars(select(Survey)).one()
        dataset = dataset_of(survey.id, ResponseFilter(), codebook_of(survey))
    assert dataset.answers["number"].dtype == float
    assert sorted(dataset.answers["number"].dropna()) == [1.5]
    assert list(dataset.answers["ranking"]) == [["care"], ["care"]]
    assert dataset.answers["sum"][0] == {"price": 100, "speed": 0, "care": 0}
    assert set(dataset.about["variant.text"]) <= {"a", "b"}
    assert dataset.codebook.item("text").variants == {"a": {"en": "Why?"}, "b": {"en": "What for?"}}


def test_the_form_of_a_split_battery_has_one_column(app: Flask, client: FlaskClient) -> None:
    variants = [{"code": "a"}, {"code": "b", "reversed": True}]
    definition = of_pages(a_page(an_item(), a_battery(variants=variants), code="only"))
    with app.app_context():
        person = Person(client, link_of(an_invitation(a_fielding(definition))))
        person.open()
        person.press(nps="9", delivery="4", support="5")
        survey = db.session.scalars(select(Survey)).one()
        codebook = codebook_of(survey)
        dataset = dataset_of(survey.id, ResponseFilter(), codebook)
    assert codebook.ballots() == ("ratings",)
    assert [name for name in dataset.about if name.startswith("variant.")] == ["variant.ratings"]
    assert dataset.about["variant.ratings"][0] in {"a", "b"}
