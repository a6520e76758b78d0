"""The ways in, a personal link and the public ones: all that a page must know of them, in one statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.links import BY_CODE, BY_TOKEN, InvitationRow, PublicRow
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.tokens import hash_of
from survey_app.questionnaires.brand import Brand, brand_of
from survey_app.responses.models import ENDED
from survey_app.responses.rows import (
    ASKER,
    ASKERS,
    COMPANIES,
    CUSTOMERS,
    RECORDED,
    RESPONSES,
    STARTED,
    Asker,
    Recorded,
    Started,
    read_asker,
    read_recorded,
    read_started,
)

# The first part of a public address says by which way somebody came, and so which channel the response names.
WAYS = {"w": "public-link", "q": "qr-code", "k": "kiosk", "e": "embedded"}
PERSONAL, MAIL_SCORE, STAFF = "personal-link", "mail-score", "staff"
CHANGE = "/change"
WITHDRAWN = "withdrawn"
# How answering ended, by what the invitation says of it.
ENDS: dict[str, str] = {
    Disposition.COMPLETED: "completed",
    Disposition.SCREENED_OUT: "screened-out",
    Disposition.OVER_QUOTA: "over-quota",
    Disposition.REFUSED: WITHDRAWN,
}
# What a form says that began with a score clicked in a mail.
FROM_SCORE = "score"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a person came in: the link's own path, what stands behind it, who asks and what was answered before."""

    path: str
    row: InvitationRow | PublicRow
    asker: Asker | None = None
    started: Started | None = None
    # The channel that responses name.
    channel: str = PERSONAL
    # Completed answers are gone through once more.
    is_correction: bool = False
    # What is known of the invited customer.
    customer: Recorded | None = None
    # Which member of staff types the answers in, and for whom.
    entered_by_id: int | None = None
    on_behalf_of: str = ""

    @property
    def brand(self) -> Brand:
        """Return how the survey looks."""
        return brand_of(self.row.brand)

    @property
    def invitation(self) -> InvitationRow | None:
        """Return the invitation behind a personal link."""
        return self.row if isinstance(self.row, InvitationRow) else None

    @property
    def scope(self) -> str:
        """Return what a submission id is signed for: no form works under another link."""
        invitation = self.invitation
        return f"a{invitation.id}" if invitation else f"{self.path[1]}{self.row.campaign_id}"

    @property
    def is_test(self) -> bool:
        """Return whether answers are for trying out only."""
        invitation = self.invitation
        return invitation is not None and invitation.is_test

    @property
    def home(self) -> str:
        """Return the link's own path, also while answers are corrected under it."""
        return self.path.removesuffix(CHANGE) if self.is_correction else self.path

    @property
    def end(self) -> str | None:
        """Return how answering ended, or None while it goes on; of anonymous answers only the invitation knows."""
        if self.invitation is not None and self.invitation.disposition in ENDS:
            return ENDS[self.invitation.disposition]
        return self.started.state if self.started is not None and self.started.state in ENDED else None

    @property
    def is_used(self) -> bool:
        """Return whether the answers are complete."""
        return self.end == "completed"

    @property
    def language(self) -> str | None:
        """Return the language of the invitation."""
        invitation = self.invitation
        return invitation.language if invitation else None


_invitations = Invitation.__table__
_N_ASKER, _N_INVITATION = len(ASKER), len(InvitationRow._fields)
_N_HEAD, _N_STARTED = _N_INVITATION + _N_ASKER, len(STARTED)
_PERSONAL_ALONE = (
    BY_TOKEN.add_columns(*ASKER, *STARTED)
    .outerjoin(ASKERS, ASKERS.c.id == 1)
    .outerjoin(RESPONSES, RESPONSES.c.invitation_id == _invitations.c.id)
)
_PERSONAL = (
    _PERSONAL_ALONE.add_columns(*RECORDED)
    .outerjoin(CUSTOMERS, CUSTOMERS.c.id == _invitations.c.customer_id)
    .outerjoin(COMPANIES, COMPANIES.c.id == CUSTOMERS.c.company_id)
)
_PUBLIC = BY_CODE.add_columns(*ASKER).outerjoin(ASKERS, ASKERS.c.id == 1)
_BY_SUBMISSION = select(*STARTED).where(
    RESPONSES.c.submission_id == bindparam("submission"),
    RESPONSES.c.campaign_id == bindparam("campaign_id"),
)


def find_personal(token: str, connection: Connection) -> Link | None:
    """Return the personal link with this token; None for every wrong one."""
    found = connection.execute(_PERSONAL, {"token_hash": hash_of(token)}).first()
    if found is None:
        return None
    return replace(_read(token, found), customer=read_recorded(found[_N_HEAD + _N_STARTED :]))


def find_for_thanks(token: str, connection: Connection) -> Link | None:
    """Return a personal link without what is known of the customer, for the page that only thanks."""
    found = connection.execute(_PERSONAL_ALONE, {"token_hash": hash_of(token)}).first()
    return _read(token, found) if found else None


def _read(token: str, found: Row[Any]) -> Link:
    return Link(
        f"/a/{token}",
        InvitationRow._make(found[:_N_INVITATION]),
        read_asker(found[_N_INVITATION:_N_HEAD]),
        read_started(found[_N_HEAD : _N_HEAD + _N_STARTED]),
    )


def find_public(code: str, connection: Connection, way: str = "w") -> Link | None:
    """Return the public form with this code, entered by one of the WAYS; None for every wrong code."""
    if "\0" in code or not code.isascii():
        return None
    found = connection.execute(_PUBLIC, {"code": code}).first()
    if found is None:
        return None
    row, asker = PublicRow._make(found[:-_N_ASKER]), read_asker(found[-_N_ASKER:])
    return Link(f"/{way}/{code}", row, asker, channel=WAYS[way])


def from_mail(link: Link) -> Link:
    """Return a personal link as somebody comes by it who clicked a score in the mail; other ways stay what they are."""
    return replace(link, channel=MAIL_SCORE) if link.channel == PERSONAL else link


def with_started(link: Link, submission: str | None, connection: Connection) -> Link:
    """Return a public link with what was answered before under the form's submission id."""
    if link.invitation is not None or submission is None:
        return link
    found = connection.execute(_BY_SUBMISSION, {"submission": submission, "campaign_id": link.row.campaign_id}).first()
    return replace(link, started=Started._make(found)) if found else link


def correcting(link: Link) -> Link:
    """Return the way to go through completed answers once more; what was changed already stands there."""
    started = link.started
    if started is not None and started.correction:
        kept = started.correction
        started = started._replace(answers=kept["answers"], missing=kept["missing"], typed=kept["typed"])
    return replace(link, path=f"{link.path}{CHANGE}", started=started, is_correction=True)
