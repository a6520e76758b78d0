"""What the sender's domain shows the world about its mail: SPF, DKIM and DMARC, as far as DNS tells.

Looked up side by side within two seconds, kept for an hour with the time of looking, and never needed for sending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import dns.exception
import dns.resolver
from flask import Flask

EXTENSION = "survey_app.campaigns.plan.sender_domain"
LOOK_SECONDS = 2.0
KEPT_FOR = timedelta(hours=1)
UNKNOWN_KEPT_FOR = timedelta(minutes=1)
MOST_KEPT = 200
# Names that RFC 2606 and RFC 6761 keep for examples and tests: no mail comes from them.
_RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")


class Shown(StrEnum):
    """What DNS shows of one protection."""

    FOUND = "found"
    MISSING = "missing"
    # More than one SPF record, or a DMARC record that asks for nothing.
    WEAK = "weak"
    UNKNOWN = "unknown"
    # A domain for examples, which nobody asks about.
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class SenderDomain:
    """A domain, when it was looked up, and what it shows."""

    domain: str
    looked_at: datetime
    spf: Shown
    dkim: Shown
    dmarc: Shown

    @property
    def is_known(self) -> bool:
        """Return whether every question was answered."""
        return Shown.UNKNOWN not in {self.spf, self.dkim, self.dmarc}


@dataclass(slots=True)
class DomainChecks:
    """Looks domains up and keeps what it found."""

    resolver: Callable[[], dns.resolver.Resolver]
    kept: dict[str, SenderDomain] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, domain: str, now: datetime) -> SenderDomain:
        """Return what a domain shows, from what is kept where that is fresh enough."""
        domain = domain.lower().rstrip(".")
        if is_reserved(domain):
            return SenderDomain(domain, now, Shown.RESERVED, Shown.RESERVED, Shown.RESERVED)
        found = self.kept.get(domain)
        if found and now - found.looked_at < (KEPT_FOR if found.is_known else UNKNOWN_KEPT_FOR):
            return found
        found = look_up(domain, self.resolver(), now)
        with self.lock:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[domain] = found
        return found


def bind(app: Flask) -> None:
    """Give the application its own checks."""
    app.extensions[EXTENSION] = DomainChecks(_system_resolver)


def is_reserved(domain: str) -> bool:
    """Return whether a domain is kept for examples and tests."""
    return any(domain == name or domain.endswith(f".{name}") for name in _RESERVED)


def look_up(domain: str, resolver: dns.resolver.Resolver, now: datetime | None = None) -> SenderDomain:
    """Ask DNS the three questions side by side, each within the time there is."""
    with ThreadPoolExecutor(max_workers=3) as pool:
        spf, dkim, dmarc = pool.map(lambda ask: ask(domain, resolver), (_spf, _dkim, _dmarc))
    return SenderDomain(domain, now or datetime.now(UTC), spf, dkim, dmarc)


def _spf(domain: str, resolver: dns.resolver.Resolver) -> Shown:
    found = _texts(domain, resolver)
    if found is None:
        return Shown.UNKNOWN
    n = sum(text.lower().startswith("v=spf1") for text in found)
    return Shown.MISSING if n == 0 else Shown.FOUND if n == 1 else Shown.WEAK


def _dmarc(domain: str, resolver: dns.resolver.Resolver) -> Shown:
    """Ask at the domain, then at the one above it, as RFC 7489 has it in short."""
    for name in (domain, ".".join(domain.split(".")[-2:])):
        found = _texts(f"_dmarc.{name}", resolver)
        if found is None:
            return Shown.UNKNOWN
        policies = [text.replace(" ", "").lower() for text in found if text.lower().startswith("v=dmarc1")]
        if policies:
            return Shown.WEAK if ";p=none" in policies[0] else Shown.FOUND
    return Shown.MISSING


def _dkim(domain: str, resolver: dns.resolver.Resolver) -> Shown:
    """Ask whether anything stands below `_domainkey`: a key's own name is known to the mail server alone.

    A name that does not exist has nothing below it (RFC 8020); one without records of its own may well have.
    """
    try:
        resolver.resolve(f"_domainkey.{domain}", "TXT", lifetime=LOOK_SECONDS)
    except dns.resolver.NXDOMAIN:
        return Shown.MISSING
    except dns.resolver.NoAnswer:
        return Shown.FOUND
    except dns.exception.DNSException:
        return Shown.UNKNOWN
    return Shown.FOUND


def _texts(name: str, resolver: dns.resolver.Resolver) -> list[str] | None:
    """Return the texts at a name; none where there is no such name, None where nobody answered in time."""
    try:
        answer = resolver.resolve(name, "TXT", lifetime=LOOK_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException:
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _system_resolver() -> dns.resolver.Resolver:
    try:
        return dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return dns.resolver.Resolver(configure=False)
