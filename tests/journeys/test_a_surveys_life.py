"""A survey's whole life, with real parts: design, invite, answer, store, analyse, report, follow up."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.responses.models import Response
from tests.journeys.company import EXAMPLE, SURVEY, Company, answer_all, link_in, words_of

HEAD = "Number;Name;Mail;Language;Country\n"
COLUMNS = ("number", "name", "email", "language", "new:choice")
LAN = "1;Nguyễn Thị Lan;lan@example.org;vi;Vietnam\n"
REFUSED = "2;No Address At All;not-an-address;en;Vietnam\n"
ELSEWHERE = "3;Carmen Ruiz;carmen@example.org;es;Spain\n"
HAPPY = [f"customer{n}@example.org" for n in range(10, 21)]
OTHERS = "".join(f"{n};Customer {n};customer{n}@example.org;vi;Vietnam\n" for n in range(10, 21))

AGENT = "agent@example.org"
LATE = "Giao hàng trễ hai tuần."
FULL_MARKS = {"quality": 5, "usability": 5, "delivery": 5, "support": 5, "price": 4}


def test_a_surveys_life(company: Company) -> None:
    agent, manager = company.sign_in("agent", email=AGENT), company.sign_in("manager")

    customers_come_in_by_a_file(company)
    lan = page_of(company, "crm:1")
    company.add_owner(lan, AGENT)
    a_questionnaire_is_published(company)
    campaign = the_campaign_reaches_its_segment(company)

    lan_answers_with_gaps(company)
    the_others_are_happy(company)
    the_answers_stand_on_the_record(company, lan)
    assert "12 finished" in words_of(company.marketer.get(campaign))

    case = the_agent_is_told(company)
    the_agent_cares(agent, case)
    the_manager_reads_the_report(company, manager)


def customers_come_in_by_a_file(company: Company) -> None:
    imported = company.import_customers(HEAD + LAN + REFUSED + ELSEWHERE + OTHERS, COLUMNS)
    assert "not-an-address is not a mail address" in words_of(imported)
    assert "lan@example.org" in company.marketer.get("/customers?q=nguyen lan").text


def a_questionnaire_is_published(company: Company) -> None:
    company.import_questionnaire(EXAMPLE.read_text(encoding="utf-8"))
    assert "Giao hàng" in company.marketer.get(f"/surveys/{SURVEY}/preview/page?page=drivers&language=vi").text
    company.publish()


def the_campaign_reaches_its_segment(company: Company) -> str:
    vietnam = company.make_segment("Vietnam", "attribute.country", "Vietnam")
    campaign = company.send_campaign("Autumn", segment=vietnam)
    assert sorted(company.mails.recipients()) == sorted(["lan@example.org", *HAPPY])
    letter = company.mail_to("lan@example.org").message
    assert letter["Content-Language"] == "vi"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return campaign


def lan_answers_with_gaps(company: Company) -> None:
    """Let her answer in Vietnamese, one item skipped and one not applicable."""
    ended = answer_all(
        company.customer_at("lan@example.org"),
        {"nps": 2, "csat": 2},
        {"quality": 4, "usability": 3, "delivery": 1, "support": "__na", "price": 3},
        {"usage": "weekly", "channels": ["web", "app"]},
        {"comment": LATE},
        {"repair_wish": "Hãy gọi cho tôi."},
    )
    assert "Xin cảm ơn" in ended.text


def the_others_are_happy(company: Company) -> None:
    outcomes = {"nps": 10, "csat": 5, "effort": 7}
    for address in HAPPY:
        answer_all(company.customer_at(address), outcomes, FULL_MARKS, {}, {"comment": "Tốt."})


def the_answers_stand_on_the_record(company: Company, page: str) -> None:
    stored = response_of(company, "crm:1")
    assert (stored.answers["nps"], stored.answers["delivery"], stored.answers["comment"]) == (2, 1, LATE)
    assert (stored.missing["effort"], stored.missing["support"]) == ("skipped", "not_applicable")
    assert (stored.language, stored.channel, stored.state) == ("vi", "personal-link", "completed")
    assert LATE in words_of(company.marketer.get(page))


def the_agent_is_told(company: Company) -> str:
    company.work()
    told = [mail for mail in company.mails.mails if mail.recipients == [AGENT]]
    assert len(told) == 1
    return link_in(told[0], "cases")


def the_agent_cares(agent: FlaskClient, case: str) -> None:
    assert LATE in words_of(agent.get(case))
    assert agent.post(f"{case}/note", data={"text": "Called her, new date agreed."}).status_code == 303
    closing = {"resolution": "solved", "ending": "Delivered on Friday."}
    assert agent.post(f"{case}/close", data=closing).status_code == 303
    history = words_of(agent.get(case))
    assert "Called her, new date agreed." in history
    assert "Delivered on Friday." in history


def the_manager_reads_the_report(company: Company, manager: FlaskClient) -> None:
    """Eleven promoters and one detractor of twelve: (11 - 1) / 12 = 83."""
    assert "A worker is computing this report" in words_of(manager.get(f"/reports/{SURVEY}"))
    company.work()
    report = words_of(manager.get(f"/reports/{SURVEY}"))
    assert "12 completed responses" in report
    assert "83 NPS" in report
    assert "2 Nguyễn Thị Lan" in words_of(manager.get("/responses"))


def page_of(company: Company, number: str) -> str:
    with company.app.app_context():
        return f"/customers/{db.session.scalars(select(Customer.id).where(Customer.external_id == number)).one()}"


def response_of(company: Company, number: str) -> Response:
    with company.app.app_context():
        return db.session.scalars(select(Response).join(Response.customer).where(Customer.external_id == number)).one()
