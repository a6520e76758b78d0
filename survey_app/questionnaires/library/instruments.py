"""A ready questionnaire as it is offered: its plan, and what its own document says of length and outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flask_babel import gettext as _
from flask_babel import ngettext

from survey_app.questionnaires.definition import Item, Questionnaire, Texts, text_in
from survey_app.questionnaires.duration import durations
from survey_app.questionnaires.library import questionnaire_from
from survey_app.questionnaires.library.plans import Construct, Method, Plan, plan_of, plans
from survey_app.web.languages import interface_language


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument of the library, in the language of its reader."""

    plan: Plan
    questionnaire: Questionnaire
    language: str

    def says(self, texts: Texts) -> str:
        """Return a text of the plan or of the questionnaire in the reader's language."""
        return text_in(texts, self.language, self.questionnaire.languages)

    @property
    def n_questions(self) -> int:
        """Return how many questions there are, a battery counting one for each of its statements."""
        return sum(len(item.measure_codes) for item in self.questionnaire.items)

    @property
    def minutes(self) -> str:
        """Return how long answering takes by the shortest and the longest way through, in words."""
        low, high = _minutes(self.plan.name, self.language)
        if low == high:
            return ngettext("about %(num)s minute", "about %(num)s minutes", high)
        return _("%(low)s to %(high)s minutes", low=low, high=high)

    @property
    def outcome(self) -> Item:
        """Return the primary outcome, which every instrument has."""
        outcome = self.questionnaire.primary_outcome
        if outcome is None:
            raise LookupError(self.plan.name)
        return outcome

    @property
    def alert(self) -> str:
        """Return from which answer on a case is opened by default, in words."""
        scale = self.outcome.scale
        low = scale.low if scale else 0
        high = scale.high if scale else 0
        return _(
            "An answer from %(low)s to %(alert)s on “%(item)s” (%(low)s to %(high)s) opens a case by default.",
            item=self.says(self.outcome.text),
            low=low,
            high=high,
            alert=self.plan.alert,
        )

    @property
    def base(self) -> str:
        """Return how many answers are wanted, in words."""
        return _(
            "At least %(n)s completed answers for a first reading of the whole. Groups are compared from 30 answers on "
            "each side; below 10 no figure is shown.",
            n=self.plan.least_base,
        )

    def wording_of(self, construct: Construct) -> list[tuple[str, str]]:
        """Return the items of a construct: code and wording."""
        texts = {row.code: row.text for item in self.questionnaire.items for row in item.rows}
        texts |= {item.code: item.text for item in self.questionnaire.items if not item.rows}
        return [(code, self.says(texts[code])) for code in construct.codes]


def instruments() -> tuple[Instrument, ...]:
    """Return the whole library in the language of the page."""
    return tuple(instrument_of(plan.name) for plan in plans())


def instrument_of(name: str, language: str = "") -> Instrument:
    """Return one instrument, in the language of the page unless another is wanted; raise KeyError without one."""
    return Instrument(plan_of(name), _questionnaire(name), language or interface_language())


def page_of(method: Method) -> str:
    """Return the file in docs/ on which a method is explained."""
    return method.page.partition("#")[0]


@cache
def _questionnaire(name: str) -> Questionnaire:
    return questionnaire_from(name)


@cache
def _minutes(name: str, language: str) -> tuple[int, int]:
    found = next(each for each in durations(_questionnaire(name)) if each.language == language)
    return max(1, round(found.shortest)), max(1, round(found.longest))
