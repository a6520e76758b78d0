"""A form on a shared device: it begins anew after everybody, and shows nobody what the one before answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from survey_app.campaigns.queries import PublicRow
from survey_app.campaigns.reaching.channels import kiosk_of
from survey_app.responses.dressing import Dress
from survey_app.responses.links import Link
from survey_app.responses.models import Response

KIOSK = "k"
# A page that takes no answers looks again whether it may.
LOOK_AGAIN = 60
OK = 200


def has_left(link: Link, now: datetime) -> bool:
    """Return whether the person whose answers these are has gone: done, started again, or idle for too long."""
    started = link.started
    if started is None or not isinstance(link.row, PublicRow):
        return False
    settings = kiosk_of(link.row.kiosk)
    # Who was not asked on, or came after the last free place, is told so for as long as others are thanked.
    shown = {
        "draft": settings.idle_seconds,
        "screened-out": settings.thanks_seconds,
        "over-quota": settings.thanks_seconds,
    }
    return now - started.saved_at >= timedelta(seconds=shown.get(started.state, 0))


def is_over(link: Link) -> bool:
    """Return whether these answers were left behind: somebody pressed Start again."""
    return link.started is not None and link.started.state == "break-off"


def leave(response: Response) -> None:
    """Let a draft stand as broken off: nobody at this device goes on with it."""
    if response.state == "draft":
        response.state = "break-off"


def refresh_of(dress: Dress, status: int) -> str | None:
    """Return what makes a page without questions begin anew by itself; None where it stays.

    It sends nothing: it opens the blank first page.
    """
    if not dress.is_kiosk:
        return None
    seconds = dress.kiosk.thanks_seconds if status == OK else LOOK_AGAIN
    return f"{seconds}; url={dress.home}"
