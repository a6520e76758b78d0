"""A preview over a million customers, and a hundred thousand invitations queued: `python -m tests.benchmarks.audience`.

The preview has three conditions (an attribute, purchases in 90 days, the language) and contact rules to look after
(300,000 requests and answers of the last months, 20,000 suppressed addresses).
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, select, text

from survey_app import create_app
from survey_app.campaigns.audience.deciding import preview
from survey_app.campaigns.models import Campaign, ContactRule
from survey_app.campaigns.sending.inviting import invite_some, read_ahead
from survey_app.customers.operations import define_attribute, save_segment
from survey_app.extensions import db, without_transaction, writing
from survey_app.outbox.models import OutboxMail
from tests.benchmarks.journeys import installation
from tests.benchmarks.stored import NUMBERS
from tests.benchmarks.stores import KINDS, store
from tests.factories.campaigns import a_campaign

MANY, SOME = 1_000_000, 100_000
MOST_SECONDS, MOST_QUEUEING = 2.0, 5.0
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CONDITION: dict[str, Any] = {
    "all": [
        {"field": "attribute.sector", "op": "is", "value": "private"},
        {"field": "interaction.purchase.count", "op": "at_least", "value": 1, "within": {"days": 90}},
        {"field": "customer.language", "op": "one_of", "value": ["en", "vi"]},
    ]
}
WRITTEN = {
    "sqlite": {"numbers": NUMBERS["sqlite"], "json": "", "end": ""},
    "postgresql": {"numbers": NUMBERS["postgresql"], "json": "CAST(", "end": "AS json)"},
}
# Prime multipliers spread what belongs to whom; every figure is the same in each run.
CUSTOMERS = """
    INSERT INTO customers (name, search_key, email, email_key, email_state, phone_state, consent_state, language,
                           attributes, is_demo, created_at, updated_at)
    {numbers} SELECT 'Customer ' || i, 'customer ' || i, 'c' || i || '@mail' || (i % 50) || '.example.org',
        'c' || i || '@mail' || (i % 50) || '.example.org', CASE WHEN i % 97 = 0 THEN 'bounced' ELSE 'valid' END,
        'unverified', CASE WHEN i % 11 = 0 THEN NULL WHEN i % 53 = 0 THEN 'objected' ELSE 'given' END,
        CASE i % 3 WHEN 0 THEN 'en' WHEN 1 THEN 'vi' ELSE 'es' END,
        {json} CASE WHEN i % 2 = 0 THEN '{{"sector": "private", "branch": "North", "visits": 3}}'
             ELSE '{{"sector": "business", "branch": "South", "visits": 12}}' END {end}, false, :then, :then FROM n
"""
INTERACTIONS = """
    INSERT INTO interactions (customer_id, kind, happened_at, value, channel, product, location, campaign, note)
    {numbers} SELECT 1 + (CAST(i AS BIGINT) * 7919) % :people, CASE WHEN i % 4 = 0 THEN 'visit' ELSE 'purchase' END,
        CASE i % 5 WHEN 0 THEN :day_20 WHEN 1 THEN :day_80 WHEN 2 THEN :day_200 WHEN 3 THEN :day_300 ELSE :day_400 END,
        i % 500, 'shop', '', '', '', '' FROM n
"""
INVITATIONS = """
    INSERT INTO invitations (campaign_id, customer_id, token_nonce, token_hash, language, address, disposition, is_test,
                             channel, is_pilot, n_reminders, created_at, sent_at, completed_at)
    {numbers} SELECT :campaign, i * 3, 'n' || i, 'h' || i, 'en', '',
        CASE WHEN i % 4 = 0 THEN 'completed' ELSE 'no-reply' END, false, 'mail', false, 0, :day_80,
        CASE i % 3 WHEN 0 THEN :day_20 ELSE :day_80 END, CASE WHEN i % 4 = 0 THEN :day_20 END FROM n
"""
SUPPRESSIONS = """
    INSERT INTO suppressions (address_key, reason, source, note, created_at)
    {numbers} SELECT 'c' || (i * 37) || '@mail' || ((i * 37) % 50) || '.example.org', 'unsubscribed', 'bench', '', :then
    FROM n
