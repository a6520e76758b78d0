"""Settings from the environment, read and checked inside `create_app`: a wrong one refuses to start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_SECRET = 32
FEWEST_DIFFERENT = 10
SHORTEST_TOKEN = 20
DATABASES = ("sqlite", "postgresql")
KNOWN_SECRETS = ("changeme", "secret", "development", "password", "insecure", "default")
# Mail providers whose notices of bounces and complaints are understood.
HOOK_PROVIDERS = ("sendgrid", "mailgun", "ses", "postmark", "standard")
BOUNCE_ADDRESS = re.compile(r"[A-Za-z0-9._-]{1,30}@[A-Za-z0-9.-]{3,200}")
MOST_CONNECTIONS = 20
HARMLESS = frozenset({"", "0", "false", "no"})
LANGUAGES = ("en", "vi", "es")
MEGABYTE = 1024 * 1024


class SettingError(RuntimeError):
    """A setting is missing, contradictory or unsafe; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, checked."""

    secret_key: str
    database_url: str
    public_url: str
    smtp_url: str
    mail_from: str
    queue_url: str
    is_lab: bool
    n_proxies: int
    # Where bounces come to, and the mailbox they are read from; empty where there is none.
    bounce_address: str = ""
    bounce_mailbox: str = ""
    metrics_token: str = ""
    # How many mails are on their way to the mail server at a time.
    smtp_connections: int = 4
    # "hold" sends to nobody: mails wait as if all were paused.
    mail_mode: str = "send"
    # What becomes of a mail that the server may have already: "resend", with the same Message-ID, or "hold".
    uncertain_mail: str = "resend"
    # The gateway of short messages: its address, the body of a request with {to} {text} {id}, and what proves who asks.
    sms_url: str = ""
    sms_body: str = ""
    sms_authorization: str = ""
    # What providers sign their notices with, by provider; without one a provider's notices are refused.
    hook_secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def public_host(self) -> str:
        """Return the host name of the public address, without its port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Return whether people reach the product by https."""
        return self.public_url.startswith("https://")


def read_settings(environ: Mapping[str, str], instance_path: str) -> Settings:
    """Return the checked settings; raise SettingError with a sentence that says what to do."""
    settings = Settings(
        secret_key=_secret(environ),
        database_url=_database_url(environ) or f"sqlite:///{Path(instance_path) / 'survey.db'}",
        public_url=_public_url(environ),
        smtp_url=_value(environ, "SURVEY_SMTP_URL") or "smtp://127.0.0.1:25",
        mail_from=environ.get("SURVEY_MAIL_FROM", ""),
        queue_url=environ.get("SURVEY_QUEUE_URL", ""),
        is_lab=environ.get("SURVEY_LAB", "") == "1",
        n_proxies=_count(environ, "SURVEY_PROXIES"),
        bounce_address=_bounce_address(environ),
        bounce_mailbox=_value(environ, "SURVEY_BOUNCE_MAILBOX"),
        metrics_token=_metrics_token(environ),
        mail_mode=_choice(environ, "SURVEY_MAIL_MODE", ("send", "hold")),
        uncertain_mail=_choice(environ, "SURVEY_UNCERTAIN_MAIL", ("resend", "hold")),
        sms_url=environ.get("SURVEY_SMS_URL", ""),
        sms_body=environ.get("SURVEY_SMS_BODY", ""),
        sms_authorization=_value(environ, "SURVEY_SMS_AUTHORIZATION"),
        smtp_connections=max(1, min(_count(environ, "SURVEY_SMTP_CONNECTIONS", "4"), MOST_CONNECTIONS)),
        hook_secrets={name: _value(environ, f"SURVEY_HOOK_{name.upper()}") for name in HOOK_PROVIDERS},
    )
    _refuse_unsafe(settings, environ)
    return settings


def stand_ins() -> dict[str, str]:
    """Return an environment for what needs none: no data are reached by it, and its secret is known to nobody."""
    return {"SECRET_KEY": token_urlsafe(48), "SURVEY_PUBLIC_URL": "http://localhost", "DATABASE_URL": "sqlite://"}


def flask_config(settings: Settings) -> dict[str, object]:
    """Return Flask's and its extensions' configuration for these settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # Errors are logged; the values in their statements are people's data.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "MAX_CONTENT_LENGTH": 12 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.is_secure else "session",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "BABEL_DEFAULT_LOCALE": "en",
        "BOOTSTRAP_SERVE_LOCAL": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "SURVEY_SETTINGS": settings,
    }


