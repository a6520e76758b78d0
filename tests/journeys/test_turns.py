"""Where a survey's life takes a turn: opting out, closing, coming back later, asking again with another version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.extensions import db
from survey_app.responses.models import Response
from tests.factories.answering import fields_of
from tests.journeys.company import EXAMPLE, SURVEY, Company, answer_all, link_in

CUSTOMERS = "Number;Name;Mail;Language\n1;Nguyễn Thị Lan;lan@example.org;vi\n2;Carmen Ruiz;carmen@example.org;es\n"
LAN, CARMEN = "lan@example.org", "carmen@example.org"


@pytest.fixture
def asking(company: Company) -> Company:
    """Return a company with two customers and a published survey."""
    company.import_customers(CUSTOMERS, ("number", "name", "email", "language"))
    company.import_questionnaire(EXAMPLE.read_text(encoding="utf-8"))
    company.publish()
    return company


def the_responses(company: Company) -> list[Response]:
    with company.app.app_context():
        return list(db.session.scalars(select(Response).order_by(Response.id)))


def test_who_unsubscribes_is_not_written_to_again_until_they_take_it_back(asking: Company) -> None:
    asking.send_campaign("Spring")
    lan = asking.app.test_client()
    leave = link_in(asking.mail_to(LAN), "u")

    # Looking is not leaving: mail scanners open every link.
    assert lan.get(leave).status_code == 200
    left = lan.post(leave)
    assert left.status_code in {200, 303}
    asking.send_campaign("Summer")
    assert asking.mails.recipients().count(LAN) == 1
    assert asking.mails.recipients().count(CARMEN) == 2

    assert lan.post(f"{leave}/undo").status_code in {200, 303}
    asking.send_campaign("Autumn")
    assert asking.mails.recipients().count(LAN) == 2


def test_a_closed_campaign_takes_no_answers_and_says_so(asking: Company) -> None:
    campaign = asking.send_campaign("Spring")
    carmen = asking.customer_at(CARMEN)
    carmen.open()
    assert asking.marketer.post(f"{campaign}/close").status_code == 303

    late = carmen.press(nps=9, csat=5, effort=6)
    assert late.status_code == 410
    assert carmen.open().status_code == 410
    assert the_responses(asking) == []

    assert asking.marketer.post(f"{campaign}/reopen").status_code == 303
    assert carmen.open().status_code == 200


def test_a_draft_is_taken_up_where_it_was_left_on_another_device(asking: Company) -> None:
    asking.send_campaign("Spring")
    on_the_phone = asking.customer_at(CARMEN)
    on_the_phone.open()
    on_the_phone.press(nps=9, csat=5, effort=6)
    on_the_phone.press(quality=5, usability=4, delivery=4, support=4, price=3)

    at_the_desk = asking.customer_at(CARMEN)
    page = at_the_desk.open()
    assert "¿Con qué frecuencia usa el producto?" in page.text
    at_the_desk.press("back")
    assert at_the_desk.form()["quality"] == ["5"]
    at_the_desk.press(quality=2)
    at_the_desk.press(usage="daily")
    assert "Gracias" in at_the_desk.press(comment="Todo bien.").text

    [response] = the_responses(asking)
    assert (response.state, response.answers["quality"], response.answers["nps"]) == ("completed", 2, 9)
    # The first device shows that it is done; nothing can be sent twice.
    on_the_phone.press(usage="weekly")
    assert len(the_responses(asking)) == 1
    assert the_responses(asking)[0].answers["usage"] == "daily"


def test_two_waves_on_two_versions_stand_in_one_report(asking: Company) -> None:
    asking.send_campaign("Spring", wave="Spring", wave_order="1")
    answer_all(asking.customer_at(LAN), {"nps": 9, "csat": 5, "effort": 6}, {}, {}, {})
    spring = asking.customer_at(CARMEN)
    spring.open()

    added = asking.add_question("overall", "csat")
    asking.publish("asks one thing more")
    asking.send_campaign("Autumn", wave="Autumn", wave_order="2")
    answer_all(asking.customer_at(LAN), {"nps": 8, "csat": 4, "effort": 5, added: 3}, {}, {}, {})
    # Who was invited in spring is still asked what was asked in spring.
    assert added not in fields_of(spring.open().text)
    answer_all(spring, {"nps": 10, "csat": 5, "effort": 7}, {}, {}, {})

    first, second, third = the_responses(asking)
    assert first.version_id == third.version_id != second.version_id
    assert second.answers[added] == 3
    assert added not in {**third.answers, **third.missing}

    manager = asking.sign_in("manager")
    manager.get(f"/reports/{SURVEY}?by=wave")
    asking.work()
    report = manager.get(f"/reports/{SURVEY}?by=wave").text
    assert "3 completed responses" in report
