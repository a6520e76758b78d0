"""Personal links: a token derived from a stored nonce and the secret key, and found again by its keyed hash.

The database holds neither the token nor anything from which it follows without the secret key.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from flask import current_app

TOKEN_BYTES = 16
# Each purpose has a key of its own.
_DERIVING, _FINDING = "invitation-token", "invitation-lookup"


class Addressed(Protocol):
    """Whatever carries the nonce of a personal link: an invitation."""

    @property
    def token_nonce(self) -> str:
        """Return the nonce."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is stored of a personal link: the nonce it is derived from and the hash it is found by."""

    nonce: str
    hash: str


def new_token() -> Token:
    """Return a fresh personal link's nonce and hash."""
    nonce = secrets.token_hex(TOKEN_BYTES)
    return Token(nonce=nonce, hash=hash_of(_derived(nonce)))


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh personal link: what is stored of it, and the token that only the mail holds."""

    nonce: str
    hash: str
    token: str


def new_links(n: int) -> list[Link]:
    """Return so many fresh links; the keys are looked up once."""
    secret: str = current_app.config["SECRET_KEY"]
    deriving, finding = _key(secret, _DERIVING), _key(secret, _FINDING)
    links = []
    drawn = secrets.token_hex(n * TOKEN_BYTES)
    for nonce in (drawn[at : at + 2 * TOKEN_BYTES] for at in range(0, len(drawn), 2 * TOKEN_BYTES)):
        token = _written(hmac.digest(deriving, nonce.encode(), "sha256"))
        links.append(Link(nonce, hmac.digest(finding, token.encode(), "sha256").hex(), token))
    return links


def token_of(invitation: Addressed) -> str:
    """Return the token of an invitation's links: 128 bits in 22 characters."""
    return _derived(invitation.token_nonce)


def hash_of(token: str) -> str:
    """Return the keyed hash under which a token is stored; any text has one, so all wrong tokens look alike."""
    return _mac(_FINDING, token).hex()


def personal_url(invitation: Addressed) -> str:
    """Return the address at which an invited customer answers."""
    return f"{_public_url()}/a/{token_of(invitation)}"


def unsubscribe_url(invitation: Addressed) -> str:
    """Return the address at which an invited customer ends all survey mail; short, so that no relay folds it."""
    return f"{_public_url()}/u/{token_of(invitation)}"


def public_url(public_code: str, way: str = "w") -> str:
    """Return the address of a public campaign's form; `way` says how people come by it: w, q, k or e.

    A link on a page or receipt, a QR code, a shared device, a frame in a website: responses name it as their channel.
    """
    return f"{_public_url()}/{way}/{public_code}"


def own_address(path: str) -> str:
    """Return a path of ours as people elsewhere reach it."""
    return f"{_public_url()}{path}"


def new_public_code() -> str:
    """Return the random part of a public campaign's link: 96 bits, short enough for a coarse QR code."""
    return secrets.token_urlsafe(12)


def _derived(nonce: str) -> str:
    return _written(_mac(_DERIVING, nonce))


def _written(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).rstrip(b"=").decode("ascii")


def _mac(purpose: str, text: str) -> bytes:
    """Return the keyed hash of a text; each purpose has a key of its own, derived from the secret key."""
    # A token from an address may hold any characters, lone surrogates too.
    return hmac.digest(_key(current_app.config["SECRET_KEY"], purpose), text.encode("utf-8", "surrogatepass"), "sha256")


@lru_cache(maxsize=8)
def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


def _public_url() -> str:
    url: str = current_app.config["SURVEY_SETTINGS"].public_url
    return url
