"""One visit of a respondent: which page a link shows now, and what a posted page leads to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from survey_app.campaigns.rules import accepts_answers
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.rendering.course import Course, Known, follow, known_values
from survey_app.questionnaires.rendering.pages import PageState
from survey_app.responses import endings
from survey_app.responses.drawing import SEND_PAGE, View, draw_page
from survey_app.responses.links import FROM_SCORE, Link, from_mail
from survey_app.responses.operations import (
    Fielding,
    complete_response,
    note_start,
    save_answers,
    start_response,
    store,
)
from survey_app.responses.queries import get_response, known_of_customer, questionnaire_behind
from survey_app.responses.rules import language_of_page, may_go_on, preselected
from survey_app.responses.submissions import new_submission, signed
from survey_app.responses.turns import CHANGE_LANGUAGE, SEND, Posted, Saved, Turn, take_turn
from survey_app.web.languages import choose_language

LONGEST_SCORE = 10


@dataclass(frozen=True, slots=True)
class Visit:
    """A link, what it asks, and what was answered by it before."""

    link: Link
    questionnaire: Questionnaire
    language: str
    others: Known

    @property
    def saved(self) -> Saved:
        """Return what was kept so far."""
        kept = self.link.started
        return Saved(kept.answers, kept.missing, kept.typed) if kept else Saved()

    @property
    def course(self) -> Course:
        """Return the way through the questionnaire with what was kept."""
        return follow(self.questionnaire, self.saved.answers, self.saved.missing, self.others)


def opened(link: Link, submission: str | None) -> Answer:
    """Return the page that a link shows now; nothing is written."""
    now = datetime.now(UTC)
    visit = _visit(link, request.args.get("lang"), now)
    if link.is_used:
        return endings.already_answered(link, visit.language)
    refusal = accepts_answers(link.row, now, is_test=link.is_test)
    if refusal is not None:
        return endings.refused(link, refusal, visit.language)
    asked_for = request.args.get("page")
    index = _page_to_show(visit, asked_for)
    # A personal link of several pages names the page in its address, so that the browser's Back finds the way.
    if link.invitation is not None and len(visit.questionnaire.pages) > 1 and _code(visit, index) != asked_for:
        return _to(visit, submission, index)
    return draw_page(_view(visit, index), submission or _submission_of(visit))


def thanked(link: Link) -> Answer:
    """Return the thank-you page."""
    return endings.thanks(link, _speak(link, questionnaire_behind(link), request.args.get("lang")))


def received(link: Link, submission: str | None, now: datetime) -> Answer:
    """Return what follows from a posted page, with the answers written but not committed."""
    form = request.form
    link = from_mail(link) if form.get("_from") == FROM_SCORE else link
    visit = _visit(link, form.get("_language"), now)
    if link.is_used:
        return _to_thanks(visit)
    index = _posted_index(visit)
    posted = Posted(index, form, visit.language, _action(visit, index))
    refusal = accepts_answers(link.row, now, is_test=link.is_test)
    if refusal is not None:
        return endings.refused(link, refusal, visit.language, form.to_dict(flat=False))
    turn = take_turn(visit.questionnaire, visit.saved, posted, visit.others)
    if submission is None:
        return _try_again(visit, posted, turn)
    if turn.reading.errors and posted.goes_on:
        return _with_errors(visit, posted, turn, submission)
    return _keep(visit, posted, turn, submission, now)


def _visit(link: Link, wanted: str | None, now: datetime) -> Visit:
    questionnaire = questionnaire_behind(link)
    others = known_of_customer(link, questionnaire, now)
    return Visit(link, questionnaire, _speak(link, questionnaire, wanted), others)


def _speak(link: Link, questionnaire: Questionnaire, wanted: str | None) -> str:
    """Choose the language of this visit, for our own words too."""
    tags = (wanted, link.started.language if link.started else None, link.language)
    language = language_of_page(questionnaire, tags, request.accept_languages)
    choose_language(language)
    return language


def _keep(visit: Visit, posted: Posted, turn: Turn, submission: str, now: datetime) -> Answer:
    """Write a page's answers down, and lead on."""
    visit = _in_chosen_language(visit, posted)
    started = visit.link.started
    if started is None and turn.saved == Saved() and turn.next_index is not None:
        return _to(visit, submission, turn.next_index)
    if started is None:
        response = start_response(visit.link, submission, visit.language, now)
    else:
        response = get_response(started.id)
    save_answers(response, turn.saved, visit.language, now)
    if turn.next_index is None:
        row = visit.link.row
        fielding = Fielding(visit.questionnaire, row.identification, visit.link.invitation, visit.others)
        complete_response(response, now, fielding)
        return _to_thanks(visit)
    store(response)
    note_start(visit.link, response, visit.questionnaire)
    return _to(visit, submission, turn.next_index)


