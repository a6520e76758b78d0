"""Requests that go out: to public addresses alone, the name resolved once, no redirects, limits on time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
MOST_BYTES = 65_536
HTTPS = 443
# What Python of one version or another calls public although nothing public lives there.
_INSIDE = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3",
        "::/16", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class OutgoingError(RuntimeError):
    """A request that may not go out or that failed; the message says why."""


def fetch(url: str) -> bytes:
    """Return what stands at an https address; raise OutgoingError for everything else than a short answer of 200."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.port not in {None, HTTPS} or parts.username:
        raise OutgoingError("Only plain https addresses are asked.")
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        return _answer(parts.hostname, target)
    except (OSError, http.client.HTTPException) as error:
        raise OutgoingError(f"{parts.hostname} did not answer: {type(error).__name__}") from error


def is_public(address: str) -> bool:
    """Return whether an address is a machine of the public network, whatever form it hides in."""
    found: IPv4Address | IPv6Address = ip_address(address)
    return found.is_global and not any(found in net for net in _INSIDE if net.version == found.version)


def public_address(host: str) -> str:
    """Return the address to connect to; raise OutgoingError where one of the name's addresses is not public."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(address) for address in found):
        raise OutgoingError(f"{host} leads to no public address.")
    return found[0]


def _answer(host: str, target: str) -> bytes:
    address = public_address(host)
    with (
        socket.create_connection((address, HTTPS), timeout=CONNECT_SECONDS) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
    ):
        secure.settimeout(READ_SECONDS)
        connection = http.client.HTTPConnection(host)
        connection.sock = secure
        connection.request("GET", target, headers={"Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read(MOST_BYTES + 1)
        if answer.status != http.client.OK or len(body) > MOST_BYTES:
            raise OutgoingError(f"{host} answered {answer.status}.")
        return body
