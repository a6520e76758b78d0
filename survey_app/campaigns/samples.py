"""Mails to nobody: how a campaign's mail will look, and what its wording lacks for some of its readers."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.campaigns.audience import decide_all
from survey_app.campaigns.inviting import recipient
from survey_app.campaigns.merging import unknown_fields
from survey_app.campaigns.messages import Envelope, Wording, compose, letter_of
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import language_for
from survey_app.campaigns.texts import parts_in
from survey_app.outbox.mail import Mail
from survey_app.questionnaires.queries import questionnaire_of

PLACEHOLDERS = {"en": "Kim Taylor", "vi": "Nguyễn Thị An", "es": "Lucía García Pérez"}


@dataclass(frozen=True, slots=True)
class Nobody:
    """Stands for an invitation in a preview; its links lead nowhere."""

    token_nonce: str = "preview"  # noqa: S105 - no secret: no stored hash fits it


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list that is gone through before sending."""

    is_fine: bool
    text: str


def sample_mail(campaign: Campaign, language: str, kind: str = "invitation", variant: str = "a") -> Mail:
    """Return a mail of the campaign as somebody with a usual name would get it."""
    letter = letter_of(campaign)
    name = PLACEHOLDERS.get(language.split("-", maxsplit=1)[0], PLACEHOLDERS["en"])
    reader = recipient(letter, name, language, _("Example Company"))
    return compose(letter, Envelope("somebody@example.com", reader, Nobody()), Wording(kind, language, variant))


def preflight(campaign: Campaign) -> list[Check]:
    """Return what is checked before sending; a line that is not fine is a warning, not an obstacle."""
    letter = letter_of(campaign)
    languages = questionnaire_of(campaign.version).languages
    texts = [text for language in languages for text in parts_in(campaign.texts, language).values()]
    checks = [
        Check(is_fine=True, text=_("Every mail has a text part, a personal link and a link to unsubscribe.")),
        Check(
            is_fine=True,
            text=_("The mails come from %(address)s.", address=letter.organisation.sender_address),
        ),
    ]
    unknown = unknown_fields(texts)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        checks.append(Check(is_fine=False, text=_("%(names)s will be shown as it stands.", names=names)))
    return checks + _gaps(campaign, languages, letter.organisation.default_language, texts)


def _gaps(campaign: Campaign, languages: tuple[str, ...], default: str, texts: list[str]) -> list[Check]:
    """Return for how many readers a merge field stays empty or the questionnaire lacks their language."""
    members = [decision.member for decision in decide_all(campaign) if decision.reason is None]
    n_nameless = sum(not member.name.strip() for member in members)
    n_alone = sum(not member.company for member in members) if any("{company}" in text for text in texts) else 0
    n_foreign = sum(
        member.language is not None
        and language_for(member.language, languages, default).split("-")[0] != member.language.split("-")[0]
        for member in members
    )
    found = [
        (n_nameless, _("%(n)s people have no name to put in.", n=n_nameless)),
        (n_alone, _("%(n)s people have no company; {company} stays empty for them.", n=n_alone)),
        (n_foreign, _("%(n)s people speak a language the questionnaire doesn't have.", n=n_foreign)),
    ]
    return [Check(is_fine=False, text=text) for n, text in found if n]
