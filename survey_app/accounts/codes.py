"""Codes of an authenticator app (TOTP, RFC 6238) and recovery codes, as values."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP

DIGITS = 6
# A phone's clock may be half a minute off either way.
TOLERANCE_SECONDS = 30
N_RECOVERY_CODES = 10
# Without the letters and digits that are mistaken for each other; 16 of them are 80 bits.
RECOVERY_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 16
GROUP = 4


def new_secret() -> str:
    """Return a random secret to share with an app, in the letters that apps take (base 32)."""
    return str(TOTP.new().base32_key)


def accepted_step(secret: str, code: str, last_step: int, now: datetime) -> int | None:
    """Return the half minute a code belongs to, or None for a wrong, old or already used one."""
    if not re.fullmatch(f"[0-9]{{{DIGITS}}}", code):
        return None
    try:
        found = TOTP(key=secret).match(code, time=now, window=TOLERANCE_SECONDS, last_counter=last_step)
    except TokenError:
        return None
    return int(found.counter)


def set_up_address(secret: str, email: str, issuer: str) -> str:
    """Return what the QR code says to the app: whose secret this is, and of which place."""
    # The colon parts the two names, so neither may hold one.
    return str(TOTP(key=secret).to_uri(email.replace(":", " "), issuer.replace(":", " ")))


def in_groups(text: str) -> str:
    """Return a long code in groups of four, as people read and type it."""
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def new_recovery_codes() -> list[str]:
    """Return ten random recovery codes, as they are shown."""
    made = (
        "".join(secrets.choice(RECOVERY_SIGNS) for _sign in range(RECOVERY_LENGTH)) for _n in range(N_RECOVERY_CODES)
    )
    return [in_groups(code) for code in made]


def plain(typed: str) -> str:
    """Return a code as it is compared: however it was typed, without gaps and in small letters."""
    return re.sub(r"[\s-]+", "", typed).lower()
