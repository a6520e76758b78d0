"""Mails to nobody: how a campaign's mail will look."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.campaigns.mail.messages import Envelope, Wording, compose, letter_of
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending.inviting import recipient
from survey_app.outbox.mail import Mail

PLACEHOLDERS = {"en": "Kim Taylor", "vi": "Nguyễn Thị An", "es": "Lucía García Pérez"}


@dataclass(frozen=True, slots=True)
class Nobody:
    """Stands for an invitation in a preview; its links lead nowhere."""

    token_nonce: str = "preview"  # noqa: S105 - no secret: no stored hash fits it


def sample_mail(campaign: Campaign, language: str, kind: str = "invitation", variant: str = "a") -> Mail:
    """Return a mail of the campaign as somebody with a usual name would get it."""
    letter = letter_of(campaign)
    name = PLACEHOLDERS.get(language.split("-", maxsplit=1)[0], PLACEHOLDERS["en"])
    reader = recipient(letter, name, language, _("Example Company"))
    return compose(letter, Envelope("somebody@example.com", reader, Nobody()), Wording(kind, language, variant))