def _in_chosen_language(visit: Visit, posted: Posted) -> Visit:
    language = posted.action.removeprefix(CHANGE_LANGUAGE)
    return replace(visit, language=language) if language in visit.questionnaire.languages else visit


def _with_errors(visit: Visit, posted: Posted, turn: Turn, submission: str) -> Answer:
    """Return the page again with what is to be mended, and everything as it was typed."""
    view = _view(visit, posted.index)
    state = replace(view.state, typed=turn.reading.typed, errors=turn.reading.errors)
    view = replace(view, is_fresh=False, state=_knowing(state, turn, visit))
    return draw_page(view, submission, 422)


def _try_again(visit: Visit, posted: Posted, turn: Turn) -> Answer:
    """Return a form whose submission id we didn't make with a good one; the person only presses again."""
    view = _view(visit, posted.index)
    state = replace(view.state, typed=turn.reading.typed)
    notice = _("This page was out of date. Your answers are still here: press the button once more.")
    view = replace(view, is_fresh=False, notice=notice, state=_knowing(state, turn, visit))
    return draw_page(view, new_submission(), 422)


def _knowing(state: PageState, turn: Turn, visit: Visit) -> PageState:
    return replace(state, known=known_values(turn.course.values, visit.others))


def _view(visit: Visit, index: int) -> View:
    """Return a page as this person sees it."""
    course = visit.course
    known = known_values(course.values, visit.others)
    is_fresh = visit.link.started is None and index == min(course.shown, default=0)
    chosen = preselected(visit.questionnaire, request.args.get("score")) if is_fresh else {}
    typed = {**chosen, **visit.saved.typed}
    return View(
        link=from_mail(visit.link) if chosen else visit.link,
        questionnaire=visit.questionnaire,
        language=visit.language,
        index=index,
        is_last=_is_last(visit, index),
        has_back=course.before(index) is not None,
        state=PageState(visit.saved.answers, visit.saved.missing, typed, known=known),
        is_fresh=is_fresh,
    )


def _is_last(visit: Visit, index: int) -> bool:
    if index >= len(visit.questionnaire.pages):
        return True
    return not may_go_on(visit.questionnaire, index, known_values(visit.course.values, visit.others))


def _page_to_show(visit: Visit, code: str | None) -> int:
    """Return the page asked for where the way to it is answered, else the first one with something unanswered."""
    course, n_pages = visit.course, len(visit.questionnaire.pages)
    furthest = n_pages if course.open_page is None else course.open_page
    index = _index(visit, code)
    if index is not None and index <= furthest and (index in course.shown or index == n_pages):
        return index
    return furthest if visit.link.started is not None else min(course.shown, default=n_pages)


def _posted_index(visit: Visit) -> int:
    code = request.form.get("_page")
    index = _index(visit, code)
    return _page_to_show(visit, code) if index is None else index


def _action(visit: Visit, index: int) -> str:
    """Return which button was pressed; without one, as some programs send forms, the page's main one."""
    return request.form.get("_go") or (SEND if _is_last(visit, index) else "next")


def _index(visit: Visit, code: str | None) -> int | None:
    codes = [*(page.code for page in visit.questionnaire.pages), SEND_PAGE]
    return codes.index(code) if code in codes else None


def _code(visit: Visit, index: int) -> str:
    pages = visit.questionnaire.pages
    return pages[index].code if index < len(pages) else SEND_PAGE


def _to(visit: Visit, submission: str | None, index: int) -> Answer:
    """Lead to a page; the public form has no invitation, so its address carries the submission id."""
    path = visit.link.path
    if visit.link.invitation is None and submission:
        path = f"{path}/{signed(submission, visit.link.scope)}"
    query = {"page": _code(visit, index)}
    if visit.link.started is None and visit.language != visit.link.language:
        query["lang"] = visit.language
    if request.method == "GET" and request.args.get("score"):
        # Clicked in the mail: the page chooses it, and nothing is recorded before the person presses the button.
        query["score"] = request.args["score"][:LONGEST_SCORE]
    return redirect(f"{request.script_root}{path}?{urlencode(query)}", 303)


def _to_thanks(visit: Visit) -> Answer:
    query = "" if visit.language == visit.link.language else f"?lang={visit.language}"
    return redirect(f"{request.script_root}{visit.link.path}/thanks{query}", 303)


def _submission_of(visit: Visit) -> str:
    return visit.link.started.submission_id if visit.link.started else new_submission()
