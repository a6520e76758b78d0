"""For how many readers a mail has a gap: a merge field that stays empty, or a language that it isn't written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, or_, select

from survey_app.campaigns.audience.deciding import asking_of, resolved
from survey_app.campaigns.mail.merging import fields_in
from survey_app.campaigns.mail.texts import words_of
from survey_app.campaigns.models import Campaign
from survey_app.customers.models import Company, Customer
from survey_app.extensions import db
from survey_app.questionnaires.queries import questionnaire_of


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many readers lack a value, by field, and how many speak no language of the questionnaire."""

    empty: dict[str, int]
    n_other_language: int


def gaps_of(campaign: Campaign, now: datetime) -> Gaps:
    """Count the gaps of everybody who would get a mail at this moment, in one statement."""
    languages = questionnaire_of(campaign.version).languages
    used = fields_in(
        text for language in languages for text in words_of(campaign.texts, language, campaign.contact_channel).values()
    )
    lacking = {name: condition for name in sorted(used) if (condition := _lacks(name)) is not None}
    found = resolved(campaign, asking_of(campaign, now)).subquery()
    spoken = [Customer.language == each for each in languages]
    spoken += [
        Customer.language.startswith(f"{each.split('-', maxsplit=1)[0]}-", autoescape=True) for each in languages
    ]
    foreign = Customer.language.is_not(None) & ~or_(*spoken)
    counted = [func.sum(case((condition, 1), else_=0)) for condition in (foreign, *lacking.values())]
    row = db.session.execute(
        select(*counted)
        .select_from(found)
        .join(Customer, Customer.id == found.c.id)
        .outerjoin(Company, Company.id == Customer.company_id)
        .where(found.c.reason.is_(None))
    ).one()
    n_other, *n_empty = (int(each or 0) for each in row)
    return Gaps({name: n for name, n in zip(lacking, n_empty, strict=True) if n}, n_other)


def _lacks(name: str) -> ColumnElement[bool] | None:
    """Return the condition under which a field stays empty for somebody; None for one that never does."""
    room, _dot, code = name.partition(".")
    if name in {"name", "first_name"}:
        return func.trim(Customer.name) == ""
    if name == "company":
        return Company.name.is_(None)
    if room == "attribute":
        return func.coalesce(Customer.attributes[code].as_string(), "") == ""
    # What a wave asks about is no single interaction.
    return literal(value=True) if room == "interaction" else None
