"""A letter's ready bytes read exactly as the mail that would be built for one reader alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from survey_app.outbox.building import build
from survey_app.outbox.letters import Letter, filled, slot, without_marks
from survey_app.outbox.personalising import Reader, ReadyLetter
from survey_app.outbox.quoted import quoted
from tests.rooms.outbox.test_building import HOSTILE

DATE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ID = "<0a1b@example.org>"
ADDRESS = "an@example.com"
LINK, UNSUBSCRIBE = "https://s.example/a/x", "https://s.example/u/x"
NAMES = {"From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Content-Type", "MIME-Version"}
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=90)
pieces = st.lists(ANYTHING | st.sampled_from(["\n", " ", "\r", "\t", ".", "=", "From ", "\n.\n", "é" * 80]), max_size=6)


def parsed(content: bytes) -> EmailMessage:
    message = BytesParser(policy=default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def reads_the_same(letter: Letter, to_name: str, values: dict[str, str]) -> EmailMessage:
    ready = ReadyLetter(letter).bytes_for(Reader(ADDRESS, to_name, values, ID, DATE))
    ours, single = parsed(ready), parsed(build(filled(letter, ADDRESS, to_name, values), ID, DATE))
    assert ours.items() == single.items()
    assert [part.items() for part in ours.iter_parts()] == [part.items() for part in single.iter_parts()]
    for mine, theirs in zip(ours.iter_parts(), single.iter_parts(), strict=True):
        assert mine.get_payload(decode=True) == theirs.get_payload(decode=True)
    assert ready.isascii()
    assert b"\r" not in ready.replace(b"\r\n", b"")
    assert b"\n" not in ready.replace(b"\r\n", b"")
    _head, _blank, body = ready.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, ready.split(b"\r\n"))) < 998
    assert [address.addr_spec for address in ours["To"].addresses] == [ADDRESS]
    return ours


def a_letter(text: str = "", **values: str) -> Letter:
    shown = f"{text}{slot('name')}{slot('link')}{text} {slot('name')}\n{slot('link')}?score=9 {text}"
    return Letter(f"{text} {slot('name')}", shown, shown, from_address="s@example.org", **values)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_letters_make_no_header_and_no_recipient(text: str) -> None:
    values = {"name": text, "link": LINK, "unsubscribe_link": UNSUBSCRIBE}
    message = reads_the_same(a_letter(without_marks(text), from_name=text), text, values)
    assert set(message.keys()) == NAMES | {"List-Unsubscribe", "List-Unsubscribe-Post"}
    assert len(message.keys()) == len(set(message.keys()))


@settings(max_examples=40)
@given(texts=pieces, name=ANYTHING, link=ANYTHING)
@example(texts=["\r"], name="\n", link="\r\n")
@example(texts=["", " "], name="\t", link="")
@example(texts=["a" * 75, "é" * 12 + "a"], name="b" * 76, link="=" * 40)
def test_any_letter_with_any_values_reads_as_the_single_mail(texts: list[str], name: str, link: str) -> None:
    body = slot("name").join([without_marks(text) for text in texts]) + slot("link")
    letter = Letter("Hello", body, body, from_address="s@example.org", headers={"X-Wave": "1"})
    reads_the_same(letter, name, {"name": name, "link": link})


@given(ANYTHING.map(lambda text: text.replace("\r", "").encode("utf-8", "ignore").decode()))
def test_the_last_line_has_room_for_a_soft_break(text: str) -> None:
    assert max(len(line) for line in quoted(text).split(b"\r\n")) <= 76
    assert len(quoted(text).split(b"\r\n")[-1]) <= 75


def test_a_subject_in_any_script_is_short_lines_of_ascii() -> None:
    values = {"name": "Nguyễn Thị An 🎉 مرحبا", "link": LINK, "unsubscribe_link": UNSUBSCRIBE}
    message = reads_the_same(a_letter("Chuyến bay của bạn thế nào? "), "شركة", values)
    assert message["Subject"] == "Chuyến bay của bạn thế nào? Nguyễn Thị An 🎉 مرحبا"
    ready = ReadyLetter(a_letter("Chuyến bay " * 9)).bytes_for(Reader(ADDRESS, "An", values, ID, DATE))
    subject = ready[ready.index(b"Subject:") : ready.index(b"Date:")]
    assert max(map(len, subject.split(b"\r\n"))) <= 76


def test_a_link_to_unsubscribe_that_is_none_makes_no_mail() -> None:
    with pytest.raises(ValueError, match="unsubscribe"):
        ReadyLetter(a_letter()).bytes_for(Reader(ADDRESS, "", {"unsubscribe_link": "https://x\r\nBcc: y"}, ID, DATE))
