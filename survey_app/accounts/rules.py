"""What each role may do: the one table of rights, used by every route, job, export and command."""

from __future__ import annotations

from collections.abc import Collection

ROLES = ("marketer", "manager", "analyst", "agent", "admin")

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
    "segments.view": _MARKETER | {"manager"},
    "segments.edit": _MARKETER,
    "campaigns.view": _READERS,
    "campaigns.edit": _MARKETER,
    "campaigns.send": _MARKETER,
    "responses.view": _READERS,
    "responses.export": frozenset({"manager", "analyst", "admin"}),
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
