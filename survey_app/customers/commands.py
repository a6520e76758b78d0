"""`survey-app customers`: bring customers in, list, show and export them."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy.exc import NoResultFound

from survey_app.customers import queries
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.web.storable import HIGHEST_ID

WRONG_USE = 2
NOTHING_DONE = 3

customers = AppGroup("customers", help="The people whose satisfaction is measured.")


@customers.command(name="list")
@click.option("--search", default="", help="Words of the name, address, company or number.")
@click.option("--segment", help="Only the customers in this segment.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(search: str, segment: str | None, limit: int, *, as_json: bool) -> None:
    """List customers."""
    found = queries.find_segment(segment) if segment else None
    if segment and found is None:
        end(f"There is no segment named {segment}.", NOTHING_DONE)
    query = queries.customers_in(found) if found else queries.search_customers(search)
    rows = [_brief(each) for each in db.session.scalars(query.limit(limit))]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:>6}  {row['name']}  {row['email'] or '-'}  {row['number'] or ''}".rstrip())


@customers.command()
@click.argument("customer_id", type=click.IntRange(1, HIGHEST_ID))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(customer_id: int, *, as_json: bool) -> None:
    """Show one customer."""
    try:
        row = whole(queries.get_customer(customer_id))
    except NoResultFound:
        end(f"There is no customer {customer_id}.", NOTHING_DONE)
    if as_json:
        print_json(row)
        return
    for name, value in row.items():
        click.echo(f"{name}: {value}")


def _brief(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "number": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "company": customer.company.name if customer.company else None,
        "language": customer.language,
    }


def whole(customer: Customer) -> dict[str, Any]:
    """Return all that is known of a customer."""
    history = queries.interaction_history(customer, most=10_000)
    return _brief(customer) | {
        "phone": customer.phone,
        "time_zone": customer.time_zone,
        "attributes": customer.attributes,
        "consents": [
            {name: getattr(each, name) for name in ("purpose", "is_given", "basis", "source", "wording")}
            | {"recorded_at": each.recorded_at.isoformat()}
            for each in queries.list_consents(customer)
        ],
        "interactions": [
            {
                "kind": each.kind,
                "happened_at": each.happened_at.isoformat(),
                "value": float(each.value) if each.value is not None else None,
                "location": each.location,
                "note": each.note,
            }
            for each in history.newest
        ],
        "created_at": customer.created_at.isoformat(),
        "updated_at": customer.updated_at.isoformat(),
    }


def print_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def end(sentence: str, code: int) -> NoReturn:
    """End the command with a sentence on stderr."""
    click.echo(sentence, err=True)
    sys.exit(code)
