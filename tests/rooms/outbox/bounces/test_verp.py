"""Every mail has an envelope address of its own, which nobody else can make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey_app.config import SettingError, read_settings
from survey_app.outbox.verp import mail_id_of, verp_address


@pytest.fixture(scope="module")
def context(session_app: Flask) -> Iterator[None]:
    before = session_app.config["SURVEY_SETTINGS"]
    session_app.config["SURVEY_SETTINGS"] = replace(before, bounce_address="bounces@mail.example.org")
    with session_app.app_context():
        yield
    session_app.config["SURVEY_SETTINGS"] = before


@given(st.integers(0, 2**63 - 1))
@pytest.mark.usefixtures("context")
def test_an_envelope_address_leads_back_to_its_mail_in_any_case_of_letters(mail_id: int) -> None:
    address = verp_address(mail_id)
    assert address is not None
    assert len(address.partition("@")[0]) <= 64
    assert mail_id_of(address) == mail_id
    assert mail_id_of(f" {address.upper()} ") == mail_id


@pytest.mark.usefixtures("context")
def test_an_address_that_we_did_not_make_leads_nowhere() -> None:
    own = str(verp_address(71))
    other = str(verp_address(72))
    mark = own.partition("-")[2]
    made_up = [
        "",
        "bounces@mail.example.org",
        own.replace("mail.", "mall."),
        own.replace("bounces+", "bounce+"),
        f"{other.partition('-')[0]}-{mark}",
        own.replace("-", "-a"),
        "bounces+zzzzzzzzzzzzzzzzzzzz-aaaaaaaaaaaaaaaa@mail.example.org",
    ]
    assert [mail_id_of(address) for address in made_up] == [None] * len(made_up)


@given(st.text(max_size=200))
@pytest.mark.usefixtures("context")
def test_no_text_is_taken_for_an_envelope_address(text: str) -> None:
    assert mail_id_of(text) is None
    assert mail_id_of(f"bounces+{text}@mail.example.org") is None


def test_without_an_address_for_bounces_mails_leave_from_their_sender(
    session_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(session_app.config["SURVEY_SETTINGS"], bounce_address="")
    monkeypatch.setitem(session_app.config, "SURVEY_SETTINGS", settings)
    with session_app.app_context():
        assert verp_address(71) is None
        assert mail_id_of("bounces+1z-aaaaaaaaaaaaaaaa@example.org") is None


@pytest.mark.parametrize("address", ["bounces", "a+b@example.org", "a b@example.org", "bounces@example.org\nBcc: x"])
def test_an_address_for_bounces_that_is_none_refuses_to_start(address: str) -> None:
    environ = {
        "SECRET_KEY": "kJ3-fH9_qW2-zX8_vB5-nM1_pL7-tR4_yU6",
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_BOUNCE_ADDRESS": address,
    }
    with pytest.raises(SettingError, match="SURVEY_BOUNCE_ADDRESS"):
        read_settings(environ, "/tmp")  # noqa: S108 - only a name, nothing is written
