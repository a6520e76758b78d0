"""Some of the mails that would go, drawn by chance from every language: as their readers would get them."""

from __future__ import annotations

from datetime import datetime

from survey_app.campaigns.audience.deciding import asking_of, decide
from survey_app.campaigns.audience.simulation import drawn_by_chance
from survey_app.campaigns.mail.merging import Recipient
from survey_app.campaigns.mail.messages import Envelope, Wording, compose, letter_of
from survey_app.campaigns.mail.samples import Nobody
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import language_for
from survey_app.outbox.mail import Mail


def random_mails(campaign: Campaign, now: datetime, most: int = 10) -> list[Mail]:
    """Return mails to real customers; their links lead nowhere, and nothing is sent or stored."""
    letter, mails = letter_of(campaign), []
    for each in decide(campaign, drawn_by_chance(campaign, now, most), asking_of(campaign, now)):
        member = each.member
        language = language_for(member.language, letter.questionnaire.languages, letter.organisation.default_language)
        reader = Recipient(
            name=member.name,
            organisation=letter.organisation.name,
            language=language,
            company=member.company or "",
            attributes=member.attributes,
        )
        mails.append(compose(letter, Envelope(member.email or "", reader, Nobody()), Wording("invitation", language)))
    return mails
