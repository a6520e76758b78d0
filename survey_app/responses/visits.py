"""One visit of a respondent: which page a link shows now, and what a posted page leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from survey_app.campaigns.rules import AnswerRefusal, accepts_answers
from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.page_words.speech import speech_of
from survey_app.questionnaires.rendering.course import known_values
from survey_app.questionnaires.rendering.pages import PageState
from survey_app.responses import endings
from survey_app.responses.corrections import NO_PLACE
from survey_app.responses.drawing import View, draw_page
from survey_app.responses.keeping import keep
from survey_app.responses.links import FROM_SCORE, Link, from_mail
from survey_app.responses.queries import Piping, known_of_customer, piped_values, questionnaire_behind
from survey_app.responses.quotas import is_full
from survey_app.responses.rules import language_of_page, preselected
from survey_app.responses.standing import Asked, Visit, standing_of
from survey_app.responses.submissions import new_submission, signed
from survey_app.responses.turns import CHANGE_LANGUAGE, SEND, Posted, Turn, take_turn
from survey_app.web.languages import choose_language


def opened(link: Link, submission: str | None) -> Answer:
    """Return the page that a link shows now; nothing is written."""
    now = datetime.now(UTC)
    visit = _visit(link, submission, request.args, now)
    refusal = _refusal(link, visit.language, now)
    if refusal is not None:
        return refusal
    asked_for = request.args.get("page")
    index = visit.page_to_show(asked_for)
    # A personal link of several pages names the page in its address, so that the browser's Back finds the way.
    if link.invitation is not None and len(visit.questionnaire.pages) > 1 and visit.code_at(index) != asked_for:
        return redirect(visit.address_of(index), 303)
    return draw_page(_view(visit, index), visit.submission)


def thanked(link: Link) -> Answer:
    """Return the page on which answering ended."""
    language = _speak(link, questionnaire_behind(link), request.args.get("lang"))
    # A public form's address is everybody's: it can only thank.
    return endings.thanks(link, language) if link.end in {None, "completed"} else endings.ended(link, language)


def received(link: Link, submission: str | None, now: datetime) -> Answer:
    """Return what follows from a posted page, with the answers written but not committed."""
    form = request.form
    link = from_mail(link) if form.get("_from") == FROM_SCORE else link
    visit = _visit(link, submission, form, now)
    if link.end is not None and not link.is_correction:
        return redirect(_address_of_end(visit, link.end), 303)
    index = _posted_index(visit)
    posted = Posted(index, form, visit.language, _action(visit, index))
    refusal = None if link.is_correction else accepts_answers(link.row, now, is_test=link.is_test)
    if refusal is not None:
        return endings.refused(link, refusal, visit.language, form.to_dict(flat=False))
    turn = take_turn(visit.questionnaire, visit.saved, posted, visit.others)
    if submission is None:
        notice = _("This page was out of date. Your answers are still here: press the button once more.")
        return _again(visit, posted, turn, notice=notice)
    if turn.reading.errors and posted.goes_on:
        return _again(visit, posted, turn)
    return _keep(visit, posted, turn, now)


def _visit(link: Link, submission: str | None, given: Mapping[str, str], now: datetime) -> Visit:
    questionnaire = questionnaire_behind(link)
    others = known_of_customer(link, questionnaire, now)
    language = _speak(link, questionnaire, given.get("_language") or given.get("lang"))
    number = submission or (link.started.submission_id if link.started else new_submission())
    return standing_of(link, Asked(questionnaire, language, others), number, given)


def _speak(link: Link, questionnaire: Questionnaire, wanted: str | None) -> str:
    """Choose the language of this visit, for our own words too."""
    tags = (wanted, link.started.language if link.started else None, link.language)
    language = language_of_page(questionnaire, tags, request.accept_languages)
    choose_language(language, speech_of(questionnaire, language, link.row.version_digest))
    return language


def _refusal(link: Link, language: str, now: datetime) -> Answer | None:
    """Return the page of a link that takes no answers now."""
    if link.is_correction:
        return None
    if link.end is not None:
        return endings.ended(link, language)
    refusal = accepts_answers(link.row, now, is_test=link.is_test)
    # Most campaigns have no limit, and opening them begins no session.
    is_limited = link.row.most_responses is not None and not link.is_test
    if refusal is None and is_limited and is_full(link.row, db.session.connection()):
        refusal = AnswerRefusal.FULL
    return endings.refused(link, refusal, language) if refusal else None


def _keep(visit: Visit, posted: Posted, turn: Turn, now: datetime) -> Answer:
    """Write a page's answers down, and lead on."""
    language = posted.action.removeprefix(CHANGE_LANGUAGE)
    if language in visit.questionnaire.languages:
        visit = replace(visit, language=language)
    if visit.link.started is None and turn.saved == visit.saved and turn.next_index is not None:
        return redirect(visit.address_of(turn.next_index), 303)
    end = keep(visit, turn, now, goes_on=posted.goes_on)
    if end == NO_PLACE:
        return endings.no_place(visit.link, visit.language)
    if end is not None:
        return redirect(_address_of_end(visit, end), 303)
    index = len(visit.questionnaire.pages) if turn.next_index is None else turn.next_index
    return redirect(replace(visit, carried={}).address_of(index), 303)


