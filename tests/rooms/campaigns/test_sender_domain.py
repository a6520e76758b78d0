"""What DNS shows of a sender's domain, asked of a real name server of ours; and what mail servers' answers mean."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from survey_app.campaigns.figures.refusals import Meaning, grouped, meaning_of
from survey_app.campaigns.plan.sender_domain import DomainChecks, Shown, is_reserved

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RECORDS = {
    "good.house.": ["v=spf1 include:mail.house -all", "something else"],
    "_dmarc.good.house.": ["v=DMARC1; p=reject"],
    "_domainkey.good.house.": [],
    "twice.house.": ["v=spf1 -all", "v=spf1 a -all"],
    "_dmarc.twice.house.": ["v=DMARC1; p=none"],
    "_dmarc.above.house.": ["v=DMARC1; p=quarantine"],
    "news.above.house.": ["v=spf1 -all"],
}


@pytest.fixture
def name_server() -> Iterator[int]:
    """Return the port of a name server that knows a few names, and answers nothing about `silent.house`."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            data, client = server.recvfrom(4096)
            if data == b"end":
                return
            query = dns.message.from_wire(data)
            name = query.question[0].name.to_text().lower()
            if "silent" in name:
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if name not in RECORDS:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif RECORDS[name]:
                texts = [f'"{text}"' for text in RECORDS[name]]
                answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", texts))
            server.sendto(answer.to_wire(), client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.sendto(b"end", server.getsockname())
    thread.join(5)
    server.close()


def _checks(port: int) -> DomainChecks:
    def resolver() -> dns.resolver.Resolver:
        found = dns.resolver.Resolver(configure=False)
        found.nameservers, found.port = ["127.0.0.1"], port
        return found

    return DomainChecks(resolver)


@pytest.mark.parametrize(
    ("domain", "spf", "dkim", "dmarc"),
    [
        ("good.house", Shown.FOUND, Shown.FOUND, Shown.FOUND),
        ("twice.house", Shown.WEAK, Shown.MISSING, Shown.WEAK),
        ("news.above.house", Shown.FOUND, Shown.MISSING, Shown.FOUND),
        ("bare.house", Shown.MISSING, Shown.MISSING, Shown.MISSING),
        ("example.org", Shown.RESERVED, Shown.RESERVED, Shown.RESERVED),
    ],
)
def test_dns_shows_what_protects_a_domain(name_server: int, domain: str, spf: Shown, dkim: Shown, dmarc: Shown) -> None:
    found = _checks(name_server).of(domain, NOW)
    assert (found.spf, found.dkim, found.dmarc) == (spf, dkim, dmarc)


def test_a_silent_name_server_takes_two_seconds_once(name_server: int) -> None:
    checks, begin = _checks(name_server), datetime.now(UTC)
    found = checks.of("silent.house", NOW)
    assert (found.spf, found.dkim, found.dmarc) == (Shown.UNKNOWN,) * 3
    assert datetime.now(UTC) - begin < timedelta(seconds=3.5)
    assert checks.of("silent.house", NOW + timedelta(seconds=30)) is found


def test_what_was_found_is_kept_for_an_hour_with_its_time(name_server: int) -> None:
    checks = _checks(name_server)
    found = checks.of("good.house", NOW)
    assert checks.of("GOOD.house.", NOW + timedelta(minutes=59)) is found
    assert checks.of("good.house", NOW + timedelta(minutes=61)).looked_at == NOW + timedelta(minutes=61)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("example.org", True), ("mail.example", True), ("localhost", True), ("example.org.au", False), ("x.org", False)],
)
def test_domains_for_examples_are_not_asked_about(domain: str, expected: bool) -> None:
    assert is_reserved(domain) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 The email account does not exist", Meaning.NO_SUCH_ADDRESS),
        ("550 5.1.1 <an@example.org>: user unknown in relay table", Meaning.NO_SUCH_ADDRESS),
        ("452 4.2.2 The recipient's inbox is out of storage space", Meaning.MAILBOX_FULL),
        ("550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy", Meaning.POLICY),
        ("554 5.7.1 Message rejected as spam", Meaning.POLICY),
        ("421 4.7.0 Too many messages from your address", Meaning.TOO_FAST),
        ("535 5.7.8 Authentication credentials invalid", Meaning.SIGNING_IN),
        ("Connection timed out", Meaning.OUT_OF_REACH),
        ("certificate verify failed: self-signed certificate", Meaning.UNSAFE_CONNECTION),
        ("450 4.3.0 come back later", Meaning.LATER),
        ("This mail could not be built: no address", Meaning.NOT_BUILT),
        ("550 no", Meaning.REFUSED),
        ("", Meaning.REFUSED),
    ],
)
def test_an_answer_of_a_mail_server_has_a_meaning(text: str, expected: Meaning) -> None:
    assert meaning_of(text) is expected


def test_answers_are_grouped_by_their_meaning_the_most_frequent_first() -> None:
    found = grouped([("550 5.1.1 a", 2), ("450 later", 4), ("550 5.1.1 b", 3)])
    assert [(each.meaning, each.n_mails, each.example) for each in found] == [
        (Meaning.NO_SUCH_ADDRESS, 5, "550 5.1.1 a"),
        (Meaning.LATER, 4, "450 later"),
    ]
