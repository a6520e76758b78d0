"""A company: who belongs to it, what happened with them in sum, and its details changed. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select

from survey_app.customers.matching import search_key
from survey_app.customers.models import Company, Customer, Interaction
from survey_app.customers.rules import CustomerError, attribute_problem, attribute_value, clean_text, company_key
from survey_app.customers.vocabulary import attribute_kinds
from survey_app.extensions import db

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened with a company's customers, by kind."""

    kind: str
    n: int
    value: Decimal | None
    cost: Decimal | None
    last_at: datetime


def find_members(company: Company, page: int) -> Pagination:
    """Return one page of the customers of a company."""
    mine = select(Customer).where(Customer.company_id == company.id, Customer.merged_into_id.is_(None))
    query = mine.order_by(Customer.search_key, Customer.id)
    return db.paginate(query, page=page, per_page=PAGE_SIZE, error_out=False)


def summed_interactions(company: Company) -> list[Happened]:
    """Return what happened with the company's customers, summed by kind, the most frequent first."""
    n = func.count()
    sums = select(
        Interaction.kind, n, func.sum(Interaction.value), func.sum(Interaction.cost), func.max(Interaction.happened_at)
    )
    sums = sums.join(Customer, Customer.id == Interaction.customer_id).where(Customer.company_id == company.id)
    return [Happened(*row) for row in db.session.execute(sums.group_by(Interaction.kind).order_by(n.desc()))]


def change_company(company: Company, said: Mapping[str, str], attributes: Mapping[str, str]) -> None:
    """Save a company's details; raise CustomerError, in words by field, where they cannot be taken."""
    name, number, kinds = clean_text(said["name"]), clean_text(said["external_id"]) or None, attribute_kinds("company")
    problems = {f"attribute.{code}": attribute_problem(code, value, kinds) for code, value in attributes.items()}
    problems |= {"name": _taken(Company.name_key == company_key(name), company)}
    if number:
        problems |= {"external_id": _taken(Company.external_id == number, company)}
    wrong = {field: problem for field, problem in problems.items() if problem}
    if wrong:
        raise CustomerError(wrong)
    is_renamed = company.name != name
    company.name, company.name_key, company.external_id = name, company_key(name), number
    company.owner_id = int(said["owner_id"]) if said["owner_id"] else None
    stored = {code: attribute_value(kinds[code], value) for code, value in attributes.items()}
    kept = {code: value for code, value in company.attributes.items() if code not in stored}
    company.attributes = kept | {code: value for code, value in stored.items() if value is not None}
    db.session.flush()
    if is_renamed:
        _refold(company)


def _taken(condition: object, company: Company) -> str | None:
    other = db.session.scalar(select(Company).where(condition, Company.id != company.id))  # type: ignore[arg-type]
    return _("Another company has this: %(name)s.", name=other.name) if other else None


def _refold(company: Company) -> None:
    """Let the company's customers be found by its new name."""
    for customer in db.session.scalars(select(Customer).where(Customer.company_id == company.id)):
        customer.search_key = search_key(customer)
