"""Handing personal links over to people and tools outside: files for short messages, chats and letters.

Whoever may not be asked any more at that moment is held back here too, with the reason. A link handed over counts as
sent, once: the file can be fetched again, the people in it are not counted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, select, update

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.accounts.operations import record
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.among import among_numbers
from survey_app.campaigns.audience.deciding import asking_of, split_reason
from survey_app.campaigns.audience.holding import framed
from survey_app.campaigns.mail.merging import Recipient, merged
from survey_app.campaigns.mail.texts import LINK, SHORT_PARTS, short_text_in
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.rules import UNFINISHED
from survey_app.campaigns.steps import CampaignError
from survey_app.campaigns.tokens import personal_url
from survey_app.customers.models import Company, Customer
from survey_app.extensions import db
from survey_app.web.csv_cells import csv_text

# Channels in which people are reached by hand or by another tool.
BY_HAND = ("export", "phone")
SCOPES = ("waiting", "unfinished")
FORMATS = ("csv", "xlsx")
# Databases take a limited number of values in one statement.
MANY = 500
MOST_ROWS = 100_000
SHORT_TEXT = "short"
LONGEST_SHORT_TEXT = SHORT_PARTS[SHORT_TEXT]
_SETTLED = frozenset({HoldReason.RECENTLY_ASKED, HoldReason.ASKED_TOO_OFTEN, HoldReason.ANSWERED_RECENTLY})
_table = cast("Table", Invitation.__table__)


@dataclass(frozen=True, slots=True)
class Handed:
    """One person's link as it leaves the house."""

    invitation_id: int
    name: str
    company: str
    phone: str
    language: str
    link: str
    text: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HandingOver:
    """What came of it: the links that go out, and how many people were held back at the last moment."""

    links: list[Handed]
    n_held_back: int


def count_links(campaign: Campaign) -> dict[str, int]:
    """Return how many links wait to be handed over, and how many stand with people who have not finished."""
    return {scope: len(_ids(campaign, scope)) for scope in SCOPES}


def hand_over(campaign: Campaign, scope: str, now: datetime, most: int = MOST_ROWS) -> HandingOver:
    """Return the links of those who wait (or of those who have not finished) and note that they are handed over.

    Raise CampaignError where the campaign is not running or nobody is left.
    """
    if campaign.mode != "mail" or campaign.state != "open":
        raise CampaignError(_("Only a running campaign hands links over. Start it first."))
    links: list[Handed] = []
    n_held = 0
    ids = _ids(campaign, scope)[:most]
    for start in range(0, len(ids), MANY):
        some = ids[start : start + MANY]
        held = _hold_back(campaign, some, now)
        n_held += len(held)
        left = [number for number in some if number not in held]
        if scope == "waiting":
            _mark_sent(left, now)
        links += links_of(campaign, left)
    if not links:
        raise CampaignError(_("Nobody is left whose link could be handed over."))
    record("campaigns.links_handed_over", "campaign", str(campaign.id), scope=scope, n=len(links), held_back=n_held)
    return HandingOver(links, n_held)


def short_text(campaign: Campaign, language: str) -> str:
    """Return the short text in a language: as somebody wrote it, else who asks and the link."""
    return short_text_in(campaign.texts, language, SHORT_TEXT)


def as_csv(links: Sequence[Handed]) -> bytes:
    """Return a file for spreadsheets; no cell of it can run."""
    return csv_text([_head(), *(_cells(each) for each in links)]).encode()


