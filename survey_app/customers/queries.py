"""Reads of the CRM record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import aliased, selectinload

from survey_app.conditions.rules import Tree
from survey_app.customers.identity import CustomerMerge
from survey_app.customers.models import (
    AttributeDefinition,
    Company,
    Consent,
    ContactPoint,
    Customer,
    CustomerImport,
    ExternalId,
    Interaction,
    RefusedRow,
    Segment,
)
from survey_app.customers.rules import company_key, fold
from survey_app.customers.segments import customers_where
from survey_app.extensions import db

PAGE_SIZE = 50
# Databases take a limited number of values in one statement.
MANY = 500


def get_customer(customer_id: int) -> Customer:
    """Return the customer; raise NoResultFound where there is none."""
    return db.session.scalars(select(Customer).where(Customer.id == customer_id)).one()


def find_by_number(number: str) -> Customer | None:
    """Return the customer with this number (`crm:1042`), if there is one; of a merged one, whom it was merged into."""
    return next(map(standing_of, rows_by_number(number)), None)


def list_by_address(key: str) -> list[Customer]:
    """Return the customers with this folded address; instead of merged ones, those they were merged into."""
    return list({each.id: each for each in map(standing_of, rows_by_address(key))}.values())


def rows_by_number(number: str) -> list[Customer]:
    """Return the row with this number, its own or a further one, merged or not."""
    own = list(db.session.scalars(select(Customer).where(Customer.external_id == number)))
    further = select(Customer).join(ExternalId, ExternalId.customer_id == Customer.id)
    return own or list(db.session.scalars(further.where(ExternalId.number == number)))


def rows_by_address(key: str) -> list[Customer]:
    """Return the rows with this folded address, merged or not."""
    return list(db.session.scalars(select(Customer).where(Customer.email_key == key).order_by(Customer.id)))


def standing_of(customer: Customer) -> Customer:
    """Return the customer that a merged one was merged into; any other customer itself."""
    return db.session.get_one(Customer, customer.merged_into_id) if customer.merged_into_id else customer


def find_company(name: str) -> Company | None:
    """Return the company of this name, however it is spelled, if there is one."""
    return db.session.scalar(select(Company).where(Company.name_key == company_key(name)))


def list_merges(customer: Customer) -> list[CustomerMerge]:
    """Return what was merged into this customer and still is, the newest first."""
    query = select(CustomerMerge).where(CustomerMerge.kept_id == customer.id, CustomerMerge.undone_at.is_(None))
    return list(db.session.scalars(query.order_by(CustomerMerge.id.desc())))


def search_customers(text: str) -> Select[Customer]:
    """Return the query for customers whose name, address, company, number or telephone has every word of the text."""
    query = select(Customer).options(selectinload(Customer.company)).where(Customer.merged_into_id.is_(None))
    query = query.order_by(Customer.search_key, Customer.id)
    for word in fold(text).split():
        query = query.where(or_(Customer.search_key.contains(word, autoescape=True), Customer.id.in_(_known_by(word))))
    return query


def _known_by(word: str) -> CompoundSelect[int]:
    """Return the ids of customers whose merged record, further number, address or telephone has a word."""
    merged, further, point = aliased(Customer), ExternalId.number, ContactPoint.value
    return union_all(
        select(merged.merged_into_id).where(
            merged.merged_into_id.is_not(None), merged.search_key.contains(word, autoescape=True)
        ),
        select(ExternalId.customer_id).where(further.icontains(word, autoescape=True)),
        select(ContactPoint.customer_id).where(point.icontains(word, autoescape=True)),
    )


def find_customers(text: str, page: int) -> Pagination:
    """Return one page of the customers that the text finds."""
    return db.paginate(search_customers(text), page=page, per_page=PAGE_SIZE, error_out=False)


def count_customers() -> int:
    """Return how many customers there are."""
    standing = select(func.count()).select_from(Customer).where(Customer.merged_into_id.is_(None))
    return db.session.scalar(standing) or 0


def reporting_profile(customer: Customer) -> dict[str, object]:
    """Return the customer's values of the attributes marked for reporting, by code."""
    codes = db.session.scalars(select(AttributeDefinition.code).where(AttributeDefinition.for_reporting))
    return {code: customer.attributes[code] for code in codes if code in customer.attributes}


def reporting_labels() -> dict[str, str]:
    """Return the label of every attribute marked for reporting, by code."""
    wanted = select(AttributeDefinition).where(AttributeDefinition.for_reporting).order_by(AttributeDefinition.id)
    return {each.code: each.label for each in db.session.scalars(wanted)}


