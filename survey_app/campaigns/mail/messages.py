"""The mails of a campaign: one letter per kind, language and wording, with slots for each reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from survey_app.accounts.models import Organisation
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.mail.layout import Sheet, draw
from survey_app.campaigns.mail.merging import ORGANISATION, Put, Recipient, with_fields, with_piped_fields
from survey_app.campaigns.mail.one_tap import one_tap_item
from survey_app.campaigns.mail.texts import LINK as LINK_FIELD
from survey_app.campaigns.mail.texts import SHORT_OF_KIND, parts_in, short_stop, short_text_in
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.tokens import Addressed, own_address, token_of
from survey_app.config import LANGUAGES
from survey_app.outbox.letters import TOKEN, UNSUBSCRIBE, filled, slot, without_marks
from survey_app.outbox.letters import Letter as OutboxLetter
from survey_app.outbox.mail import Mail
from survey_app.questionnaires.brand import Brand, brand_of
from survey_app.questionnaires.definition import Look, Questionnaire, text_in
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web.languages import text_direction

KINDS = ("invitation", "reminder", "thanks")
VARIANTS = ("a", "b")
HOUSE_BUTTON = ("#0b5c6b", "#ffffff")
LINK, PREFERENCES = "link", "preferences_link"


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
class Wording:
    """Which of a campaign's mails: invitation, reminder, thanks or test; its language; a or b of an experiment."""

    kind: str
    language: str
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter, and for each of its slots the field that fills it, with the words that stand where it is unknown."""

    letter: OutboxLetter
    fields: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom one mail goes to, and the invitation whose links it carries."""

    address: str
    recipient: Recipient
    invitation: Addressed


def letter_of(campaign: Campaign) -> Letter:
    """Return what all mails of the campaign share."""
    return Letter(campaign, questionnaire_of(campaign.version), get_organisation())


def campaign_letter(letter: Letter, wording: Wording) -> Composed:
    """Return one of the campaign's mails for all its readers in one language: composed once, filled for each."""
    slots = _Slots(letter.organisation.name)
    if letter.campaign.contact_channel == "sms":
        return _short_letter(letter, wording, slots)
    with force_locale(_interface_language(wording.language)):
        parts = {part: without_marks(text) for part, text in _parts(letter, wording).items()}
        subject = with_fields(parts["subject"], slots.put)
        if wording.kind == "test":
            subject = _("[Test] %(subject)s", subject=subject)
        facts = _facts(letter, wording, slots) | {"subject": subject}
        text = _render("emails/survey/mail.txt", facts | {"parts": _merged(parts, slots.put)})
        sheet = Sheet()
        html = draw("emails/survey/mail.mjml.html", facts | {"parts": _merged(parts, slots.put)}, sheet)
    composed = OutboxLetter(
        subject=subject,
        text=text,
        html=html,
        language=wording.language,
        from_name=without_marks(letter.brand.sender_name or letter.organisation.sender_name),
        from_address=letter.organisation.sender_address,
        links=_links(),
    )
    return Composed(composed, slots.used)


def _links() -> dict[str, str]:
    """Return the slots for personal links, each with the address before the token."""
    return {name: own_address(f"/{way}/") for name, way in ((LINK, "a"), (UNSUBSCRIBE, "u"), (PREFERENCES, "p"))}


def _short_letter(letter: Letter, wording: Wording, slots: _Slots) -> Composed:
    """Return a short message: one text with the personal link, and the link that ends them; a test goes by mail."""
    part = SHORT_OF_KIND.get(wording.kind, "short")
    text = with_fields(without_marks(short_text_in(letter.campaign.texts, wording.language, part)), slots.put)
    if LINK_FIELD not in text and wording.kind != "thanks":
        text = f"{text} {LINK_FIELD}"
    text = f"{text.replace(LINK_FIELD, slot(LINK))} {short_stop(wording.language)} {slot(UNSUBSCRIBE)}"
    is_test = wording.kind == "test"
    with force_locale(_interface_language(wording.language)):
        subject = _("[Test] %(subject)s", subject=without_marks(letter.campaign.name)) if is_test else ""
    composed = OutboxLetter(
        subject=subject,
        text=text,
        html=f"<p>{escape(text)}</p>" if is_test else "",
        language=wording.language,
        from_name=without_marks(letter.organisation.sender_name) if is_test else "",
        from_address=letter.organisation.sender_address if is_test else "",
        links=_links(),
    )
    return Composed(composed, slots.used)