def as_xlsx(links: Sequence[Handed]) -> bytes:
    """Return a workbook in which every cell is text: no formula, no link that a click follows."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 5 MB of each web process, most of which never write one

    written = BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with Workbook(written, options) as workbook:
        sheet = workbook.add_worksheet()
        for at, cells in enumerate([_head(), *(_cells(each) for each in links)]):
            for column, text in enumerate(cells):
                sheet.write_string(at, column, text)
    return written.getvalue()


def held_now(campaign: Campaign, customer_ids: Sequence[int], now: datetime) -> dict[int, HoldReason]:
    """Return by customer why they may not be asked any more, for those who may not.

    How often somebody was asked was settled when they were invited.
    """
    some = among_numbers(customer_ids)
    frame = framed(select(Customer).where(Customer.id.in_(some)), campaign, asking_of(campaign, now), some)
    rows = db.session.execute(
        frame.chosen.with_only_columns(Customer.id, frame.reason, maintain_column_froms=True).order_by(None)
    )
    reasons = {number: split_reason(code)[0] for number, code in rows if code}
    return {number: reason for number, reason in reasons.items() if reason not in _SETTLED}


def _ids(campaign: Campaign, scope: str) -> list[int]:
    return list(db.session.scalars(select(Invitation.id).where(*_scoped(campaign, scope)).order_by(Invitation.id)))


def _scoped(campaign: Campaign, scope: str) -> Iterator[ColumnElement[bool]]:
    yield Invitation.campaign_id == campaign.id
    yield ~Invitation.is_test
    if scope == "waiting":
        # What waits for the mail server goes by mail, and what waits for a call is called.
        yield Invitation.channel == "export"
        yield Invitation.disposition == Disposition.NOT_YET_SENT
    else:
        yield Invitation.sent_at.is_not(None)
        yield Invitation.disposition.in_(UNFINISHED)


def _hold_back(campaign: Campaign, ids: Sequence[int], now: datetime) -> set[int]:
    """Hold back, of these invitations, those whose people may not be asked now; return their numbers."""
    rows = db.session.execute(
        select(Invitation.id, Invitation.customer_id, Invitation.disposition).where(_table.c.id.in_(ids))
    )
    people = {number: (customer_id or 0, disposition) for number, customer_id, disposition in rows}
    reasons = held_now(campaign, [customer_id for customer_id, _disposition in people.values()], now)
    held = {number for number, (customer_id, _disposition) in people.items() if customer_id in reasons}
    for number in sorted(held):
        customer_id, disposition = people[number]
        if disposition == Disposition.NOT_YET_SENT:
            values = {"disposition": Disposition.HELD_BACK.value, "held_back_reason": reasons[customer_id].value}
            db.session.execute(update(_table).where(_table.c.id == number).values(values))
    return held


def _mark_sent(ids: Sequence[int], now: datetime) -> None:
    waiting = (_table.c.id.in_(ids), _table.c.disposition == Disposition.NOT_YET_SENT.value)
    db.session.execute(update(_table).where(*waiting).values(disposition=Disposition.NO_REPLY.value, sent_at=now))


def links_of(campaign: Campaign, ids: Sequence[int]) -> list[Handed]:
    """Return these invitations of the campaign as they leave the house."""
    found = (
        select(Invitation, Customer, Company.name)
        .join(Customer, Invitation.customer_id == Customer.id)
        .outerjoin(Company, Customer.company_id == Company.id)
        .where(Invitation.id.in_(ids), Invitation.campaign_id == campaign.id)
        .order_by(Invitation.id)
    )
    organisation = get_organisation().name
    return [_handed(campaign, row, organisation) for row in db.session.execute(found)]


def _handed(campaign: Campaign, row: Any, organisation: str) -> Handed:
    invitation, customer, company = row
    link = personal_url(invitation)
    reader = Recipient(customer.name, organisation, invitation.language, company or "", customer.attributes)
    # The link is put in last: what people are called is never searched for it.
    before, mark, after = short_text(campaign, invitation.language).partition(LINK)
    text = f"{merged(before, reader)}{link if mark else ''}{merged(after, reader)}"
    return Handed(
        invitation.id,
        customer.name,
        company or "",
        customer.phone or "",
        invitation.language,
        link,
        text if mark else f"{text} {link}",
        customer.attributes,
    )


def _head() -> list[str]:
    return [_("Name"), _("Company"), _("Telephone"), _("Language"), _("Personal link"), _("Text")]


def _cells(each: Handed) -> list[str]:
    return [each.name, each.company, each.phone, each.language, each.link, each.text]
