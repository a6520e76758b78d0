"""Pure decisions of a fielding: who may still answer, who is held back, what may be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from analysis.values.fieldwork import Disposition, HoldReason

# Ways on which we write to people ourselves; on the others links are handed over, or somebody calls.
WRITTEN_CHANNELS = ("mail", "sms")
# Above this many mails, the sender types the number.
CONFIRMED_BY_TYPING_ABOVE = 100

# Somebody who may still be reminded: written to, and not done, refused or out of reach.
UNFINISHED = (Disposition.NO_REPLY, Disposition.BREAK_OFF, Disposition.PARTIAL)
# Dispositions of people who had not begun, as far as the product knows.
NOT_BEGUN = (Disposition.NOT_YET_SENT, Disposition.NO_REPLY, Disposition.BOUNCED, Disposition.FAILED)


class AnswerRefusal(StrEnum):
    """Why a campaign takes no answers."""

    NOT_OPEN = "not-open"
    PAUSED = "paused"
    CLOSED = "closed"
    # The campaign has as many answers as it takes.
    FULL = "full"


class Fielding(Protocol):
    """What decides whether a campaign takes answers; a campaign and a link's row both have it."""

    @property
    def mode(self) -> str:
        """Return the way in: mail, public or imported."""

    @property
    def state(self) -> str:
        """Return draft, scheduled, open, paused or closed."""

    @property
    def opens_at(self) -> datetime | None:
        """Return from when on answers are taken."""

    @property
    def closes_at(self) -> datetime | None:
        """Return from when on no answers are taken."""


def accepts_answers(campaign: Fielding, now: datetime, *, is_test: bool = False) -> AnswerRefusal | None:
    """Return why a campaign takes no answers at this moment, or None where it does.

    Pausing a mail campaign pauses its mails: whoever has one may answer. A test link works before sending.
    """
    if campaign.state == "closed" or (campaign.closes_at is not None and campaign.closes_at <= now):
        return AnswerRefusal.CLOSED
    if is_test:
        return None
    if campaign.state in {"draft", "scheduled"} or (campaign.opens_at is not None and campaign.opens_at > now):
        return AnswerRefusal.NOT_OPEN
    if campaign.state == "paused" and campaign.mode == "public":
        return AnswerRefusal.PAUSED
    return None


# Steps that only mails have.
MAIL_STEPS = frozenset({"write", "remind", "schedule", "unschedule", "start", "cancel", "continue", "retry", "limits"})
# What may be done with a campaign, by its state; the pages show these buttons and the operations enforce them.
STEPS: dict[str, frozenset[str]] = {
    "draft": frozenset({"edit", "write", "send", "schedule"}),
    "scheduled": frozenset({"unschedule", "start"}),
    "open": frozenset({"edit", "write", "pause", "close", "remind", "cancel", "continue", "retry", "limits"}),
    "paused": frozenset({"edit", "write", "resume", "close", "cancel", "limits"}),
    "closed": frozenset({"reopen"}),
}


def may_be_done(step: str, *, state: str, mode: str) -> bool:
    """Return whether a step (see `STEPS`) is possible now."""
    if mode == "imported" or (step in MAIL_STEPS and mode != "mail"):
        return False
    return step in STEPS.get(state, frozenset())


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a customer when it is decided whether to write to them."""

    address: str | None
    is_valid: bool
    has_consent: bool
    suppression: str | None
    is_taken: bool


def hold_reason(candidate: Candidate) -> HoldReason | None:
    """Return why a customer is not written to, or None; the first reason that holds is the one told."""
    reasons = (
        (not candidate.address, HoldReason.NO_ADDRESS),
        (not candidate.is_valid, HoldReason.INVALID_ADDRESS),
        (candidate.suppression == "unsubscribed", HoldReason.OPTED_OUT),
        (candidate.suppression is not None, HoldReason.SUPPRESSED),
        (not candidate.has_consent, HoldReason.NO_CONSENT),
        (candidate.is_taken, HoldReason.DUPLICATE_ADDRESS),
    )
    return next((reason for holds, reason in reasons if holds), None)


def language_for(wanted: str | None, offered: tuple[str, ...], default: str) -> str:
    """Return the language to write in: the customer's, its plain form, the organisation's, else the first offered."""
    for tag in (wanted, (wanted or "").split("-")[0], default):
        if tag in offered:
            return str(tag)
    return offered[0]


def needs_typed_count(n_mails: int) -> bool:
    """Return whether sending so many mails is confirmed by typing their number or the campaign's name."""
    return n_mails > CONFIRMED_BY_TYPING_ABOVE


def is_confirmed(typed: str, n_mails: int, name: str) -> bool:
    """Return whether somebody typed the number of mails, with any separators, or the campaign's name."""
    digits = "".join(letter for letter in typed if letter.isdigit())
    is_number = digits == str(n_mails) and not any(letter.isalpha() for letter in typed)
    return is_number or " ".join(typed.split()).casefold() == " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How many completions a campaign takes (None: all), and how many days a correction and an open draft have."""

    most_responses: int | None = None
    correction_days: int = 30
    break_off_days: int = 14
