"""What a public campaign says about its ways in: a form on a shared device, and a form inside other websites' pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

# Enough to read a long question; short enough that the next person need not wait.
SHORTEST_IDLE, LONGEST_IDLE = 20, 600
SHORTEST_THANKS, LONGEST_THANKS = 3, 60
MOST_ORIGINS = 20
LONGEST_ORIGIN = 253
_PORTS = {"http": 80, "https": 443}
_IN_NAMES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_LOCAL = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class Kiosk:
    """How a form behaves on a shared device: when it asks whether somebody is still there, and how long it thanks."""

    idle_seconds: int = 60
    thanks_seconds: int = 8

    def to_data(self) -> dict[str, int]:
        """Return what `Campaign.kiosk` keeps."""
        return asdict(self)


USUAL = Kiosk()


def kiosk_of(data: Mapping[str, Any]) -> Kiosk:
    """Return the settings that a campaign keeps; {} stands for the usual ones."""
    return Kiosk(**{name: int(data[name]) for name in ("idle_seconds", "thanks_seconds") if name in data})


def read_origin(text: str) -> str | None:
    """Return an address typed by somebody as the origin a browser knows (https://www.example.com), or None.

    Only https counts, except on this machine; a path is dropped, wildcards and anything else are refused.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or parts.username is not None or not _is_host(host):
        return None
    if parts.scheme == "http" and host not in _LOCAL:
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def _is_host(host: str) -> bool:
    """Return whether a text names one host: nothing in it can end the directive of a policy or begin another."""
    labels = host.split(".")
    is_clean = 0 < len(host) <= LONGEST_ORIGIN and _IN_NAMES.issuperset(host) and all(labels)
    return is_clean and (host in _LOCAL or len(labels) > 1)
