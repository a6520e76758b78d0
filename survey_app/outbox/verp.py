"""The envelope address of each mail: what comes back to it is about that mail and nothing else.

With `SURVEY_BOUNCE_ADDRESS=bounces@example.com` mail 71 leaves from `bounces+1z-6k3…@example.com`. The part after
the hyphen proves that we wrote it, so that nobody can make up a bounce of somebody else's mail.
"""

from __future__ import annotations

import re
from base64 import b32encode
from hashlib import sha256
from hmac import compare_digest, digest

from flask import current_app

from survey_app.outbox.content import derived_key

# Small letters and digits: servers on the way may change the case of an address.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MARK_LENGTH = 16
_TAIL = re.compile(r"([0-9a-z]{1,13})-([a-z2-7]{16})\Z", re.ASCII)
HIGHEST_ID = 2**63 - 1


def verp_address(mail_id: int) -> str | None:
    """Return the envelope address of this mail; None where no address for bounces is set."""
    address: str = current_app.config["SURVEY_SETTINGS"].bounce_address
    if not address:
        return None
    local, _at, domain = address.rpartition("@")
    return f"{local}+{_written(mail_id)}-{_mark(mail_id)}@{domain}"


def mail_id_of(address: str) -> int | None:
    """Return the mail that left from this envelope address; None for any address that we did not make."""
    own: str = current_app.config["SURVEY_SETTINGS"].bounce_address.casefold()
    local, _at, domain = address.strip().casefold().rpartition("@")
    own_local, _at, own_domain = own.rpartition("@")
    if not own or domain != own_domain or not local.startswith(f"{own_local}+"):
        return None
    found = _TAIL.match(local.removeprefix(f"{own_local}+"))
    if found is None:
        return None
    mail_id = int(found[1], len(_DIGITS))
    is_ours = mail_id <= HIGHEST_ID and compare_digest(_mark(mail_id), found[2])
    return mail_id if is_ours else None


def _mark(mail_id: int) -> str:
    key = derived_key(current_app.config["SECRET_KEY"], b"envelope addresses")
    return b32encode(digest(key, str(mail_id).encode(), sha256)).decode().lower()[:_MARK_LENGTH]


def _written(number: int) -> str:
    written = ""
    while True:
        number, digit = divmod(number, len(_DIGITS))
        written = _DIGITS[digit] + written
        if not number:
            return written
