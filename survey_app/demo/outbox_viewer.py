"""The outbox viewer: a small application of its own that shows the mails the local sink kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from itertools import islice
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for
from jinja2 import StrictUndefined

from survey_app.config import project_folder
from survey_app.web import headers, languages
from survey_app.web.headers import CONTENT_SECURITY_POLICY

MOST_SHOWN = 200
SHOWN_HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
    "Content-Language",
)  # fmt: skip
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{6}\.eml\Z")
_LINK = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)])")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
# The mail's own HTML: styles and pictures in it, no script, no address asked, shown only in our frame.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid: http://127.0.0.1:*; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)

blueprint = Blueprint("viewer", __name__)


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that the sink took."""

    name: str
    message: EmailMessage

    def header(self, name: str) -> str:
        """Return a header as people read it, or nothing."""
        return str(self.message.get(name, ""))

    def part(self, kind: str) -> str:
        """Return the part "plain" or "html", or nothing."""
        body = self.message.get_body((kind,))
        return "" if body is None else str(body.get_content())

    @property
    def arrived_at(self) -> datetime:
        """Return when the sink took it (UTC), which its name tells."""
        return datetime.strptime(f"{self.name[:22]}+0000", "%Y%m%d-%H%M%S-%f%z")


def create_viewer(folder: Path) -> Flask:
    """Return the application that shows this folder, for a browser on this machine only."""
    # Named like the product, so that its templates, stylesheets and catalogues are found.
    app = Flask("survey_app", template_folder=str(project_folder("templates")))
    # A page elsewhere that points its own name here is turned away.
    app.config.update(TRUSTED_HOSTS=["127.0.0.1", "localhost"], MAIL_FOLDER=folder)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    languages.bind(app)
    headers.bind(app)
    app.register_blueprint(blueprint)
    return app


@blueprint.get("/")
def index() -> str:
    """List the mails, newest first, perhaps only those to one address."""
    to = request.args.get("to", "").strip()
    return render_template("demo/outbox.html", mails=list(islice(_newest_first(to), MOST_SHOWN)), to=to)


@blueprint.get("/mails.json")
def listing() -> list[dict[str, str]]:
    """List the mails for scripts, newest first, perhaps only those to one address."""
    return [
        {
            "name": mail.name,
            "to": mail.header("To"),
            "subject": mail.header("Subject"),
            "message_id": mail.header("Message-ID"),
            "url": url_for("viewer.show", name=mail.name),
        }
        for mail in _newest_first(request.args.get("to", "").strip())
    ]


@blueprint.get("/mails/<name>")
def show(name: str) -> Response:
    """Show one mail: its headers, its text with links, its HTML in a frame without rights."""
    mail = _get(name)
    page = render_template(
        "demo/mail.html",
        mail=mail,
        headers=[(header, mail.header(header)) for header in SHOWN_HEADERS if mail.header(header)],
        unsubscribe_url=mail.header("List-Unsubscribe").strip("<>"),
        pieces=_pieces(mail.part("plain")),
    )
    response = Response(page)
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


@blueprint.get("/mails/<name>/html")
def html(name: str) -> Response:
    """Return the HTML part for the frame; its links open in a page of their own."""
    content = _get(name).part("html")
    base = '<base target="_blank">'
    framed, n_heads = _HEAD.subn(lambda head: head.group() + base, content, count=1)
    response = Response(framed if n_heads else base + content, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@blueprint.get("/mails/<name>/source")
def source(name: str) -> Response:
    """Return the mail as it was taken."""
    _get(name)
    return Response((_folder() / name).read_bytes(), mimetype="text/plain")


def _newest_first(to: str) -> Iterator[KeptMail]:
    """Yield the mails to an address (all, if it is empty), with their headers only."""
    for name in sorted((path.name for path in _folder().glob("*.eml") if _NAME.match(path.name)), reverse=True):
        mail = _read(name, is_whole=False)
        if to.casefold() in mail.header("To").casefold():
            yield mail


def _get(name: str) -> KeptMail:
    if not _NAME.match(name) or not (_folder() / name).is_file():
        abort(404)
    return _read(name)


def _read(name: str, *, is_whole: bool = True) -> KeptMail:
    content = (_folder() / name).read_bytes()
    message = BytesParser(policy=default).parsebytes(content, headersonly=not is_whole)
    return KeptMail(name, message)


def _folder() -> Path:
    folder: Path = current_app.config["MAIL_FOLDER"]
    return folder


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it is a link."""
    return [(piece, position % 2 == 1) for position, piece in enumerate(_LINK.split(text)) if piece]
