"""The two ways in, a personal link and a public form, under one name."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.queries import InvitationRow, PublicRow, find_invitation_row, find_public_row


@dataclass(frozen=True, slots=True)
class Link:
    """Where a person came in: the link's own path, and what stands behind it."""

    path: str
    row: InvitationRow | PublicRow

    @property
    def invitation(self) -> InvitationRow | None:
        """Return the invitation behind a personal link."""
        return self.row if isinstance(self.row, InvitationRow) else None

    @property
    def scope(self) -> str:
        """Return what a submission id is signed for: no form works under another link."""
        invitation = self.invitation
        return f"a{invitation.id}" if invitation else f"w{self.row.campaign_id}"

    @property
    def channel(self) -> str:
        """Return the channel that responses name."""
        return "personal-link" if self.invitation else "public-link"

    @property
    def is_test(self) -> bool:
        """Return whether answers are for trying out only."""
        invitation = self.invitation
        return invitation is not None and invitation.is_test

    @property
    def is_used(self) -> bool:
        """Return whether this link's invitation has its answers."""
        invitation = self.invitation
        return invitation is not None and invitation.disposition == Disposition.COMPLETED

    @property
    def language(self) -> str | None:
        """Return the language of the invitation."""
        invitation = self.invitation
        return invitation.language if invitation else None


def find_personal(token: str) -> Link | None:
    """Return the personal link with this token; None for every wrong one."""
    row = find_invitation_row(token)
    return Link(f"/a/{token}", row) if row else None


def find_public(code: str) -> Link | None:
    """Return the public form with this code; None for every wrong one."""
    row = find_public_row(code)
    return Link(f"/w/{code}", row) if row else None
