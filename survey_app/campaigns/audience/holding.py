"""Why a customer is not written to, decided by the database: one expression, the same before sending and in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, cast, func, literal, null, or_, select

from analysis.values.fieldwork import HoldReason
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.contact_rules import Asking, asked_before, rule_reasons, rules_for
from survey_app.campaigns.models import Campaign, ContactRule, Series, SeriesRun
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.outbox.models import REASONS, Suppression

RELATIONSHIP, TRANSACTIONAL = "relationship", "transactional"
# What a suppression means for a campaign, by its reason.
_OF_SUPPRESSION = {
    "unsubscribed": HoldReason.OPTED_OUT,
    "complained": HoldReason.COMPLAINED,
    "bounced": HoldReason.BOUNCED_BEFORE,
    "manual": HoldReason.SUPPRESSED,
}
# A dead mail address is no reason not to telephone.
_ABOUT_MAIL_ALONE = {"bounced"}


@dataclass(frozen=True, slots=True)
class Frame:
    """The people to decide about, with the columns that the decision adds: reason (None: may be written to) and key."""

    chosen: Select[Customer]
    reason: ColumnElement[str | None]
    key: ColumnElement[str | None]


def framed(chosen: Select[Customer], campaign: Campaign, asking: Asking, only: Select[int] | None = None) -> Frame:
    """Return these customers with the decision on each; `only` repeats their numbers where they are few."""
    channel, rules = asking.channel, rules_for(asking.channel)
    chosen = chosen.where(Customer.merged_into_id.is_(None))
    whens = _address_reasons(channel)
    by_place: list[list[ColumnElement[bool]]] = [[] for _reason in REASONS]
    for refused, key in _refusals(channel, only):
        chosen = chosen.outerjoin(refused, refused.c.address_key == key)
        for place, conditions in enumerate(by_place):
            conditions.append(refused.c.place == place)
    whens += [(or_(*conditions), each) for conditions, each in zip(by_place, _by_place(), strict=True)]
    whens += _wish_reasons(purpose_of(campaign))
    asked = asked_before(rules, asking, only)
    if asked is not None:
        chosen = chosen.outerjoin(asked, asked.c.customer_id == Customer.id)
        whens += rule_reasons(rules, asking, asked)
    return Frame(chosen, case(*((when, str(reason)) for when, reason in whens), else_=None), contact_key(channel))


def basis_of(campaign: Campaign, channel: str) -> tuple[object, ...]:
    """Return everything that the decisions of `framed` go by, besides who asks and when: the same, the same frame."""
    columns = ContactRule.__table__.columns.keys()
    rules = [
        (*(getattr(rule, name) for name in columns), repr(rule.segment.condition) if rule.segment else None)
        for rule in rules_for(channel)
    ]
    return tuple(rules), tuple(get_organisation().test_addresses), purpose_of(campaign)


def purpose_of(campaign: Campaign) -> str:
    """Return what people are asked about: how things stand (relationship), or what just happened (transactional)."""
    runs = select(SeriesRun.series_id).where(SeriesRun.campaign_id == campaign.id)
    is_ours = or_(Series.template_id == campaign.id, Series.id.in_(runs))
    kind = db.session.scalar(select(Series.kind).where(is_ours).limit(1))
    return TRANSACTIONAL if kind == "triggered" else RELATIONSHIP


def contact_key(channel: str) -> ColumnElement[str | None]:
    """Return by what it is seen that two customers would be reached at one place; None where they would not."""
    if channel == "mail":
        return Customer.email_key.expression
    if channel in {"sms", "phone"}:
        return phone_column()
    return cast(null(), String)


def phone_column() -> ColumnElement[str | None]:
    """Return the telephone number without the signs that people put into it."""
    bare: ColumnElement[str | None] = Customer.phone.expression
    for sign in (" ", "-", "(", ")", ".", "/"):
        bare = func.replace(bare, sign, "")
    return bare


def _is_sms_number() -> ColumnElement[bool]:
    """Return the condition that gateways take a number: + and country code, eight to fifteen digits in all."""
    number = phone_column()
    digits = func.substr(number, 2)
    return and_(
        number.like("+%"),
        digits.not_like("0%"),
        digits.not_like("%+%"),
        # Digits alone: nothing is left when they are taken from both ends.
        func.trim(digits, "0123456789") == "",
        func.length(digits).between(8, 15),
    )


def _by_place() -> list[HoldReason]:
    return [_OF_SUPPRESSION[reason] for reason in REASONS]


def _refusals(channel: str, only: Select[int] | None) -> Iterator[tuple[Subquery, ColumnElement[str | None]]]:
    """Yield the lists of what gets nothing with the key each is looked up by; a wish told on one way holds on all."""
    by_mail = [reason for reason in REASONS if channel == "mail" or reason not in _ABOUT_MAIL_ALONE]
    yield _refused("refused", by_mail, Customer.email_key.expression, only), Customer.email_key.expression
    if channel in {"sms", "phone"}:
        yield _refused("refused_numbers", REASONS, phone_column(), only), phone_column()


def _refused(name: str, counted: Sequence[str], key: ColumnElement[str | None], only: Select[int] | None) -> Subquery:
    """Return the keys that get nothing, each with the place of the first reason that holds."""
    place = case({reason: REASONS.index(reason) for reason in counted}, value=Suppression.reason)
    found = select(Suppression.address_key, func.min(place).label("place")).where(Suppression.reason.in_(counted))
    if only is not None:
        found = found.where(Suppression.address_key.in_(select(key).where(Customer.id.in_(only))))
    return found.group_by(Suppression.address_key).subquery(name)


def _address_reasons(channel: str) -> list[tuple[ColumnElement[bool], str]]:
    if channel == "export":
        return []
    if channel != "mail":
        return [
            (func.coalesce(phone_column(), "") == "", HoldReason.NO_ADDRESS),
            (Customer.phone_state.in_(("invalid", "bounced")), HoldReason.INVALID_ADDRESS),
            *(((~_is_sms_number(), HoldReason.INVALID_ADDRESS),) if channel == "sms" else ()),
        ]
    key = Customer.email_key
    return [
        (or_(key.is_(None), key == ""), HoldReason.NO_ADDRESS),
        (or_(Customer.email_state == "invalid", key.not_like("_%@_%"), key.like("%@%@%")), HoldReason.INVALID_ADDRESS),
        *((each, HoldReason.TEST_ADDRESS) for each in _is_test(get_organisation().test_addresses)),
        (Customer.email_state == "bounced", HoldReason.BOUNCED_BEFORE),
    ]


def _wish_reasons(purpose: str) -> list[tuple[ColumnElement[bool], str]]:
    wishes = {RELATIONSHIP: Customer.relationship_state, TRANSACTIONAL: Customer.transactional_state}
    return [
        (Customer.consent_state == "objected", HoldReason.OBJECTED),
        (Customer.consent_state.is_(None), HoldReason.NO_CONSENT),
        (wishes[purpose] == "objected", HoldReason.DECLINED),
    ]


def _is_test(listed: Iterable[str]) -> list[ColumnElement[bool]]:
    """Return the conditions on addresses that belong to nobody: whole ones, and endings of one length at a time."""
    folded = sorted({each.strip().casefold() for each in listed if each.strip()})
    whole = [each for each in folded if not each.startswith(("@", "."))]
    conditions: list[ColumnElement[bool]] = [Customer.email_key.in_(whole)] if whole else []
    endings: dict[int, list[str]] = {}
    for each in folded:
        if each.startswith(("@", ".")):
            endings.setdefault(len(each), []).append(each)
    for length, some in endings.items():
        ending = func.substr(Customer.email_key, func.length(Customer.email_key) - literal(length - 1))
        conditions.append(and_(func.length(Customer.email_key) >= length, ending.in_(some)))
    return conditions
