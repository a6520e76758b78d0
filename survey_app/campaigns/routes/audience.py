"""Whom sending would write to and what that may bring, as pages and files; and the people it did not reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.accounts.operations import record
from survey_app.campaigns.audience.contact_rules import list_rules
from survey_app.campaigns.audience.deciding import preview
from survey_app.campaigns.audience.simulation import (
    Part,
    expectation,
    obstacles,
    outcomes_of,
    people_with,
    remaining_by,
    splits,
)
from survey_app.campaigns.figures.progress import page_of_people
from survey_app.campaigns.labels import DISPOSITIONS, REASONS, language_name
from survey_app.campaigns.mail.random_mails import random_mails
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.extensions import db
from survey_app.web import access
from survey_app.web.csv_cells import csv_text
from survey_app.web.storable import page_number
from survey_app.web.workbook_cells import XLSX, workbook_of

MOST_SHOWN = 200
# Who answered stays unseen on this page where the survey promises it; who was not reached may be seen.
SHOWN = frozenset({Disposition.HELD_BACK, Disposition.FAILED, Disposition.NOT_YET_SENT, Disposition.BOUNCED})
NOBODY_ELSE = "none"
Wanted = tuple[HoldReason | None, int | None]


@blueprint.get("/campaigns/<int:campaign_id>/audience")
@access.requires("campaigns.edit")
def audience(campaign_id: int) -> str:
    """Show whom sending would write to at this moment, whom not and why, and what that may bring."""
    campaign, now = _mailed(campaign_id), datetime.now(UTC)
    seen, wanted, by = preview(campaign, now), _wanted(), _by()
    return render_template(
        "campaigns/audience.html",
        campaign=campaign,
        preview=seen,
        obstacles=obstacles(campaign),
        wanted=wanted,
        title=_title(wanted) if wanted else "",
        members=people_with(campaign, *wanted, now, MOST_SHOWN) if wanted else [],
        most=MOST_SHOWN,
        rules={rule.id: rule for rule in list_rules()},
        by=by,
        splits={"language": _("Language"), "segment": _("Segment")} | splits(),
        parts=_named(remaining_by(campaign, by, now), by),
        expected=expectation(campaign, seen.n_sendable),
        mails=random_mails(campaign, now) if "mails" in request.args else None,
    )


@blueprint.get("/campaigns/<int:campaign_id>/audience.<any(csv, xlsx):kind>")
@access.requires("customers.export")
def audience_file(campaign_id: int, kind: str) -> Response:
    """Give everybody of the audience, or those with one outcome, as a file with the reason in words."""
    campaign = _mailed(campaign_id)
    rows = _lines(campaign, _wanted(), datetime.now(UTC))
    name = f"audience-{campaign.id}.{kind}"
    if kind == "csv":
        answer = Response(csv_text(rows), content_type="text/csv; charset=utf-8")
    else:
        with workbook_of(rows, _("Audience")) as book:
            answer = Response(book.read(), content_type=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    record("campaign.audience_exported", "campaign", str(campaign.id), name=campaign.name, file=name)
    db.session.commit()
    return answer


@blueprint.get("/campaigns/<int:campaign_id>/people/<disposition>")
@access.requires("customers.view")
def people(campaign_id: int, disposition: str) -> str:
    """Show the customers who were not reached, and why."""
    campaign = campaign_or_404(campaign_id)
    reason = request.args.get("reason")
    if disposition not in SHOWN or (reason is not None and reason not in set(HoldReason)):
        abort(404)
    return render_template(
        "campaigns/people.html",
        campaign=campaign,
        title=REASONS[reason] if reason else DISPOSITIONS[disposition],
        pages=page_of_people(campaign, Disposition(disposition), reason, request.args.get("page", 1, page_number)),
    )


def _mailed(campaign_id: int) -> Campaign:
    campaign = campaign_or_404(campaign_id)
    if campaign.mode != "mail":
        abort(404)
    return campaign


def _wanted() -> Wanted | None:
    """Return the outcome that the address asks about, if it does."""
    reason = request.args.get("reason")
    if reason is None:
        return None
    if reason == NOBODY_ELSE:
        return None, None
    if reason not in set(HoldReason):
        abort(404)
    return HoldReason(reason), request.args.get("rule", None, page_number)


def _by() -> str:
    by = request.args.get("by", "language")
    return by if by in {"language", "segment", *splits()} else "language"


def _title(wanted: Wanted) -> str:
    reason, _rule = wanted
    return str(REASONS[reason]) if reason else _("Get a mail")


def _named(parts: list[Part], by: str) -> list[tuple[str, int]]:
    unknown = _("not known")
    return [((language_name(each.label) if by == "language" else each.label) or unknown, each.n) for each in parts]


def _lines(campaign: Campaign, wanted: Wanted | None, now: datetime) -> Iterator[list[Any]]:
    rules = {rule.id: rule.name for rule in list_rules()}
    yield [_("Customer number"), _("Name"), _("Mail address"), _("Language"), _("What becomes of them"), _("Rule")]
    for customer, reason, rule in outcomes_of(campaign, now):
        if wanted is None or (reason, rule) == wanted:
            told = str(REASONS[reason]) if reason else _("Get a mail")
            number = customer.external_id or customer.id
            yield [number, customer.name, customer.email, customer.language, told, rules.get(rule or 0, "")]
