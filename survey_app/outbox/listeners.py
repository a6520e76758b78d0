"""Who wants to know that mail came back, that the suppression list changed, or how mail may go: see `create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Flask, current_app

from survey_app.outbox.models import OutboxMail

RETURNS = "survey_app.outbox.returns"
SUPPRESSIONS = "survey_app.outbox.suppressions"
DECISIONS = "survey_app.outbox.decisions"


@dataclass(frozen=True, slots=True)
class MailReturn:
    """A mail that came back, or about which somebody complained; `is_dead` where the address takes no mail at all."""

    mail: OutboxMail
    became: Literal["bounced", "complained"]
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class SuppressionChange:
    """An address that gets no survey mail any more for this reason, or that gets it again.

    `imported` and `exported` tell of a whole file, without an address of their own.
    `by_staff` where a person of ours decided it, with their reason in `note`: that stands in the audit log.
    """

    act: Literal["added", "lifted", "imported", "exported"]
    suppression_id: int
    address_key: str
    reason: str
    source: str
    note: str = ""
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class SendingDecision:
    """What somebody decided about how mail goes: a limit set or lifted, or mails that go out once more."""

    act: Literal["limited", "resent"]
    scope: str = ""
    before: str = ""
    after: str = ""


ReturnListener = Callable[[MailReturn], None]
SuppressionListener = Callable[[SuppressionChange], None]
DecisionListener = Callable[[SendingDecision], None]


def on_return(app: Flask, listener: ReturnListener) -> None:
    """Call the listener in the transaction that records a mail as come back or complained about."""
    app.extensions.setdefault(RETURNS, []).append(listener)


def tell_return(came: MailReturn) -> None:
    """Tell every listener that a mail came back, or that somebody complained about it."""
    for listener in current_app.extensions.get(RETURNS, []):
        listener(came)


def on_suppression(app: Flask, listener: SuppressionListener) -> None:
    """Call the listener in the transaction that adds an address to the suppression list or lifts one."""
    app.extensions.setdefault(SUPPRESSIONS, []).append(listener)


def tell_suppression(change: SuppressionChange) -> None:
    """Tell every listener that the suppression list changed."""
    for listener in current_app.extensions.get(SUPPRESSIONS, []):
        listener(change)


def on_decision(app: Flask, listener: DecisionListener) -> None:
    """Call the listener in the transaction that changes how mail goes."""
    app.extensions.setdefault(DECISIONS, []).append(listener)


def tell_decision(decision: SendingDecision) -> None:
    """Tell every listener what was decided about how mail goes."""
    for listener in current_app.extensions.get(DECISIONS, []):
        listener(decision)
