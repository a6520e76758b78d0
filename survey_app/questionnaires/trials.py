"""A walk through a questionnaire for trying it out: the same course as respondents take, kept by the page alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from survey_app.conditions.rules import FieldKind, fields_of
from survey_app.customers.segments import field_labels, fields
from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire, text_in
from survey_app.questionnaires.logic import rules_of
from survey_app.questionnaires.piping import answer_values, customer_values, fields_in
from survey_app.questionnaires.rendering.course import Course, follow, known_values
from survey_app.questionnaires.rendering.ordering import arrange, groups_by_chance
from survey_app.questionnaires.rendering.pages import PageState
from survey_app.questionnaires.rendering.reading import PageReading
from survey_app.questionnaires.routing import ANSWER
from survey_app.questionnaires.texts import wordings
from survey_app.questionnaires.trial_answers import fitting_answers, fitting_reasons, read_state

LONGEST_STATE = 200_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: in which language and with which seed, with a customer's values, and what was answered so far."""

    language: str
    seed: str = ""
    customer: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Return the answers as the page carries them from step to step."""
        return json.dumps({"answers": dict(self.answers), "missing": dict(self.missing)}, ensure_ascii=False)

    def with_state(self, questionnaire: Questionnaire, text: str) -> Trial:
        """Return the trial with the answers that a page carried; what is none of ours counts as nothing."""
        data = read_state(text) if len(text) <= LONGEST_STATE else {}
        answers = fitting_answers(questionnaire, data.get("answers"))
        return replace(self, answers=answers, missing=fitting_reasons(data.get("missing")))

    def with_reading(self, questionnaire: Questionnaire, page: Page, reading: PageReading) -> Trial:
        """Return the trial with what a page said in place of what it said before."""
        # Hidden values are no part of the page: what is known of the person stays known.
        asked = [item for item in page.items if item.is_visible]
        owned = {code for item in asked for code in item.measure_codes}
        kept = {name: value for name, value in self.answers.items() if name.removesuffix(".other") not in owned}
        reasons = {code: why for code, why in self.missing.items() if code not in owned}
        course = follow(questionnaire, kept | reading.values, reasons | reading.missing, self.customer)
        return replace(self, answers=course.values, missing=course.missing)

    def course(self, questionnaire: Questionnaire) -> Course:
        """Return the way that these answers lead."""
        return follow(questionnaire, self.answers, self.missing, self.customer)

    def page_state(self, questionnaire: Questionnaire, reading: PageReading | None = None) -> PageState:
        """Return what a page shows: its order and variants, merge fields, answers, and what was typed last."""
        name, company = (str(self.customer.get(f"customer.{part}") or "") for part in ("name", "company"))
        piped = {**self.customer, **customer_values(name, company, self.language)}
        return PageState(
            answers=self.answers,
            missing=self.missing,
            typed=reading.typed if reading else {},
            errors=reading.errors if reading else {},
            known=known_values(self.answers, self.customer),
            shown=arrange(questionnaire, self.seed),
            piped=piped | answer_values(questionnaire, self.answers, self.language),
        )


def hidden_items(questionnaire: Questionnaire) -> list[Item]:
    """Return the items whose values come from the link."""
    return [item for item in questionnaire.items if item.type is ItemType.HIDDEN and item.source is None]


def chance_items(questionnaire: Questionnaire) -> list[Item]:
    """Return the items whose values are groups assigned by chance."""
    return [item for item in questionnaire.items if item.is_by_chance]


def drawn_groups(questionnaire: Questionnaire, trial: Trial) -> dict[str, str]:
    """Return by item what the group that chance assigns is called."""
    drawn = groups_by_chance(questionnaire, trial.seed)
    texts = {(item.code, each.code): each.text for item in chance_items(questionnaire) for each in item.options}
    return {
        code: text_in(texts[code, group], trial.language, questionnaire.languages) or group
        for code, group in drawn.items()
    }


def wanted_fields(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the customer's fields that the questionnaire looks at, with their names in words."""
    asked = {name for rule in rules_of(questionnaire) for name in fields_of(rule.tree)}
    said = {name for wording in wordings(questionnaire) for text in wording.texts.values() for name in fields_in(text)}
    told = {"customer.name" if name == "customer.first_name" else name for name in asked | said}
    told |= {item.source for item in questionnaire.items if item.source and not item.is_by_chance}
    return {name: label for name, label in field_labels().items() if name in told}


def typed_fields(typed: Mapping[str, str]) -> dict[str, object]:
    """Return a customer's values as typed, numbers as numbers; what is empty is not known."""
    kinds = fields()
    return {name: _value(text.strip(), kinds.get(name)) for name, text in typed.items() if text.strip()}


def hidden_answers(
    questionnaire: Questionnaire, customer: Mapping[str, object], typed: Mapping[str, str], seed: str
) -> dict[str, object]:
    """Return the hidden values: from the customer, as typed for the link, and groups as chosen, else by chance."""
    found: dict[str, object] = {**groups_by_chance(questionnaire, seed)}
    for item in questionnaire.items:
        if item.is_by_chance:
            chosen = typed.get(ANSWER + item.code, "")
            found |= {item.code: chosen} if chosen in {each.code for each in item.options} else {}
        elif item.type is ItemType.HIDDEN:
            value = customer.get(item.source) if item.source else typed.get(ANSWER + item.code, "").strip()
            found |= {item.code: value} if value not in (None, "") else {}
    return found


def always_asked(page: Page) -> Page:
    """Return a page with everything that could be on it."""
    return replace(page, show_if=None, items=tuple(replace(item, show_if=None) for item in page.items))


def _value(text: str, kind: FieldKind | None) -> object:
    if kind is not FieldKind.NUMBER:
        return text
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text
