"""Pages that end a visit: thanks, answered, screened out, full, closed, unknown. Each has its own words and status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response as Answer
from flask import request
from flask_babel import gettext as _

from survey_app.campaigns.rules import AnswerRefusal
from survey_app.config import LANGUAGES
from survey_app.questionnaires.page_words.speech import ready_languages, ready_speech
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.responses.corrections import Window, window_of
from survey_app.responses.drawing import Message, draw_message, typed_lines
from survey_app.responses.dressing import dress_of
from survey_app.responses.links import STAFF, WITHDRAWN, Link
from survey_app.responses.operations import COMPLETED, OVER_QUOTA, SCREENED_OUT
from survey_app.responses.queries import questionnaire_behind
from survey_app.web.filters import day
from survey_app.web.languages import choose_language, interface_language, spoken


def unknown_link() -> Answer:
    """Return the one answer to every wrong link."""
    language = _of_stranger()
    line = _("This link leads to no survey. It may be incomplete: copy the whole link from your message and try again.")
    return draw_message(404, language, Message(_("We don't know this link"), (line,)))


def thanks(link: Link, language: str) -> Answer:
    """Return the page after the last answer."""
    questionnaire = questionnaire_behind(link)
    own = Wording(language, questionnaire.languages)(questionnaire.thanks)
    if link.channel == STAFF:
        return entered(link, language)
    lines = (own or _("Your answers have reached us."), *farewell(link))
    # Beside the address of the thanks, so that everybody's page is the same.
    query = "" if language == link.language else f"?lang={language}"
    is_open = (window := window_of(link, datetime.now(UTC))) is not None and window.is_open
    ways = ((f"answers{query}", _("See or change my answers")),) if is_open else ()
    message = Message(_("Thank you"), lines, link.asker, dress=dress_of(link), ways=ways, is_done=True)
    return draw_message(200, language, message)


def entered(link: Link, language: str) -> Answer:
    """Return the page on which staff read that what they typed in is stored, with the way to the next person."""
    dress = dress_of(link)
    next_one = ((f"{request.script_root}{dress.home}", _("Type in the next person's answers")),)
    return draw_message(
        200, language, Message(_("The answers are stored"), (), dress=dress, ways=next_one, is_done=True)
    )


def farewell(link: Link) -> tuple[str, ...]:
    """Return what becomes of the page now that nothing is left to do."""
    if link.channel == "kiosk":
        return (_("In a moment this page begins again for the next person."),)
    # A frame cannot be closed, and staff go on.
    return () if link.channel in {"embedded", STAFF} else (_("You can close this page."),)


def ended(link: Link, language: str) -> Answer:
    """Return the page of a link by which answering ended, in the way in which it did."""
    if link.channel == STAFF:
        return entered(link, language)
    pages = {COMPLETED: already_answered, SCREENED_OUT: screened_out, OVER_QUOTA: over_quota, WITHDRAWN: withdrawn}
    return pages[link.end or COMPLETED](link, language)


def already_answered(link: Link, language: str) -> Answer:
    """Return the page of a link whose answers are complete, with what the person may still do with them."""
    window = window_of(link, datetime.now(UTC))
    is_open = window is not None and window.is_open
    lines = _what_may_be_done(link, window)
    message = Message(
        _("Thank you, you have answered"),
        lines if is_open else (*lines, *farewell(link)),
        link.asker,
        dress=dress_of(link),
        ways=ways_on(link, language) if is_open else (),
        is_done=True,
    )
    return draw_message(200, language, message)


def _what_may_be_done(link: Link, window: Window | None) -> tuple[str, ...]:
    if window is not None and window.is_open:
        return (_("You can see, change or take back your answers until %(day)s.", day=day(window.until)),)
    if window is not None:
        return (_("We have your answers. They could be changed until %(day)s.", day=day(window.until)),)
    if link.row.identification == "anonymous":
        nobody = _("Your answers are anonymous: nobody can find them again, so they can't be shown or changed.")
        return (_("We have your answers already."), nobody)
    return (_("We have your answers already, and they can no longer be changed."),)


def ways_on(link: Link, language: str) -> tuple[tuple[str, str], ...]:
    """Return what a person may do with answers that they sent."""
    path = f"{request.script_root}{link.home}"
    query = "" if language == link.language else f"?lang={language}"
    return (
        (f"{path}/answers{query}", _("See my answers")),
        (f"{path}/change{query}", _("Change my answers")),
        (f"{path}/withdraw{query}", _("Take my answers back")),
        (f"{path}/details{query}", _("My contact details")),
    )


def screened_out(link: Link, language: str) -> Answer:
    """Return the page of somebody who is none of those that were to be asked: all went right, so the status is 200."""
    questionnaire = questionnaire_behind(link)
    own = Wording(language, questionnaire.languages)(questionnaire.screened_out)
    lines = (own or _("This time our questions are for other people. Nothing more is needed from you."),)
    return _last(link, language, Message(_("Thank you for your interest"), lines))


def over_quota(link: Link, language: str) -> Answer:
    """Return the page of somebody whose answers came after enough others like them."""
    questionnaire = questionnaire_behind(link)
    own = Wording(language, questionnaire.languages)(questionnaire.quota_full)
    lines = (own or _("Enough people like you have answered already. Nothing more is needed from you."),)
    return _last(link, language, Message(_("Thank you for your willingness"), lines))


def withdrawn(link: Link, language: str) -> Answer:
    """Return the page of a link whose answers were taken back."""
    lines = (_("We have deleted what you answered. This link takes no new answers."),)
    return _last(link, language, Message(_("You took your answers back"), lines))


def no_place(link: Link, language: str) -> Answer:
    """Say that a correction cannot be taken: where it belongs, enough people answered."""
    lines = (
        _("Enough people have answered as you do now. Your first answers stand, and nothing was changed."),
        _("Write to us if they were wrong."),
    )
    ways = ways_on(link, language)
    message = Message(_("Your change could not be taken"), lines, link.asker, dress=dress_of(link), ways=ways)
    return draw_message(409, language, message)


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
    language = _of_stranger()
    line = _("Nothing has been stored. Go back, shorten your text, and send it again.")
    return draw_message(413, language, Message(_("This is more text than we can take"), (line,)))


def _of_stranger() -> str:
    """Choose the language of somebody of whom only the browser tells anything."""
    wanted = request.accept_languages.best_match([*LANGUAGES, *ready_languages()])
    speech = ready_speech(wanted) if wanted and not spoken(wanted) else None
    if wanted is None or speech is None:
        return interface_language()
    choose_language(wanted, speech)
    return wanted


def _last(link: Link, language: str, message: Message) -> Answer:
    lines = (*message.lines, *farewell(link))
    return draw_message(200, language, replace(message, lines=lines, asker=link.asker, dress=dress_of(link)))


def _refusals() -> dict[AnswerRefusal, tuple[int, str, str]]:
    return {
        AnswerRefusal.CLOSED: (
            410,
            _("This survey is closed"),
            _("It takes no more answers. Thank you for wanting to take part."),
        ),
        # Not gone for good: a place is free again when somebody takes answers back.
        AnswerRefusal.FULL: (
            403,
            _("This survey has all its answers"),
            _("Enough people have answered. Thank you for wanting to take part."),
        ),
        AnswerRefusal.NOT_OPEN: (403, _("This survey has not begun"), _("Please come back later.")),
        AnswerRefusal.PAUSED: (
            403,
            _("This survey pauses"),
            _("It takes no answers just now. Please come back later."),
        ),
    }
