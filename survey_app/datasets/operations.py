"""Answers from files are stored: planned in memory first, then written chunk by chunk, safely repeatable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from survey_app.campaigns.models import Campaign
from survey_app.datasets.asking import as_asked, as_decided_by
from survey_app.datasets.mapping import MappingError, ResponseMapping
from survey_app.datasets.models import ResponseImport
from survey_app.datasets.queries import find_campaign, find_customer_ids, stored_rows
from survey_app.datasets.rows import AnswerRow, RowRefusedError, read_row
from survey_app.datasets.tables import Table
from survey_app.extensions import db
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.responses.models import Response

CHANNEL = "import"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would bring: the rows that can be taken, and every row that can't, with its reason."""

    version: QuestionnaireVersion
    mapping: ResponseMapping
    rows: tuple[tuple[int, AnswerRow], ...]
    refused: tuple[dict[str, Any], ...] = ()
    # Customer ids by the keys that the rows name.
    customers: dict[str | None, int] = field(default_factory=dict)


def plan_import(table: Table, mapping: ResponseMapping, version: QuestionnaireVersion) -> ImportPlan:
    """Read every row without storing anything; raise MappingError where mapping, file and questionnaire disagree."""
    questionnaire = questionnaire_of(version)
    codebook = questionnaire.codebook()
    asked = as_decided_by(questionnaire, [column.target for column in mapping.items])
    known = {item.code for item in codebook.items}
    _check_agreement(table, mapping, known)
    rows: list[tuple[int, AnswerRow]] = []
    refused: list[dict[str, Any]] = [{"line": line, "reason": reason} for line, reason in table.problems]
    seen: set[str] = set()
    for line, cells in table.rows:
        try:
            row = read_row(cells, line, mapping, codebook)
        except RowRefusedError as reason:
            refused.append({"line": line, "reason": str(reason)})
            continue
        if row.row_key in seen:
            refused.append({"line": line, "reason": f"The row key {row.row_key} stands in the file twice."})
            continue
        seen.add(row.row_key)
        rows.append((line, as_asked(row, asked)))
    return _with_customers(ImportPlan(version, mapping, tuple(rows), tuple(refused)))


def _check_agreement(table: Table, mapping: ResponseMapping, known: set[str]) -> None:
    findings = [f"The file has no column {each.name}." for each in mapping.columns if each.name not in table.header]
    findings += [
        f"Column {each.name}: the questionnaire has no item {each.target}."
        for each in mapping.items
        if each.target not in known
    ]
    if findings:
        raise MappingError([*findings, f"The file's columns are: {', '.join(table.header)}."])


def begin_import(plan: ImportPlan, file_name: str, content: bytes, now: datetime) -> ResponseImport:
    """Open the import's record and the campaign that its answers belong to."""
    campaign = _campaign(plan, now)
    batch = ResponseImport(
        survey_id=plan.version.survey_id,
        campaign_id=campaign.id,
        file_name=file_name[:300],
        fingerprint=hashlib.sha256(content).hexdigest(),
        mapping={column.name: f"{column.kind} {column.target}".strip() for column in plan.mapping.columns},
        n_rows=len(plan.rows) + len(plan.refused),
        refused=sorted(plan.refused, key=lambda each: int(each["line"])),
        created_at=now,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def store_chunk(plan: ImportPlan, batch: ResponseImport, rows: Sequence[AnswerRow]) -> None:
    """Store some rows of the plan; rows that stand already are brought up to date, never doubled."""
    values = [_values(plan, batch, row) for row in rows]
    before = stored_rows([value["submission_id"] for value in values])
    new = [value for value in values if value["submission_id"] not in before]
    changed = [value for value in values if _differs(value, before)]
    if new:
        db.session.execute(insert(Response), new)
    for value in changed:
        kept = {key: value[key] for key in value if key not in {"public_id", "submission_id"}}
        db.session.execute(update(Response).where(Response.submission_id == value["submission_id"]).values(**kept))
    batch.n_stored += len(new) + len(changed)
    batch.n_unchanged += len(values) - len(new) - len(changed)


def finish_import(batch: ResponseImport) -> None:
    """Mark the import as done: its answers count from now on."""
    batch.state = "done"


def _with_customers(plan: ImportPlan) -> ImportPlan:
    """Refuse the rows whose customer nobody knows: their answers would belong to no record."""
    keys = {row.customer_key for _, row in plan.rows if row.customer_key}
    customers = find_customer_ids(keys)
    unknown = keys - set(customers)
    kept = tuple((line, row) for line, row in plan.rows if row.customer_key not in unknown)
    refused = [
        {"line": line, "reason": f"There is no customer {row.customer_key}: import the customers first."}
        for line, row in plan.rows
        if row.customer_key in unknown
    ]
    return ImportPlan(plan.version, plan.mapping, kept, (*plan.refused, *refused), customers)


def _campaign(plan: ImportPlan, now: datetime) -> Campaign:
    found = find_campaign(plan.version.survey_id, plan.mapping.campaign)
    campaign = found or Campaign(
        survey_id=plan.version.survey_id,
        name=plan.mapping.campaign,
        mode="imported",
        state="closed",
        audience_done=True,
        created_at=now,
    )
    campaign.version_id = plan.version.id
    campaign.wave = plan.mapping.wave
    campaign.wave_order = plan.mapping.wave_order
    db.session.add(campaign)
    db.session.flush()
    return campaign


def _values(plan: ImportPlan, batch: ResponseImport, row: AnswerRow) -> dict[str, Any]:
    primary = questionnaire_of(plan.version).codebook().primary_outcome
    outcome = row.answers.get(primary) if primary else None
    key = f"{batch.survey_id}|{batch.campaign_id}|{row.row_key}"
    return {
        "public_id": secrets.token_urlsafe(16),
        "submission_id": hashlib.sha256(key.encode()).hexdigest(),
        "survey_id": batch.survey_id,
        "campaign_id": batch.campaign_id,
        "version_id": plan.version.id,
        "customer_id": plan.customers.get(row.customer_key),
        "state": "completed",
        "language": row.language,
        "channel": CHANNEL,
        "answers": row.answers,
        "missing": row.missing,
        "outcome": float(outcome) if isinstance(outcome, int | float) else None,
        "profile": {},
        "weight": row.weight,
        "is_test": False,
        "is_demo": False,
        "started_at": row.answered_at,
        "saved_at": row.answered_at,
        "completed_at": row.answered_at,
        "import_id": batch.id,
    }


def _differs(value: dict[str, Any], before: dict[str, tuple[Any, ...]]) -> bool:
    old = before.get(value["submission_id"])
    return old is not None and old != tuple(value[name] for name in ("answers", "missing", "weight", "language"))


def chunks(rows: Sequence[AnswerRow], size: int) -> Iterable[Sequence[AnswerRow]]:
    """Return the rows in portions small enough to keep no writer waiting."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
