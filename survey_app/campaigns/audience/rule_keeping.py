"""Contact rules made, changed and ended, and the list of test addresses. The caller commits."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.accounts.operations import record
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.models import CONTACT_CHANNELS, ContactRule
from survey_app.customers.models import Segment
from survey_app.customers.rules import clean_text
from survey_app.extensions import db

LONGEST_NAME, LONGEST_PERIOD, MOST_ADDRESSES = 200, 3_660, 500
_TEST_ADDRESS = re.compile(r"(?:[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)*|@[^@\s]+|\.[^@\s]+)")


class RuleError(ValueError):
    """A contact rule or a test address that cannot be kept; the message says why in the reader's language."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a contact rule says; None stands for no such limit, every channel, everybody."""

    name: str
    min_gap_days: int | None = None
    most: int | None = None
    period_days: int | None = None
    after_answer_days: int | None = None
    channel: str | None = None
    segment_id: int | None = None
    is_active: bool = True


def save_rule(plan: RulePlan, now: datetime, rule: ContactRule | None = None) -> ContactRule:
    """Keep a new rule, or change one; raise RuleError, in words, where it cannot be kept."""
    _check(plan, rule)
    kept = rule or ContactRule(created_at=now)
    for name, value in asdict(plan).items():
        setattr(kept, name, value)
    kept.name = clean_text(plan.name)
    db.session.add(kept)
    db.session.flush()
    record("contact_rule.saved", "contact_rule", str(kept.id), **asdict(plan))
    return kept


def delete_rule(rule: ContactRule) -> None:
    """End a rule; whom it held back in the past stays as it was."""
    record("contact_rule.deleted", "contact_rule", str(rule.id), name=rule.name)
    db.session.delete(rule)
    db.session.flush()


def keep_test_addresses(text: str) -> list[str]:
    """Keep the organisation's test addresses, one on a line; raise RuleError for one that is none."""
    listed = list(dict.fromkeys(line.strip().casefold() for line in text.splitlines() if line.strip()))
    wrong = next((each for each in listed if len(each) > 320 or not _TEST_ADDRESS.fullmatch(each)), None)  # noqa: PLR2004 - the longest address
    if wrong is not None:
        raise RuleError(
            _("%(entry)s is neither an address, nor @domain, nor an ending such as .test.", entry=wrong[:80])
        )
    if len(listed) > MOST_ADDRESSES:
        raise RuleError(_("At most %(n)s entries can be kept.", n=MOST_ADDRESSES))
    organisation = get_organisation()
    record("organisation.test_addresses", "organisation", "1", before=organisation.test_addresses, after=listed)
    organisation.test_addresses = listed
    return listed


def _check(plan: RulePlan, rule: ContactRule | None) -> None:
    name = clean_text(plan.name)
    other = db.session.scalar(select(ContactRule).where(ContactRule.name == name))
    if not 0 < len(name) <= LONGEST_NAME:
        raise RuleError(_("Give the rule a name of at most %(n)s characters.", n=LONGEST_NAME))
    if other is not None and other is not rule:
        raise RuleError(_("Another rule is named %(name)s.", name=name))
    if plan.channel not in {None, *CONTACT_CHANNELS}:
        raise RuleError(_("There is no such way to reach people."))
    if plan.segment_id is not None and db.session.get(Segment, plan.segment_id) is None:
        raise RuleError(_("There is no such segment."))
    _check_limits(plan)


def _check_limits(plan: RulePlan) -> None:
    limits = (plan.min_gap_days, plan.period_days, plan.after_answer_days)
    if (plan.most is None) != (plan.period_days is None):
        raise RuleError(_("A largest number of requests needs the days in which they are counted, and the other way."))
    if all(each is None for each in limits):
        raise RuleError(_("Say at least one limit: a pause, a largest number, or a pause after an answer."))
    if any(each is not None and not 1 <= each <= LONGEST_PERIOD for each in (*limits, plan.most)):
        raise RuleError(_("A limit is a whole number from 1 to %(most)s.", most=LONGEST_PERIOD))
