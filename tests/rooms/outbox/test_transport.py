"""The connection to a mail server: certificates are verified, silence ends, and an admin is told what happened."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from survey_app import create_app
from survey_app.config import SettingError
from survey_app.outbox.servers import SmtpServer, smtp_server
from survey_app.outbox.trying import SENTENCES, Trial, try_smtp
from tests.conftest import environment
from tests.factories.mails import a_mail
from tests.mail_sink import MailSink, running_sink, with_certificate, with_password


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate that nobody vouches for, with its key, for the name localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextmanager
def a_silent_server() -> Iterator[str]:
    """Listen and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"


def trial(app: Flask, sink: MailSink, url: str, *, is_sent: bool = False) -> Trial:
    sink.use(app, url)
    with app.app_context():
        return try_smtp(a_mail(from_address="surveys@example.org") if is_sent else None)


def test_a_good_server_takes_a_mail(app: Flask, mail_sink: MailSink) -> None:
    assert trial(app, mail_sink, mail_sink.url).code == "connected"
    taken = trial(app, mail_sink, mail_sink.url, is_sent=True)
    assert taken.is_good
    assert len(mail_sink.mails) == 1


def test_a_port_where_nothing_listens_refuses(app: Flask, mail_sink: MailSink) -> None:
    assert trial(app, mail_sink, "smtp://127.0.0.1:9").code == "refused"


def test_an_unknown_name_is_said_to_be_unknown(app: Flask, mail_sink: MailSink) -> None:
    assert trial(app, mail_sink, "smtp://no-such-host.invalid").code == "unknown_host"


def test_a_silent_server_is_given_up(app: Flask, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey_app.outbox.transport.CONNECT_SECONDS", 0.3)
    begun = time.monotonic()
    with a_silent_server() as url:
        assert trial(app, mail_sink, url).code == "timeout"
    assert time.monotonic() - begun < 5


def test_a_certificate_nobody_vouches_for_is_refused(app: Flask, mail_sink: MailSink, certificate: Path) -> None:
    with running_sink(**with_certificate(server_context(certificate))) as sink:
        assert trial(app, mail_sink, f"smtps://localhost:{sink.port}", is_sent=True).code == "bad_certificate"
        assert sink.mails == []


def test_a_certificate_is_refused_after_starttls_too(app: Flask, mail_sink: MailSink, certificate: Path) -> None:
    with running_sink(tls_context=server_context(certificate)) as sink:
        url = f"smtp://localhost:{sink.port}?starttls=1"
        assert trial(app, mail_sink, url, is_sent=True).code == "bad_certificate"
        assert sink.mails == []


def test_a_certificate_that_is_vouched_for_is_taken(
    app: Flask, mail_sink: MailSink, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running_sink(tls_context=server_context(certificate)) as sink:
        assert trial(app, mail_sink, f"smtp://localhost:{sink.port}?starttls=1", is_sent=True).code == "accepted"
        name = trial(app, mail_sink, f"smtp://127.0.0.1:{sink.port}?starttls=1", is_sent=True)
        assert name.code == "bad_certificate", "the certificate is for another name"


def test_encryption_that_is_not_offered_is_not_done_without(app: Flask, mail_sink: MailSink) -> None:
    assert trial(app, mail_sink, f"{mail_sink.url}?starttls=1").code == "no_encryption"
    assert trial(app, mail_sink, mail_sink.url.replace("smtp:", "smtps:")).code == "no_encryption"


def test_a_wrong_password_is_named(app: Flask, mail_sink: MailSink) -> None:
    with running_sink(**with_password("mailer", "right p@ss")) as sink:
        assert trial(app, mail_sink, f"smtp://mailer:wrong@127.0.0.1:{sink.port}").code == "authentication_failed"
        good = f"smtp://mailer:right%20p%40ss@127.0.0.1:{sink.port}"
        assert trial(app, mail_sink, good, is_sent=True).code == "accepted"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("refuse", "recipient_refused"),
        ("sender", "recipient_refused"),
        ("drop", "dropped"),
        ("reject", "recipient_refused"),
    ],
)
def test_a_server_that_takes_no_mail_is_described(app: Flask, mail_sink: MailSink, fault: str, code: str) -> None:
    mail_sink.fault = fault
    found = trial(app, mail_sink, mail_sink.url, is_sent=True)
    assert found.code == code
    assert not found.is_good
    with app.app_context():
        assert str(found.sentence)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 25, "", "", is_tls=False, starts_tls=False)),
        (
            "smtps://u%40x:p%2Fq@m.example.org",
            SmtpServer("m.example.org", 465, "u@x", "p/q", is_tls=True, starts_tls=False),
        ),
        ("smtp://m.example.org?starttls=1", SmtpServer("m.example.org", 587, "", "", is_tls=False, starts_tls=True)),
        ("smtp://[::1]:2525", SmtpServer("::1", 2525, "", "", is_tls=False, starts_tls=False)),
    ],
)
def test_the_setting_names_server_and_protection(url: str, server: SmtpServer) -> None:
    assert smtp_server(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example.org:25", "http://mail.example.org", "smtp://", "smtp://host:99999", "smtp://host:x"]
)
def test_a_setting_that_names_no_server_refuses_to_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingError, match="SURVEY_SMTP_URL"):
        create_app(environment(f"sqlite:///{tmp_path}/x.db") | {"SURVEY_SMTP_URL": url})


def test_every_code_has_its_sentence(app: Flask) -> None:
    with app.app_context():
        assert all(str(sentence).endswith(".") for sentence in SENTENCES.values())
