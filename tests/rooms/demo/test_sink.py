"""The local sink keeps every mail whole, and its viewer shows it without giving it any right."""

from __future__ import annotations

import smtplib
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_app.demo.outbox_viewer import create_viewer
from survey_app.demo.sink import Keeper, start_sink
from survey_app.outbox.building import build
from tests.factories.mails import a_mail

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOSTILE = '<p>Hi <script>alert(1)</script> <a href="https://example.org/a/x">answer</a></p>'


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def content(**overrides: object) -> bytes:
    values = {"from_address": "surveys@example.org", "unsubscribe_url": "https://example.org/u/abc"}
    return build(a_mail(**(values | overrides)), "<1@example.org>", NOW)


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "mails")


@pytest.fixture
def viewer(keeper: Keeper) -> FlaskClient:
    return create_viewer(keeper.folder).test_client()


def test_a_mail_taken_by_smtp_is_a_whole_file(tmp_path: Path) -> None:
    smtp_port, http_port = a_free_port(), a_free_port()
    running = start_sink(tmp_path, smtp_port, http_port)
    try:
        with smtplib.SMTP("127.0.0.1", smtp_port) as server:
            server.sendmail("surveys@example.org", ["an@example.org"], content())
    finally:
        running.stop()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [content()]


def test_the_list_is_newest_first_and_finds_one_recipient(keeper: Keeper, viewer: FlaskClient) -> None:
    keeper.keep(content(subject="First"), NOW)
    keeper.keep(content(subject="Second", to_address="binh@example.org"), NOW.replace(minute=1))
    page = viewer.get("/").text
    assert page.index("Second") < page.index("First")
    assert "Second" not in viewer.get("/?to=AN@example.org").text
    assert [mail["subject"] for mail in viewer.get("/mails.json").json] == ["Second", "First"]


def test_a_mail_is_shown_with_its_headers_and_working_links(keeper: Keeper, viewer: FlaskClient) -> None:
    name = keeper.keep(content(), NOW).name
    page = viewer.get(f"/mails/{name}")
    assert '<a href="https://example.org/a/token" rel="noreferrer">' in page.text
    assert '<a href="https://example.org/u/abc" rel="noreferrer">' in page.text
    assert "List-Unsubscribe=One-Click" in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_the_html_of_a_mail_runs_nothing(keeper: Keeper, viewer: FlaskClient) -> None:
    name = keeper.keep(content(html=HOSTILE, subject="<script>alert(2)</script>"), NOW).name
    framed = viewer.get(f"/mails/{name}/html")
    policy = framed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "<script>alert(2)" not in viewer.get(f"/mails/{name}").text
    assert "<script>alert(2)" not in viewer.get("/").text
    assert viewer.get(f"/mails/{name}/source").mimetype == "text/plain"


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "x.eml", "20261102-090000-000000-abcdef.eml", "../secret"])
def test_only_kept_mails_can_be_read(viewer: FlaskClient, name: str) -> None:
    assert viewer.get(f"/mails/{name}").status_code == 404


def test_a_page_elsewhere_cannot_read_the_outbox_through_a_name_of_its_own(viewer: FlaskClient) -> None:
    assert viewer.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_an_empty_outbox_says_how_mail_gets_there(viewer: FlaskClient) -> None:
    assert "No mail has arrived yet" in viewer.get("/").text


def test_hundreds_of_mails_are_listed_quickly(keeper: Keeper, viewer: FlaskClient) -> None:
    for number in range(300):
        (keeper.folder).mkdir(exist_ok=True)
        (keeper.folder / f"20261102-090000-{number:06}-abcdef.eml").write_bytes(content())
    begun = time.monotonic()
    assert viewer.get("/").status_code == 200
    assert time.monotonic() - begun < 3