def _again(visit: Visit, posted: Posted, turn: Turn, notice: str = "") -> Answer:
    """Return the page again with what is to be mended and everything as it was typed.

    With a notice the form's submission id was none of ours: it comes back with a good one, to be sent once more.
    """
    view = _view(visit, posted.index)
    known = known_values(turn.course.values, visit.others)
    errors = {} if notice else turn.reading.errors
    state = replace(view.state, typed=turn.reading.typed, errors=errors, known=known)
    view = replace(view, is_first=False, is_fresh=False, notice=notice, state=state)
    return draw_page(view, visit.submission, 422)


def _view(visit: Visit, index: int) -> View:
    """Return a page as this person sees it."""
    course, saved = visit.course, visit.saved
    is_first = index == min(course.shown, default=0) and not visit.link.is_correction
    is_fresh = is_first and visit.link.started is None
    chosen = preselected(visit.questionnaire, request.args.get("score")) if is_fresh else {}
    return View(
        link=from_mail(visit.link) if chosen else visit.link,
        questionnaire=visit.questionnaire,
        language=visit.language,
        index=index,
        is_last=visit.is_last(index),
        has_back=course.before(index) is not None,
        state=PageState(
            answers=saved.answers,
            missing=saved.missing,
            typed={**chosen, **saved.typed},
            known=visit.known,
            shown=visit.shown,
            piped=piped_values(_piping(visit)),
        ),
        is_first=is_first,
        is_fresh=is_fresh,
        carried=visit.carried,
    )


def _piping(visit: Visit) -> Piping:
    return Piping(visit.link, visit.questionnaire, visit.language, visit.course.values, visit.others)


def _posted_index(visit: Visit) -> int:
    code = request.form.get("_page")
    index = visit.index_of(code)
    return visit.page_to_show(code) if index is None else index


def _action(visit: Visit, index: int) -> str:
    """Return which button was pressed; without one, as some programs send forms, the page's main one."""
    return request.form.get("_go") or (SEND if visit.is_last(index) else "next")


def _address_of_end(visit: Visit, end: str) -> str:
    """Return where a person reads how answering ended; a public form's thanks are everybody's, other ends their own."""
    link = visit.link
    if link.invitation is None and end != "completed":
        return f"{request.script_root}{link.path}/{signed(visit.submission, link.scope)}"
    query = "" if visit.language == link.language else f"?lang={visit.language}"
    return f"{request.script_root}{link.home}/{'answers' if link.is_correction else 'thanks'}{query}"
