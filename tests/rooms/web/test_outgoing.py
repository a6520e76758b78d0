"""Requests go out to public machines alone, whatever an address looks like."""

from __future__ import annotations

import pytest

from survey_app.web.outgoing import OutgoingError, fetch, is_public, public_address

INSIDE = (
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104 - an address to refuse
    "239.1.1.1", "255.255.255.255", "192.88.99.1", "192.0.0.8", "198.18.0.1", "203.0.113.7", "::1", "::", "fe80::1",
    "fc00::1", "ff02::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
    "2001:db8::1", "fec0::1", "2001::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111"])
def test_a_machine_of_the_public_network_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f000001", "[::1]"])
def test_a_name_that_leads_inside_is_not_connected_to(host: str) -> None:
    with pytest.raises((OutgoingError, OSError)):
        public_address(host)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://example.org:8443/", "https://user@example.org/", "file:///etc/passwd",
        "https://localhost/", "",
    ],
)  # fmt: skip
def test_only_plain_https_addresses_outside_are_asked(url: str) -> None:
    with pytest.raises(OutgoingError):
        fetch(url)
