"""What staff decide about the suppression list, in the audit log."""

from __future__ import annotations

from survey_app.accounts.operations import record
from survey_app.outbox.listeners import SuppressionChange


def note_suppression(change: SuppressionChange) -> None:
    """Write down that somebody of ours added or lifted an address; the log shows enough of it to be recognised."""
    if not change.by_staff:
        return
    if not change.suppression_id:
        record(f"suppressions.{change.act}", "suppressions", "", note=change.note)
        return
    record(
        f"suppression.{change.act}",
        "suppression",
        str(change.suppression_id),
        address=masked(change.address_key),
        reason=change.reason,
        source=change.source,
        note=change.note,
    )


def masked(address: str) -> str:
    """Return an address of which only the first letter and the domain are told: the log outlives the customer."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}"
