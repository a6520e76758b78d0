"""Encryption of waiting mail: it holds personal links, and a copy of the database must not open them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from survey_app.outbox.mail import Mail, from_json, to_json


def seal(mail: Mail) -> bytes:
    """Return the mail encrypted under a key derived from SECRET_KEY."""
    return cipher(b"outbox content").encrypt(to_json(mail))


def unseal(content: bytes) -> Mail:
    """Return the mail again; raise `cryptography.fernet.InvalidToken` when SECRET_KEY is another."""
    return from_json(cipher(b"outbox content").decrypt(content))


def message_id(key: str, from_address: str) -> str:
    """Return the one Message-ID of the mail with this key: the same whenever it is asked, telling nothing."""
    return message_ids(from_address)(key)


def message_ids(from_address: str) -> Callable[[str], str]:
    """Return the function from a key to its Message-ID, for many mails of one sender."""
    secret, domain = derived_key(_secret(), b"outbox message ids"), from_address.rpartition("@")[2]
    return lambda key: f"<{blake2b(key.encode(), key=secret, digest_size=20).hexdigest()}@{domain}>"


def cipher(purpose: bytes) -> Fernet:
    """Return the cipher for one purpose, under a key of its own derived from SECRET_KEY."""
    return _cipher(_secret(), purpose)


def _secret() -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return secret


@lru_cache(maxsize=8)
def _cipher(secret: str, purpose: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(derived_key(secret, purpose)))


@lru_cache(maxsize=8)
def derived_key(secret: str, purpose: bytes) -> bytes:
    """Return a key of its own for one purpose, derived from the secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"survey_app " + purpose).derive(secret.encode())
