"""What the first page of a survey weighs: `python -m tests.benchmarks.first_page`. One request, no script."""

from __future__ import annotations

import gzip
import json
import secrets
import tempfile
from pathlib import Path
from typing import Any

from flask_migrate import upgrade

from survey_app import create_app
from survey_app.extensions import db
from tests.factories.answering import a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.questionnaires import a_comment, an_item

LIMIT = 8192
COMPRESSED_LIMIT = 2560
KINDS = ("nps", "csat", "ces")
LANGUAGES = ("en", "vi", "es")
QUESTION = {
    "en": "How likely are you to recommend us to a friend or colleague?",
    "vi": "Quý khách sẵn lòng giới thiệu chúng tôi cho bạn bè hoặc đồng nghiệp đến mức nào?",
    "es": "¿Qué probabilidad hay de que nos recomiende a un amigo o colega?",
}
WHY = {"en": "Why?", "vi": "Vì sao?", "es": "¿Por qué?"}


def measure() -> list[dict[str, Any]]:
    """Return the row of this benchmark: the heaviest of the first pages of NPS, CSAT and CES in three languages."""
    with tempfile.TemporaryDirectory(prefix="first-page-") as folder:
        pages = _pages(Path(folder))
    raw = max(len(page) for page in pages)
    compressed = max(len(gzip.compress(page)) for page in pages)
    if any(b"<script" in page or b"src=" in page for page in pages):
        raise RuntimeError("a first page loads something")
    return [
        {
            "name": "first-page-bytes",
            "value": raw,
            "unit": "bytes",
            "peer": "limit",
            "peer_value": LIMIT,
            "ratio": round(LIMIT / raw, 3),
            "target": LIMIT,
            "n": len(pages),
            "compressed": f"{compressed} of {COMPRESSED_LIMIT} bytes",
        }
    ]


def _pages(folder: Path) -> list[bytes]:
    environ = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_LAB": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'survey.db'}",
    }
    app = create_app(environ)
    with app.app_context():
        upgrade()
        links = [_link(kind, language) for kind in KINDS for language in LANGUAGES]
        db.engine.dispose()
    browser = app.test_client()
    return [browser.get(link).data for link in links]


def _link(kind: str, language: str) -> str:
    items = (an_item(code=kind, type=kind, text=QUESTION), a_comment(text=WHY))
    definition = of_pages(a_page(*items), title=QUESTION, languages=list(LANGUAGES))
    return link_of(an_invitation(a_fielding(definition, code=f"{kind}-{language}"), language))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
