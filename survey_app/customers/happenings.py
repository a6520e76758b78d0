"""What somebody says happened with a customer, checked before it is recorded: by a page, a command or the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from survey_app.customers.operations import Happening
from survey_app.customers.rules import clean_text

LIMITS = {"kind": 40, "channel": 40, "product": 200, "location": 200, "campaign": 200, "external_id": 200}
# As much as the column holds.
LARGEST = Decimal("999999999999.99")
# Clocks of other systems may be somewhat ahead of ours.
LENIENCY = timedelta(days=1)


class HappeningError(ValueError):
    """Something cannot have happened as it was said; the message says why, in words."""


def checked_happening(said: Mapping[str, Any], now: datetime) -> Happening:
    """Return what happened, from texts by name; raise HappeningError, in words, where it cannot stand.

    `happened_at` is an instant, or a text such as 2026-01-31T14:30+07:00; without a zone it is meant in UTC, and
    without any it is now. `value` and `cost` are numbers or None.
    """
    texts = {name: clean_text(str(said.get(name) or "")) for name in (*LIMITS, "note")}
    if not texts["kind"]:
        raise HappeningError(_("Say what happened, such as purchase, visit, call or complaint."))
    for name, limit in LIMITS.items():
        if len(texts[name]) > limit:
            raise HappeningError(_("%(text)s… has more than %(n)s characters.", text=texts[name][:20], n=limit))
    for money in (said.get("value"), said.get("cost")):
        if money is not None and not (money.is_finite() and abs(money) <= LARGEST):
            raise HappeningError(_("%(text)s is not a number. Write it as 1234.5.", text=str(money)[:40]))
    number = texts.pop("external_id") or None
    happened_at = _instant(said.get("happened_at"), now)
    return Happening(
        happened_at=happened_at, value=said.get("value"), cost=said.get("cost"), external_id=number, **texts
    )


def _instant(stated: object, now: datetime) -> datetime:
    if not stated:
        return now
    try:
        at = stated if isinstance(stated, datetime) else datetime.fromisoformat(str(stated))
        instant = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        shown = str(stated)[:40]
        raise HappeningError(_("%(text)s is no date. Write it as 2026-01-31T14:30.", text=shown)) from error
    if instant > now + LENIENCY:
        raise HappeningError(_("That lies in the future; only what has happened is recorded."))
    return instant
