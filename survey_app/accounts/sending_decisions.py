"""What people decide about how mail goes, in the audit log."""

from __future__ import annotations

from survey_app.accounts.operations import record
from survey_app.outbox.listeners import SendingDecision


def note_decision(decision: SendingDecision) -> None:
    """Write down that a limit was set or lifted, or that mails which may have arrived go out once more."""
    if decision.act == "resent":
        record("sending.resent", "outbox", "", mails=decision.after)
        return
    record("sending.limited", "sending_limit", decision.scope, before=decision.before, after=decision.after)
