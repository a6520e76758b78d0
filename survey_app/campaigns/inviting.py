"""Writing to the audience, chunk by chunk: an invitation for everybody, and an outbox row for everybody written to.

A chunk and its mails are one transaction. What is done is known by what is stored, so sending goes on after a pause
or a crash where it stopped, and nothing that is stored is made again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.audience import Decision, Member, already_written_to, audience_of, decide
from survey_app.campaigns.merging import Recipient
from survey_app.campaigns.messages import Envelope, Letter, compose_invitation, compose_reminder, letter_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.rules import UNFINISHED, language_for
from survey_app.campaigns.tokens import new_token
from survey_app.customers.models import Company, Customer
from survey_app.customers.queries import consents_of
from survey_app.extensions import db
from survey_app.outbox.operations import queue_mail, requeue_mail
from survey_app.outbox.rules import address_key

# How many people are taken at once: the database's write lock is held for about a tenth of a second.
CHUNK = 15


def invite_some(campaign: Campaign, now: datetime) -> int:
    """Invite the next customers of the audience and return how many; 0 says that nobody is left."""
    members = _next_members(campaign)
    if not members:
        campaign.audience_done = True
        return 0
    letter = letter_of(campaign)
    decisions = decide(members, already_written_to(campaign, members))
    invitations = [_invitation(letter, decision, now) for decision in decisions]
    db.session.add_all(invitations)
    db.session.flush()
    for decision, invitation in zip(decisions, invitations, strict=True):
        # A pilot or a test chooses from everybody who is invited; only then are mails put down, see `phases`.
        if decision.reason is None and campaign.phase == "rest":
            _queue_invitation(letter, decision.member, invitation, now)
    return len(members)


def take_up_some(campaign: Campaign, now: datetime) -> int:
    """Write to the next customers whose mail an earlier end of the campaign stopped; 0 says that nobody is left."""
    stopped = select(Invitation, Customer.name, Company.name).where(
        Invitation.campaign_id == campaign.id,
        Invitation.disposition == Disposition.HELD_BACK,
        Invitation.held_back_reason == HoldReason.CAMPAIGN_ENDED,
    )
    rows = db.session.execute(_with_names(stopped)).all()
    letter = letter_of(campaign)
    for invitation, name, company in rows:
        invitation.disposition, invitation.held_back_reason = Disposition.NOT_YET_SENT.value, None
        envelope = Envelope(invitation.address, recipient(letter, name, invitation.language, company), invitation)
        requeue_mail(compose_invitation(letter, envelope), f"invitation:{invitation.id}", now)
    return len(rows)


def remind_some(campaign: Campaign, now: datetime) -> int:
    """Write the one reminder to the next customers who have not finished, and return to how many; 0: nobody is left."""
    due = select(Invitation, Customer.name, Company.name).where(*unreminded(campaign))
    rows = db.session.execute(_with_names(due)).all()
    letter = letter_of(campaign)
    consents = consents_of([invitation.customer_id or 0 for invitation, _name, _company in rows])
    for invitation, name, company in rows:
        consent = consents.get(invitation.customer_id or 0)
        if consent is None or not consent.is_given:
            # They objected after the invitation: that is an answer, and nobody asks twice.
            invitation.disposition = Disposition.REFUSED.value
            continue
        invitation.n_reminders += 1
        envelope = Envelope(invitation.address, recipient(letter, name, invitation.language, company), invitation)
        queue_mail(
            compose_reminder(letter, envelope),
            key=f"reminder:{invitation.id}:{invitation.n_reminders}",
            kind="reminder",
            group_key=reminder_group(campaign),
            now=now,
        )
    return len(rows)


def count_unreminded(campaign: Campaign) -> int:
    """Return how many customers the one reminder would go to."""
    return db.session.scalar(select(func.count()).select_from(Invitation).where(*unreminded(campaign))) or 0


def unreminded(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an invitation is due its one reminder."""
    return (
        Invitation.campaign_id == campaign.id,
        ~Invitation.is_test,
        Invitation.n_reminders == 0,
        Invitation.sent_at.is_not(None),
        Invitation.disposition.in_(UNFINISHED),
    )


def recipient(letter: Letter, name: str, language: str, company: str | None) -> Recipient:
    """Return what a mail may say about its reader."""
    return Recipient(name=name, organisation=letter.organisation.name, language=language, company=company or "")


def invitation_group(campaign: Campaign) -> str:
    """Return the name under which the outbox knows the campaign's invitations."""
    return f"campaign:{campaign.id}"


def reminder_group(campaign: Campaign) -> str:
    """Return the name under which the outbox knows the campaign's reminders."""
    return f"campaign:{campaign.id}:reminders"


def _with_names(
    invitations: Select[Invitation, str, str | None],
) -> Select[Invitation, str, str | None]:
    """Return the statement for the next invitations, each with its customer's and company's name."""
    named = invitations.join(Customer, Invitation.customer_id == Customer.id)
    named = named.outerjoin(Company, Customer.company_id == Company.id)
    return named.order_by(Invitation.id).limit(CHUNK)


def _next_members(campaign: Campaign) -> list[Member]:
    """Return the next customers in order; everybody before them has an invitation, held back or not."""
    last = db.session.scalar(select(func.max(Invitation.customer_id)).where(Invitation.campaign_id == campaign.id))
    statement = audience_of(campaign).where(Customer.id > (last or 0)).limit(CHUNK)
    return [Member(*row) for row in db.session.execute(statement)]


def _invitation(letter: Letter, decision: Decision, now: datetime) -> Invitation:
    member, token = decision.member, new_token()
    is_held = decision.reason is not None
    return Invitation(
        campaign_id=letter.campaign.id,
        customer_id=member.id,
        token_nonce=token.nonce,
        token_hash=token.hash,
        language=language_for(member.language, letter.questionnaire.languages, letter.organisation.default_language),
        address="" if is_held else member.email,
        address_key=None if is_held else address_key(member.email or ""),
        disposition=(Disposition.HELD_BACK if is_held else Disposition.NOT_YET_SENT).value,
        held_back_reason=decision.reason.value if decision.reason else None,
        created_at=now,
    )


def _queue_invitation(letter: Letter, member: Member, invitation: Invitation, now: datetime) -> None:
    who = recipient(letter, member.name, invitation.language, member.company)
    queue_mail(
        compose_invitation(letter, Envelope(invitation.address, who, invitation)),
        key=f"invitation:{invitation.id}",
        kind="invitation",
        group_key=invitation_group(letter.campaign),
        now=now,
    )