"""


def measure(
    rounds: int = 3, many: int = MANY, some: int = SOME, kinds: tuple[str, ...] = KINDS
) -> list[dict[str, Any]]:
    """Return two rows: the seconds of the preview and of the queueing, each of the slower database."""
    seen = {kind: _measured(kind, rounds, many, some) for kind in kinds}
    limits = {"audience-1m": MOST_SECONDS, "queue-100k": MOST_QUEUEING}
    rows = []
    for place, (name, limit) in enumerate(limits.items()):
        slower = max(found[place] for found in seen.values())
        rows.append(
            {
                "name": name,
                "value": round(slower, 3),
                "unit": "s",
                "peer": "limit, the slower of SQLite and PostgreSQL",
                "peer_value": limit,
                "ratio": round(limit / slower, 3),
                "target": 1,
                "n": (many, some)[place],
                "each": {kind: round(found[place], 3) for kind, found in seen.items()},
            }
        )
    rows[1]["longest_lock_ms"] = {kind: round(1000 * found[2]) for kind, found in seen.items()}
    return rows


def _measured(kind: str, rounds: int, many: int, some: int) -> tuple[float, float, float]:
    with filled(kind, many) as campaign:
        found = preview(campaign, NOW)
        assert 0 < found.n_sendable < found.n_matched < many, found
        seconds = min(_seconds(campaign) for _round in range(rounds))
    with filled(kind, some) as campaign:
        campaign.segment_id = None
        db.session.commit()
        queueing, longest = _queue(campaign)
    return seconds, queueing, longest


def _seconds(campaign: Campaign) -> float:
    begun = time.perf_counter()
    preview(campaign, NOW)
    took = time.perf_counter() - begun
    db.session.rollback()
    return took


def _queue(campaign: Campaign) -> tuple[float, float]:
    """Return the seconds in which everybody was invited, and the longest that one transaction kept writers waiting."""
    chunks, n_more = [], 1
    begun = time.perf_counter()
    while n_more:
        read_ahead(campaign, NOW)
        db.session.rollback()
        with writing():
            at = time.perf_counter()
            n_more = invite_some(campaign, NOW)
            db.session.commit()
            chunks.append(time.perf_counter() - at)
    took = time.perf_counter() - begun
    n_mails = db.session.scalar(select(func.count()).select_from(OutboxMail))
    print(f"{n_mails} mails in {took:.2f} s, chunks of {statistics.median(chunks) * 1000:.0f} ms", file=sys.stderr)
    return took, max(chunks)


@contextmanager
def filled(kind: str, many: int) -> Iterator[Campaign]:
    """Give a draft campaign in an installation with so many customers, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="audience-") as name, store(kind) as place:
        app = create_app(installation(Path(name), place))
        with app.app_context():
            upgrade()
            with writing():
                campaign = _filled(many)
            yield campaign
            db.session.remove()
            db.engine.dispose()


def _filled(many: int) -> Campaign:
    define_attribute("sector", "Sector", "text")
    campaign, earlier = a_campaign("now"), a_campaign("earlier")
    earlier.state = "closed"
    db.session.add(
        ContactRule(name="All", min_gap_days=30, most=4, period_days=365, after_answer_days=60, created_at=NOW)
    )
    db.session.flush()
    days = {f"day_{n}": _written(NOW - timedelta(days=n)) for n in (20, 80, 200, 300, 400)}
    about = days | {"then": _written(NOW - timedelta(days=500)), "people": many, "campaign": earlier.id}
    amounts = {CUSTOMERS: many, INTERACTIONS: 2 * many, INVITATIONS: 3 * many // 10, SUPPRESSIONS: many // 50}
    for statement, n in amounts.items():
        wanted = {key: value for key, value in about.items() if f":{key}" in statement}
        db.session.execute(text(statement.format(**WRITTEN[db.engine.dialect.name])), wanted | {"n": n})
    campaign.segment_id = save_segment("Buyers", CONDITION, NOW).id
    db.session.commit()
    with without_transaction() as connection:
        connection.exec_driver_sql("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    return campaign


def _written(instant: datetime) -> str | datetime:
    """Return an instant as a raw statement takes it."""
    return instant if db.engine.dialect.name == "postgresql" else instant.strftime("%Y-%m-%d %H:%M:%S.%f")


if __name__ == "__main__":
    print(json.dumps(measure(*[int(each) for each in sys.argv[1:]]), indent=2))
