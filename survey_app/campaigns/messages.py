"""The mails of a campaign, composed in the customer's language and returned as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from survey_app.accounts.models import Organisation
from survey_app.campaigns.merging import Recipient, merged
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.one_tap import one_tap_item
from survey_app.campaigns.texts import parts_in
from survey_app.campaigns.tokens import Addressed, own_address, personal_url, unsubscribe_url
from survey_app.config import LANGUAGES
from survey_app.outbox.mail import Mail
from survey_app.questionnaires.brand import Brand, brand_of
from survey_app.questionnaires.definition import Look, Questionnaire, text_in
from survey_app.questionnaires.piping import customer_values, fill

HOUSE_BUTTON = ("#0b5c6b", "#ffffff")


@dataclass(frozen=True, slots=True)
class Letter:
    """What all mails of a campaign share."""

    campaign: Campaign
    questionnaire: Questionnaire
    organisation: Organisation

    @property
    def brand(self) -> Brand:
        """Return how the survey looks."""
        return brand_of(self.campaign.survey.brand)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom one mail goes to, and the invitation whose links it carries."""

    address: str
    recipient: Recipient
    invitation: Addressed


def compose_invitation(letter: Letter, envelope: Envelope) -> Mail:
    """Return the mail that asks a customer to take part."""
    return _compose(letter, envelope, "invitation")


def compose_reminder(letter: Letter, envelope: Envelope) -> Mail:
    """Return the mail that asks once more."""
    return _compose(letter, envelope, "reminder")


def compose_test(letter: Letter, envelope: Envelope) -> Mail:
    """Return the invitation as staff see it first: marked, and with a link that leads to a test response."""
    return _compose(letter, envelope, "test")


def _compose(letter: Letter, envelope: Envelope, kind: str) -> Mail:
    recipient = envelope.recipient
    folder = "reminder" if kind == "reminder" else "invitation"
    with force_locale(_interface_language(recipient.language)):
        parts = _parts(letter, recipient, is_reminder=kind == "reminder")
        facts = _facts(letter, envelope, parts)
        subject = _("[Test] %(subject)s", subject=parts["subject"]) if kind == "test" else parts["subject"]
        return Mail(
            to_address=envelope.address,
            to_name=recipient.name,
            subject=subject,
            text=_render(f"emails/{folder}/mail.txt", facts),
            html=_render(f"emails/{folder}/mail.html", facts | {"subject": subject}),
            language=recipient.language,
            unsubscribe_url=unsubscribe_url(envelope.invitation),
            from_name=letter.brand.sender_name or letter.organisation.sender_name,
            from_address=letter.organisation.sender_address,
        )


def _parts(letter: Letter, recipient: Recipient, *, is_reminder: bool) -> dict[str, str]:
    """Return what people wrote, in the recipient's language and with the merge fields replaced."""
    written = parts_in(letter.campaign.texts, recipient.language)
    if is_reminder:
        written |= {"subject": written["reminder_subject"], "body": written["reminder_body"]}
    return {part: merged(text, recipient) for part, text in written.items()}


def _facts(letter: Letter, envelope: Envelope, parts: dict[str, str]) -> dict[str, Any]:
    link = personal_url(envelope.invitation)
    return {
        "parts": parts,
        "language": envelope.recipient.language,
        "organisation": letter.organisation,
        "identification": letter.campaign.survey.identification,
        "link": link,
        "unsubscribe_link": unsubscribe_url(envelope.invitation),
        "scores": _scores(letter.questionnaire, envelope.recipient, link),
        "look": _look(letter.brand),
    }


def _look(brand: Brand) -> dict[str, Any]:
    """Return what a mail wears; the logo is a picture on our server, shown where people let their program load it."""
    button = (brand.palette.light.accent, brand.palette.light.on_accent) if brand.palette else HOUSE_BUTTON
    return {"button": button, "brand": brand, "logo": own_address(brand.logo_path) if brand.logo else ""}


def _scores(questionnaire: Questionnaire, recipient: Recipient, link: str) -> dict[str, Any] | None:
    """Return the first question's points as links that only preselect; None where one tap cannot answer it."""
    item = one_tap_item(questionnaire)
    if item is None or item.scale is None:
        return None
    language, languages = recipient.language, questionnaire.languages
    known = customer_values(recipient.name, recipient.company, language) | {"organisation": recipient.organisation}
    labels = {point: text_in(texts, language, languages) for point, texts in item.scale.labels.items()}
    sign = "★" if item.scale.look is Look.STARS else ""
    return {
        "question": fill(text_in(item.text, language, languages), known, language),
        "links": [(f"{point}{sign}", f"{link}?score={point}") for point in item.scale.points],
        "low": labels.get(item.scale.low, ""),
        "high": labels.get(item.scale.high, ""),
    }


def _interface_language(language: str) -> str:
    """Return the language of the fixed sentences: the mail's own where the product speaks it."""
    short = language.split("-", maxsplit=1)[0]
    return short if short in LANGUAGES else LANGUAGES[0]


def _render(template: str, facts: dict[str, Any]) -> str:
    # Straight from the environment: what pages need (the request, who is signed in) has no place in a mail.
    return current_app.jinja_env.get_template(template).render(facts)
