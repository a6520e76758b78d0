"""What a page wears besides its questions: the survey's brand, and what its way in asks for.

Only two ways load anything: the kiosk and the frame each have one small module of ours, allowed by a nonce;
so has the page on which staff type in what a customer says.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from survey_app.campaigns.queries import PublicRow
from survey_app.campaigns.reaching.channels import USUAL, Kiosk, kiosk_of
from survey_app.questionnaires.brand import HOUSE, Brand
from survey_app.responses.links import STAFF, Link

NONCE_BYTES = 12
# Stands in kept pages where each answer's own nonce goes.
NONCE_HOLE = "\0nonce\0"
MODULES = {"kiosk": "kiosk.js", "embedded": "frame.js", STAFF: "entry.js"}


@dataclass(frozen=True, slots=True)
class Dress:
    """What a page wears: equal dresses make equal pages."""

    brand: Brand = HOUSE
    channel: str = ""
    # For whom staff type the answers in.
    on_behalf_of: str = ""
    # The address at which the next person's answers begin, and a kiosk's settings.
    home: str = ""
    kiosk: Kiosk = USUAL
    # The origins that may show the page in a frame.
    ancestors: tuple[str, ...] = ()

    @property
    def is_kiosk(self) -> bool:
        """Return whether the page stands on a shared device."""
        return self.channel == "kiosk"

    @property
    def is_staff(self) -> bool:
        """Return whether staff type the answers in."""
        return self.channel == STAFF

    @property
    def module(self) -> str:
        """Return the file of ours that helps this page; empty for most."""
        return MODULES.get(self.channel, "")


PLAIN = Dress()


def dress_of(link: Link) -> Dress:
    """Return what the pages of a link wear."""
    row = link.row
    if link.channel == STAFF:
        return Dress(link.brand, STAFF, link.on_behalf_of, home=f"/campaigns/{row.campaign_id}/entry")
    if not isinstance(row, PublicRow):
        return Dress(link.brand, link.channel)
    ancestors = tuple(row.embedding_origins) if link.channel == "embedded" else ()
    return Dress(link.brand, link.channel, "", link.path, kiosk_of(row.kiosk), ancestors)


def dressed(policy: str, html: str, dress: Dress) -> tuple[str, str]:
    """Return the policy that allows exactly what a page wears, and the page with its nonce in place."""
    if dress.brand.style:
        policy = policy.replace("style-src ", f"style-src {dress.brand.style_hash} ", 1)
    if dress.ancestors:
        policy = policy.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(dress.ancestors)}")
    if not dress.module:
        return policy, html
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return f"{policy}; script-src 'nonce-{nonce}'; connect-src 'self'", html.replace(NONCE_HOLE, nonce)
