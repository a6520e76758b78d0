"""What came back, in the words of people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

VERDICT_NAMES = {
    "hard": _l("The mailbox does not exist"),
    "soft": _l("Did not arrive this time"),
    "policy": _l("Refused because of us"),
    "complaint": _l("Complaints"),
    "delayed": _l("Delayed"),
    "delivered": _l("Delivered"),
    "ignored": _l("No report at all"),
    "unknown": _l("Report that says too little"),
    "unproven": _l("Not proven to be ours"),
}
