"""Where a person stands: the link they came by, what it asks of them, and how far their answers lead."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request

from survey_app.questionnaires.definition import ItemType, Questionnaire
from survey_app.questionnaires.rendering.course import Course, Known, follow, known_values
from survey_app.questionnaires.rendering.hidden import hidden_value
from survey_app.questionnaires.rendering.ordering import Shown, arrange, groups_by_chance
from survey_app.questionnaires.rendering.reading import clean_text
from survey_app.responses.drawing import SEND_PAGE
from survey_app.responses.links import Link
from survey_app.responses.rules import may_go_on
from survey_app.responses.submissions import signed
from survey_app.responses.turns import Saved

LONGEST_SCORE = 10
LONGEST_HIDDEN = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """A link, what it asks of this person, in which order, and what was answered by it before."""

    link: Link
    questionnaire: Questionnaire
    language: str
    # Values that conditions know beside the answers.
    others: Known
    submission: str
    shown: Shown
    saved: Saved
    course: Course
    # Hidden values that the link's own address gave, carried along until answers are kept.
    carried: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, object]:
        """Return what conditions may look at."""
        return known_values(self.course.values, self.others)

    def index_of(self, code: str | None) -> int | None:
        """Return where a page stands; behind the last one is the page that only sends."""
        codes = [*(page.code for page in self.questionnaire.pages), SEND_PAGE]
        return codes.index(code) if code in codes else None

    def code_at(self, index: int) -> str:
        """Return a page's code."""
        pages = self.questionnaire.pages
        return pages[index].code if index < len(pages) else SEND_PAGE

    def is_last(self, index: int) -> bool:
        """Return whether nothing can follow a page."""
        return index >= len(self.questionnaire.pages) or not may_go_on(self.questionnaire, index, self.known)

    def page_to_show(self, code: str | None) -> int:
        """Return the page asked for where the way to it is answered, else the first one with something unanswered."""
        course, n_pages = self.course, len(self.questionnaire.pages)
        furthest = n_pages if course.open_page is None else course.open_page
        index = self.index_of(code)
        if index is not None and index <= furthest and (index in course.shown or index == n_pages):
            return index
        begins = self.link.started is None or self.link.is_correction
        return min(course.shown, default=n_pages) if begins else furthest

    def address_of(self, index: int) -> str:
        """Return the address of a page; a public form has no invitation, so its address carries the submission id."""
        path = self.link.path
        if self.link.invitation is None:
            path = f"{path}/{signed(self.submission, self.link.scope)}"
        query = {"page": self.code_at(index)}
        if self.link.started is None:
            query |= self.carried
            if self.language != self.link.language:
                query["lang"] = self.language
        if request.method == "GET" and request.args.get("score"):
            # Clicked in the mail: the page chooses it, and nothing is recorded before the person presses the button.
            query["score"] = request.args["score"][:LONGEST_SCORE]
        return f"{request.script_root}{path}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks: the questionnaire, the language to speak, and what is known of the customer."""

    questionnaire: Questionnaire
    language: str
    others: Known


def standing_of(link: Link, asked: Asked, submission: str, given: Mapping[str, str]) -> Visit:
    """Return where a person stands; `given` holds what the address or the form says, hidden values among it."""
    questionnaire, kept = asked.questionnaire, link.started
    carried = {} if kept else _carried(questionnaire, given)
    if kept is None:
        seed = seed_of(link, submission)
        saved = Saved(answers=_hidden(questionnaire, carried, asked.others) | groups_by_chance(questionnaire, seed))
        shown = arrange(questionnaire, seed)
    else:
        saved = Saved(kept.answers, kept.missing, kept.typed)
        # What was shown first is shown for good, however orders may be decided later.
        shown = Shown.from_data(kept.shown)
    course = follow(questionnaire, saved.answers, saved.missing, asked.others)
    return Visit(link, questionnaire, asked.language, asked.others, submission, shown, saved, course, carried)


def seed_of(link: Link, submission: str) -> str:
    """Return what decides orders and variants for this person.

    For anonymous answers it needs the secret key: from the database alone nobody can tell whose orders these were.
    """
    if link.invitation is None:
        return submission
    seed = f"a{link.invitation.id}"
    if link.row.identification != "anonymous":
        return seed
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), f"order:{seed}".encode(), "sha256").hex()


def _carried(questionnaire: Questionnaire, given: Mapping[str, str]) -> dict[str, str]:
    codes = [item.code for item in questionnaire.items if item.type is ItemType.HIDDEN and not item.is_by_chance]
    return {code: text for code in codes if (text := clean_text(given.get(code, ""))[:LONGEST_HIDDEN])}


def _hidden(questionnaire: Questionnaire, carried: Mapping[str, str], others: Known) -> dict[str, Any]:
    """Return the hidden values that are known: of the customer's record first, else of the link."""
    found = {}
    for item in questionnaire.items:
        if item.type is ItemType.HIDDEN and not item.is_by_chance:
            of_record = others.get(item.source) if item.source else None
            value = hidden_value(item, carried.get(item.code) if of_record in {None, ""} else of_record)
            if value is not None:
                found[item.code] = value
    return found
