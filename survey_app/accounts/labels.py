"""The names of roles and of an API key's scopes in the interface's languages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ROLE_NAMES = {
    "marketer": _l("Marketer"),
    "manager": _l("Manager"),
    "analyst": _l("Analyst"),
    "agent": _l("Agent"),
    "admin": _l("Administrator"),
}
SCOPE_NAMES = {
    "customers.edit": _l("Store customers and interactions"),
    "customers.view": _l("Read a customer's subscription status"),
    "campaigns.view": _l("Read a campaign's counts"),
}


def role_name(role: str) -> str:
    """Return a role's name for people."""
    return str(ROLE_NAMES.get(role, role))
