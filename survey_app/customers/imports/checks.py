"""The rules of a customer's record over many rows: what is surely fine is told by its first letters, not asked twice.

Whatever is not surely fine goes the way of a single record, which says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from survey_app.customers.rules import LIMITS, CustomerRecord, attribute_value, check_record, email_problem
from survey_app.outbox.rules import address_key

# Local parts that need no second look; everything else is left to the strict library.
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_+-]|\.(?=[A-Za-z0-9_+-])){0,62}")
_PLAIN_PHONE = re.compile(r"[0-9+][0-9 ]{2,30}")
_LONGEST_ADDRESS = 200
_MOST_KEPT = 20_000
_NOTHING = object()


class Checks:
    """The checks of one file; values that many rows share are looked at once."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        """Know the attributes' kinds by code."""
        self.kinds = dict(kinds)
        self._domains: dict[str, bool] = {}
        self._fine: set[tuple[str, str]] = set()
        self._values: dict[tuple[str, str], Any] = {}

    def problems(self, record: CustomerRecord) -> dict[str, str]:
        """Return what is wrong with a record, in words by field."""
        if self._is_surely_fine(record):
            return {}
        problems = check_record(record, self.kinds)
        for name in ("language", "time_zone"):
            value = getattr(record, name)
            if value and name not in problems and len(self._fine) < _MOST_KEPT:
                self._fine.add((name, value))
        return problems

    def address_problem(self, address: str) -> str | None:
        """Return why a text is no mail address, or None."""
        return None if self.is_plain_address(address) else email_problem(address)

    def is_plain_address(self, address: str) -> bool:
        """Return whether an address is surely one: a plain local part at a domain that the strict library takes."""
        local, _at, domain = address.rpartition("@")
        if len(address) > _LONGEST_ADDRESS or not _PLAIN_LOCAL.fullmatch(local):
            return False
        known = self._domains.get(domain)
        if known is None:
            known = domain.isascii() and email_problem(f"a@{domain}") is None
            if len(self._domains) < _MOST_KEPT:
                self._domains[domain] = known
        return known

    def value(self, code: str, text: str) -> Any:
        """Return an attribute's value as it is stored; raise ValueError, in words, where it does not fit."""
        kept = self._values.get((code, text), _NOTHING)
        if kept is _NOTHING:
            kept = attribute_value(self.kinds[code], text)
            if len(self._values) >= _MOST_KEPT:
                self._values.clear()
            self._values[code, text] = kept
        return kept

    def forget_values(self) -> None:
        """Look at values anew, since what a choice may be has changed."""
        self._values.clear()

    def _is_surely_fine(self, record: CustomerRecord) -> bool:
        return (
            self._has_fine_texts(record)
            and (not record.email or self.is_plain_address(record.email))
            and (not record.phone or _PLAIN_PHONE.fullmatch(record.phone) is not None)
            and (not record.language or ("language", record.language) in self._fine)
            and (not record.time_zone or ("time_zone", record.time_zone) in self._fine)
            and self._has_fine_values(record)
        )

    def _has_fine_texts(self, record: CustomerRecord) -> bool:
        return (
            len(record.name or "") <= LIMITS["name"]
            and len(record.company or "") <= LIMITS["company"]
            and len(record.external_id or "") <= LIMITS["external_id"]
            and (not record.external_id or ("source", record.source) in self._fine or self._learn_source(record))
        )

    def _learn_source(self, record: CustomerRecord) -> bool:
        is_fine = not check_record(CustomerRecord(external_id="1", source=record.source), {})
        if is_fine:
            self._fine.add(("source", record.source))
        return is_fine

    def _has_fine_values(self, record: CustomerRecord) -> bool:
        try:
            for code, text in record.attributes.items():
                if code not in self.kinds:
                    return False
                self.value(code, text)
        except ValueError:
            return False
        return True


# The same few rows are asked for at every step of a chunk.
@lru_cache(maxsize=4096)
def fast_key(address: str) -> str:
    """Return the spelling by which addresses are compared; plain ASCII needs no table."""
    is_plain = address.isascii() and address.strip() == address and not address.endswith(".")
    return address.lower() if is_plain else address_key(address)
