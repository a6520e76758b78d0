"""The names of states, resolutions and events in the interface's languages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

RESOLUTIONS: dict[str, LazyString] = {
    "solved": _l("Solved"),
    "apologised": _l("Apologised"),
    "compensated": _l("Compensated"),
    "not_reached": _l("Could not be reached"),
    "no_action": _l("No action needed"),
    "other": _l("Something else (say what in the note)"),
}
EVENTS: dict[str, LazyString] = {
    "opened": _l("Opened by an answer"),
    "answer": _l("Another low answer came in"),
    "corrected": _l("The customer corrected their answer"),
    "note": _l("Note"),
    "assigned": _l("Assigned"),
    "closed": _l("Closed"),
    "reopened": _l("Reopened"),
}
STATES: dict[str, LazyString] = {"open": _l("Open"), "closed": _l("Closed")}
OWNERS: dict[str, LazyString] = {"mine": _l("Mine"), "unassigned": _l("Unassigned"), "all": _l("All")}
TEMPLATE_NAMES = {"case_resolutions": RESOLUTIONS, "case_events": EVENTS, "case_states": STATES, "case_owners": OWNERS}
