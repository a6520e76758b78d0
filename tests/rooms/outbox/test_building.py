"""No header is put together from text: whatever names and subjects hold, only the intended headers are there."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from survey_app.outbox.building import build
from survey_app.outbox.mail import Mail, from_json, to_json
from survey_app.outbox.rules import address_key, clean_header, is_dead_address, outcome_of, pause_after
from tests.factories.mails import a_mail

DATE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ID = "<0a1b@example.org>"
INTENDED = {
    "Content-Type", "MIME-Version", "From", "To", "Subject", "Date", "Message-ID", "Content-Language",
    "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip
HOSTILE = (
    "a\r\nBcc: evil@example.org",
    "a\nBcc: evil@example.org",
    "a\rBcc: evil@example.org",
    "a\x0bBcc: evil@example.org",
    "a\x0cb\x1cc\x1dd\x1ee\x85f\u2028g\u2029h\x00i",
    "=?utf-8?q?a=0ABcc=3A_evil=40example=2Eorg?=",
    "=?utf-8?b?YQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=",
    "=?iso-8859-1?Q?=0D=0ABcc:_evil@example.org?=",
    '"><evil@example.org>, <more@example.org>',
    "evil@example.org,more@example.org",
    "a" * 5000,
    "Ồ" * 500,
    "\ud800 alone",
    "\u202egro.elpmaxe",
    "(a comment) <x@example.org>",
    "",
    "Null",
)


def parsed(mail: Mail) -> EmailMessage:
    content = build(mail, ID, DATE)
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) < 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    message = BytesParser(policy=default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def only_what_is_meant(mail: Mail) -> None:
    message = parsed(mail)
    assert set(message.keys()) == INTENDED
    assert len(message.keys()) == len(INTENDED)
    assert [address.addr_spec for address in message["To"].addresses] == [mail.to_address]
    assert [address.addr_spec for address in message["From"].addresses] == [mail.from_address]


def hostile_mail(text: str) -> Mail:
    return a_mail(
        subject=text,
        to_name=text,
        from_name=text,
        text=text,
        html=text,
        from_address="surveys@example.org",
        unsubscribe_url="https://example.org/u/abc",
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_makes_no_header_and_no_recipient(text: str) -> None:
    only_what_is_meant(hostile_mail(text))


@given(st.text())
@example("=\r\n?utf-8?q?=0A?=")
@example("==??utf-8?q?=0ABcc:x??==")
def test_no_text_at_all_makes_a_header_or_a_recipient(text: str) -> None:
    only_what_is_meant(hostile_mail(text))


@given(st.text())
def test_a_cleaned_header_stays_on_one_line_and_opens_no_encoded_word(text: str) -> None:
    cleaned = clean_header(text, 200)
    assert len(cleaned.splitlines()) <= 1
    assert "=?" not in cleaned
    assert len(cleaned) <= 200


def test_an_ordinary_mail_reads_as_it_was_written() -> None:
    mail = a_mail(
        subject="Chuyến bay của bạn thế nào? Cảm ơn bạn đã bay cùng chúng tôi vào thứ Hai",
        text="Xin chào Nguyễn,\nhttps://example.org/a/x?y=1",
        html="<p>Xin chào <b>Nguyễn</b></p>",
        from_address="surveys@example.org",
        from_name='Lotus, "Air" & Co',
        unsubscribe_url="https://example.org/u/abc",
        language="vi",
        headers={"X-Campaign": "12"},
    )
    message = parsed(mail)
    assert message["Subject"] == mail.subject
    assert message["To"].addresses[0].display_name == "Nguyễn Thị An"
    assert message["From"].addresses[0].display_name == 'Lotus, "Air" & Co'
    assert message["Message-ID"] == ID
    assert message["List-Unsubscribe"] == "<https://example.org/u/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["X-Campaign"] == "12"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == mail.text  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content().strip() == mail.html  # type: ignore[union-attr]


def test_a_long_unsubscribe_link_is_not_folded() -> None:
    url = "https://example.org/u/" + "x" * 300
    content = build(a_mail(from_address="a@example.org", unsubscribe_url=url), ID, DATE)
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in content


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a b", "https://a/>,<x", "https://a/\r\nBcc: x", "https://é"]
)
def test_a_link_that_would_break_its_header_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="unsubscribe"):
        build(a_mail(from_address="a@example.org", unsubscribe_url=url), ID, DATE)


@pytest.mark.parametrize("name", ["Bcc", "to", "X-A\r\nBcc", "Subject", "", "X A", "List-Unsubscribe"])
def test_a_header_that_is_not_the_callers_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="header"):
        build(a_mail(from_address="a@example.org", headers={name: "x"}), ID, DATE)


@given(st.builds(Mail, *[st.text()] * 5))
def test_a_stored_mail_is_read_as_it_was(mail: Mail) -> None:
    assert from_json(to_json(mail)) == mail


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("An@Example.org", "an@example.ORG", True),
        (" an@example.org ", "an@example.org.", True),
        ("an@bücher.example", "an@xn--bcher-kva.example", True),
        ("\uff41n@example.org", "an@example.org", True),
        ("an+1@example.org", "an@example.org", False),
        ("an@example.org", "an@example.com", False),
    ],
)
def test_addresses_are_compared_by_their_folded_spelling(*, one: str, other: str, is_same: bool) -> None:
    assert (address_key(one) == address_key(other)) is is_same


@given(st.text())
def test_folding_an_address_twice_changes_nothing_more(address: str) -> None:
    assert address_key(address_key(address)) == address_key(address)


@pytest.mark.parametrize(
    ("code", "name"),
    [(250, "accepted"), (251, "accepted"), (354, "later"), (421, "later"), (450, "later"), (550, "refused")],
)
def test_an_answer_means_what_its_class_says(code: int, name: str) -> None:
    assert outcome_of(code).value == name


@pytest.mark.parametrize(
    ("reply", "is_dead"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.1.10 null", True),
        ("554-5.2.1 disabled", True),
        ("552 5.2.2 full", False),
        ("550 no such user", False),
        ("550 5.7.1 policy", False),
        ("450 4.1.1 later", False),
        ("550 5.1.15 other", False),
    ],
)
def test_only_certain_refusals_say_that_an_address_is_dead(*, reply: str, is_dead: bool) -> None:
    assert is_dead_address(reply) is is_dead


def test_pauses_grow_to_an_hour_and_end_after_a_day() -> None:
    pauses = []
    n_tries = 1
    while (pause := pause_after(n_tries, 0)) is not None:
        pauses.append(pause.total_seconds())
        n_tries += 1
    assert pauses[:4] == [20, 40, 80, 160]
    assert pauses == sorted(pauses)
    assert max(pauses) == 3600
    assert 24 * 3600 < sum(pauses) < 27 * 3600