def project_folder(name: str) -> Path:
    """Return a folder of the project: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).parent
    beside = package.parent / name
    return beside if beside.is_dir() else package / f"_{name}"


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_unsafe(settings: Settings, environ: Mapping[str, str]) -> None:
    """Refuse to start where a help for development would stand open to the public."""
    if settings.is_lab and not is_loopback(settings.public_host):
        message = "SURVEY_LAB=1 lifts the rate limits, so it starts only when SURVEY_PUBLIC_URL is a loopback address."
        raise SettingError(message)
    if environ.get("FLASK_DEBUG", "0").lower() not in HARMLESS and not is_loopback(settings.public_host):
        message = (
            "FLASK_DEBUG shows the program's inside, so it starts only when SURVEY_PUBLIC_URL is a loopback address."
        )
        raise SettingError(message)


def _trusted_hosts(settings: Settings) -> list[str]:
    if is_loopback(settings.public_host):
        return ["127.0.0.1", "localhost", "[::1]"]
    return [settings.public_host]


def _value(environ: Mapping[str, str], name: str) -> str:
    """Return a setting, or the content of the file that NAME_FILE points to."""
    path = environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
            raise SettingError(message) from error
    return environ.get(name, "")


def _secret(environ: Mapping[str, str]) -> str:
    secret = _value(environ, "SECRET_KEY")
    is_plain = len(set(secret)) < FEWEST_DIFFERENT or any(known in secret.lower() for known in KNOWN_SECRETS)
    if len(secret) < SHORTEST_SECRET or is_plain:
        message = (
            f"SECRET_KEY must hold at least {SHORTEST_SECRET} random characters. Make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
        raise SettingError(message)
    return secret


def _bounce_address(environ: Mapping[str, str]) -> str:
    address = environ.get("SURVEY_BOUNCE_ADDRESS", "")
    if address and not BOUNCE_ADDRESS.fullmatch(address):
        message = "SURVEY_BOUNCE_ADDRESS must be a plain address such as bounces@example.com, without a +."
        raise SettingError(message)
    return address


def _metrics_token(environ: Mapping[str, str]) -> str:
    token = _value(environ, "SURVEY_METRICS_TOKEN")
    if token and len(token) < SHORTEST_TOKEN:
        message = f"SURVEY_METRICS_TOKEN must hold at least {SHORTEST_TOKEN} random characters."
        raise SettingError(message)
    return token


def _public_url(environ: Mapping[str, str]) -> str:
    url = environ.get("SURVEY_PUBLIC_URL", "").rstrip("/")
    parts = _address(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        message = "SURVEY_PUBLIC_URL must say the address people use, for example https://surveys.example.com."
        raise SettingError(message)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        message = "SURVEY_PUBLIC_URL must begin with https:// unless it is a loopback address."
        raise SettingError(message)
    return url


def _address(url: str) -> SplitResult | None:
    """Return the parts of an address that names a place and nothing else, or None."""
    try:
        parts = urlsplit(url)
        is_plain = parts.port != 0 and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        return None
    return parts if is_plain else None


def _database_url(environ: Mapping[str, str]) -> str:
    """Return where the data are, unless nothing is said; its password is repeated in no message."""
    url = _value(environ, "DATABASE_URL")
    try:
        backend = make_url(url).get_backend_name() if url else DATABASES[0]
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in DATABASES:
        message = (
            "DATABASE_URL must look like postgresql://user:password@host/survey or sqlite:////srv/survey/survey.db."
        )
        raise SettingError(message)
    return url


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices; the first where nothing is said."""
    chosen = environ.get(name) or choices[0]
    if chosen not in choices:
        message = f"{name} must be one of: {', '.join(choices)}."
        raise SettingError(message)
    return chosen


def _count(environ: Mapping[str, str], name: str, unsaid: str = "0") -> int:
    text = environ.get(name) or unsaid
    if not text.isdigit():
        message = f"{name} must be a whole number, but is {text!r}."
        raise SettingError(message)
    return int(text)