def consents_of(ids: Iterable[int], purpose: str = "surveys") -> dict[int, Consent]:
    """Return the newest entry on this purpose by customer; a customer without an entry is left out."""
    wanted = sorted(set(ids))
    found: dict[int, Consent] = {}
    for start in range(0, len(wanted), MANY):
        some = wanted[start : start + MANY]
        query = select(Consent).where(Consent.customer_id.in_(some), Consent.purpose == purpose)
        found.update({each.customer_id: each for each in db.session.scalars(query.order_by(Consent.id))})
    return found


def has_consent(customer: Customer) -> bool:
    """Return whether the customer may be asked to take part: the newest entry counts, and none means no."""
    newest = consents_of([customer.id]).get(customer.id)
    return newest is not None and newest.is_given


def list_consents(customer: Customer) -> list[Consent]:
    """Return what the customer agreed or objected to, the newest first."""
    return list(
        db.session.scalars(select(Consent).where(Consent.customer_id == customer.id).order_by(Consent.id.desc()))
    )


@dataclass(frozen=True, slots=True)
class History:
    """The newest interactions of a customer, and how many there are in all."""

    newest: list[Interaction]
    n_all: int


def interaction_history(customer: Customer, most: int = 20) -> History:
    """Return the customer's newest interactions."""
    mine = select(Interaction).where(Interaction.customer_id == customer.id)
    newest = db.session.scalars(mine.order_by(Interaction.happened_at.desc(), Interaction.id.desc()).limit(most))
    n_all = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    return History(list(newest), n_all)


def find_interactions(customer: Customer, kind: str, page: int) -> Pagination:
    """Return one page of what happened with a customer, the newest first; of one kind where it is named."""
    mine = select(Interaction).where(Interaction.customer_id == customer.id)
    if kind:
        mine = mine.where(Interaction.kind == kind)
    newest = mine.order_by(Interaction.happened_at.desc(), Interaction.id.desc())
    return db.paginate(newest, page=page, per_page=PAGE_SIZE, error_out=False)


def list_kinds_of(customer: Customer) -> list[str]:
    """Return the kinds of what happened with a customer."""
    kinds = select(Interaction.kind).where(Interaction.customer_id == customer.id).distinct()
    return list(db.session.scalars(kinds.order_by(Interaction.kind)))


def numbers_of(customer: Customer) -> list[str]:
    """Return all numbers of a customer in other systems: their own, further ones, and those of merged records."""
    further = select(ExternalId.number).where(ExternalId.customer_id == customer.id).order_by(ExternalId.id)
    merged = select(Customer.external_id).where(Customer.merged_into_id == customer.id).order_by(Customer.id)
    found = [customer.external_id, *db.session.scalars(further), *db.session.scalars(merged)]
    return [number for number in found if number]


def get_segment(segment_id: int) -> Segment:
    """Return the segment; raise NoResultFound where there is none."""
    return db.session.scalars(select(Segment).where(Segment.id == segment_id)).one()


def find_segment(name: str) -> Segment | None:
    """Return the segment of this name, if there is one."""
    return db.session.scalar(select(Segment).where(Segment.name == name))


def list_segments() -> list[Segment]:
    """Return the saved segments by name."""
    return list(db.session.scalars(select(Segment).order_by(Segment.name)))


def customers_in(segment: Segment | None, now: datetime | None = None) -> Select[Customer]:
    """Return the query for the customers in a segment, at this instant; without a segment, for all customers."""
    return customers_where(segment.condition if segment else None, now)


def count_in(segment: Segment | None, now: datetime | None = None) -> int:
    """Return how many customers are in a segment."""
    found = customers_in(segment, now).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


@dataclass(frozen=True, slots=True)
class Sample:
    """How many customers a condition finds, and some of them."""

    n_all: int
    some: list[Customer]


def sample_of(condition: Tree, most: int = 10) -> Sample:
    """Return how many customers a checked condition finds now, and the first of them."""
    query = customers_where(condition)
    n_all = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Sample(n_all, list(db.session.scalars(query.options(selectinload(Customer.company)).limit(most))))


def find_import(import_id: int) -> CustomerImport | None:
    """Return the import of a file, if there is one."""
    return db.session.get(CustomerImport, import_id)


def list_imports(most: int = 20) -> list[CustomerImport]:
    """Return the newest imports."""
    query = select(CustomerImport).order_by(CustomerImport.id.desc())
    return list(db.session.scalars(query.limit(most)))


def list_refused(taken: CustomerImport, most: int | None = None) -> list[RefusedRow]:
    """Return the refused rows of an import, in the order of the file."""
    query = select(RefusedRow).where(RefusedRow.import_id == taken.id).order_by(RefusedRow.line)
    return list(db.session.scalars(query.limit(most)))
