"""REST resources of customers: who they are, and what happened with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify
from flask_babel import gettext as _

from survey_app.accounts.repeating import once
from survey_app.customers.happenings import HappeningError, checked_happening
from survey_app.customers.models import Customer
from survey_app.customers.operations import Happening, save_customer
from survey_app.customers.queries import find_by_number, list_by_address
from survey_app.customers.retelling import customers_by_number, tell_happenings
from survey_app.customers.rules import CustomerError, CustomerRecord, clean_text
from survey_app.customers.standing import standing_of_mail
from survey_app.extensions import db
from survey_app.outbox.rules import address_key
from survey_app.web import access
from survey_app.web.api.bodies import read_json
from survey_app.web.api.described import Description, described
from survey_app.web.api.fields import Field, read_fields, schema_of
from survey_app.web.api.problems import Fault, pointer, refuse, refuse_fields

MOST_AT_ONCE = 1_000
blueprint = Blueprint("customers_api", __name__, url_prefix="/api/v1")

INTERACTION = (
    Field("customer", "text", "The customer's number, namespaced by its system: crm:1042.", longest=200),
    Field("email", "text", "The customer's mail address, where no number is known.", longest=320),
    Field("kind", "text", "What happened: purchase, visit, call, ticket …", is_needed=True, longest=40),
    Field("happened_at", "instant", "When, with its offset.", is_needed=True),
    Field("external_id", "text", "The event's number in its system; the same number again changes that event."),
    Field("value", "amount", "Money it brought, in the organisation's currency."),
    Field("cost", "amount", "Money it cost."),
    Field("channel", "text", "Where it happened: shop, web, phone …", longest=40),
    Field("product", "text", "What it was about."),
    Field("location", "text", "Where it was."),
    Field("campaign", "text", "The marketing campaign it came from."),
    Field("note", "text", "Anything else worth knowing.", longest=2000),
)
CUSTOMER = (
    Field("external_id", "text", "The customer's number in the system they come from.", longest=140),
    Field("source", "text", "The name of that system, in small letters; crm unless given.", longest=40),
    Field("name", "text", "How they are called.", longest=300),
    Field("email", "text", "Their mail address.", longest=320),
    Field("phone", "text", "Their telephone number.", longest=60),
    Field("language", "text", "Their language, as a tag: vi, es-MX.", longest=35),
    Field("time_zone", "text", "Their time zone: Asia/Ho_Chi_Minh.", longest=64),
    Field("company", "text", "The company they belong to.", longest=300),
    Field("attributes", "object", "Values by the code of the attribute."),
)
_ONE = schema_of(INTERACTION)


@blueprint.post("/interactions")
@access.by_token("customers.edit")
@described(
    Description(
        "Tell what happened with customers: one event, or a list of at most 1,000, all or none",
        {"oneOf": [_ONE, {"type": "array", "items": _ONE, "minItems": 1, "maxItems": MOST_AT_ONCE}]},
        {200: "Stored: how many were created, changed and unchanged, and each event in the order given."},
    )
)
def add_interactions() -> Response:
    """Record what happened; an event with a known number is changed."""
    answer = once(_store_interactions)
    db.session.commit()
    return answer


@blueprint.post("/customers")
@access.by_token("customers.edit")
@described(
    Description(
        "Create a customer, or change the one with this number, else with this address",
        schema_of(CUSTOMER),
        {200: "Stored: the customer's number here, and whether they were created, changed or unchanged."},
    )
)
def save() -> Response:
    """Store what another system knows of a customer; what is left out stays as it is."""
    answer = once(_store_customer)
    db.session.commit()
    return answer


@blueprint.get("/customers/<number>/status")
@access.by_token("customers.view")
@described(
    Description(
        "Say whether survey mail may go to a customer (their number, crm:1042), with every reason",
        answers={200: "Whether they may be asked now, from when on otherwise, and what stands for and against it."},
    )
)
def status(number: str) -> Response:
    """Show whether a customer may be asked, and why."""
    customer = find_by_number(number)
    if customer is None:
        refuse(404, _("There is no customer with this number"))
    found = standing_of_mail(customer, datetime.now(UTC))
    return jsonify(
        {
            "id": customer.id,
            "number": customer.external_id,
            "may_be_asked": found.may_be_asked,
            "free_from": _text(found.free_from),
            "reasons": [
                {"code": each.code, "words": each.words, "blocks": each.blocks, "since": _text(each.since)}
                for each in found.reasons
            ],
        }
    )


def _store_interactions() -> Response:
    data, now = read_json(), datetime.now(UTC)
    is_list = isinstance(data, list)
    if is_list and not 0 < len(data) <= MOST_AT_ONCE:
        refuse_fields([Fault("", _("Send 1 to %(n)s interactions at once.", n=MOST_AT_ONCE))])
    rows = data if is_list else [data]
    faults: list[Fault] = []
    numbers = {row["customer"] for row in rows if isinstance(row, dict) and isinstance(row.get("customer"), str)}
    known = customers_by_number({clean_text(number) for number in numbers})
    read = [_read_interaction(row, (number,) if is_list else (), known, faults) for number, row in enumerate(rows)]
    if faults:
        refuse_fields(faults)
    stored = tell_happenings([each for each in read if each is not None], now)
    outcomes = [outcome for _interaction, outcome in stored]
    return jsonify(
        {name: outcomes.count(name) for name in ("created", "changed", "unchanged")}
        | {
            "interactions": [
                {"id": each.id, "external_id": each.external_id, "customer_id": each.customer_id, "outcome": outcome}
                for each, outcome in stored
            ]
        }
    )


def _read_interaction(
    row: object, steps: Sequence[int], known: Mapping[str, Customer], faults: list[Fault]
) -> tuple[Customer, Happening] | None:
    values, found = read_fields(INTERACTION, row, *steps)
    faults += found
    if found:
        return None
    number, email = values.pop("customer"), values.pop("email")
    customer = known.get(number) if number else _by_address(email)
    if customer is None:
        faults.append(Fault(pointer(*steps, "customer"), _("There is no customer with this number or address.")))
        return None
    try:
        return customer, checked_happening(values, datetime.now(UTC))
    except HappeningError as error:
        # Everything else was checked above, field by field.
        faults.append(Fault(pointer(*steps, "happened_at"), str(error)))
        return None


def _by_address(email: str | None) -> Customer | None:
    known = list_by_address(address_key(email)) if email else []
    # Of several with one address nobody can say who was meant.
    return known[0] if len(known) == 1 else None


def _store_customer() -> Response:
    values, faults = read_fields(CUSTOMER, read_json())
    if faults:
        refuse_fields(faults)
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    try:
        customer, outcome = save_customer(CustomerRecord(**given), datetime.now(UTC))
    except CustomerError as error:
        refuse_fields([Fault(pointer(*_steps(name)), sentence) for name, sentence in error.problems.items()])
    return jsonify({"id": customer.id, "number": customer.external_id, "outcome": outcome})


def _steps(name: str) -> list[str]:
    room, _dot, code = name.partition(".")
    return ["attributes", code] if room == "attribute" else [name]


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None
