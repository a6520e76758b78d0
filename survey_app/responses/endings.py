"""Pages that end a visit: thanks, already answered, closed, unknown. Each has its own words and status."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response as Answer
from flask_babel import gettext as _

from survey_app.campaigns.rules import AnswerRefusal
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.responses.drawing import draw_message, typed_lines
from survey_app.responses.links import Link
from survey_app.responses.queries import find_asker, questionnaire_behind
from survey_app.web.languages import interface_language


def unknown_link() -> Answer:
    """Return the one answer to every wrong link."""
    lines = [
        _("This link leads to no survey. It may be incomplete: copy the whole link from your message and try again."),
    ]
    return _message(404, interface_language(), _("We don't know this link"), lines)


def thanks(link: Link, language: str) -> Answer:
    """Return the page after the last answer."""
    questionnaire = questionnaire_behind(link)
    own = Wording(language, questionnaire.languages)(questionnaire.thanks)
    lines = [own or _("Your answers have reached us."), _("You can close this page.")]
    return _message(200, language, _("Thank you"), lines, asker=find_asker())


def already_answered(language: str) -> Answer:
    """Return the page of a link whose answers are complete."""
    lines = [
        _("We have your answers already, and they can no longer be changed."),
        _("You can close this page."),
    ]
    return _message(200, language, _("Thank you, you have answered"), lines, asker=find_asker())


def refused(link: Link, refusal: AnswerRefusal, language: str, typed: Mapping[str, list[str]] | None = None) -> Answer:
    """Return why answers are not taken now; what was typed is shown, so that nobody loses it."""
    status, heading, line = _refusals()[refusal]
    lines = [line]
    if typed is not None:
        lines.append(_("What you typed has not been stored."))
    shown = typed_lines(questionnaire_behind(link), language, typed or {})
    return _message(status, language, heading, lines, typed=shown, asker=find_asker())


def from_elsewhere() -> Answer:
    """Return the refusal of a form that another site sent."""
    lines = [_("Open the link from your message and answer there.")]
    return _message(403, interface_language(), _("This form was sent from another site"), lines)


def too_large() -> Answer:
    """Return the refusal of a form that is larger than any page of ours."""
    lines = [_("Nothing has been stored. Go back, shorten your text, and send it again.")]
    return _message(413, interface_language(), _("This is more text than we can take"), lines)


def _refusals() -> dict[AnswerRefusal, tuple[int, str, str]]:
    return {
        AnswerRefusal.CLOSED: (
            410,
            _("This survey is closed"),
            _("It takes no more answers. Thank you for wanting to take part."),
        ),
        AnswerRefusal.NOT_OPEN: (403, _("This survey has not begun"), _("Please come back later.")),
        AnswerRefusal.PAUSED: (
            403,
            _("This survey pauses"),
            _("It takes no answers just now. Please come back later."),
        ),
    }


def _message(status: int, language: str, heading: str, lines: list[str], **values: object) -> Answer:
    shown = {"typed": [], "asker": None, **values}
    return draw_message("responses/message.html", status, language, heading=heading, lines=lines, **shown)
