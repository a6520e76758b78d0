"""The demo's customers: invented people in three countries, with companies, attributes and consent."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from survey_app.customers.matching import settle_keys
from survey_app.customers.models import AttributeDefinition, Company, Consent, Customer
from survey_app.customers.operations import define_attribute
from survey_app.customers.rules import company_key, fold
from survey_app.demo.names import company_names, draw_name
from survey_app.demo.places import COUNTRIES, Country
from survey_app.extensions import db
from survey_app.outbox.rules import address_key

FIRST_NUMBER = 1001
SHARE_IN_COMPANIES = 0.28
SHARE_WITHOUT_ADDRESS = 0.015
SHARE_WITHOUT_OWNER = 0.06
SHARE_WITHOUT_CONSENT = 0.02
SHARE_WHO_OBJECT = 0.015
TIERS = {"standard": 0.62, "silver": 0.27, "gold": 0.11}
DOMAINS = ("example.com", "example.org", "mail.example", "post.example")
# Each customer is asked every second month: group A in odd waves, group B in even ones.
GROUPS = ("A", "B")
ATTRIBUTES = (
    ("country", "Country", True),
    ("branch", "Branch", True),
    ("tier", "Customer tier", True),
    ("survey_group", "Survey group", False),
)
WORDING = "I agree that Roble & Sen asks me about my purchases by e-mail now and then."
YEARS_KNOWN = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the demo with what their later answers depend on."""

    customer: Customer
    country: Country
    has_consent: bool

    @property
    def group(self) -> str:
        """Return in which waves this customer is asked."""
        return str(self.customer.attributes["survey_group"])


def define_attributes() -> None:
    """Make the attributes known that the demo's customers have; one that is known already stays as it is."""
    known = set(db.session.scalars(select(AttributeDefinition.code)))
    for code, label, for_reporting in ATTRIBUTES:
        if code not in known:
            define_attribute(code, label, "choice", for_reporting=for_reporting, is_demo=True)


def add_customers(chance: random.Random, n_customers: int, owners: Mapping[str, int], now: datetime) -> list[Person]:
    """Store the customers; `owners` are the ids of the agents by country."""
    companies = _add_companies()
    people = [_person(chance, number, owners, now) for number in range(FIRST_NUMBER, FIRST_NUMBER + n_customers)]
    for person in people:
        if chance.random() < SHARE_IN_COMPANIES:
            person.customer.company = chance.choice(companies[person.country.code])
        settle_keys(person.customer)
    db.session.add_all([person.customer for person in people])
    db.session.flush()
    db.session.add_all([each for person in people if (each := _consent(chance, person)) is not None])
    db.session.flush()
    return people


def _add_companies() -> dict[str, list[Company]]:
    known = {each.name_key: each for each in db.session.scalars(select(Company))}
    companies: dict[str, list[Company]] = {}
    for country, names in company_names().items():
        for name in names:
            key = company_key(name)
            company = known.get(key) or Company(name=name, name_key=key, is_demo=True)
            companies.setdefault(country, []).append(company)
    db.session.add_all([each for some in companies.values() for each in some])
    return companies


def _person(chance: random.Random, number: int, owners: Mapping[str, int], now: datetime) -> Person:
    country = chance.choices(COUNTRIES, [each.share_of_customers for each in COUNTRIES])[0]
    language = chance.choices(list(country.languages), list(country.languages.values()))[0]
    name = draw_name(chance, language)
    email = None if chance.random() < SHARE_WITHOUT_ADDRESS else _address(chance, name, number)
    since = now - YEARS_KNOWN * chance.uniform(0.55, 1.0)
    customer = Customer(
        external_id=f"demo:{number}",
        name=name,
        email=email,
        email_key=address_key(email) if email else None,
        language=language,
        time_zone=country.time_zone,
        owner_id=None if chance.random() < SHARE_WITHOUT_OWNER else owners[country.code],
        attributes=_attributes(chance, number, country),
        is_demo=True,
        created_at=since,
        updated_at=since,
    )
    return Person(customer, country, chance.random() >= SHARE_WITHOUT_CONSENT + SHARE_WHO_OBJECT)


def _attributes(chance: random.Random, number: int, country: Country) -> dict[str, str]:
    return {
        "country": country.name,
        "branch": chance.choice(country.branches),
        "tier": chance.choices(list(TIERS), list(TIERS.values()))[0],
        "survey_group": GROUPS[number % 2],
    }


def _address(chance: random.Random, name: str, number: int) -> str:
    """Return an address under a name that no mail can reach (RFC 2606)."""
    first, *_middle, last = fold(name).split()
    return f"{first}.{last}.{number}@{chance.choice(DOMAINS)}"


def _consent(chance: random.Random, person: Person) -> Consent | None:
    objects = not person.has_consent and chance.random() < SHARE_WHO_OBJECT / (SHARE_WITHOUT_CONSENT + SHARE_WHO_OBJECT)
    if not person.has_consent and not objects:
        return None
    return Consent(
        customer_id=person.customer.id,
        is_given=person.has_consent,
        basis="objection" if objects else "consent",
        source="customer desk" if objects else "order form",
        wording="" if objects else WORDING,
        recorded_at=person.customer.created_at + timedelta(days=chance.randint(0, 20)),
    )
