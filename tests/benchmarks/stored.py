"""Whether answering slows down as answers pile up, to a million: `python -m tests.benchmarks.stored`."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import text

from survey_app import create_app
from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from tests.benchmarks.journeys import Side, installation, invite, the_questionnaire
from tests.benchmarks.serving import serving
from tests.benchmarks.stores import KINDS, store
from tests.factories.answering import a_fielding

FEW, MANY = 1_000, 1_000_000
MOST_TIMES = 1.2
# Ids of stored rows begin here, above those of the people who answer.
FIRST = 10_000_000
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, :n)) ",
}
INVITATIONS = """
    INSERT INTO invitations (id, campaign_id, customer_id, token_nonce, token_hash, language, address, disposition,
                             is_test, n_reminders, created_at, completed_at)
    {numbers} SELECT :first + i, :campaign, NULL, 'n' || i, 'h' || i, 'en', '', 'completed', true, 0, :now, :now FROM n
"""
RESPONSES = """
    INSERT INTO responses (id, public_id, survey_id, campaign_id, version_id, invitation_id, submission_id, state,
                           language, channel, answers, missing, typed, outcome, profile, weight, shown, correction,
                           is_test, is_demo, started_at, saved_at, completed_at)
    {numbers} SELECT :first + i, 'p' || i, :survey, :campaign, :version, :first + i, 's' || i, 'completed', 'en',
                     'personal-link', '{{"overall": 8, "comment": "Quick"}}', '{{}}', '{{}}', 8, '{{}}', 1.0,
                     '{{}}', '{{}}', true, false, :now, :now, :now FROM n
"""


def measure(rounds: int = 5, n_journeys: int = 100, many: int = MANY) -> list[dict[str, Any]]:
    """Return a row for each kind of database."""
    return [_row(kind, rounds, n_journeys, many) for kind in KINDS]


def _row(kind: str, rounds: int, n: int, many: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="stored-") as name, store(kind) as place:
        prepared = [_filled(Path(name) / str(size), place, size, (rounds + 1) * n) for size in (FEW, many)]
        (few_env, few_in, few_paths), (many_env, many_in, many_paths) = prepared
        with serving("wsgi:app", few_env, few_in) as first, serving("wsgi:app", many_env, many_in) as second:
            few, more = Side(first, place, few_paths), Side(second, place, many_paths)
            for side in (few, more):
                side.run(n)
            pairs = [(few.run(n), more.run(n)) for _round in range(rounds)]
    times = [statistics.median(side.within_ms(50) for side in sides) for sides in zip(*pairs, strict=True)]
    return {
        "name": f"stored-1m-{kind}",
        "value": round(times[1], 2),
        "unit": "ms",
        "peer": f"a journey with {FEW} stored, times {MOST_TIMES}",
        "peer_value": round(MOST_TIMES * times[0], 2),
        "ratio": round(MOST_TIMES * times[0] / times[1], 3),
        "target": 1,
        "n": rounds * n,
        "stored": f"{FEW} against {many}",
    }


def _filled(folder: Path, place: Any, size: int, n_links: int) -> tuple[dict[str, str], Path, list[str]]:
    """Return an installation with so many stored answers, and links for people who have not answered."""
    folder.mkdir()
    environ = installation(folder, place)
    with create_app(environ).app_context():
        upgrade()
        campaign = a_fielding(the_questionnaire())
        paths = invite(campaign.id, n_links)
        _fill(campaign, size)
        db.session.remove()
        db.engine.dispose()
    return environ, folder, paths


def _fill(campaign: Campaign, size: int) -> None:
    numbers = NUMBERS[db.engine.dialect.name]
    about = {"campaign": campaign.id, "survey": campaign.survey_id, "version": campaign.version_id}
    values = about | {"n": size, "first": FIRST, "now": "2026-01-02 10:00:00+00:00"}
    with writing():
        db.session.execute(text(INVITATIONS.format(numbers=numbers)), values)
        db.session.execute(text(RESPONSES.format(numbers=numbers)), values)
        db.session.commit()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


if __name__ == "__main__":
    print(json.dumps(measure(*[int(each) for each in sys.argv[1:]]), indent=2))
