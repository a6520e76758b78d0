"""Pages that end a visit: thanks, already answered, closed, unknown. Each has its own words and status."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response as Answer
from flask_babel import gettext as _

from survey_app.campaigns.rules import AnswerRefusal
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.responses.drawing import Message, draw_message, typed_lines
from survey_app.responses.dressing import dress_of
from survey_app.responses.links import Link
from survey_app.responses.queries import questionnaire_behind
from survey_app.web.languages import interface_language


def unknown_link() -> Answer:
    """Return the one answer to every wrong link."""
    line = _("This link leads to no survey. It may be incomplete: copy the whole link from your message and try again.")
    return draw_message(404, interface_language(), Message(_("We don't know this link"), (line,)))


def thanks(link: Link, language: str) -> Answer:
    """Return the page after the last answer."""
    questionnaire = questionnaire_behind(link)
    own = Wording(language, questionnaire.languages)(questionnaire.thanks)
    lines = (own or _("Your answers have reached us."), _("You can close this page."))
    return draw_message(200, language, Message(_("Thank you"), lines, link.asker, dress=dress_of(link)))


def already_answered(link: Link, language: str) -> Answer:
    """Return the page of a link whose answers are complete."""
    lines = (_("We have your answers already, and they can no longer be changed."), _("You can close this page."))
    return draw_message(
        200, language, Message(_("Thank you, you have answered"), lines, link.asker, dress=dress_of(link))
    )


def refused(link: Link, refusal: AnswerRefusal, language: str, typed: Mapping[str, list[str]] | None = None) -> Answer:
    """Return why answers are not taken now; what was typed is shown, so that nobody loses it."""
    status, heading, line = _refusals()[refusal]
    if typed is None:
        return draw_message(status, language, Message(heading, (line,), link.asker, dress=dress_of(link)))
    lines = (line, _("What you typed has not been stored."))
    shown = typed_lines(questionnaire_behind(link), language, typed)
    return draw_message(status, language, Message(heading, lines, link.asker, shown, dress_of(link)))


def too_large() -> Answer:
    """Return the refusal of a form that is larger than any page of ours."""
    line = _("Nothing has been stored. Go back, shorten your text, and send it again.")
    return draw_message(413, interface_language(), Message(_("This is more text than we can take"), (line,)))


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
