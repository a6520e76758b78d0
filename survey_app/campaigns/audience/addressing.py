"""Whom an invitation goes to: where it reaches them, in which language, with which link, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.audience.deciding import Decision, Member, preview
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.timing.pacing import due_times
from survey_app.campaigns.timing.planned_sends import timing_of
from survey_app.campaigns.tokens import Link, new_links
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.outbox.messaging import checked_number
from survey_app.outbox.rules import AddressError, checked_address, domain_of

# Local parts that need no closer look.
_PLAIN = re.compile(r"[A-Za-z0-9_+-]{1,30}(\.[A-Za-z0-9_+-]{1,10}){0,3}")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened that somebody is asked about, and when the mail may go."""

    interaction_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Addressee:
    """One customer with the decision on them; `place` is where they are reached, empty where nothing goes."""

    member: Member
    reason: HoldReason | None
    link: Link
    language: str
    place: str
    due_at: datetime | None
    occasion: Occasion | None


def addressees(
    campaign: Campaign,
    decisions: Sequence[Decision],
    languages: Mapping[int, str],
    occasions: Mapping[int, Occasion],
    now: datetime,
) -> list[Addressee]:
    """Return everybody with what their invitation needs."""
    places = [place_of(campaign, decision) for decision in decisions]
    reasons = [
        HoldReason.INVALID_ADDRESS if place is None else each.reason
        for place, each in zip(places, decisions, strict=True)
    ]
    mailed = [each.member for each, reason in zip(decisions, reasons, strict=True) if reason is None]
    instants = dict(zip((each.id for each in mailed), _instants(campaign, mailed, occasions, now), strict=True))
    return [
        Addressee(
            member=each.member,
            reason=reason,
            link=link,
            language=languages[each.member.id],
            place=place or "" if reason is None else "",
            due_at=instants.get(each.member.id),
            occasion=occasions.get(each.member.id),
        )
        for each, reason, place, link in zip(decisions, reasons, places, new_links(len(decisions)), strict=True)
    ]


def place_of(campaign: Campaign, decision: Decision) -> str | None:
    """Return the address or number as servers take it; None, and remembered, where they would refuse it after all."""
    member, channel = decision.member, campaign.contact_channel
    if decision.reason is not None:
        return ""
    if channel in {"phone", "export"}:
        return (member.key if channel == "phone" else member.email) or ""
    if channel == "sms":
        place, state = _as_gateways_take_it(member.phone or ""), "phone_state"
    else:
        place, state = _as_servers_take_it(member.email or ""), "email_state"
    if place is None:
        setattr(db.session.get_one(Customer, member.id), state, "invalid")
    return place


def _as_gateways_take_it(number: str) -> str | None:
    try:
        return checked_number(number)
    except AddressError:
        return None


def _as_servers_take_it(address: str) -> str | None:
    """Return the address with an ASCII domain, None for one that is none; a domain is looked at closely once."""
    local, _at, domain = address.rpartition("@")
    if _PLAIN.fullmatch(local):
        known = _closely("a", domain)
        return f"{local}{known[1:]}" if known else None
    return _closely(local, domain)


@lru_cache(maxsize=20_000)
def _closely(local: str, domain: str) -> str | None:
    try:
        return checked_address(f"{local}@{domain}")
    except AddressError:
        return None


def row_of(campaign: Campaign, each: Addressee, now: datetime) -> dict[str, Any]:
    """Return the invitation as it is stored."""
    is_held = each.reason is not None
    return {
        "campaign_id": campaign.id,
        "customer_id": each.member.id,
        "token_nonce": each.link.nonce,
        "token_hash": each.link.hash,
        "language": each.language,
        "address": each.place,
        "address_key": None if is_held else each.member.key,
        "disposition": (Disposition.HELD_BACK if is_held else Disposition.NOT_YET_SENT).value,
        "held_back_reason": each.reason.value if each.reason else None,
        "is_test": False,
        "channel": campaign.contact_channel,
        "is_pilot": False,
        "interaction_id": each.occasion.interaction_id if each.occasion else None,
        "n_reminders": 0,
        "created_at": now,
        "due_at": each.due_at,
    }


def _instants(
    campaign: Campaign, members: Sequence[Member], occasions: Mapping[int, Occasion], now: datetime
) -> list[datetime]:
    """Return when each may go: what happened first, else the campaign's schedule and pace, chunk after chunk."""
    if not campaign.pace and not campaign.schedule:
        return [occasions[each.id].due_at if each.id in occasions else now for each in members]
    known = campaign.pilot.get("invited", {})
    start = datetime.fromisoformat(known["from"]) if known else now
    n_total = known["of"] if known else _n_total(campaign, now)
    is_sms = campaign.contact_channel == "sms"
    recipients = [(each.time_zone, domain_of("" if is_sms else each.email or "@")) for each in members]
    instants, state = due_times(timing_of(campaign, start, n_total), recipients, known.get("state"))
    campaign.pilot = campaign.pilot | {"invited": {"from": start.isoformat(), "of": n_total, "state": state}}
    paired = zip(members, instants, strict=True)
    return [max(at, occasions[each.id].due_at) if each.id in occasions else at for each, at in paired]


def _n_total(campaign: Campaign, now: datetime) -> int:
    """Return among how many mails the minutes of a spread are shared."""
    return preview(campaign, now).n_sendable if campaign.pace.get("over_minutes") else 0
