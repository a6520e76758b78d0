"""200 items with 100 routing rules beside a questionnaire of five: `python -m tests.benchmarks.large_questionnaire`.

People walk through both on one server, in turns: every page is opened and sent. The figure is the 95th percentile of
the time for one page (the slower of opening and sending), and what publishing the large one takes.
"""

from __future__ import annotations

import http.client
import json
import re
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask_migrate import upgrade

from survey_app import create_app
from survey_app.extensions import db, writing
from survey_app.questionnaires.operations import create_survey, publish_version
from survey_app.questionnaires.parsing import parse
from tests.benchmarks.journeys import installation, invite
from tests.benchmarks.serving import Server, serving
from tests.benchmarks.stores import store
from tests.factories.answering import a_fielding
from tests.factories.questionnaires import a_choice, a_comment, an_item

N_PAGES, PER_PAGE = 40, 5
N_RULES = 100
MOST_TIMES = 2.0
PUBLISHING_LIMIT = 2.0


@dataclass
class Times:
    """How long pages took to open and to send, in seconds."""

    opened: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)

    def p95(self) -> tuple[float, float]:
        """Return the time within which 95 of 100 pages were opened, and sent."""
        return _p95(self.opened), _p95(self.sent)


def measure(n_people: int = 12) -> list[dict[str, Any]]:
    """Return the rows of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="large-") as name, store("sqlite") as place:
        folder = Path(name)
        environ = installation(folder, place)
        with create_app(environ).app_context():
            upgrade()
            publishing = _publishing_seconds()
            large = _links(large_definition(), "large", n_people)
            small = _links(small_definition(), "small", n_people * N_PAGES)
            db.engine.dispose()
        with serving("wsgi:app", environ, folder) as server:
            walked = _walk_in_turns(server, large, small)
    return [_pages_row(*walked, n_people), _publishing_row(publishing)]


def large_definition() -> dict[str, Any]:
    """Return 200 items on 40 pages; every second one is asked only of those who chose something before."""
    pages = [
        {"code": f"p{page}", "items": [_item(page, place) for place in range(PER_PAGE)]} for page in range(N_PAGES)
    ]
    return {"title": {"en": "A long one"}, "languages": ["en"], "pages": pages}


def small_definition() -> dict[str, Any]:
    """Return five items of the same kinds on one page."""
    items = [_item(0, place) for place in range(PER_PAGE)]
    return {"title": {"en": "A short one"}, "languages": ["en"], "pages": [{"code": "p0", "items": items}]}


def _item(page: int, place: int) -> dict[str, Any]:
    code = f"i{page}_{place}"
    if (page, place) == (0, 0):
        return an_item(code=code)
    item = a_comment(code=code) if place == 2 else a_choice(code=code)
    number = page * PER_PAGE + place
    if page and number % 2 and number // 2 <= N_RULES + PER_PAGE:
        item["show_if"] = {"field": f"answer.i{page - 1}_1", "op": "is", "value": "daily"}
    return item


def _publishing_seconds() -> float:
    questionnaire = parse(large_definition())
    n_rules = sum(item.show_if is not None for item in questionnaire.items)
    if (len(questionnaire.items), n_rules >= N_RULES - PER_PAGE) != (N_PAGES * PER_PAGE, True):
        raise RuntimeError(f"{len(questionnaire.items)} items with {n_rules} rules are not the ones to measure")
    with writing():
        survey = create_survey("published", "", questionnaire, datetime.now(UTC))
        began = time.perf_counter()
        publish_version(survey, "", datetime.now(UTC))
        db.session.commit()
    return time.perf_counter() - began


def _links(definition: dict[str, Any], code: str, n: int) -> list[str]:
    return invite(a_fielding(definition, code=code).id, n)[-n:]


def _walk_in_turns(server: Server, large: list[str], small: list[str]) -> tuple[Times, Times]:
    times = Times(), Times()
    per_person = len(small) // len(large)
    for number, path in enumerate(large):
        is_counted = number > 0
        _walk(server, path, times[0] if is_counted else Times())
        for other in small[number * per_person : (number + 1) * per_person]:
            _walk(server, other, times[1] if is_counted else Times())
    return times


def _walk(server: Server, path: str, times: Times) -> None:
    """Answer everything under a link on one connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        for _page in range(N_PAGES + 3):
            body, path, seconds = _exchange(connection, "GET", path)
            if "<h1>Thank you" in body:
                return
            times.opened.append(seconds)
            _body, path, seconds = _exchange(connection, "POST", path, urlencode(_answers(body)))
            times.sent.append(seconds)
    raise RuntimeError(f"nobody was thanked at {path}")


def _exchange(connection: http.client.HTTPConnection, method: str, path: str, sent: str = "") -> tuple[str, str, float]:
    """Return what came back, the address it came from, and the seconds of the last request."""
    for _redirect in range(5):
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        began = time.perf_counter()
        connection.request(method, path, sent or None, headers)
        response = connection.getresponse()
        body = response.read().decode()
        seconds = time.perf_counter() - began
        target = response.headers.get("Location")
        if target is None or method == "POST":
            break
        path = target
    if response.status not in {200, 303}:
        raise RuntimeError(f"{method} {path} answered {response.status}:\n{body[-600:]}")
    return body, target or path, seconds


def _answers(body: str) -> dict[str, str]:
    """Return the page's hidden fields with the first choice of every group of radios, and a comment."""
    answers = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', body))
    radios: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"?radio[^>]*>", body):
        name, value = (re.search(rf'{key}="?([\w]+)', tag) for key in ("name", "value"))
        if name and value:
            radios.setdefault(name[1], value[1])
    return answers | radios | dict.fromkeys(re.findall(r"<textarea[^>]*name=\"?(\w+)", body), "Fine")


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[-(-len(seconds) * 95 // 100) - 1]


def _pages_row(large: Times, small: Times, n_people: int) -> dict[str, Any]:
    pairs = list(zip(large.p95(), small.p95(), strict=True))
    ours, five = max(pairs, key=lambda pair: pair[0] / pair[1])
    return {
        "name": "page-200-items",
        "value": round(1000 * ours, 2),
        "unit": "ms",
        "peer": "a page of a questionnaire of five items, times two",
        "peer_value": round(1000 * MOST_TIMES * five, 2),
        "ratio": round(MOST_TIMES * five / ours, 3),
        "target": 1,
        "n": n_people,
        "p95 ms of opening and sending": ", ".join(f"{1000 * a:.1f} (five items {1000 * b:.1f})" for a, b in pairs),
        "pages": f"{len(large.opened)} (five items {len(small.opened)})",
    }


def _publishing_row(seconds: float) -> dict[str, Any]:
    return {
        "name": "publishing-200-items",
        "value": round(seconds, 3),
        "unit": "s",
        "peer": "limit",
        "peer_value": PUBLISHING_LIMIT,
        "ratio": round(PUBLISHING_LIMIT / seconds, 2),
        "target": 1,
        "n": 1,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