def slot_values(composed: Composed, recipient: Recipient, token: str) -> dict[str, str]:
    """Return what is stored to fill a letter's slots for one reader; `token` is that of their invitation."""
    values = {TOKEN: token}
    for name, (known, fallback) in composed.fields.items():
        values[name] = recipient.value(known) or fallback
    return values


def compose(letter: Letter, envelope: Envelope, wording: Wording) -> Mail:
    """Return one mail of the campaign to one reader, just as it would be filled among many."""
    composed = campaign_letter(letter, wording)
    values = slot_values(composed, envelope.recipient, token_of(envelope.invitation))
    return filled(composed.letter, envelope.address, envelope.recipient.name, values)


def compose_invitation(letter: Letter, envelope: Envelope) -> Mail:
    """Return the mail that asks a customer to take part."""
    return compose(letter, envelope, Wording("invitation", envelope.recipient.language))


def compose_reminder(letter: Letter, envelope: Envelope) -> Mail:
    """Return the mail that asks once more."""
    return compose(letter, envelope, Wording("reminder", envelope.recipient.language))


def compose_test(letter: Letter, envelope: Envelope) -> Mail:
    """Return the invitation as staff see it first: marked, and with a link that leads to a test response."""
    return compose(letter, envelope, Wording("test", envelope.recipient.language))


class _Slots:
    """Gives every field of a letter a slot; one with a fallback of its own gets one of its own."""

    def __init__(self, organisation: str) -> None:
        self.organisation = without_marks(organisation)
        self.used: dict[str, tuple[str, str]] = {}

    def put(self, name: str, fallback: str) -> str:
        """Return the mark for a field."""
        if name == ORGANISATION:
            return self.organisation
        known = next((key for key, wanted in self.used.items() if wanted == (name, fallback)), None)
        key = known or (f"{name}.{len(self.used)}" if fallback else name)
        self.used[key] = (name, fallback)
        return slot(key)


def _parts(letter: Letter, wording: Wording) -> dict[str, str]:
    """Return what people wrote for this mail."""
    written = parts_in(letter.campaign.texts, wording.language, wording.variant)
    if wording.kind in {"reminder", "thanks"}:
        written |= {"subject": written[f"{wording.kind}_subject"], "body": written[f"{wording.kind}_body"]}
    return written


def _merged(parts: Mapping[str, str], put: Put) -> dict[str, str]:
    return {part: with_fields(text, put) for part, text in parts.items()}


def _facts(letter: Letter, wording: Wording, slots: _Slots) -> dict[str, Any]:
    is_asking = wording.kind != "thanks"
    return {
        "kind": wording.kind,
        "language": wording.language,
        "direction": text_direction(wording.language),
        "organisation": letter.organisation,
        "identification": letter.campaign.survey.identification,
        "link": slot(LINK),
        "unsubscribe_link": slot(UNSUBSCRIBE),
        "preferences_link": slot(PREFERENCES),
        "scores": _scores(letter.questionnaire, wording.language, slots) if is_asking else None,
        "look": _look(letter.brand),
    }


def _look(brand: Brand) -> dict[str, Any]:
    """Return what a mail wears; the logo is a picture on our server, shown where people let their program load it."""
    button = (brand.palette.light.accent, brand.palette.light.on_accent) if brand.palette else HOUSE_BUTTON
    return {"button": button, "brand": brand, "logo": own_address(brand.logo_path) if brand.logo else ""}


def _scores(questionnaire: Questionnaire, language: str, slots: _Slots) -> dict[str, Any] | None:
    """Return the first question's points as links that only preselect; None where one tap cannot answer it."""
    item = one_tap_item(questionnaire)
    if item is None or item.scale is None:
        return None
    languages = questionnaire.languages
    labels = {point: text_in(texts, language, languages) for point, texts in item.scale.labels.items()}
    sign = "★" if item.scale.look is Look.STARS else ""
    return {
        "question": with_piped_fields(without_marks(text_in(item.text, language, languages)), slots.put),
        "links": [(f"{point}{sign}", f"{slot(LINK)}?score={point}") for point in item.scale.points],
        "low": without_marks(labels.get(item.scale.low, "")),
        "high": without_marks(labels.get(item.scale.high, "")),
    }


def _interface_language(language: str) -> str:
    """Return the language of the fixed sentences: the mail's own where the product speaks it."""
    short = language.split("-", maxsplit=1)[0]
    return short if short in LANGUAGES else LANGUAGES[0]


def _render(template: str, facts: dict[str, Any]) -> str:
    # Straight from the environment: what pages need (the request, who is signed in) has no place in a mail.
    return current_app.jinja_env.get_template(template).render(facts)
