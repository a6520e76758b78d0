"""Who may take an address off the list again: the one rule, whichever way somebody asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# What a person wished or complained about is theirs alone to take back, by the link in a mail of ours.
LIFTED_BY_STAFF = frozenset({"bounced", "manual"})
LONGEST_NOTE = 500
REASON_NAMES = {
    "unsubscribed": _l("unsubscribed"),
    "complained": _l("complained"),
    "bounced": _l("mail came back"),
    "manual": _l("added by hand"),
}


def may_lift(reason: str) -> bool:
    """Return whether staff may lift this reason."""
    return reason in LIFTED_BY_STAFF
