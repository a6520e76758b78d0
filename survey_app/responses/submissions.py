"""Submission ids: random, made by the server, signed for the one link whose form carries them."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from flask import current_app
from itsdangerous import Signer

ID_BYTES = 16
SEPARATOR = "."


def new_submission() -> str:
    """Return a fresh submission id."""
    return secrets.token_urlsafe(ID_BYTES)


def signed(submission: str, scope: str) -> str:
    """Return a submission id as forms carry it; `scope` names the link it is valid for."""
    return f"{submission}{SEPARATOR}{_signer().get_signature(_value(submission, scope)).decode()}"


def verified(text: str, scope: str) -> str | None:
    """Return the submission id that a form carries, or None where it was not made for this link."""
    submission, _dot, signature = text.partition(SEPARATOR)
    if not text.isascii() or not _signer().verify_signature(_value(submission, scope), signature.encode()):
        return None
    return submission


def _value(submission: str, scope: str) -> bytes:
    return f"{scope}:{submission}".encode()


def _signer() -> Signer:
    return _signer_with(current_app.config["SECRET_KEY"])


@lru_cache(maxsize=4)
def _signer_with(secret: str) -> Signer:
    """Return the signer of a secret key; its own salt keeps these signatures apart from all others."""
    return Signer(
        secret, salt="responses.submission", sep=SEPARATOR, key_derivation="hmac", digest_method=hashlib.sha256
    )
