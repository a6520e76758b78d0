"""Words for states, modes and reasons, in the reader's language."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from analysis.values.fieldwork import Disposition, HoldReason

MODES = {
    "mail": _l("By mail, with a personal link"),
    "public": _l("Public link and QR code"),
    "imported": _l("Imported answers"),
}
# The ways on which people invited by name are reached.
CHANNELS = {
    "mail": _l("By mail, with a personal link"),
    "sms": _l("By text message, with a personal link"),
    "phone": _l("By telephone, from a call list"),
    "export": _l("By hand or another tool, with exported links"),
}
NO_GATEWAY = _l(
    "No gateway for text messages is set up, so none can be sent. Whoever runs this installation sets SURVEY_SMS_URL."
)
STATES = {
    "draft": _l("Draft"),
    "scheduled": _l("Scheduled"),
    "open": _l("Running"),
    "paused": _l("Paused"),
    "closed": _l("Closed"),
}
BADGES = {"draft": "", "scheduled": "accent", "open": "good", "paused": "warn", "closed": "accent"}
REASONS: dict[str, LazyString] = {
    HoldReason.NO_ADDRESS: _l("No mail address"),
    HoldReason.INVALID_ADDRESS: _l("Address that no mail can reach"),
    HoldReason.OPTED_OUT: _l("Unsubscribed from survey mail"),
    HoldReason.SUPPRESSED: _l("Address that bounced, complained or was blocked"),
    HoldReason.NO_CONSENT: _l("No consent to be asked"),
    HoldReason.OBJECTED: _l("Objected to being asked"),
    HoldReason.DECLINED: _l("Wants no surveys of this kind"),
    HoldReason.DUPLICATE_ADDRESS: _l("Address already in this campaign"),
    HoldReason.RECENTLY_ASKED: _l("Asked recently"),
    HoldReason.ASKED_TOO_OFTEN: _l("Asked as often as the rules allow"),
    HoldReason.ANSWERED_RECENTLY: _l("Answered recently"),
    HoldReason.BOUNCED_BEFORE: _l("Address whose mail came back"),
    HoldReason.COMPLAINED: _l("Complained about survey mail"),
    HoldReason.TEST_ADDRESS: _l("Test address"),
    HoldReason.CAMPAIGN_ENDED: _l("Campaign ended before their turn"),
    HoldReason.OTHER: _l("Another reason"),
}
DISPOSITIONS: dict[str, LazyString] = {
    Disposition.COMPLETED: _l("Finished"),
    Disposition.PARTIAL: _l("Answered in part"),
    Disposition.BREAK_OFF: _l("Began, not finished"),
    Disposition.REFUSED: _l("Refused"),
    Disposition.UNSUBSCRIBED: _l("Unsubscribed"),
    Disposition.NO_REPLY: _l("No reply yet"),
    Disposition.BOUNCED: _l("Bounced"),
    Disposition.FAILED: _l("Sending failed"),
    Disposition.SCREENED_OUT: _l("Screened out"),
    Disposition.OVER_QUOTA: _l("Came after a quota was full"),
    Disposition.HELD_BACK: _l("Held back"),
    Disposition.NOT_YET_SENT: _l("Not yet sent"),
}
PARTS = {
    "subject": _l("Subject"),
    "greeting": _l("Greeting"),
    "body": _l("Text"),
    "button": _l("Button"),
    "closing": _l("Closing words"),
    "reminder_subject": _l("Subject of the reminder"),
    "reminder_body": _l("Text of the reminder"),
    "thanks_subject": _l("Subject of the thanks"),
    "thanks_body": _l("Text of the thanks"),
    "short": _l("Text message"),
    "short_reminder": _l("Text message of the reminder"),
    "short_thanks": _l("Text message of the thanks"),
}
FIELDS = {
    "first_name": _l("given name"),
    "name": _l("whole name"),
    "company": _l("company, empty where there is none"),
    "organisation": _l("your organisation's name"),
    "interaction.product": _l("what they bought or had seen to, where the mail follows something that happened"),
    "interaction.location": _l("where that was"),
    "interaction.day": _l("on which day that was"),
}


def language_name(tag: str) -> str:
    """Return a language's own name, or its tag where nobody knows it."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    name = locale.get_display_name() or tag
    return name[:1].upper() + name[1:]
