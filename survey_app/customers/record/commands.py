"""`survey-app customers status` and `survey-app interactions`: may mail go to somebody, and what happened with them."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _

from survey_app.customers import queries
from survey_app.customers.happenings import HappeningError, checked_happening
from survey_app.customers.models import Customer
from survey_app.customers.operations import Happening, record_interaction
from survey_app.customers.standing import Reason, standing_of_mail
from survey_app.extensions import db, writing
from survey_app.outbox.rules import address_key

WRONG_USE = 2
NOTHING_DONE = 3

interactions = AppGroup("interactions", help="What happened with customers: purchases, visits, calls, complaints.")


@click.command()
@click.argument("who", metavar="NUMBER|ADDRESS")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def status(who: str, *, as_json: bool) -> None:
    """Say whether survey mail may go to a customer now, and why or why not."""
    now = datetime.now(UTC)
    found = [_status(customer, now) for customer in _found(who)]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for each in found:
        verdict = _("may be asked now") if each["may_be_asked"] else _("gets no survey mail now")
        click.echo(f"{each['id']}  {each['name']}: {verdict}")
        for reason in each["reasons"]:
            sign = "-" if reason["blocks"] else "+"
            facts = [reason["since"] and reason["since"][:10], reason["source"], reason["until"] and _until(reason)]
            click.echo(f"  {sign} {reason['words']} {' · '.join(filter(None, facts))}".rstrip())


@interactions.command()
@click.argument("who", metavar="NUMBER|ADDRESS")
@click.option("--kind", required=True, help="What happened, such as purchase, visit, call or complaint.")
@click.option("--at", "happened_at", help="When, as 2026-01-31T14:30+07:00; now without it.")
@click.option("--value", help="What it brought, such as 120.50.")
@click.option("--cost", help="What it cost us.")
@click.option("--number", "external_id", help="Its number in its source, such as shop:981: recorded once only.")
@click.option("--channel", default="", help="Such as shop, web or telephone.")
@click.option("--product", default="")
@click.option("--location", default="")
@click.option("--campaign", default="", help="The marketing campaign it came from.")
@click.option("--note", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add(who: str, *, as_json: bool, **said: Any) -> None:
    """Record something that happened with a customer."""
    with writing():
        customers = _found(who)
        if len(customers) > 1:
            _end(_("Several customers have the address %(address)s. Give the customer number.", address=who), WRONG_USE)
        try:
            happening = _happening(said)
        except HappeningError as error:
            _end(str(error), WRONG_USE)
        interaction, is_new = record_interaction(customers[0], happening)
        db.session.commit()
        shown = {"id": interaction.id, "customer": customers[0].id, "is_new": is_new}
    if as_json:
        click.echo(json.dumps(shown))
    else:
        click.echo(_("Recorded.") if is_new else _("This was recorded before; nothing was changed."))


def _happening(said: dict[str, Any]) -> Happening:
    return checked_happening({**said, "value": _money(said["value"]), "cost": _money(said["cost"])}, datetime.now(UTC))


def _money(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise HappeningError(_("%(text)s is not a number. Write it as 1234.5.", text=str(text)[:40])) from error


def _status(customer: Customer, now: datetime) -> dict[str, Any]:
    standing = standing_of_mail(customer, now)
    return {
        "id": customer.id,
        "number": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "may_be_asked": standing.may_be_asked,
        "free_from": standing.free_from.isoformat() if standing.free_from else None,
        "reasons": [_plain(reason) for reason in standing.reasons],
    }


def _plain(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "words": reason.words,
        "blocks": reason.blocks,
        "since": reason.since.isoformat() if reason.since else None,
        "source": reason.source,
        "until": reason.until.isoformat() if reason.until else None,
    }


def _until(reason: dict[str, Any]) -> str:
    return _("until %(day)s", day=reason["until"][:10])


def _found(who: str) -> list[Customer]:
    by_number = queries.find_by_number(who) or (queries.find_by_number(f"crm:{who}") if "@" not in who else None)
    found = [by_number] if by_number else queries.list_by_address(address_key(who)) if "@" in who else []
    if not found:
        _end(_("There is no customer with the number or address %(who)s.", who=who), NOTHING_DONE)
    return found


def _end(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
