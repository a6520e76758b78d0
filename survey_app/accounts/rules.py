"""What each role may do: the one table of rights, used by every route, job, export and command."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

LONGEST_IDLE = timedelta(hours=8)
LONGEST_SESSION = timedelta(days=7)
RESET_LIFETIME = timedelta(hours=1)
# How long one may take from the password to the code, and from seeing a new secret to its first code.
LONGEST_HALF_WAY = timedelta(minutes=10)
LONGEST_SET_UP = timedelta(minutes=15)
ROLES = ("marketer", "manager", "analyst", "agent", "admin")
# What somebody looks at first; of several roles, the one that stands first here decides.
HOMES = {
    "manager": "/reports",
    "analyst": "/reports",
    "agent": "/cases",
    "marketer": "/surveys",
    "admin": "/surveys",
}

_MARKETER = frozenset({"marketer", "admin"})
_READERS = frozenset({"marketer", "manager", "analyst", "admin"})
_FOLLOW_UP = frozenset({"agent", "manager", "admin"})
_RECORDS = frozenset({"marketer", "manager", "agent", "admin"})
_ADMIN = frozenset({"admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "home.view": frozenset(ROLES),
    "account.edit": frozenset(ROLES),
    "surveys.view": _READERS,
    "surveys.design": _MARKETER,
    "surveys.publish": _MARKETER,
    "customers.view": _RECORDS,
    "customers.edit": frozenset({"marketer", "agent", "admin"}),
    "customers.import": _MARKETER,
    "customers.export": _MARKETER | {"manager"},
    "segments.view": _MARKETER | {"manager"},
    "segments.edit": _MARKETER,
    "campaigns.view": _READERS,
    "campaigns.edit": _MARKETER,
    "campaigns.send": _MARKETER,
    "suppressions.view": _MARKETER | {"manager"},
    "suppressions.edit": _MARKETER,
    "responses.view": _READERS,
    "responses.export": frozenset({"manager", "analyst", "admin"}),
    "responses.enter": _RECORDS,
    "responses.import": frozenset({"marketer", "analyst", "admin"}),
    "reports.view": _READERS,
    "cases.view": _FOLLOW_UP,
    "cases.work": _FOLLOW_UP,
    "alerts.edit": frozenset({"manager", "admin"}),
    "staff.manage": _ADMIN,
    "audit.view": _ADMIN,
    "settings.edit": _ADMIN,
    "jobs.view": _ADMIN,
}


def may(roles: Collection[str], operation: str) -> bool:
    """Return whether somebody with these roles may carry out the operation; an unknown operation is nobody's."""
    return not PERMISSIONS.get(operation, frozenset()).isdisjoint(roles)


def home_of(roles: Collection[str]) -> str | None:
    """Return the page that people with these roles begin their work on, or None for somebody without a role."""
    return next((page for role, page in HOMES.items() if role in roles), None)


def account_name(email: str) -> str:
    """Return an address as accounts are kept: one spelling for all ways to type it."""
    return unicodedata.normalize("NFC", email).strip().casefold()


def token_hash(token: str) -> str:
    """Return what is kept of a random token: enough to recognise it, too little to use it."""
    return sha256(token.encode()).hexdigest()


def session_counts(created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Return whether a session is young and lively enough: eight hours idle, seven days in all."""
    return now - last_seen_at < LONGEST_IDLE and now - created_at < LONGEST_SESSION


def safe_next(target: str | None) -> str:
    """Return a local address to go on to; anything that could lead elsewhere becomes the start page."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(letter) < ord("!") for letter in target):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target
