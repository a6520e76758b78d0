"""The names of roles in the interface's languages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ROLE_NAMES = {
    "marketer": _l("Marketer"),
    "manager": _l("Manager"),
    "analyst": _l("Analyst"),
    "agent": _l("Agent"),
    "admin": _l("Administrator"),
}


def role_name(role: str) -> str:
    """Return a role's name for people."""
    return str(ROLE_NAMES.get(role, role))
